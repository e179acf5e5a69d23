//! Datasets: a public copy and a draft in one row.

use std::collections::HashMap;

use chrono::{DateTime, Utc};
use domain::dataset::{Dataset, DatasetMetadata};
use domain::page::{Page, Paging};
use domain::policy::{Preview, Reach};
use domain::views::DatasetSummary;
use sea_orm::sea_query::{Expr, Query, SelectStatement};
use sea_orm::{
    ActiveModelTrait, ColumnTrait, Condition, ConnectionTrait, DbBackend, EntityTrait, ExprTrait, IntoActiveModel,
    Iterable, PaginatorTrait, QueryFilter, QueryOrder, QuerySelect, Select,
};

use crate::convert::{contains, from_json, instant, json, maybe_instant, maybe_json, micros};
use crate::entities::{dataset, version};
use crate::error::Result;
use crate::title_order;

/// Rows changed at once.
const BATCH: usize = 500;

/// Which datasets are asked for.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash)]
pub struct DatasetFilter {
    /// Only those with a version in this state; `published` also for the dataset itself.
    pub state: Option<domain::version::VersionState>,
    /// Only those that carry one of these topics.
    pub topics: Vec<String>,
    /// Only those of this department.
    pub department: Option<String>,
    /// Only those whose title holds this text.
    pub title: Option<String>,
    /// Only those whose title begins with this letter, or with no letter where this is none.
    pub initial: Option<char>,
    /// Only these.
    pub ids: Vec<String>,
    /// By title rather than newest first.
    pub by_title: bool,
    /// Whose titles are meant by the letter and the order: those that the readers of this language are shown.
    pub language: domain::language::Language,
    /// The other way round: from Z to A, or oldest first.
    pub reversed: bool,
}

/// Adds a dataset; the id must be new.
pub async fn insert(db: &impl ConnectionTrait, dataset: &Dataset) -> Result<()> {
    let draft = dataset.working();
    let sorted_by = title_order::keys(&draft);
    let row = dataset::Model {
        id: dataset.id.clone(),
        kind: dataset.kind.clone(),
        department: dataset.department.clone(),
        title: draft.title.clone(),
        published: None,
        draft: json(&draft)?,
        published_at: None,
        public_updated_at: None,
        last_updated: micros(dataset.last_updated),
        created_by: json(&dataset.created_by)?,
        last_edited_by: json(&dataset.last_edited_by)?,
        revision: 1,
        draft_revision: 1,
        sort_en: sorted_by.english,
        sort_cy: sorted_by.welsh,
        sorted_revision: 1,
    };
    dataset::Entity::insert(row.into_active_model()).exec_without_returning(db).await?;
    crate::dataset_topics::save_draft(db, &dataset.id, &draft.topics).await?;
    crate::dataset_outlooks::save(db, &dataset.id, &draft).await
}

/// Whether the id is taken, seen or unseen.
pub async fn exists(db: &impl ConnectionTrait, id: &str) -> Result<bool> {
    Ok(dataset::Entity::find_by_id(id).count(db).await? > 0)
}

/// The dataset as somebody of this reach sees it.
pub async fn find_visible_to(db: &impl ConnectionTrait, reach: &Reach, id: &str) -> Result<Option<Dataset>> {
    let query = dataset::Entity::find_by_id(id).filter(visible(reach));
    let Some(row) = as_far_as_seen(query, reach).one(db).await? else { return Ok(None) };
    Ok(Some(seen(db, reach, &row).await?))
}

/// What somebody of this reach sees of a dataset that was found for them.
pub(crate) async fn seen(db: &impl ConnectionTrait, reach: &Reach, row: &dataset::Model) -> Result<Dataset> {
    let previewed = previewed_among(db, reach, std::slice::from_ref(row)).await?;
    to_dataset(row, reach, &previewed)
}

/// What somebody of this reach sees of several datasets that were found for them.
pub(crate) async fn all_seen(
    db: &impl ConnectionTrait,
    reach: &Reach,
    rows: &[dataset::Model],
) -> Result<Vec<Dataset>> {
    let previewed = previewed_among(db, reach, rows).await?;
    rows.iter().map(|row| to_dataset(row, reach, &previewed)).collect()
}

/// The datasets with these ids, drafts and all, for whoever reached them through something they may see.
pub async fn list_by_ids(db: &impl ConnectionTrait, ids: &[&str]) -> Result<Vec<Dataset>> {
    let rows = dataset::Entity::find().filter(dataset::Column::Id.is_in(ids.iter().copied())).all(db).await?;
    rows.iter().map(|row| to_dataset(row, &Reach::All, &[])).collect()
}

/// A page of the datasets that somebody of this reach sees.
pub async fn list_visible_to(
    db: &impl ConnectionTrait,
    reach: &Reach,
    filter: &DatasetFilter,
    paging: Paging,
) -> Result<Page<DatasetSummary>> {
    let total = count_visible_to(db, reach, filter).await?;
    let mut items = part_visible_to(db, reach, filter, paging).await?;
    date(db, reach, &mut items).await?;
    Ok(Page::new(items, total, paging))
}

/// Adds to each dataset the release date of the newest of its versions that somebody of this reach sees.
pub async fn date(db: &impl ConnectionTrait, reach: &Reach, items: &mut [DatasetSummary]) -> Result<()> {
    let ids: Vec<&str> = items.iter().map(|item| item.id.as_str()).collect();
    let mut releases = latest_releases(db, reach, &ids).await?;
    for item in items {
        item.release_date = releases.remove(&item.id);
    }
    Ok(())
}

/// How many datasets somebody of this reach sees.
pub async fn count_visible_to(db: &impl ConnectionTrait, reach: &Reach, filter: &DatasetFilter) -> Result<u64> {
    Ok(dataset::Entity::find().filter(visible(reach)).filter(matching(filter, reach)).count(db).await?)
}

/// A part of the datasets that somebody of this reach sees, without their release dates, which take a statement more.
pub async fn part_visible_to(
    db: &impl ConnectionTrait,
    reach: &Reach,
    filter: &DatasetFilter,
    paging: Paging,
) -> Result<Vec<DatasetSummary>> {
    let part = in_order(reach, filter).limit(u64::from(paging.limit)).offset(u64::from(paging.offset));
    summaries(db, reach, as_listed(part).all(db).await?).await
}

/// The columns as far as somebody of this reach sees them: drafts are as long as all the rest.
fn as_far_as_seen(query: Select<dataset::Entity>, reach: &Reach) -> Select<dataset::Entity> {
    if *reach == Reach::PublishedOnly { with_draft(query, Expr::value("")) } else { query }
}

/// The columns that a list shows: a draft only of what was never public.
fn as_listed(query: Select<dataset::Entity>) -> Select<dataset::Entity> {
    let unpublished = Condition::all().add(dataset::Column::Published.is_null());
    with_draft(query, Expr::case(unpublished, Expr::col(dataset::Column::Draft)).finally("").into())
}

fn with_draft(query: Select<dataset::Entity>, draft: Expr) -> Select<dataset::Entity> {
    let others = dataset::Column::iter().filter(|column| !matches!(column, dataset::Column::Draft));
    query.select_only().columns(others).column_as(draft, "draft")
}

/// The ids of all datasets that somebody of this reach sees, in the order of the list, one a line: for who keeps them, since the
/// statement takes longer the more there are.
pub async fn ids_visible_to(db: &impl ConnectionTrait, reach: &Reach, filter: &DatasetFilter) -> Result<String> {
    let mut ordered = in_order(reach, filter).select_only().column(dataset::Column::Id);
    // As one text: a hundred thousand rows would take ten times as long as what they say.
    let whole = match db.get_database_backend() {
        DbBackend::Sqlite => Expr::cust("group_concat(id, char(10))"),
        _ => Expr::cust("string_agg(id, chr(10))"),
    };
    let query = Query::select()
        .expr_as(whole, "ids")
        .from_subquery(QuerySelect::query(&mut ordered).take(), "ordered")
        .to_owned();
    let row = db.query_one(&query).await?;
    let ids: Option<String> = row.map(|row| row.try_get("", "ids")).transpose()?.flatten();
    Ok(ids.unwrap_or_default())
}

/// Those of these datasets that somebody of this reach sees, in the order given, without their release dates.
pub async fn list_of_visible_to(db: &impl ConnectionTrait, reach: &Reach, ids: &[&str]) -> Result<Vec<DatasetSummary>> {
    if ids.is_empty() {
        return Ok(Vec::new());
    }
    let these = dataset::Column::Id.is_in(ids.iter().copied());
    let query = dataset::Entity::find().filter(visible(reach)).filter(these);
    let mut rows = as_listed(query).all(db).await?;
    let places: HashMap<&str, usize> = ids.iter().enumerate().map(|(place, id)| (*id, place)).collect();
    rows.sort_by_key(|row| places.get(row.id.as_str()).copied());
    summaries(db, reach, rows).await
}

fn in_order(reach: &Reach, filter: &DatasetFilter) -> Select<dataset::Entity> {
    let query = dataset::Entity::find().filter(visible(reach)).filter(matching(filter, reach));
    let title = title_order::column(filter.language);
    let ordered = match (filter.by_title, filter.reversed) {
        (true, false) => query.order_by_asc(title),
        (true, true) => query.order_by_desc(title),
        (false, false) => query.order_by_desc(shown_as_updated(reach)),
        (false, true) => query.order_by_asc(shown_as_updated(reach)),
    };
    ordered.order_by_asc(dataset::Column::Id)
}

async fn summaries(db: &impl ConnectionTrait, reach: &Reach, rows: Vec<dataset::Model>) -> Result<Vec<DatasetSummary>> {
    let previewed = previewed_among(db, reach, &rows).await?;
    rows.into_iter().map(|row| to_summary(row, reach, &previewed)).collect()
}

fn to_summary(row: dataset::Model, reach: &Reach, previewed: &[String]) -> Result<DatasetSummary> {
    let (inside, last_updated) = seen_from(&row, reach, previewed);
    let metadata = match &row.published {
        Some(published) => from_json(published)?,
        None if inside => from_json(&row.draft)?,
        None => DatasetMetadata::default(),
    };
    Ok(DatasetSummary {
        release_date: None,
        metadata,
        state: (if row.published.is_some() { "published" } else { "created" }).to_owned(),
        last_updated: instant(last_updated)?,
        id: row.id,
        department: row.department,
    })
}

/// Whether the draft of a row is seen, and what is shown as its last change.
fn seen_from(row: &dataset::Model, reach: &Reach, previewed: &[String]) -> (bool, i64) {
    let inside = reach.covers(&row.department, &row.id) || previewed.contains(&row.id);
    (inside, if inside { row.last_updated } else { row.public_updated_at.unwrap_or(row.last_updated) })
}

/// The newest release of each dataset among the versions that somebody of this reach sees.
pub async fn latest_releases(
    db: &impl ConnectionTrait,
    reach: &Reach,
    ids: &[&str],
) -> Result<HashMap<String, DateTime<Utc>>> {
    if ids.is_empty() {
        return Ok(HashMap::new());
    }
    let newest: Vec<(String, Option<i64>)> = version::Entity::find()
        .select_only()
        .column(version::Column::DatasetId)
        .column_as(crate::versions::released().max(), "newest")
        .filter(version::Column::DatasetId.is_in(ids.iter().copied()))
        .filter(crate::versions::visible(reach))
        .group_by(version::Column::DatasetId)
        .into_tuple()
        .all(db)
        .await?;
    newest.into_iter().filter_map(|(id, at)| at.map(|at| Ok((id, instant(at)?)))).collect()
}

/// Replaces the draft if the revision still holds; false where somebody was faster.
pub async fn save_draft(db: &impl ConnectionTrait, dataset: &Dataset, draft: &DatasetMetadata) -> Result<bool> {
    let update = dataset::Entity::update_many()
        .col_expr(dataset::Column::Draft, Expr::value(json(draft)?))
        .col_expr(dataset::Column::LastEditedBy, Expr::value(json(&dataset.last_edited_by)?))
        .col_expr(dataset::Column::LastUpdated, Expr::value(micros(dataset.last_updated)))
        .col_expr(dataset::Column::DraftRevision, Expr::col(dataset::Column::DraftRevision).add(1))
        .col_expr(dataset::Column::Revision, Expr::value(dataset.revision + 1));
    let done = title_order::with_draft(update, dataset, draft)
        .filter(dataset::Column::Id.eq(&dataset.id))
        .filter(dataset::Column::Revision.eq(dataset.revision))
        .exec(db)
        .await?;
    if done.rows_affected == 1 {
        crate::dataset_topics::save_draft(db, &dataset.id, &draft.topics).await?;
        crate::dataset_outlooks::save(db, &dataset.id, draft).await?;
    }
    Ok(done.rows_affected == 1)
}

/// Deletes a dataset that was never public, with all under it; false where somebody was faster.
pub async fn delete_unpublished(db: &impl ConnectionTrait, id: &str, revision: i64) -> Result<bool> {
    let done = dataset::Entity::delete_many()
        .filter(dataset::Column::Id.eq(id))
        .filter(dataset::Column::Revision.eq(revision))
        .filter(dataset::Column::PublishedAt.is_null())
        .exec(db)
        .await?;
    let is_gone = done.rows_affected == 1;
    if is_gone {
        crate::imports::note_deleted(db, id).await?;
    }
    Ok(is_gone)
}

/// Locks a dataset's row until the transaction ends.
pub async fn lock(db: &impl ConnectionTrait, id: &str) -> Result<()> {
    dataset::Entity::find_by_id(id).lock_exclusive().one(db).await?;
    Ok(())
}

/// Makes the drafts of these datasets public, each if it is the one that was looked at; false where somebody was faster.
/// Part of a publication, to be rolled back on false.
///
/// The rows are locked from reading to writing, so that an edit accepted in between is not overwritten.
pub async fn publish_drafts(db: &impl ConnectionTrait, drafts: &[(&str, i64)], now: DateTime<Utc>) -> Result<bool> {
    for drafts in drafts.chunks(BATCH) {
        let these = || dataset::Column::Id.is_in(drafts.iter().map(|(id, _)| *id));
        // In the order of their ids, so that no two publications wait for each other.
        let query = dataset::Entity::find().filter(these()).order_by_asc(dataset::Column::Id);
        let mut made = Vec::with_capacity(drafts.len());
        for row in query.lock_exclusive().all(db).await? {
            if !drafts.contains(&(row.id.as_str(), row.draft_revision)) {
                return Ok(false);
            }
            let draft: DatasetMetadata = from_json(&row.draft)?;
            made.push((row, draft));
        }
        title_order::save_changed(db, &made).await?;
        let first = Expr::col(dataset::Column::PublishedAt).if_null(Expr::value(micros(now)));
        dataset::Entity::update_many()
            .col_expr(dataset::Column::Published, Expr::col(dataset::Column::Draft))
            .col_expr(dataset::Column::PublishedAt, first)
            .col_expr(dataset::Column::PublicUpdatedAt, Expr::value(micros(now)))
            .col_expr(dataset::Column::LastUpdated, Expr::value(micros(now)))
            .col_expr(dataset::Column::Revision, Expr::col(dataset::Column::Revision).add(1))
            .col_expr(dataset::Column::SortedRevision, Expr::col(dataset::Column::Revision).add(1))
            .filter(these())
            .exec(db)
            .await?;
        if made.len() != drafts.len() {
            return Ok(false);
        }
        crate::dataset_topics::save_all_public(db, &made).await?;
    }
    Ok(true)
}

/// Makes the draft of a public dataset public if the revision still holds; false where somebody was faster.
pub async fn publish_metadata(db: &impl ConnectionTrait, id: &str, revision: i64, now: DateTime<Utc>) -> Result<bool> {
    let row = dataset::Entity::find_by_id(id)
        .filter(dataset::Column::Revision.eq(revision))
        .filter(dataset::Column::PublishedAt.is_not_null())
        .lock_exclusive()
        .one(db)
        .await?;
    let Some(row) = row else { return Ok(false) };
    make_public(db, row, now).await?;
    Ok(true)
}

async fn make_public(db: &impl ConnectionTrait, row: dataset::Model, now: DateTime<Utc>) -> Result<()> {
    let id = row.id.clone();
    let draft: DatasetMetadata = from_json(&row.draft)?;
    let revision = row.revision;
    let sorted_by = title_order::keys(&draft);
    let row = dataset::Model {
        title: draft.title.clone(),
        sort_en: sorted_by.english,
        sort_cy: sorted_by.welsh,
        sorted_revision: revision + 1,
        published: Some(row.draft.clone()),
        published_at: row.published_at.or(Some(micros(now))),
        public_updated_at: Some(micros(now)),
        last_updated: micros(now),
        revision: revision + 1,
        ..row
    };
    dataset::Entity::update_many()
        .set(row.into_active_model().reset_all())
        .filter(dataset::Column::Id.eq(&id))
        .filter(dataset::Column::Revision.eq(revision))
        .exec(db)
        .await?;
    crate::dataset_topics::save_public(db, &id, &draft.topics).await
}

/// What may be seen of the table of datasets.
pub(crate) fn visible(reach: &Reach) -> Condition {
    let public = dataset::Column::PublishedAt.is_not_null();
    match reach {
        Reach::All => Condition::all(),
        Reach::PublishedOnly => Condition::all().add(public),
        Reach::Limited { departments, datasets, previews } => {
            inside(departments, datasets, previews.as_ref()).add(public)
        }
    }
}

/// When a dataset last changed, as far as it may be seen: edits of a draft out of reach do not move it up.
pub(crate) fn shown_as_updated(reach: &Reach) -> Expr {
    match reach {
        Reach::All => Expr::col(dataset::Column::LastUpdated),
        Reach::PublishedOnly => Expr::col(dataset::Column::PublicUpdatedAt),
        Reach::Limited { departments, datasets, previews } => {
            Expr::case(inside(departments, datasets, previews.as_ref()), Expr::col(dataset::Column::LastUpdated))
                .finally(Expr::col(dataset::Column::PublicUpdatedAt))
                .into()
        }
    }
}

/// The rows of the table of datasets whose draft somebody of this reach sees.
pub(crate) fn reading(reach: &Reach) -> Condition {
    match reach {
        Reach::All => Condition::all(),
        // No row is without an id.
        Reach::PublishedOnly => Condition::all().add(dataset::Column::Id.is_null()),
        Reach::Limited { departments, datasets, previews } => inside(departments, datasets, previews.as_ref()),
    }
}

/// The datasets whose draft may be seen: those reached, and those with a version in a shared bundle.
fn inside(departments: &[String], datasets: &[String], previews: Option<&Preview>) -> Condition {
    let reached = within(departments, datasets);
    match previews {
        Some(preview) => reached.add(dataset::Column::Id.in_subquery(crate::previews::datasets(preview))),
        None => reached,
    }
}

/// Which of these rows have a version in a bundle shared with the viewer's teams.
async fn previewed_among(db: &impl ConnectionTrait, reach: &Reach, rows: &[dataset::Model]) -> Result<Vec<String>> {
    let Reach::Limited { previews: Some(preview), .. } = reach else { return Ok(Vec::new()) };
    let ids = dataset::Entity::find()
        .select_only()
        .column(dataset::Column::Id)
        .filter(dataset::Column::Id.is_in(rows.iter().map(|row| row.id.as_str())))
        .filter(dataset::Column::Id.in_subquery(crate::previews::datasets(preview)))
        .into_tuple()
        .all(db)
        .await?;
    Ok(ids)
}

/// Whether a row of the table of datasets belongs to these departments or is one of these datasets.
pub(crate) fn within(departments: &[String], datasets: &[String]) -> Condition {
    Condition::any().add(dataset::Column::Department.is_in(departments)).add(dataset::Column::Id.is_in(datasets))
}

/// The ids of the datasets whose unpublished parts are reached.
pub(crate) fn reached(departments: &[String], datasets: &[String]) -> SelectStatement {
    Query::select()
        .column(dataset::Column::Id)
        .from(dataset::Entity)
        .cond_where(within(departments, datasets))
        .to_owned()
}

pub(crate) fn matching(filter: &DatasetFilter, reach: &Reach) -> Condition {
    let mut all = Condition::all();
    if let Some(state) = filter.state {
        let versions = Query::select()
            .column(version::Column::DatasetId)
            .from(version::Entity)
            .and_where(version::Column::State.eq(state.as_str()))
            .cond_where(crate::versions::visible(reach))
            .to_owned();
        let mut either = Condition::any().add(dataset::Column::Id.in_subquery(versions));
        if state == domain::version::VersionState::Created {
            // A dataset that was never public is itself in this state; whoever cannot see it does not get it.
            either = either.add(dataset::Column::PublishedAt.is_null());
        }
        all = all.add(either);
    }
    if !filter.topics.is_empty() {
        all = all.add(crate::dataset_topics::shown_with(&filter.topics, reach));
    }
    if let Some(department) = &filter.department {
        all = all.add(dataset::Column::Department.eq(department));
    }
    if let Some(title) = &filter.title {
        all = all.add(contains(dataset::Column::Title, title));
    }
    if let Some(initial) = filter.initial {
        all = all.add(crate::registers::under(initial, filter.language));
    }
    if !filter.ids.is_empty() {
        all = all.add(dataset::Column::Id.is_in(&filter.ids));
    }
    all
}

fn to_dataset(row: &dataset::Model, reach: &Reach, previewed: &[String]) -> Result<Dataset> {
    let (inside, updated) = seen_from(row, reach, previewed);
    let published: Option<DatasetMetadata> = maybe_json(row.published.as_ref())?;
    // Most drafts are word for word what is published, and reading them again would cost as much as all the rest.
    let draft = match &published {
        _ if !inside => None,
        Some(same) if row.published.as_ref() == Some(&row.draft) => Some(same.clone()),
        _ => Some(from_json(&row.draft)?),
    };
    Ok(Dataset {
        id: row.id.clone(),
        kind: row.kind.clone(),
        department: row.department.clone(),
        published,
        draft,
        published_at: maybe_instant(row.published_at)?,
        last_updated: instant(updated)?,
        created_by: from_json(&row.created_by)?,
        last_edited_by: from_json(&row.last_edited_by)?,
        revision: row.revision,
    })
}
