//! What bundles hold, with everything that publication needs to know about each item.

use std::collections::{BTreeSet, HashMap};

use chrono::{DateTime, Utc};
use domain::actor::Actor;
use domain::bundle::{Bundle, ContentItem};
use domain::dataset::DatasetMetadata;
use domain::policy::Reach;
use domain::version::{Version, VersionState};
use sea_orm::sea_query::Expr;
use sea_orm::{
    ColumnTrait, ConnectionTrait, EntityTrait, IntoActiveModel, PaginatorTrait, QueryFilter, QueryOrder, QuerySelect,
};

use crate::access;
use crate::convert::{from_json, instant, maybe_json, micros, word};
use crate::entities::{bundle_content, dataset, edition, version};
use crate::error::{PersistenceError, Result};
use crate::files::Soundness;

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
        approved_draft: None,
    };
    bundle_content::Entity::insert(row.into_active_model()).exec_without_returning(db).await?;
    let item = item_of(db, &version.dataset_id).await?;
    access::note_item(db, &bundle.id, &version.id, item, true, now).await
}

/// What the history of access says of a version of this dataset.
async fn item_of(db: &impl ConnectionTrait, dataset_id: &str) -> Result<access::Item> {
    let department: Option<String> = dataset::Entity::find_by_id(dataset_id)
        .select_only()
        .column(dataset::Column::Department)
        .into_tuple()
        .one(db)
        .await?;
    Ok(access::Item { dataset_id: dataset_id.to_owned(), department: department.unwrap_or_default() })
}

/// Takes an item out; false where it is not in the bundle.
pub async fn remove(db: &impl ConnectionTrait, bundle_id: &str, id: &str, now: DateTime<Utc>) -> Result<bool> {
    let row = bundle_content::Entity::find_by_id(id).filter(bundle_content::Column::BundleId.eq(bundle_id)).one(db);
    let Some(row) = row.await? else { return Ok(false) };
    let done = bundle_content::Entity::delete_many()
        .filter(bundle_content::Column::BundleId.eq(bundle_id))
        .filter(bundle_content::Column::Id.eq(id))
        .exec(db)
        .await?;
    if done.rows_affected == 1 {
        let versions = crate::versions::list_by_ids(db, &[&row.version_id]).await?;
        let dataset = versions.first().map(|version| version.dataset_id.as_str()).unwrap_or_default();
        let item = item_of(db, dataset).await?;
        access::note_item(db, bundle_id, &row.version_id, item, false, now).await?;
    }
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
        .col_expr(bundle_content::Column::LastValidated, Expr::value(micros(now)))
        .filter(bundle_content::Column::BundleId.eq(bundle_id))
        .exec(db)
        .await?;
    Ok(())
}

/// A bundle's items in order, for whoever may see the bundle; in a number of statements that does not grow with them.
pub async fn list_of_bundle(db: &impl ConnectionTrait, bundle_id: &str) -> Result<Vec<ContentItem>> {
    Ok(lists_of_bundles(db, &[bundle_id]).await?.remove(bundle_id).unwrap_or_default())
}

/// So many bundles are asked for at once.
const TOGETHER: usize = 200;

/// The items of several bundles in order, by bundle, for whoever may see these; bundles that hold nothing are left out.
///
/// The number of statements grows with neither bundles nor items, within 200 bundles.
pub async fn lists_of_bundles(
    db: &impl ConnectionTrait,
    bundle_ids: &[&str],
) -> Result<HashMap<String, Vec<ContentItem>>> {
    let mut lists: HashMap<String, Vec<ContentItem>> = HashMap::new();
    for ids in bundle_ids.chunks(TOGETHER) {
        for item in list_of_bundles(db, ids).await? {
            lists.entry(item.bundle_id.clone()).or_default().push(item);
        }
    }
    Ok(lists)
}

/// The items of a few bundles, each bundle's in order.
async fn list_of_bundles(db: &impl ConnectionTrait, bundle_ids: &[&str]) -> Result<Vec<ContentItem>> {
    let rows = bundle_content::Entity::find()
        .filter(bundle_content::Column::BundleId.is_in(bundle_ids.iter().copied()))
        .order_by_asc(bundle_content::Column::Position)
        .find_also_related(version::Entity)
        .find_also(version::Entity, edition::Entity)
        .find_also(version::Entity, dataset::Entity)
        .all(db)
        .await?;
    if rows.is_empty() {
        return Ok(Vec::new());
    }
    let mut held = Vec::with_capacity(rows.len());
    for (row, version, edition, dataset) in rows {
        let gone = || PersistenceError::Inconsistent(format!("the bundle item {} without its version", row.id));
        let version = crate::versions::to_version(&version.ok_or_else(gone)?, edition.as_ref())?;
        let dataset = dataset.ok_or_else(gone)?;
        held.push((row, version, edition, dataset));
    }
    let ids: Vec<&str> = held.iter().map(|(row, ..)| row.version_id.as_str()).collect();
    let around = Around {
        soundness: crate::files::count_by_soundness_of(db, &ids).await?,
        before: predecessors_of(db, held.iter().map(|(_, version, ..)| version)).await?,
        holder: held.iter().map(|(row, ..)| (row.version_id.as_str(), row.bundle_id.as_str())).collect(),
    };
    held.iter().map(|(row, version, edition, dataset)| around.item(row, version, edition.as_ref(), dataset)).collect()
}

/// Puts a bundle's items into this order; every id must be of the bundle.
pub async fn reorder(db: &impl ConnectionTrait, bundle_id: &str, ids: &[String]) -> Result<()> {
    let Some((first, others)) = ids.split_first() else { return Ok(()) };
    let mut position = Expr::case(bundle_content::Column::Id.eq(first), 0_i64);
    for (place, id) in (1_i64..).zip(others) {
        position = position.case(bundle_content::Column::Id.eq(id), place);
    }
    bundle_content::Entity::update_many()
        .col_expr(
            bundle_content::Column::Position,
            position.finally(Expr::col(bundle_content::Column::Position)).into(),
        )
        .filter(bundle_content::Column::BundleId.eq(bundle_id))
        .exec(db)
        .await?;
    Ok(())
}

/// What belongs to all items of some bundles, each loaded once.
struct Around<'a> {
    soundness: HashMap<String, Soundness>,
    before: HashMap<(String, String, i64), (String, VersionState)>,
    /// The bundle of each version among them.
    holder: HashMap<&'a str, &'a str>,
}

impl Around<'_> {
    fn item(
        &self,
        row: &bundle_content::Model,
        version: &Version,
        edition: Option<&edition::Model>,
        dataset: &dataset::Model,
    ) -> Result<ContentItem> {
        let draft: DatasetMetadata = from_json(&dataset.draft)?;
        let draft_is_news = is_news(dataset, &draft)?;
        let files = self.soundness.get(&version.id).cloned().unwrap_or_default();
        Ok(ContentItem {
            id: row.id.clone(),
            bundle_id: row.bundle_id.clone(),
            version_id: version.id.clone(),
            gaps: draft.gaps().into_iter().map(|(_, sentence)| sentence.to_owned()).collect(),
            title: draft.title,
            edition_title: version.edition_title.clone(),
            department: dataset.department.clone(),
            state: version.state,
            version_revision: version.revision,
            validated_revision: row.validated_revision,
            last_validated: instant(row.last_validated)?,
            draft_revision: dataset.draft_revision,
            approved_draft: row.approved_draft,
            draft_edited_by: from_json(&dataset.last_edited_by)?,
            draft_is_news,
            edition_titled_by: edition.map(titled_by).transpose()?.flatten(),
            sound_files: files.sound,
            unsound_files: files.unsound,
            unsound_file: files.first_unsound,
            missing_predecessor: self.missing_predecessor(version, &row.bundle_id),
            dataset_id: version.dataset_id.clone(),
            edition: version.edition.clone(),
            version: version.version,
        })
    }

    /// The version just before this one, if it is neither public nor published together with it.
    fn missing_predecessor(&self, version: &Version, bundle_id: &str) -> Option<u32> {
        let number = version.version.checked_sub(1).filter(|number| *number > 0)?;
        let key = (version.dataset_id.clone(), version.edition.clone(), i64::from(number));
        let fine = self.before.get(&key).is_some_and(|(id, state)| {
            let together = self.holder.get(id.as_str()) == Some(&bundle_id);
            matches!(state, VersionState::Published | VersionState::Archived) || together
        });
        (!fine).then_some(number)
    }
}

/// Whether a draft says other than what is public of its dataset. Most are word for word the same, which tells it without reading.
fn is_news(dataset: &dataset::Model, draft: &DatasetMetadata) -> Result<bool> {
    if dataset.published.as_ref() == Some(&dataset.draft) {
        return Ok(false);
    }
    let published: Option<DatasetMetadata> = maybe_json(dataset.published.as_ref())?;
    Ok(published.as_ref() != Some(draft))
}

/// Who gave an edition its titles last, while they are yet to become public; nobody where that is not known.
fn titled_by(edition: &edition::Model) -> Result<Option<Actor>> {
    match edition.published_at {
        None => maybe_json(edition.last_edited_by.as_ref()),
        Some(_) => Ok(None),
    }
}

/// The versions just before these, by dataset, edition and number.
pub(crate) async fn predecessors_of(
    db: &impl ConnectionTrait,
    versions: impl Iterator<Item = &Version>,
) -> Result<HashMap<(String, String, i64), (String, VersionState)>> {
    let wanted: BTreeSet<(&str, i64)> = versions
        .filter(|version| version.version > 1)
        .map(|version| (version.dataset_id.as_str(), i64::from(version.version) - 1))
        .collect();
    if wanted.is_empty() {
        return Ok(HashMap::new());
    }
    let (datasets, numbers): (BTreeSet<&str>, BTreeSet<i64>) = wanted.into_iter().unzip();
    let rows = version::Entity::find()
        .filter(version::Column::DatasetId.is_in(datasets))
        .filter(version::Column::Number.is_in(numbers))
        .all(db)
        .await?;
    rows.into_iter()
        .map(|row| {
            let state = word(VersionState::parse(&row.state), &row.state)?;
            Ok(((row.dataset_id, row.edition, row.number), (row.id, state)))
        })
        .collect()
}

/// Whether the reach covers every item, so that a limited approver cannot approve what lies outside.
#[must_use]
pub fn all_reached(reach: &Reach, items: &[ContentItem]) -> bool {
    items.iter().all(|item| reach.covers(&item.department, &item.dataset_id))
}

/// Which of these versions are in a bundle, whoever may see it.
pub async fn held_among(db: &impl ConnectionTrait, version_ids: &[&str]) -> Result<Vec<String>> {
    Ok(bundle_content::Entity::find()
        .select_only()
        .column(bundle_content::Column::VersionId)
        .filter(bundle_content::Column::VersionId.is_in(version_ids.iter().copied()))
        .into_tuple()
        .all(db)
        .await?)
}
