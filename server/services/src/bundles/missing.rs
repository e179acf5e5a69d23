//! Releases that the calendar tells the public of, and that no bundle would publish in time.

use chrono::{DateTime, TimeDelta, Utc};
use domain::actor::Caller;
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
const SHOWN: Paging = Paging { limit: 50, offset: 0 };

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
    let mut missing = missing_until(services, caller, ctx.now + SOON, SHOWN).await?;
    missing.retain(|missing| missing.release.date.instant().is_some());
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
    let mut missing = Vec::new();
    for release in releases::list_visible_to(db, &Reach::All, &filter, looked_at).await?.items {
        let bundle = match &release.bundle_id {
            Some(id) => bundles::find_visible_to(db, caller, id).await?,
            None => None,
        };
        missing.extend(MissingRelease::of(release, bundle, at));
    }
    Ok(missing)
}
