//! Versions.

use std::collections::HashSet;

use domain::dataset::Dataset;
use domain::page::{Page, Paging};
use domain::policy::Reach;
use domain::version::{Version, VersionMetadata, VersionState};
use sea_orm::sea_query::Expr;
use sea_orm::{
    ActiveModelTrait, ColumnTrait, Condition, ConnectionTrait, EntityTrait, ExprTrait, IntoActiveModel, PaginatorTrait,
    QueryFilter, QueryOrder, QuerySelect, Select,
};

use crate::convert::{
    contains, count, from_json, in_the_hands_of, instant, json, maybe_instant, maybe_json, micros, word,
};
use crate::entities::{bundle_content, dataset, edition, version};
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
    one(named(dataset_id, edition, number).filter(visible(reach)), db).await
}

/// The version with its dataset, both as somebody of this reach sees them, in one statement.
pub async fn find_with_dataset_visible_to(
    db: &impl ConnectionTrait,
    reach: &Reach,
    dataset_id: &str,
    edition: &str,
    number: u32,
) -> Result<Option<(Version, Dataset)>> {
    let found = named(dataset_id, edition, number)
        .filter(visible(reach))
        .filter(crate::datasets::visible(reach))
        .find_also_related(edition::Entity)
        .find_also(version::Entity, dataset::Entity)
        .one(db)
        .await?;
    let Some((row, edition, Some(dataset))) = found else { return Ok(None) };
    let dataset = crate::datasets::seen(db, reach, &dataset).await?;
    Ok(Some((to_version(&row, edition.as_ref())?, dataset)))
}

/// The version with its row locked until the transaction ends, for whoever bases a change on what it says.
pub async fn lock_visible_to(
    db: &impl ConnectionTrait,
    reach: &Reach,
    dataset_id: &str,
    edition: &str,
    number: u32,
) -> Result<Option<Version>> {
    let query = named(dataset_id, edition, number).filter(visible(reach)).lock_exclusive();
    let Some(row) = query.one(db).await? else { return Ok(None) };
    // Not read together with the version: a lock must not reach what is joined.
    let edition = edition::Entity::find_by_id((row.dataset_id.clone(), row.edition.clone())).one(db).await?;
    Ok(Some(to_version(&row, edition.as_ref())?))
}

/// Locks the versions of a dataset until the transaction ends, so that no bundle takes one in meanwhile.
pub async fn lock_of_dataset(db: &impl ConnectionTrait, dataset_id: &str) -> Result<()> {
    let _: Vec<String> = version::Entity::find()
        .select_only()
        .column(version::Column::Id)
        .filter(version::Column::DatasetId.eq(dataset_id))
        .order_by_asc(version::Column::Id)
        .lock_exclusive()
        .into_tuple()
        .all(db)
        .await?;
    Ok(())
}

fn named(dataset_id: &str, edition: &str, number: u32) -> Select<version::Entity> {
    version::Entity::find()
        .filter(version::Column::DatasetId.eq(dataset_id))
        .filter(version::Column::Edition.eq(edition))
        .filter(version::Column::Number.eq(i64::from(number)))
}

/// The version with this row id, for whoever reached it through something they may see.
pub async fn find_by_id(db: &impl ConnectionTrait, id: &str) -> Result<Option<Version>> {
    one(version::Entity::find_by_id(id), db).await
}

/// The versions with these row ids, in no order, for whoever reached them through something they may see.
pub async fn list_by_ids(db: &impl ConnectionTrait, ids: &[&str]) -> Result<Vec<Version>> {
    many(version::Entity::find().filter(version::Column::Id.is_in(ids.iter().copied())), db).await
}

/// The latest public version of each of these editions, given as dataset and edition.
pub async fn latest_public(db: &impl ConnectionTrait, editions: &[(&str, &str)]) -> Result<Vec<Version>> {
    let datasets = editions.iter().map(|(dataset, _)| *dataset);
    let query = version::Entity::find()
        .filter(version::Column::DatasetId.is_in(datasets))
        .filter(version::Column::Edition.is_in(editions.iter().map(|(_, edition)| *edition)))
        .filter(visible(&Reach::PublishedOnly))
        .order_by_desc(version::Column::Number);
    let editions: HashSet<(&str, &str)> = editions.iter().copied().collect();
    let mut met: HashSet<(String, String)> = HashSet::new();
    let mut latest: Vec<Version> = Vec::new();
    for row in many(query, db).await? {
        let is_asked = editions.contains(&(row.dataset_id.as_str(), row.edition.as_str()));
        // Newest first: whatever comes again is older.
        if is_asked && met.insert((row.dataset_id.clone(), row.edition.clone())) {
            latest.push(row);
        }
    }
    Ok(latest)
}

/// An edition's versions that somebody of this reach sees, newest first.
pub async fn list_visible_to(
    db: &impl ConnectionTrait,
    reach: &Reach,
    dataset_id: &str,
    edition: &str,
) -> Result<Vec<Version>> {
    let query = version::Entity::find()
        .filter(version::Column::DatasetId.eq(dataset_id))
        .filter(version::Column::Edition.eq(edition))
        .filter(visible(reach))
        .order_by_desc(version::Column::Number);
    many(query, db).await
}

/// The versions of all editions of a dataset that somebody of this reach sees, those published last first.
pub async fn list_of_dataset_visible_to(
    db: &impl ConnectionTrait,
    reach: &Reach,
    dataset_id: &str,
) -> Result<Vec<Version>> {
    let query = version::Entity::find()
        .filter(version::Column::DatasetId.eq(dataset_id))
        .filter(visible(reach))
        .order_by_desc(version::Column::PublishedAt)
        .order_by_asc(version::Column::Id);
    many(query, db).await
}

/// The numbers of an edition's versions that somebody of this reach sees.
pub async fn numbers_visible_to(
    db: &impl ConnectionTrait,
    reach: &Reach,
    dataset_id: &str,
    edition: &str,
) -> Result<Vec<u32>> {
    let numbers: Vec<i64> = version::Entity::find()
        .select_only()
        .column(version::Column::Number)
        .filter(version::Column::DatasetId.eq(dataset_id))
        .filter(version::Column::Edition.eq(edition))
        .filter(visible(reach))
        .into_tuple()
        .all(db)
        .await?;
    Ok(numbers.into_iter().filter_map(|number| u32::try_from(number).ok()).collect())
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
    let part = query
        .order_by_asc(version::Column::LastUpdated)
        .order_by_asc(version::Column::Id)
        .limit(u64::from(paging.limit))
        .offset(u64::from(paging.offset));
    Ok(Page::new(many(part, db).await?, total, paging))
}

/// Versions in a state that somebody made or changed last and that somebody of this reach sees, newest change first.
pub async fn list_in_the_hands_of(
    db: &impl ConnectionTrait,
    reach: &Reach,
    actor_id: &str,
    state: VersionState,
    limit: u64,
) -> Result<Vec<Version>> {
    let query = version::Entity::find()
        .filter(version::Column::State.eq(state.as_str()))
        .filter(in_the_hands_of(version::Column::CreatedBy, version::Column::LastEditedBy, actor_id))
        .filter(visible(reach))
        .order_by_desc(version::Column::LastUpdated)
        .order_by_asc(version::Column::Id)
        .limit(limit);
    many(query, db).await
}

/// How many versions in a state somebody of this reach sees.
pub async fn count_in_state(db: &impl ConnectionTrait, reach: &Reach, state: VersionState) -> Result<u64> {
    Ok(version::Entity::find()
        .filter(version::Column::State.eq(state.as_str()))
        .filter(visible(reach))
        .count(db)
        .await?)
}

/// Approved versions that are in no bundle and that somebody of this reach sees.
pub async fn list_addable(db: &impl ConnectionTrait, reach: &Reach) -> Result<Vec<Version>> {
    let taken = sea_orm::sea_query::Query::select()
        .column(bundle_content::Column::VersionId)
        .from(bundle_content::Entity)
        .to_owned();
    let query = version::Entity::find()
        .filter(version::Column::State.eq(VersionState::Approved.as_str()))
        .filter(version::Column::Id.not_in_subquery(taken))
        .filter(visible(reach))
        .order_by_asc(version::Column::DatasetId)
        .order_by_asc(version::Column::Edition)
        .order_by_asc(version::Column::Number)
        .limit(1000);
    many(query, db).await
}

/// Versions that are not public and that somebody of this reach sees, each with its dataset's title; approved ones come
/// first, `text` is looked for in titles and ids.
pub async fn list_unpublished(
    db: &impl ConnectionTrait,
    reach: &Reach,
    text: &str,
    paging: Paging,
) -> Result<Page<(Version, String)>> {
    let public = [VersionState::Published.as_str(), VersionState::Archived.as_str()];
    let mut query = version::Entity::find()
        .find_also_related(edition::Entity)
        .find_also(version::Entity, dataset::Entity)
        .filter(version::Column::State.is_not_in(public))
        .filter(visible(reach));
    for word in text.split_whitespace() {
        query = query.filter(
            Condition::any()
                .add(contains(dataset::Column::Title, word))
                .add(contains(edition::Column::Title, word))
                .add(contains(version::Column::DatasetId, word))
                .add(contains(version::Column::Edition, word)),
        );
    }
    let total = query.clone().count(db).await?;
    let first: Expr =
        Expr::case(version::Column::State.eq(VersionState::Approved.as_str()), 0_i64).finally(1_i64).into();
    let rows = query
        .order_by_asc(first)
        .order_by_asc(dataset::Column::SortEn)
        .order_by_asc(version::Column::DatasetId)
        .order_by_asc(version::Column::Edition)
        .order_by_asc(version::Column::Number)
        .limit(u64::from(paging.limit))
        .offset(u64::from(paging.offset))
        .all(db)
        .await?;
    let found = rows.into_iter().map(|(row, edition, dataset)| {
        let title = dataset.map_or_else(|| row.dataset_id.clone(), |dataset| dataset.title);
        Ok((to_version(&row, edition.as_ref())?, title))
    });
    Ok(Page::new(found.collect::<Result<_>>()?, total, paging))
}

/// Replaces a version if the revision still holds; false where somebody was faster. The revision goes up by one.
pub async fn save(db: &impl ConnectionTrait, version: &Version) -> Result<bool> {
    let mut row = to_row(&as_said(db, version).await?)?;
    row.revision += 1;
    let done = version::Entity::update_many()
        .set(row.into_active_model().reset_all())
        .filter(version::Column::Id.eq(&version.id))
        .filter(version::Column::Revision.eq(version.revision))
        .exec(db)
        .await?;
    Ok(done.rows_affected == 1)
}

/// The version with what its editors said of its release, in place of what everybody is told who reads it (`Version::dated`).
///
/// What differs from that was changed by whoever saves it, and is what they say.
async fn as_said(db: &impl ConnectionTrait, version: &Version) -> Result<Version> {
    let mut version = version.clone();
    if version.published_at.is_none() {
        return Ok(version);
    }
    let Some(row) = version::Entity::find_by_id(version.id.as_str()).one(db).await? else { return Ok(version) };
    let (said, told) = (to_metadata(&row)?, to_version(&row, None)?.metadata);
    if said.release_date == told.release_date || version.metadata.release_date != told.release_date {
        return Ok(version);
    }
    version.metadata.release_date = said.release_date;
    for alert in &mut version.metadata.alerts {
        let mut known = said.alerts.iter().zip(&told.alerts);
        if let Some((said, _)) = known.find(|(_, told)| told.id == alert.id && told.date == alert.date) {
            alert.date = said.date;
        }
    }
    Ok(version)
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

/// When a version was released, as `Version::dated` says it.
pub(crate) fn released() -> Expr {
    let column = |column: version::Column| Expr::col((version::Entity, column));
    let early = column(version::Column::PublishedAt).lt(column(version::Column::ReleaseDate));
    Expr::case(early, column(version::Column::PublishedAt)).finally(column(version::Column::ReleaseDate)).into()
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

async fn one(query: Select<version::Entity>, db: &impl ConnectionTrait) -> Result<Option<Version>> {
    let found = query.find_also_related(edition::Entity).one(db).await?;
    found.map(|(row, edition)| to_version(&row, edition.as_ref())).transpose()
}

pub(crate) async fn many(query: Select<version::Entity>, db: &impl ConnectionTrait) -> Result<Vec<Version>> {
    let found = query.find_also_related(edition::Entity).all(db).await?;
    found.iter().map(|(row, edition)| to_version(row, edition.as_ref())).collect()
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
        alerted: !version.metadata.alerts.is_empty(),
    })
}

/// What editors said.
fn to_metadata(row: &version::Model) -> Result<VersionMetadata> {
    let mut metadata: VersionMetadata = from_json(&row.metadata)?;
    // Alerts that were kept before they had ids are named by their place.
    for (i, alert) in metadata.alerts.iter_mut().enumerate().filter(|(_, alert)| alert.id.is_empty()) {
        alert.id = format!("alert-{}", i + 1);
    }
    Ok(metadata)
}

pub(crate) fn to_version(row: &version::Model, edition: Option<&edition::Model>) -> Result<Version> {
    let version = Version {
        id: row.id.clone(),
        dataset_id: row.dataset_id.clone(),
        edition: row.edition.clone(),
        edition_title: edition.map_or_else(|| row.edition.clone(), |edition| edition.title.clone()),
        version: count(row.number)?,
        state: word(VersionState::parse(&row.state), &row.state)?,
        metadata: to_metadata(row)?,
        created_by: from_json(&row.created_by)?,
        last_edited_by: from_json(&row.last_edited_by)?,
        approved_by: maybe_json(row.approved_by.as_ref())?,
        approved_at: maybe_instant(row.approved_at)?,
        published_at: maybe_instant(row.published_at)?,
        last_updated: instant(row.last_updated)?,
        revision: row.revision,
    };
    Ok(version.dated())
}

/// Deletes a version with its files' records; the bytes are removed by whoever calls.
pub async fn delete(db: &impl ConnectionTrait, id: &str) -> Result<bool> {
    Ok(version::Entity::delete_by_id(id).exec(db).await?.rows_affected == 1)
}
