//! Versions.

use domain::page::{Page, Paging};
use domain::policy::Reach;
use domain::version::{Version, VersionMetadata, VersionState};
use sea_orm::sea_query::Expr;
use sea_orm::{
    ActiveModelTrait, ColumnTrait, Condition, ConnectionTrait, EntityTrait, IntoActiveModel, PaginatorTrait,
    QueryFilter, QueryOrder, QuerySelect, Select,
};

use crate::convert::{count, from_json, instant, json, maybe_instant, maybe_json, micros, word};
use crate::entities::{bundle_content, edition, version};
use crate::error::Result;

/// Adds a version; its number must be new within the edition.
pub async fn insert(db: &impl ConnectionTrait, version: &Version) -> Result<()> {
    version::Entity::insert(to_row(version)?.into_active_model()).exec_without_returning(db).await?;
    Ok(())
}

/// The next number of an edition, counting up without gaps.
pub async fn next_number(db: &impl ConnectionTrait, dataset_id: &str, edition: &str) -> Result<u32> {
    let highest: Option<Option<i64>> = version::Entity::find()
        .select_only()
        .column_as(version::Column::Number.max(), "highest")
        .filter(version::Column::DatasetId.eq(dataset_id))
        .filter(version::Column::Edition.eq(edition))
        .into_tuple()
        .one(db)
        .await?;
    count(highest.flatten().unwrap_or(0) + 1)
}

/// The version as somebody of this reach sees it.
pub async fn find_visible_to(
    db: &impl ConnectionTrait,
    reach: &Reach,
    dataset_id: &str,
    edition: &str,
    number: u32,
) -> Result<Option<Version>> {
    one(db, named(dataset_id, edition, number).filter(visible(reach)).one(db).await?).await
}

/// The same with the row locked until the transaction ends, for whoever bases a change on what it says.
pub async fn lock_visible_to(
    db: &impl ConnectionTrait,
    reach: &Reach,
    dataset_id: &str,
    edition: &str,
    number: u32,
) -> Result<Option<Version>> {
    let query = named(dataset_id, edition, number).filter(visible(reach)).lock_exclusive();
    one(db, query.one(db).await?).await
}

fn named(dataset_id: &str, edition: &str, number: u32) -> Select<version::Entity> {
    version::Entity::find()
        .filter(version::Column::DatasetId.eq(dataset_id))
        .filter(version::Column::Edition.eq(edition))
        .filter(version::Column::Number.eq(i64::from(number)))
}

/// The version with this row id, for whoever reached it through something they may see.
pub async fn find_by_id(db: &impl ConnectionTrait, id: &str) -> Result<Option<Version>> {
    let row = version::Entity::find_by_id(id).one(db).await?;
    one(db, row).await
}

/// The versions with these row ids, in no order, for whoever reached them through something they may see.
pub async fn list_by_ids(db: &impl ConnectionTrait, ids: &[&str]) -> Result<Vec<Version>> {
    let rows = version::Entity::find().filter(version::Column::Id.is_in(ids.iter().copied())).all(db).await?;
    many(db, rows).await
}

/// The latest public version of each of these editions, given as dataset and edition.
pub async fn latest_public(db: &impl ConnectionTrait, editions: &[(&str, &str)]) -> Result<Vec<Version>> {
    let datasets = editions.iter().map(|(dataset, _)| *dataset);
    let rows = version::Entity::find()
        .filter(version::Column::DatasetId.is_in(datasets))
        .filter(version::Column::Edition.is_in(editions.iter().map(|(_, edition)| *edition)))
        .filter(visible(&Reach::PublishedOnly))
        .order_by_desc(version::Column::Number)
        .all(db)
        .await?;
    let mut latest: Vec<version::Model> = Vec::new();
    for row in rows {
        let is_asked = editions.contains(&(row.dataset_id.as_str(), row.edition.as_str()));
        let is_newest = !latest.iter().any(|other| other.dataset_id == row.dataset_id && other.edition == row.edition);
        if is_asked && is_newest {
            latest.push(row);
        }
    }
    many(db, latest).await
}

/// An edition's versions that somebody of this reach sees, newest first.
pub async fn list_visible_to(
    db: &impl ConnectionTrait,
    reach: &Reach,
    dataset_id: &str,
    edition: &str,
) -> Result<Vec<Version>> {
    let rows = version::Entity::find()
        .filter(version::Column::DatasetId.eq(dataset_id))
        .filter(version::Column::Edition.eq(edition))
        .filter(visible(reach))
        .order_by_desc(version::Column::Number)
        .all(db)
        .await?;
    many(db, rows).await
}

/// Versions in a state that somebody of this reach sees, oldest change first.
pub async fn list_in_state(
    db: &impl ConnectionTrait,
    reach: &Reach,
    state: VersionState,
    paging: Paging,
) -> Result<Page<Version>> {
    let query = version::Entity::find().filter(version::Column::State.eq(state.as_str())).filter(visible(reach));
    let total = query.clone().count(db).await?;
    let rows = query
        .order_by_asc(version::Column::LastUpdated)
        .order_by_asc(version::Column::Id)
        .limit(u64::from(paging.limit))
        .offset(u64::from(paging.offset))
        .all(db)
        .await?;
    Ok(Page::new(many(db, rows).await?, total, paging))
}

/// Approved versions that are in no bundle and that somebody of this reach sees.
pub async fn list_addable(db: &impl ConnectionTrait, reach: &Reach) -> Result<Vec<Version>> {
    let taken = sea_orm::sea_query::Query::select()
        .column(bundle_content::Column::VersionId)
        .from(bundle_content::Entity)
        .to_owned();
    let rows = version::Entity::find()
        .filter(version::Column::State.eq(VersionState::Approved.as_str()))
        .filter(version::Column::Id.not_in_subquery(taken))
        .filter(visible(reach))
        .order_by_asc(version::Column::DatasetId)
        .order_by_asc(version::Column::Edition)
        .order_by_asc(version::Column::Number)
        .limit(1000)
        .all(db)
        .await?;
    many(db, rows).await
}

/// Replaces a version if the revision still holds; false where somebody was faster. The revision goes up by one.
pub async fn save(db: &impl ConnectionTrait, version: &Version) -> Result<bool> {
    let mut row = to_row(version)?;
    row.revision += 1;
    let done = version::Entity::update_many()
        .set(row.into_active_model().reset_all())
        .filter(version::Column::Id.eq(&version.id))
        .filter(version::Column::Revision.eq(version.revision))
        .exec(db)
        .await?;
    Ok(done.rows_affected == 1)
}

/// Raises the revision without another change, so that approvals of older contents no longer hold.
pub async fn touch(db: &impl ConnectionTrait, version: &Version) -> Result<bool> {
    let done = version::Entity::update_many()
        .col_expr(version::Column::Revision, Expr::value(version.revision + 1))
        .col_expr(version::Column::LastEditedBy, Expr::value(json(&version.last_edited_by)?))
        .col_expr(version::Column::LastUpdated, Expr::value(micros(version.last_updated)))
        .filter(version::Column::Id.eq(&version.id))
        .filter(version::Column::Revision.eq(version.revision))
        .exec(db)
        .await?;
    Ok(done.rows_affected == 1)
}

/// What may be seen of the table of versions.
pub(crate) fn visible(reach: &Reach) -> Condition {
    let public = version::Column::State.is_in([VersionState::Published.as_str(), VersionState::Archived.as_str()]);
    match reach {
        Reach::All => Condition::all(),
        Reach::PublishedOnly => Condition::all().add(public),
        Reach::Limited { departments, datasets, previews } => {
            let reached = Condition::any()
                .add(public)
                .add(version::Column::DatasetId.in_subquery(crate::datasets::reached(departments, datasets)));
            match previews {
                Some(preview) => reached.add(version::Column::Id.in_subquery(crate::previews::versions(preview))),
                None => reached,
            }
        }
    }
}

async fn one(db: &impl ConnectionTrait, row: Option<version::Model>) -> Result<Option<Version>> {
    let rows: Vec<_> = row.into_iter().collect();
    Ok(many(db, rows).await?.into_iter().next())
}

async fn many(db: &impl ConnectionTrait, rows: Vec<version::Model>) -> Result<Vec<Version>> {
    if rows.is_empty() {
        return Ok(Vec::new());
    }
    let datasets: Vec<&str> = rows.iter().map(|row| row.dataset_id.as_str()).collect();
    let editions = edition::Entity::find().filter(edition::Column::DatasetId.is_in(datasets)).all(db).await?;
    rows.iter()
        .map(|row| {
            let title = editions
                .iter()
                .find(|e| e.dataset_id == row.dataset_id && e.id == row.edition)
                .map_or_else(|| row.edition.clone(), |e| e.title.clone());
            to_version(row, title)
        })
        .collect()
}

fn to_row(version: &Version) -> Result<version::Model> {
    Ok(version::Model {
        id: version.id.clone(),
        dataset_id: version.dataset_id.clone(),
        edition: version.edition.clone(),
        number: i64::from(version.version),
        state: version.state.as_str().to_owned(),
        metadata: json(&version.metadata)?,
        release_date: version.metadata.release_date.map(micros),
        created_by: json(&version.created_by)?,
        last_edited_by: json(&version.last_edited_by)?,
        approved_by: version.approved_by.as_ref().map(json).transpose()?,
        approved_at: version.approved_at.map(micros),
        published_at: version.published_at.map(micros),
        last_updated: micros(version.last_updated),
        revision: version.revision,
    })
}

fn to_version(row: &version::Model, edition_title: String) -> Result<Version> {
    let mut metadata: VersionMetadata = from_json(&row.metadata)?;
    // Alerts that were kept before they had ids are named by their place.
    for (i, alert) in metadata.alerts.iter_mut().enumerate().filter(|(_, alert)| alert.id.is_empty()) {
        alert.id = format!("alert-{}", i + 1);
    }
    Ok(Version {
        id: row.id.clone(),
        dataset_id: row.dataset_id.clone(),
        edition: row.edition.clone(),
        edition_title,
        version: count(row.number)?,
        state: word(VersionState::parse(&row.state), &row.state)?,
        metadata,
        created_by: from_json(&row.created_by)?,
        last_edited_by: from_json(&row.last_edited_by)?,
        approved_by: maybe_json(row.approved_by.as_ref())?,
        approved_at: maybe_instant(row.approved_at)?,
        published_at: maybe_instant(row.published_at)?,
        last_updated: instant(row.last_updated)?,
        revision: row.revision,
    })
}

/// Deletes a version with its files' records; the bytes are removed by whoever calls.
pub async fn delete(db: &impl ConnectionTrait, id: &str) -> Result<bool> {
    Ok(version::Entity::delete_by_id(id).exec(db).await?.rows_affected == 1)
}
