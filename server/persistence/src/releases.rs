//! The release calendar.

use std::collections::HashMap;

use chrono::{DateTime, Utc};
use domain::page::{Page, Paging};
use domain::policy::Reach;
use domain::release::{Release, ReleaseDate, ReleaseDetails, ReleaseState, ReleasedVersion};
use sea_orm::sea_query::{Expr, Func, NullOrdering, Query, SelectStatement};
use sea_orm::{
    ActiveModelTrait, ColumnTrait, Condition, ConnectionTrait, EntityTrait, ExprTrait, IntoActiveModel, Order,
    PaginatorTrait, QueryFilter, QueryOrder, QuerySelect, Select,
};

use crate::convert::{contains, count, from_json, instant, json, maybe_instant, maybe_json, micros, word};
use crate::entities::{bundle_content, dataset, edition, release, version};
use crate::error::Result;

/// Which releases are asked for.
#[derive(Clone, Debug, Default)]
pub struct ReleaseFilter {
    /// Only those that stand in one of these; empty means wherever.
    pub states: Vec<ReleaseState>,
    /// Only those that may come from here on.
    pub from: Option<DateTime<Utc>>,
    /// Only those that may come until here.
    pub to: Option<DateTime<Utc>>,
    /// Only those whose title, in either language, holds this text.
    pub title: Option<String>,
    /// Only those that made a dataset public whose public copy carries one of these topics; empty means any.
    pub topics: Vec<String>,
    /// What came counts from when it came, and not from when it was to come.
    pub as_it_came: bool,
    /// The order.
    pub order: ReleaseOrder,
}

/// The order of releases; without a date they come last.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum ReleaseOrder {
    /// The earliest date first.
    #[default]
    Soonest,
    /// The latest date first.
    Latest,
    /// By title.
    Title,
}

/// Adds a release; its id and its bundle must be new to the calendar.
pub async fn insert(db: &impl ConnectionTrait, release: &Release) -> Result<()> {
    release::Entity::insert(to_row(release)?.into_active_model()).exec_without_returning(db).await?;
    Ok(())
}

/// Replaces a release if the revision still holds; false where somebody was faster. The revision goes up by one.
pub async fn save(db: &impl ConnectionTrait, release: &Release) -> Result<bool> {
    let row = release::Model { revision: release.revision + 1, ..to_row(release)? };
    let done = release::Entity::update_many()
        .set(row.into_active_model().reset_all())
        .filter(release::Column::Id.eq(&release.id))
        .filter(release::Column::Revision.eq(release.revision))
        .exec(db)
        .await?;
    Ok(done.rows_affected == 1)
}

/// Deletes a release that was never announced; false where somebody was faster.
pub async fn delete_draft(db: &impl ConnectionTrait, id: &str, revision: i64) -> Result<bool> {
    let done = release::Entity::delete_many()
        .filter(release::Column::Id.eq(id))
        .filter(release::Column::Revision.eq(revision))
        .filter(release::Column::State.eq(ReleaseState::Draft.as_str()))
        .exec(db)
        .await?;
    Ok(done.rows_affected == 1)
}

/// The release as somebody of this reach sees it: announced, or of a department that is reached.
pub async fn find_visible_to(db: &impl ConnectionTrait, reach: &Reach, id: &str) -> Result<Option<Release>> {
    let row = release::Entity::find_by_id(id).filter(visible(reach)).one(db).await?;
    row.as_ref().map(to_release).transpose()
}

/// The same for somebody who changes it: it stays as it is until the transaction ends.
pub async fn find_to_change(db: &impl ConnectionTrait, reach: &Reach, id: &str) -> Result<Option<Release>> {
    let row = release::Entity::find_by_id(id).filter(visible(reach)).lock_exclusive().one(db).await?;
    row.as_ref().map(to_release).transpose()
}

/// The release that a bundle will publish, if somebody of this reach sees it.
pub async fn find_of_bundle_visible_to(
    db: &impl ConnectionTrait,
    reach: &Reach,
    bundle_id: &str,
) -> Result<Option<Release>> {
    let query = release::Entity::find().filter(release::Column::BundleId.eq(bundle_id)).filter(visible(reach));
    query.one(db).await?.as_ref().map(to_release).transpose()
}

/// A page of the releases that somebody of this reach sees.
pub async fn list_visible_to(
    db: &impl ConnectionTrait,
    reach: &Reach,
    filter: &ReleaseFilter,
    paging: Paging,
) -> Result<Page<Release>> {
    let query = release::Entity::find().filter(visible(reach)).filter(matching(filter));
    let total = query.clone().count(db).await?;
    let rows = ordered(query, filter)
        .order_by_asc(release::Column::Id)
        .limit(u64::from(paging.limit))
        .offset(u64::from(paging.offset))
        .all(db)
        .await?;
    Ok(Page::new(rows.iter().map(to_release).collect::<Result<_>>()?, total, paging))
}

/// The release that a bundle will publish, whoever asks; it stays as it is until the transaction ends.
pub async fn of_bundle(db: &impl ConnectionTrait, bundle_id: &str) -> Result<Option<Release>> {
    Ok(of_bundles(db, &[bundle_id]).await?.remove(bundle_id))
}

/// The same for several bundles, by bundle, in one statement; those without a release are not among them.
pub async fn of_bundles(db: &impl ConnectionTrait, bundle_ids: &[&str]) -> Result<HashMap<String, Release>> {
    let query = release::Entity::find().filter(release::Column::BundleId.is_in(bundle_ids.iter().copied()));
    // In the order of their ids, so that no two publications wait for each other.
    let rows = query.order_by_asc(release::Column::Id).lock_exclusive().all(db).await?;
    let with_bundle = rows.iter().filter_map(|row| Some((row.bundle_id.clone()?, row)));
    with_bundle.map(|(bundle, row)| Ok((bundle, to_release(row)?))).collect()
}

/// The public versions of a bundle in its order, with the titles of their editions and the public ones of their datasets.
pub async fn public_versions(db: &impl ConnectionTrait, bundle_id: &str) -> Result<Vec<ReleasedVersion>> {
    let held: Vec<String> = bundle_content::Entity::find()
        .select_only()
        .column(bundle_content::Column::VersionId)
        .filter(bundle_content::Column::BundleId.eq(bundle_id))
        .order_by_asc(bundle_content::Column::Position)
        .into_tuple()
        .all(db)
        .await?;
    let public = crate::versions::visible(&Reach::PublishedOnly);
    let versions = version::Entity::find().filter(version::Column::Id.is_in(&held)).filter(public);
    let versions = versions.find_also_related(edition::Entity).all(db).await?;
    let ids = versions.iter().map(|(v, _)| v.dataset_id.as_str());
    let datasets = dataset::Entity::find().filter(dataset::Column::Id.is_in(ids)).all(db).await?;
    let mut released = Vec::with_capacity(versions.len());
    for id in &held {
        let Some((version, edition)) = versions.iter().find(|(v, _)| v.id == *id) else { continue };
        let row = datasets.iter().find(|d| d.id == version.dataset_id);
        let shown: Option<domain::dataset::DatasetMetadata> = maybe_json(row.and_then(|d| d.published.as_ref()))?;
        let shown = shown.unwrap_or_default();
        released.push(ReleasedVersion {
            dataset_id: version.dataset_id.clone(),
            edition: version.edition.clone(),
            edition_title: edition.as_ref().map_or_else(|| version.edition.clone(), |edition| edition.title.clone()),
            edition_title_cy: edition.as_ref().and_then(|edition| edition.title_cy.clone()),
            version: count(version.number)?,
            title: shown.title,
            title_cy: shown.title_cy,
            next_release: shown.next_release,
            contacts: shown.contacts,
        });
    }
    Ok(released)
}

fn visible(reach: &Reach) -> Condition {
    let announced = release::Column::State.ne(ReleaseState::Draft.as_str());
    match reach {
        Reach::All => Condition::all(),
        Reach::PublishedOnly => Condition::all().add(announced),
        Reach::Limited { departments, .. } => {
            Condition::any().add(announced).add(release::Column::Department.is_in(departments))
        }
    }
}

fn matching(filter: &ReleaseFilter) -> Condition {
    let mut all = Condition::all();
    if !filter.states.is_empty() {
        all = all.add(release::Column::State.is_in(filter.states.iter().map(|s| s.as_str())));
    }
    if let Some(from) = filter.from {
        all = all.add(dated(release::Column::Latest, filter).gte(micros(from)));
    }
    if let Some(to) = filter.to {
        all = all.add(dated(release::Column::Earliest, filter).lte(micros(to)));
    }
    if !filter.topics.is_empty() {
        let published = release::Column::State.eq(ReleaseState::Published.as_str());
        all = all.add(published).add(release::Column::BundleId.in_subquery(bundles_on(&filter.topics)));
    }
    if let Some(title) = &filter.title {
        let either = Condition::any();
        all =
            all.add(either.add(contains(release::Column::Title, title)).add(contains(release::Column::TitleCy, title)));
    }
    all
}

/// The bundles with a public version of a dataset whose public copy carries one of these topics.
fn bundles_on(topics: &[String]) -> SelectStatement {
    let versions = Query::select()
        .column(version::Column::Id)
        .from(version::Entity)
        .cond_where(crate::versions::visible(&Reach::PublishedOnly))
        .and_where(version::Column::DatasetId.in_subquery(crate::dataset_topics::public_with(topics)))
        .to_owned();
    Query::select()
        .column(bundle_content::Column::BundleId)
        .from(bundle_content::Entity)
        .and_where(bundle_content::Column::VersionId.in_subquery(versions))
        .to_owned()
}

/// One end of the time at which a release may come, or at which it came.
fn dated(end: release::Column, filter: &ReleaseFilter) -> Expr {
    match filter.as_it_came {
        true => Func::coalesce([Expr::col(release::Column::PublishedAt), Expr::col(end)]).into(),
        false => Expr::col(end),
    }
}

fn ordered(query: Select<release::Entity>, filter: &ReleaseFilter) -> Select<release::Entity> {
    let date = dated(release::Column::Earliest, filter);
    let by_date = |order| query.clone().order_by_with_nulls(date.clone(), order, NullOrdering::Last);
    match filter.order {
        ReleaseOrder::Soonest => by_date(Order::Asc),
        ReleaseOrder::Latest => by_date(Order::Desc),
        ReleaseOrder::Title => query.order_by_asc(release::Column::Title),
    }
}

fn to_row(release: &Release) -> Result<release::Model> {
    let bounds = release.date.bounds();
    let details = release.details.clone();
    Ok(release::Model {
        id: release.id.clone(),
        title: details.title,
        title_cy: details.title_cy,
        summary: details.summary,
        summary_cy: details.summary_cy,
        department: details.department,
        pre_release_access: json(&details.pre_release_access)?,
        state: release.state.as_str().to_owned(),
        earliest: bounds.map(|(earliest, _)| micros(earliest)),
        latest: bounds.map(|(_, latest)| micros(latest)),
        bundle_id: release.bundle_id.clone(),
        changes: json(&release.changes)?,
        announced_at: release.announced_at.map(micros),
        published_at: release.published_at.map(micros),
        created_by: json(&release.created_by)?,
        created_at: micros(release.created_at),
        last_edited_by: json(&release.last_edited_by)?,
        last_modified: micros(release.last_modified),
        revision: release.revision,
    })
}

fn to_release(row: &release::Model) -> Result<Release> {
    let bounds = maybe_instant(row.earliest)?.zip(maybe_instant(row.latest)?);
    Ok(Release {
        id: row.id.clone(),
        details: ReleaseDetails {
            title: row.title.clone(),
            title_cy: row.title_cy.clone(),
            summary: row.summary.clone(),
            summary_cy: row.summary_cy.clone(),
            department: row.department.clone(),
            pre_release_access: from_json(&row.pre_release_access)?,
        },
        state: word(ReleaseState::parse(&row.state), &row.state)?,
        date: ReleaseDate::of_bounds(bounds),
        bundle_id: row.bundle_id.clone(),
        changes: from_json(&row.changes)?,
        announced_at: maybe_instant(row.announced_at)?,
        published_at: maybe_instant(row.published_at)?,
        created_by: from_json(&row.created_by)?,
        created_at: instant(row.created_at)?,
        last_edited_by: from_json(&row.last_edited_by)?,
        last_modified: instant(row.last_modified)?,
        revision: row.revision,
    })
}
