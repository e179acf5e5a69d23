//! What bundles hold, with everything that publication needs to know about each item.

use chrono::{DateTime, Utc};
use domain::bundle::{Bundle, ContentItem};
use domain::dataset::DatasetMetadata;
use domain::policy::Reach;
use domain::version::{Version, VersionState};
use sea_orm::{ColumnTrait, ConnectionTrait, EntityTrait, IntoActiveModel, PaginatorTrait, QueryFilter, QueryOrder};

use crate::convert::{count, from_json, instant, micros};
use crate::entities::{bundle_content, dataset, version};
use crate::error::{PersistenceError, Result};

/// Puts a version at the end of a bundle; it must be in no other.
pub async fn add(
    db: &impl ConnectionTrait,
    id: &str,
    bundle: &Bundle,
    version: &Version,
    now: DateTime<Utc>,
) -> Result<()> {
    let last = bundle_content::Entity::find()
        .filter(bundle_content::Column::BundleId.eq(&bundle.id))
        .order_by_desc(bundle_content::Column::Position)
        .one(db)
        .await?;
    let row = bundle_content::Model {
        id: id.to_owned(),
        bundle_id: bundle.id.clone(),
        version_id: version.id.clone(),
        position: last.map_or(0, |row| row.position + 1),
        validated_revision: version.revision,
        last_validated: micros(now),
    };
    bundle_content::Entity::insert(row.into_active_model()).exec_without_returning(db).await?;
    Ok(())
}

/// Takes an item out; false where it is not in the bundle.
pub async fn remove(db: &impl ConnectionTrait, bundle_id: &str, id: &str) -> Result<bool> {
    let done = bundle_content::Entity::delete_many()
        .filter(bundle_content::Column::BundleId.eq(bundle_id))
        .filter(bundle_content::Column::Id.eq(id))
        .exec(db)
        .await?;
    Ok(done.rows_affected == 1)
}

/// How many items a bundle holds.
pub async fn count_of(db: &impl ConnectionTrait, bundle_id: &str) -> Result<u32> {
    let items = bundle_content::Entity::find().filter(bundle_content::Column::BundleId.eq(bundle_id)).count(db).await?;
    Ok(u32::try_from(items).unwrap_or(u32::MAX))
}

/// Notes that every item was looked at and found fit.
pub async fn mark_validated(db: &impl ConnectionTrait, bundle_id: &str, now: DateTime<Utc>) -> Result<()> {
    bundle_content::Entity::update_many()
        .col_expr(bundle_content::Column::LastValidated, sea_orm::sea_query::Expr::value(micros(now)))
        .filter(bundle_content::Column::BundleId.eq(bundle_id))
        .exec(db)
        .await?;
    Ok(())
}

/// A bundle's items in order, for whoever may see the bundle.
pub async fn list_of_bundle(db: &impl ConnectionTrait, bundle_id: &str) -> Result<Vec<ContentItem>> {
    let rows = bundle_content::Entity::find()
        .filter(bundle_content::Column::BundleId.eq(bundle_id))
        .order_by_asc(bundle_content::Column::Position)
        .all(db)
        .await?;
    let together: Vec<&str> = rows.iter().map(|row| row.version_id.as_str()).collect();
    let mut items = Vec::with_capacity(rows.len());
    for row in &rows {
        items.push(item(db, row, &together).await?);
    }
    Ok(items)
}

async fn item(db: &impl ConnectionTrait, row: &bundle_content::Model, together: &[&str]) -> Result<ContentItem> {
    let gone = || PersistenceError::Inconsistent(format!("the bundle item {} without its version", row.id));
    let version = crate::versions::find_by_id(db, &row.version_id).await?.ok_or_else(gone)?;
    let dataset = dataset::Entity::find_by_id(&version.dataset_id).one(db).await?.ok_or_else(gone)?;
    let draft: DatasetMetadata = from_json(&dataset.draft)?;
    let (sound_files, unsound_files) = crate::files::count_by_soundness(db, &version.id).await?;
    Ok(ContentItem {
        id: row.id.clone(),
        bundle_id: row.bundle_id.clone(),
        version_id: version.id.clone(),
        title: draft.title.clone(),
        edition_title: version.edition_title.clone(),
        department: dataset.department,
        state: version.state,
        version_revision: version.revision,
        validated_revision: row.validated_revision,
        last_validated: instant(row.last_validated)?,
        sound_files,
        unsound_files,
        gaps: draft.gaps().into_iter().map(|(_, sentence)| sentence.to_owned()).collect(),
        missing_predecessor: missing_predecessor(db, &version, together).await?,
        dataset_id: version.dataset_id,
        edition: version.edition,
        version: version.version,
    })
}

/// The version just before this one, if it is neither public nor published together with it.
async fn missing_predecessor(db: &impl ConnectionTrait, version: &Version, together: &[&str]) -> Result<Option<u32>> {
    if version.version <= 1 {
        return Ok(None);
    }
    let before = version::Entity::find()
        .filter(version::Column::DatasetId.eq(&version.dataset_id))
        .filter(version::Column::Edition.eq(&version.edition))
        .filter(version::Column::Number.eq(i64::from(version.version) - 1))
        .one(db)
        .await?;
    let Some(before) = before else {
        return Ok(Some(version.version - 1));
    };
    let public = matches!(VersionState::parse(&before.state), Some(VersionState::Published | VersionState::Archived));
    if public || together.contains(&before.id.as_str()) {
        return Ok(None);
    }
    Ok(Some(count(before.number)?))
}

/// Whether the reach covers every item, so that a limited approver cannot approve what lies outside.
#[must_use]
pub fn all_reached(reach: &Reach, items: &[ContentItem]) -> bool {
    items.iter().all(|item| reach.covers(&item.department, &item.dataset_id))
}
