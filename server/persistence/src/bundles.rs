//! Bundles: one row each, with the evidence of its state in columns.

mod drafts;
mod due;
mod rows;
mod seeing;

use std::collections::{HashMap, HashSet};
use std::iter;

use chrono::{DateTime, Utc};
use domain::actor::{Actor, Caller};
use domain::bundle::{Bundle, BundleKind, BundleStage};
use domain::page::{Page, Paging};
use sea_orm::sea_query::{Expr, NullOrdering, Query, SelectStatement, Values};
use sea_orm::{
    ColumnTrait, ConnectionTrait, EntityTrait, ExprTrait, IntoActiveModel, Iterable, ModelTrait, Order, PaginatorTrait,
    QueryFilter, QueryOrder, QuerySelect,
};

pub use self::drafts::{
    approved_with, forget_approved_drafts, is_held_unpublished, lock_drafts, lock_under_review, note_approved_drafts,
    touch_under_review, unpublished_with,
};
pub use self::due::{due, ids_scheduled_until, lock_free, scheduled_between, scheduled_until};
use self::rows::{many, one, save_teams, to_row};
use self::seeing::{in_the_hands_of, matching, visible};
use crate::convert::{count, from_json, instant, maybe_instant, micros};
use crate::each_row;
use crate::entities::{bundle, bundle_content};
use crate::error::Result;

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
    /// Only those with content of this department.
    pub department: Option<String>,
    /// Only those that this actor made, by id.
    pub owner: Option<String>,
    /// Only those that this actor made or changed last, by id.
    pub in_the_hands_of: Option<String>,
    /// Only those whose publication needs somebody at this time: failed, being published, overdue, or with work given up.
    pub needing_somebody: Option<DateTime<Utc>>,
    /// In which order.
    pub order: BundleOrder,
}

/// By what a list of bundles is sorted; bundles that are alike come by id.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum BundleSort {
    /// By the last change.
    #[default]
    LastModified,
    /// By the instant of publication; those without one come last either way.
    PublicationDate,
    /// By title.
    Title,
    /// By when they were made.
    CreatedAt,
    /// Those that failed before all others, each part by the last change; always newest first.
    Failures,
}

/// The order of a list of bundles: newest change first unless told otherwise.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct BundleOrder {
    /// By what.
    pub by: BundleSort,
    /// From the smallest or earliest on.
    pub ascending: bool,
}

impl BundleOrder {
    /// What is published soonest comes first.
    pub const SOONEST: Self = Self { by: BundleSort::PublicationDate, ascending: true };
}

/// A claim of one node on one publication.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Lease {
    /// The node.
    pub node: String,
    /// Until when it holds.
    pub expires_at: DateTime<Utc>,
}

impl Lease {
    /// The node of a bundle that somebody wants published at once, until one takes it.
    const UNCLAIMED: &str = "unclaimed";

    /// The lease of a bundle that any node may take.
    #[must_use]
    pub fn unclaimed(now: DateTime<Utc>) -> Self {
        Self { node: Self::UNCLAIMED.to_owned(), expires_at: now }
    }

    /// Whether no node has taken it yet.
    #[must_use]
    pub fn is_unclaimed(&self) -> bool {
        self.node == Self::UNCLAIMED
    }
}

/// Adds a bundle; its title must be new among those not published.
pub async fn insert(db: &impl ConnectionTrait, bundle: &Bundle) -> Result<()> {
    bundle::Entity::insert(to_row(bundle)?.into_active_model()).exec_without_returning(db).await?;
    if bundle.details.preview_teams.is_empty() {
        return Ok(());
    }
    save_teams(db, bundle, bundle.created_at).await
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
    let direction = if filter.order.ascending { Order::Asc } else { Order::Desc };
    query = match filter.order.by {
        BundleSort::PublicationDate => {
            query.order_by_with_nulls(bundle::Column::PublicationDate, direction, NullOrdering::Last)
        }
        BundleSort::LastModified => query.order_by(bundle::Column::LastModified, direction),
        BundleSort::Title => query.order_by(bundle::Column::Title, direction),
        BundleSort::CreatedAt => query.order_by(bundle::Column::CreatedAt, direction),
        BundleSort::Failures => {
            let failed = bundle::Column::State.eq(BundleStage::Failed.as_str());
            let rank: Expr = Expr::case(failed, 0_i64).finally(1_i64).into();
            query.order_by_asc(rank).order_by_desc(bundle::Column::LastModified)
        }
    };
    let rows = query
        .order_by_asc(bundle::Column::Id)
        .limit(u64::from(paging.limit))
        .offset(u64::from(paging.offset))
        .all(db)
        .await?;
    Ok(Page::new(many(db, rows).await?, total, paging))
}

/// Those of these bundles that the caller may see.
pub async fn among_visible_to(db: &impl ConnectionTrait, caller: &Caller, ids: &[&str]) -> Result<Vec<Bundle>> {
    if ids.is_empty() {
        return Ok(Vec::new());
    }
    let found = bundle::Entity::find().filter(visible(caller)).filter(bundle::Column::Id.is_in(ids.iter().copied()));
    many(db, found.all(db).await?).await
}

/// Which of these bundles the caller may see.
pub async fn visible_among(db: &impl ConnectionTrait, caller: &Caller, ids: &[String]) -> Result<Vec<String>> {
    if ids.is_empty() {
        return Ok(Vec::new());
    }
    let query = bundle::Entity::find().select_only().column(bundle::Column::Id).filter(visible(caller));
    Ok(query.filter(bundle::Column::Id.is_in(ids)).into_tuple().all(db).await?)
}

/// The ids of the bundles that the caller may see, in one state if asked.
pub(crate) fn ids_visible_to(caller: &Caller, stage: Option<BundleStage>) -> SelectStatement {
    let mut ids = Query::select();
    ids.column((bundle::Entity, bundle::Column::Id)).from(bundle::Entity).cond_where(visible(caller));
    if let Some(stage) = stage {
        ids.and_where(bundle::Column::State.eq(stage.as_str()));
    }
    ids
}

/// The titles of these bundles, each with the id, whoever asks.
pub async fn titles_of(db: &impl ConnectionTrait, ids: &[String]) -> Result<Vec<(String, String)>> {
    if ids.is_empty() {
        return Ok(Vec::new());
    }
    let query = bundle::Entity::find().select_only().column(bundle::Column::Id).column(bundle::Column::Title);
    Ok(query.filter(bundle::Column::Id.is_in(ids)).into_tuple().all(db).await?)
}

/// Everybody who made a bundle that the caller may see, each once, by name.
pub async fn owners_visible_to(db: &impl ConnectionTrait, caller: &Caller) -> Result<Vec<Actor>> {
    let query = bundle::Entity::find().select_only().column(bundle::Column::CreatedBy).distinct();
    let stored: Vec<String> = query.filter(visible(caller)).into_tuple().all(db).await?;
    let mut owners: Vec<Actor> = stored.iter().map(|stored| from_json(stored)).collect::<Result<_>>()?;
    owners.sort_by(|one, other| (&one.name, &one.id).cmp(&(&other.name, &other.id)));
    // Whoever was called otherwise at another time stands there twice.
    let mut known = HashSet::new();
    owners.retain(|owner| known.insert(owner.id.clone()));
    Ok(owners)
}

/// How many bundles the caller may see in each state.
pub async fn count_by_stage(db: &impl ConnectionTrait, caller: &Caller) -> Result<Vec<(BundleStage, u64)>> {
    let counted: Vec<(String, i64)> = bundle::Entity::find()
        .select_only()
        .column(bundle::Column::State)
        .column_as(bundle::Column::Id.count(), "bundles")
        .filter(visible(caller))
        .group_by(bundle::Column::State)
        .into_tuple()
        .all(db)
        .await?;
    BundleStage::ALL
        .iter()
        .map(|stage| {
            let found = counted.iter().find(|(state, _)| state == stage.as_str());
            Ok((*stage, count(found.map_or(0, |(_, bundles)| *bundles))?))
        })
        .collect()
}

/// How many bundles are still being filled that the caller may see and made or changed last.
pub async fn count_in_hand(db: &impl ConnectionTrait, caller: &Caller) -> Result<u64> {
    let filling = [BundleStage::Created, BundleStage::InProgress].map(BundleStage::as_str);
    let query = bundle::Entity::find().filter(visible(caller)).filter(bundle::Column::State.is_in(filling));
    Ok(query.filter(in_the_hands_of(&caller.actor.id)).count(db).await?)
}

/// Another bundle with this title that is not yet published, if the caller may see it.
pub async fn find_open_titled_visible_to(
    db: &impl ConnectionTrait,
    caller: &Caller,
    title: &str,
) -> Result<Option<Bundle>> {
    let row = bundle::Entity::find()
        .filter(bundle::Column::Title.eq(title))
        .filter(bundle::Column::State.ne(BundleStage::Published.as_str()))
        .filter(visible(caller))
        .one(db)
        .await?;
    one(db, row).await
}

/// Replaces a bundle and whom it is shared with, like [`save`].
pub async fn save_details(db: &impl ConnectionTrait, bundle: &Bundle) -> Result<bool> {
    let saved = save(db, bundle, None).await?;
    if saved {
        save_teams(db, bundle, bundle.last_modified).await?;
    }
    Ok(saved)
}

/// Replaces a bundle if the revision still holds; false where somebody was faster. The revision goes up by one.
///
/// Whom it is shared with stays as it was.
pub async fn save(db: &impl ConnectionTrait, bundle: &Bundle, lease: Option<&Lease>) -> Result<bool> {
    save_all(db, &[bundle], lease).await
}

/// Bundles saved by one statement.
const AT_ONCE: usize = 500;

/// The same for several bundles, each once, by one statement within 500; false where somebody was faster with any of them: then
/// others may be saved, and the transaction is to be rolled back.
pub async fn save_all(db: &impl ConnectionTrait, bundles: &[&Bundle], lease: Option<&Lease>) -> Result<bool> {
    let id = bundle::Column::Id;
    let others = bundle::Column::iter().filter(|column| !matches!(column, bundle::Column::Id));
    let others: Vec<bundle::Column> = others.collect();
    for some in bundles.chunks(AT_ONCE) {
        let mut rows = Vec::with_capacity(some.len());
        for bundle in some {
            let mut row = to_row(bundle)?;
            row.revision += 1;
            row.lease_node = lease.map(|l| l.node.clone());
            row.lease_expires_at = lease.map(|l| micros(l.expires_at));
            rows.push(Values(iter::once(&id).chain(&others).map(|column| row.get(*column)).collect()));
        }
        let mut update = each_row::update::<bundle::Entity>(id, &others, rows);
        let before = Expr::col(each_row::given(bundle::Column::Revision)).sub(1);
        update.and_where(Expr::col((bundle::Entity, bundle::Column::Revision)).eq(before));
        if usize::try_from(db.execute(&update).await?.rows_affected()) != Ok(some.len()) {
            return Ok(false);
        }
    }
    Ok(true)
}

/// Locks a bundle's row until the transaction ends.
pub async fn lock(db: &impl ConnectionTrait, id: &str) -> Result<()> {
    bundle::Entity::find_by_id(id).lock_exclusive().one(db).await?;
    Ok(())
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

/// The leases on the publication of these bundles, by bundle.
pub async fn leases_of(db: &impl ConnectionTrait, ids: &[&str]) -> Result<HashMap<String, Lease>> {
    let rows = bundle::Entity::find()
        .filter(bundle::Column::Id.is_in(ids.iter().copied()))
        .filter(bundle::Column::LeaseNode.is_not_null())
        .all(db)
        .await?;
    let leases = rows.into_iter().filter_map(|row| Some((row.id, row.lease_node?, row.lease_expires_at?)));
    leases.map(|(id, node, until)| Ok((id, Lease { node, expires_at: instant(until)? }))).collect()
}

/// Changes until when a node holds a bundle that it is publishing, and nothing else: the revision stays as it is. False where it
/// is not this node's any more as it was taken.
pub async fn hold_until(db: &impl ConnectionTrait, bundle: &Bundle, lease: &Lease) -> Result<bool> {
    let done = bundle::Entity::update_many()
        .col_expr(bundle::Column::LeaseExpiresAt, Expr::value(micros(lease.expires_at)))
        .filter(bundle::Column::Id.eq(&bundle.id))
        .filter(bundle::Column::Revision.eq(bundle.revision))
        .filter(bundle::Column::State.eq(BundleStage::Publishing.as_str()))
        .filter(bundle::Column::LeaseNode.eq(&lease.node))
        .exec(db)
        .await?;
    Ok(done.rows_affected == 1)
}

/// How many bundles a node is publishing under a lease.
pub async fn leases_held(db: &impl ConnectionTrait, node: &str) -> Result<u64> {
    let held = bundle::Entity::find()
        .filter(bundle::Column::State.eq(BundleStage::Publishing.as_str()))
        .filter(bundle::Column::LeaseNode.eq(node));
    Ok(held.count(db).await?)
}

/// Whether the instant of any bundle lies between these two, whatever has become of it.
pub async fn any_instant_between(db: &impl ConnectionTrait, from: DateTime<Utc>, until: DateTime<Utc>) -> Result<bool> {
    let ids = bundle::Entity::find()
        .select_only()
        .column(bundle::Column::Id)
        .filter(bundle::Column::PublicationDate.between(micros(from), micros(until)))
        .limit(1)
        .into_tuple::<String>();
    Ok(ids.one(db).await?.is_some())
}

/// Of these bundles those that stand in one of these states, whoever asks.
pub async fn standing_in(db: &impl ConnectionTrait, ids: &[&str], stages: &[BundleStage]) -> Result<Vec<Bundle>> {
    if ids.is_empty() {
        return Ok(Vec::new());
    }
    let rows = bundle::Entity::find()
        .filter(bundle::Column::Id.is_in(ids.iter().copied()))
        .filter(bundle::Column::State.is_in(stages.iter().map(|stage| stage.as_str())))
        .order_by_asc(bundle::Column::Id)
        .all(db)
        .await?;
    many(db, rows).await
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
pub async fn next_instant(db: &impl ConnectionTrait, after: DateTime<Utc>) -> Result<Option<DateTime<Utc>>> {
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
            .filter(column.gt(micros(after)))
            .into_tuple()
            .one(db)
            .await?;
        earliest = [earliest, at.flatten()].into_iter().flatten().min();
    }
    maybe_instant(earliest)
}

/// Since when the bundle is due that is due longest and not public yet, however often its publication was begun; an instant that is
/// still to come where none is due.
pub async fn due_longest(db: &impl ConnectionTrait) -> Result<Option<DateTime<Utc>>> {
    const SCHEDULED: &[BundleStage] = &[BundleStage::Scheduled, BundleStage::Publishing];
    const BEGUN: &[BundleStage] = &[BundleStage::Publishing];
    let mut earliest: Option<i64> = None;
    // What is published by hand is due since somebody asked for it, whatever it was scheduled for.
    let asked = [(SCHEDULED, bundle::Column::PublicationDate), (BEGUN, bundle::Column::StartedAt)];
    for (stages, column) in asked {
        let at: Option<Option<i64>> = bundle::Entity::find()
            .select_only()
            .column_as(column.min(), "at")
            .filter(bundle::Column::State.is_in(stages.iter().map(|stage| stage.as_str())))
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

/// The bundles among those that hold these versions that the caller may see, each with the version.
pub async fn holding_visible_to(
    db: &impl ConnectionTrait,
    caller: &Caller,
    version_ids: &[&str],
) -> Result<Vec<(String, Bundle)>> {
    let held = bundle_content::Entity::find()
        .filter(bundle_content::Column::VersionId.is_in(version_ids.iter().copied()))
        .all(db)
        .await?;
    let ids = held.iter().map(|row| row.bundle_id.as_str());
    let rows = bundle::Entity::find().filter(bundle::Column::Id.is_in(ids)).filter(visible(caller)).all(db).await?;
    let seen = many(db, rows).await?;
    let with_version = held.into_iter().filter_map(|row| {
        let bundle = seen.iter().find(|bundle| bundle.id == row.bundle_id)?;
        Some((row.version_id, bundle.clone()))
    });
    Ok(with_version.collect())
}
