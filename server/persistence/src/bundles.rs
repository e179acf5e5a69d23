//! Bundles: one row each, with the evidence of its state in columns.

use chrono::{DateTime, Utc};
use domain::actor::Caller;
use domain::bundle::{Bundle, BundleDetails, BundleKind, BundleStage, BundleState, Channel, Mark, Schedule};
use domain::page::{Page, Paging};
use domain::policy::{Permission, Reach};
use sea_orm::sea_query::{Expr, Func, NullOrdering, Query};
use sea_orm::{
    ActiveModelTrait, ColumnTrait, Condition, ConnectionTrait, EntityTrait, ExprTrait, IntoActiveModel, Order,
    PaginatorTrait, QueryFilter, QueryOrder, QuerySelect,
};

use crate::convert::{contains, count, from_json, instant, json, maybe_instant, maybe_json, micros, word};
use crate::entities::{bundle, bundle_content, bundle_team, version};
use crate::error::{PersistenceError, Result};

/// Which bundles are asked for.
#[derive(Clone, Debug, Default)]
pub struct BundleFilter {
    /// Only those in one of these states.
    pub stages: Vec<BundleStage>,
    /// Only those of this kind.
    pub kind: Option<BundleKind>,
    /// Only those whose title holds this text.
    pub title: Option<String>,
    /// Only those published or due from here on.
    pub from: Option<DateTime<Utc>>,
    /// Only those published or due until here.
    pub to: Option<DateTime<Utc>>,
    /// Only those shared with this team.
    pub team: Option<String>,
    /// Soonest publication first rather than newest change first.
    pub by_publication: bool,
}

/// A claim of one node on one publication.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Lease {
    /// The node.
    pub node: String,
    /// Until when it holds.
    pub expires_at: DateTime<Utc>,
}

/// Adds a bundle; its title must be new among those not published.
pub async fn insert(db: &impl ConnectionTrait, bundle: &Bundle) -> Result<()> {
    bundle::Entity::insert(to_row(bundle)?.into_active_model()).exec_without_returning(db).await?;
    save_teams(db, bundle).await
}

/// The bundle, if the caller may see it.
pub async fn find_visible_to(db: &impl ConnectionTrait, caller: &Caller, id: &str) -> Result<Option<Bundle>> {
    let row = bundle::Entity::find_by_id(id).filter(visible(caller)).one(db).await?;
    one(db, row).await
}

/// A page of the bundles that the caller may see.
pub async fn list_visible_to(
    db: &impl ConnectionTrait,
    caller: &Caller,
    filter: &BundleFilter,
    paging: Paging,
) -> Result<Page<Bundle>> {
    let mut query = bundle::Entity::find().filter(visible(caller)).filter(matching(filter));
    let total = query.clone().count(db).await?;
    query = if filter.by_publication {
        query.order_by_with_nulls(bundle::Column::PublicationDate, Order::Asc, NullOrdering::Last)
    } else {
        query.order_by_desc(bundle::Column::LastModified)
    };
    let rows = query
        .order_by_asc(bundle::Column::Id)
        .limit(u64::from(paging.limit))
        .offset(u64::from(paging.offset))
        .all(db)
        .await?;
    Ok(Page::new(many(db, rows).await?, total, paging))
}

/// Which of these bundles the caller may see.
pub async fn visible_among(db: &impl ConnectionTrait, caller: &Caller, ids: &[String]) -> Result<Vec<String>> {
    if ids.is_empty() {
        return Ok(Vec::new());
    }
    let query = bundle::Entity::find().select_only().column(bundle::Column::Id).filter(visible(caller));
    Ok(query.filter(bundle::Column::Id.is_in(ids)).into_tuple().all(db).await?)
}

/// How many bundles the caller may see in each state.
pub async fn count_by_stage(db: &impl ConnectionTrait, caller: &Caller) -> Result<Vec<(BundleStage, u64)>> {
    let mut counts = Vec::with_capacity(BundleStage::ALL.len());
    for stage in BundleStage::ALL {
        let query = bundle::Entity::find().filter(visible(caller)).filter(bundle::Column::State.eq(stage.as_str()));
        counts.push((*stage, query.count(db).await?));
    }
    Ok(counts)
}

/// Replaces a bundle if the revision still holds; false where somebody was faster. The revision goes up by one.
pub async fn save(db: &impl ConnectionTrait, bundle: &Bundle, lease: Option<&Lease>) -> Result<bool> {
    let mut row = to_row(bundle)?;
    row.revision += 1;
    row.lease_node = lease.map(|l| l.node.clone());
    row.lease_expires_at = lease.map(|l| micros(l.expires_at));
    let done = bundle::Entity::update_many()
        .set(row.into_active_model().reset_all())
        .filter(bundle::Column::Id.eq(&bundle.id))
        .filter(bundle::Column::Revision.eq(bundle.revision))
        .exec(db)
        .await?;
    if done.rows_affected == 1 {
        save_teams(db, bundle).await?;
    }
    Ok(done.rows_affected == 1)
}

/// Deletes a bundle, with its list of contents, if the revision still holds; false where somebody was faster.
pub async fn delete(db: &impl ConnectionTrait, bundle: &Bundle) -> Result<bool> {
    let done = bundle::Entity::delete_many()
        .filter(bundle::Column::Id.eq(&bundle.id))
        .filter(bundle::Column::Revision.eq(bundle.revision))
        .exec(db)
        .await?;
    Ok(done.rows_affected == 1)
}

/// The lease on a bundle's publication.
pub async fn lease_of(db: &impl ConnectionTrait, id: &str) -> Result<Option<Lease>> {
    let row = bundle::Entity::find_by_id(id).one(db).await?;
    let Some((Some(node), Some(until))) = row.map(|row| (row.lease_node, row.lease_expires_at)) else {
        return Ok(None);
    };
    Ok(Some(Lease { node, expires_at: instant(until)? }))
}

/// The bundles to publish at `now`: due ones, and those whose node let its lease run out; earliest first.
pub async fn due(db: &impl ConnectionTrait, now: DateTime<Utc>) -> Result<Vec<String>> {
    let due = Condition::all()
        .add(bundle::Column::State.eq(BundleStage::Scheduled.as_str()))
        .add(bundle::Column::PublicationDate.lte(micros(now)));
    let orphaned = Condition::all()
        .add(bundle::Column::State.eq(BundleStage::Publishing.as_str()))
        .add(bundle::Column::LeaseExpiresAt.lte(micros(now)));
    let rows = bundle::Entity::find()
        .filter(Condition::any().add(due).add(orphaned))
        .order_by_asc(bundle::Column::PublicationDate)
        .order_by_asc(bundle::Column::Id)
        .limit(100)
        .all(db)
        .await?;
    Ok(rows.into_iter().map(|row| row.id).collect())
}

/// Lets go of the leases that a node held before it stopped; the number of bundles it had left halfway.
pub async fn release_leases(db: &impl ConnectionTrait, node: &str, now: DateTime<Utc>) -> Result<u64> {
    let done = bundle::Entity::update_many()
        .col_expr(bundle::Column::LeaseExpiresAt, Expr::value(micros(now)))
        .filter(bundle::Column::State.eq(BundleStage::Publishing.as_str()))
        .filter(bundle::Column::LeaseNode.eq(node))
        .exec(db)
        .await?;
    Ok(done.rows_affected)
}

/// The next instant at which a bundle is due or a lease runs out.
pub async fn next_instant(db: &impl ConnectionTrait) -> Result<Option<DateTime<Utc>>> {
    let mut earliest: Option<i64> = None;
    let asked = [
        (BundleStage::Scheduled, bundle::Column::PublicationDate),
        (BundleStage::Publishing, bundle::Column::LeaseExpiresAt),
    ];
    for (stage, column) in asked {
        let at: Option<Option<i64>> = bundle::Entity::find()
            .select_only()
            .column_as(column.min(), "at")
            .filter(bundle::Column::State.eq(stage.as_str()))
            .into_tuple()
            .one(db)
            .await?;
        earliest = [earliest, at.flatten()].into_iter().flatten().min();
    }
    maybe_instant(earliest)
}

/// The bundle that holds a version, whoever asks.
pub async fn holding(db: &impl ConnectionTrait, version_id: &str) -> Result<Option<Bundle>> {
    let content =
        bundle_content::Entity::find().filter(bundle_content::Column::VersionId.eq(version_id)).one(db).await?;
    let Some(content) = content else { return Ok(None) };
    let row = bundle::Entity::find_by_id(&content.bundle_id).one(db).await?;
    one(db, row).await
}

/// What a caller may see: all with an unlimited right, else what touches its datasets, its own, and what its teams preview.
fn visible(caller: &Caller) -> Condition {
    let reach = caller.reach(Permission::BundlesRead);
    let mut any = Condition::any();
    match reach {
        Reach::All => return Condition::all(),
        Reach::PublishedOnly => {}
        Reach::Limited { departments, datasets } => {
            let touching = Query::select()
                .column((bundle_content::Entity, bundle_content::Column::BundleId))
                .from(bundle_content::Entity)
                .inner_join(
                    version::Entity,
                    Expr::col((version::Entity, version::Column::Id))
                        .equals((bundle_content::Entity, bundle_content::Column::VersionId)),
                )
                .and_where(version::Column::DatasetId.in_subquery(crate::datasets::reached(&departments, &datasets)))
                .to_owned();
            any = any.add(bundle::Column::Id.in_subquery(touching)).add(created_by(&caller.actor.id));
        }
    }
    if caller.may(Permission::BundlesPreview) && !caller.teams.is_empty() {
        let shared = Query::select()
            .column(bundle_team::Column::BundleId)
            .from(bundle_team::Entity)
            .and_where(bundle_team::Column::TeamId.is_in(&caller.teams))
            .to_owned();
        any = any.add(bundle::Column::Id.in_subquery(shared));
    }
    if any.is_empty() { any.add(Expr::value(1).eq(2)) } else { any }
}

/// Whether somebody made the bundle, by the beginning of the stored actor: no pattern, so that no id can stand for others.
fn created_by(actor_id: &str) -> Expr {
    let beginning = format!("{{\"id\":{},", serde_json::Value::from(actor_id));
    let length = i32::try_from(beginning.chars().count()).unwrap_or(i32::MAX);
    let stored = Func::cust("substr").arg(Expr::col(bundle::Column::CreatedBy)).arg(1).arg(length);
    Expr::expr(stored).eq(beginning)
}

fn matching(filter: &BundleFilter) -> Condition {
    let mut all = Condition::all();
    if !filter.stages.is_empty() {
        all = all.add(bundle::Column::State.is_in(filter.stages.iter().map(|s| s.as_str())));
    }
    if let Some(kind) = filter.kind {
        all = all.add(bundle::Column::Kind.eq(kind.as_str()));
    }
    if let Some(title) = &filter.title {
        all = all.add(contains(bundle::Column::Title, title));
    }
    if let Some(from) = filter.from {
        all = all.add(bundle::Column::PublicationDate.gte(micros(from)));
    }
    if let Some(to) = filter.to {
        all = all.add(bundle::Column::PublicationDate.lte(micros(to)));
    }
    if let Some(team) = &filter.team {
        let shared = Query::select()
            .column(bundle_team::Column::BundleId)
            .from(bundle_team::Entity)
            .and_where(bundle_team::Column::TeamId.eq(team))
            .to_owned();
        all = all.add(bundle::Column::Id.in_subquery(shared));
    }
    all
}

async fn save_teams(db: &impl ConnectionTrait, bundle: &Bundle) -> Result<()> {
    bundle_team::Entity::delete_many().filter(bundle_team::Column::BundleId.eq(&bundle.id)).exec(db).await?;
    for team_id in &bundle.details.preview_teams {
        let row = bundle_team::Model { bundle_id: bundle.id.clone(), team_id: team_id.clone() };
        bundle_team::Entity::insert(row.into_active_model()).exec_without_returning(db).await?;
    }
    Ok(())
}

async fn one(db: &impl ConnectionTrait, row: Option<bundle::Model>) -> Result<Option<Bundle>> {
    Ok(many(db, row.into_iter().collect()).await?.into_iter().next())
}

async fn many(db: &impl ConnectionTrait, rows: Vec<bundle::Model>) -> Result<Vec<Bundle>> {
    if rows.is_empty() {
        return Ok(Vec::new());
    }
    let ids: Vec<&str> = rows.iter().map(|row| row.id.as_str()).collect();
    let teams = bundle_team::Entity::find().filter(bundle_team::Column::BundleId.is_in(ids.clone())).all(db).await?;
    let contents: Vec<String> = bundle_content::Entity::find()
        .select_only()
        .column(bundle_content::Column::BundleId)
        .filter(bundle_content::Column::BundleId.is_in(ids))
        .into_tuple()
        .all(db)
        .await?;
    rows.iter()
        .map(|row| {
            let shared = teams.iter().filter(|t| t.bundle_id == row.id).map(|t| t.team_id.clone()).collect();
            let items = contents.iter().filter(|id| **id == row.id).count();
            to_bundle(row, shared, u32::try_from(items).unwrap_or(u32::MAX))
        })
        .collect()
}

fn to_row(bundle: &Bundle) -> Result<bundle::Model> {
    let state = &bundle.state;
    let schedule = state.schedule();
    let submitted = match state {
        BundleState::ReadyForReview { submitted } => Some(json(submitted)?),
        _ => None,
    };
    let empty: &[Channel] = &[];
    Ok(bundle::Model {
        id: bundle.id.clone(),
        title: bundle.details.title.clone(),
        description: bundle.details.description.clone(),
        kind: bundle.details.kind.as_str().to_owned(),
        state: bundle.stage().as_str().to_owned(),
        submitted,
        approval: state.approval().map(json).transpose()?,
        publication_date: schedule.map(|s| micros(s.publication_date)),
        channels: json(&schedule.map_or(empty, |s| &s.notification_channels))?,
        started_at: state.started_at().map(micros),
        published_at: state.published_at().map(micros),
        failure: state.failure().map(json).transpose()?,
        created_by: json(&bundle.created_by)?,
        created_at: micros(bundle.created_at),
        last_edited_by: json(&bundle.last_edited_by)?,
        last_modified: micros(bundle.last_modified),
        attempts: i64::from(bundle.attempts),
        lease_node: None,
        lease_expires_at: None,
        revision: bundle.revision,
    })
}

fn to_bundle(row: &bundle::Model, preview_teams: Vec<String>, item_count: u32) -> Result<Bundle> {
    Ok(Bundle {
        id: row.id.clone(),
        details: BundleDetails {
            title: row.title.clone(),
            description: row.description.clone(),
            kind: word(BundleKind::parse(&row.kind), &row.kind)?,
            preview_teams,
        },
        state: to_state(row)?,
        item_count,
        created_by: from_json(&row.created_by)?,
        created_at: instant(row.created_at)?,
        last_edited_by: from_json(&row.last_edited_by)?,
        last_modified: instant(row.last_modified)?,
        attempts: count(row.attempts)?,
        revision: row.revision,
    })
}

fn to_state(row: &bundle::Model) -> Result<BundleState> {
    let lacks =
        |what: &str| PersistenceError::Inconsistent(format!("bundle {} is {} without {what}", row.id, row.state));
    let approval = || maybe_json::<Mark>(row.approval.as_ref())?.ok_or_else(|| lacks("approval"));
    let schedule = match row.publication_date {
        Some(at) => Some(Schedule { publication_date: instant(at)?, notification_channels: from_json(&row.channels)? }),
        None => None,
    };
    let at = |column: Option<i64>, what: &str| maybe_instant(column)?.ok_or_else(|| lacks(what));
    Ok(match word(BundleStage::parse(&row.state), &row.state)? {
        BundleStage::Created => BundleState::Created,
        BundleStage::InProgress => BundleState::InProgress,
        BundleStage::ReadyForReview => BundleState::ReadyForReview {
            submitted: maybe_json(row.submitted.as_ref())?.ok_or_else(|| lacks("submission"))?,
        },
        BundleStage::Approved => BundleState::Approved { approval: approval()? },
        BundleStage::Scheduled => {
            BundleState::Scheduled { approval: approval()?, schedule: schedule.ok_or_else(|| lacks("an instant"))? }
        }
        BundleStage::Publishing => {
            BundleState::Publishing { approval: approval()?, schedule, started_at: at(row.started_at, "a start")? }
        }
        BundleStage::Published => BundleState::Published {
            approval: approval()?,
            schedule,
            started_at: at(row.started_at, "a start")?,
            published_at: at(row.published_at, "an instant of publication")?,
        },
        BundleStage::Failed => BundleState::Failed {
            approval: approval()?,
            schedule,
            failure: maybe_json(row.failure.as_ref())?.ok_or_else(|| lacks("a failure"))?,
        },
    })
}
