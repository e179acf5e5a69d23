//! Releases that the calendar tells the public of, and that no bundle would publish in time.

use std::collections::HashMap;

use chrono::{DateTime, TimeDelta, Utc};
use domain::actor::Caller;
use domain::bundle::Bundle;
use domain::bundle::missing::MissingRelease;
use domain::page::Paging;
use domain::policy::{Permission, Reach};
use domain::release::ReleaseState;
use persistence::releases::ReleaseFilter;
use persistence::{bundles, releases};

use crate::{Ctx, Result, Services};

/// How far ahead the queue tells of them: a promise is seldom made so late, and there is still time to keep it.
const SOON: TimeDelta = TimeDelta::days(7);
/// How many of them the queue tells at most.
const SHOWN: usize = 50;

/// Those that the calendar names an instant of within a week, or has named one of that is over, soonest first; for whoever sees every
/// bundle, as nobody else could tell that none is scheduled.
///
/// # Errors
/// `Unauthenticated` for nobody.
pub async fn missing_soon(services: &Services, ctx: &Ctx) -> Result<Vec<MissingRelease>> {
    let caller = ctx.caller()?;
    if caller.reach(Permission::BundlesRead) != Reach::All {
        return Ok(Vec::new());
    }
    let mut missing = missing_until(services, caller, ctx.now + SOON, Paging::WHOLE).await?;
    missing.retain(|missing| missing.release.date.instant().is_some());
    // Only now: those before that are in time, or of which no instant was named, push out none.
    missing.truncate(SHOWN);
    Ok(missing)
}

/// Those that were announced for this time or before, are not out, and whose bundle is not scheduled in time.
pub(super) async fn missing_until(
    services: &Services,
    caller: &Caller,
    at: DateTime<Utc>,
    looked_at: Paging,
) -> Result<Vec<MissingRelease>> {
    let filter = ReleaseFilter {
        states: vec![ReleaseState::Provisional, ReleaseState::Confirmed, ReleaseState::Postponed],
        to: Some(at),
        ..ReleaseFilter::default()
    };
    let db = services.db.pool();
    let found = releases::list_visible_to(db, &Reach::All, &filter, looked_at).await?.items;
    let ids: Vec<&str> = found.iter().filter_map(|release| release.bundle_id.as_deref()).collect();
    let seen = bundles::among_visible_to(db, caller, &ids).await?;
    let seen: HashMap<String, Bundle> = seen.into_iter().map(|bundle| (bundle.id.clone(), bundle)).collect();
    let missing = found.into_iter().filter_map(|release| {
        let bundle = release.bundle_id.as_ref().and_then(|id| seen.get(id)).cloned();
        MissingRelease::of(release.for_outsiders(), bundle, at)
    });
    Ok(missing.collect())
}
