//! Which bundles are planned for an instant, and which reminders of their instants were sent.

use std::collections::{HashMap, HashSet};

use chrono::{DateTime, Utc};
use domain::bundle::{Bundle, BundleStage};
use domain::release::ReleaseState;
use sea_orm::sea_query::{Expr, OnConflict};
use sea_orm::{
    ColumnTrait, ConnectionTrait, EntityTrait, ExprTrait, IntoActiveModel, QueryFilter, QueryOrder, QuerySelect, Select,
};

use crate::bundles;
use crate::convert::{count, instant, micros};
use crate::entities::bundle_reminder::{Column, Entity, Model};
use crate::entities::release;
use crate::error::Result;

/// In these a bundle has no instant of its own yet.
const BEFORE_SCHEDULE: [BundleStage; 4] =
    [BundleStage::Created, BundleStage::InProgress, BundleStage::ReadyForReview, BundleStage::Approved];

/// A bundle without an instant of its own, and the one that the release calendar promises for it.
#[derive(Clone, Debug)]
pub struct Planned {
    /// The bundle.
    pub bundle: Bundle,
    /// The instant.
    pub instant: DateTime<Utc>,
    /// When the release was last changed: the instant stands there since then at the latest.
    pub since: DateTime<Utc>,
}

/// Which reminder it is: the bundle, its instant, and how many hours before that.
pub type Sent = (String, DateTime<Utc>, u32);

/// The bundles that are planned for an instant after the first and until the second, earliest first, whoever asks.
pub async fn planned_until(
    db: &impl ConnectionTrait,
    after: DateTime<Utc>,
    until: DateTime<Utc>,
) -> Result<Vec<Planned>> {
    let promised = promised()
        .filter(release::Column::BundleId.is_not_null())
        .filter(release::Column::Earliest.gt(micros(after)))
        .filter(release::Column::Earliest.lte(micros(until)))
        .order_by_asc(release::Column::Earliest)
        .order_by_asc(release::Column::BundleId);
    planned(db, promised).await
}

/// The bundles of these releases that have no instant of their own, in the order of the releases.
async fn planned(db: &impl ConnectionTrait, promised: Select<release::Entity>) -> Result<Vec<Planned>> {
    let told: Vec<(String, i64, i64)> = promised.into_tuple().all(db).await?;
    let ids: Vec<&str> = told.iter().map(|(id, ..)| id.as_str()).collect();
    let bundles = bundles::standing_in(db, &ids, &BEFORE_SCHEDULE).await?;
    let with_bundle = told.iter().filter_map(|(id, at, since)| {
        let bundle = bundles.iter().find(|bundle| bundle.id == *id)?;
        Some((bundle.clone(), *at, *since))
    });
    with_bundle
        .map(|(bundle, at, since)| Ok(Planned { bundle, instant: instant(at)?, since: instant(since)? }))
        .collect()
}

/// The instants at which these bundles come as they stand now, by bundle: its own, or else the one that the release calendar
/// promises. One that is being published, is public or failed comes at none.
pub async fn instants_of(db: &impl ConnectionTrait, ids: &[&str]) -> Result<HashMap<String, DateTime<Utc>>> {
    if ids.is_empty() {
        return Ok(HashMap::new());
    }
    let mut instants = HashMap::new();
    for bundle in bundles::standing_in(db, ids, &[BundleStage::Scheduled]).await? {
        if let Some(schedule) = bundle.state.schedule() {
            instants.insert(bundle.id.clone(), schedule.publication_date);
        }
    }
    let of_these = promised().filter(release::Column::BundleId.is_in(ids.iter().copied()));
    instants.extend(planned(db, of_these).await?.into_iter().map(|planned| (planned.bundle.id, planned.instant)));
    Ok(instants)
}

/// Announced releases that are still to come at an exact instant: the bundle, the instant and the last change.
///
/// One that is not announced may be hidden from who sees its bundle, and promises nobody anything.
fn promised() -> Select<release::Entity> {
    release::Entity::find()
        .select_only()
        .column(release::Column::BundleId)
        .column(release::Column::Earliest)
        .column(release::Column::LastModified)
        .filter(release::Column::State.is_in(ReleaseState::UPCOMING.map(ReleaseState::as_str)))
        .filter(Expr::col(release::Column::Earliest).eq(Expr::col(release::Column::Latest)))
}

/// The reminders that were sent of instants that come after this one.
pub async fn sent_after(db: &impl ConnectionTrait, after: DateTime<Utc>) -> Result<HashSet<Sent>> {
    let rows = Entity::find().filter(Column::Instant.gt(micros(after))).all(db).await?;
    rows.into_iter().map(|row| Ok((row.bundle_id, instant(row.instant)?, count(row.hours_ahead)?))).collect()
}

/// Notes that a reminder is sent with this transaction; false where another node was faster.
pub async fn note_sent(db: &impl ConnectionTrait, sent: &Sent, now: DateTime<Utc>) -> Result<bool> {
    let (bundle_id, at, hours) = sent;
    let row = Model {
        bundle_id: bundle_id.clone(),
        instant: micros(*at),
        hours_ahead: i64::from(*hours),
        sent_at: micros(now),
    };
    let known = OnConflict::columns([Column::BundleId, Column::Instant, Column::HoursAhead]).do_nothing().to_owned();
    let added = Entity::insert(row.into_active_model()).on_conflict(known);
    Ok(added.exec_without_returning(db).await? == 1)
}

/// Forgets what was sent of instants before this one.
pub async fn forget_before(db: &impl ConnectionTrait, before: DateTime<Utc>) -> Result<u64> {
    Ok(Entity::delete_many().filter(Column::Instant.lt(micros(before))).exec(db).await?.rows_affected)
}
