//! Slowing down those who try again and again.

use chrono::Duration;
use domain::refusal::Refusal;
use persistence::throttles;

use crate::{Ctx, Result, Services};

/// How often something may be tried within which time.
#[derive(Clone, Copy, Debug)]
pub(super) struct Allowance {
    pub tries: i64,
    pub within: Duration,
}

/// Counts a try before it is made, so that tries side by side gain nothing; too many are refused until the time is over.
pub(super) async fn spend(services: &Services, ctx: &Ctx, subject: &str, allowance: Allowance) -> Result<()> {
    match seconds_to_wait(services, ctx, subject, allowance).await? {
        None => Ok(()),
        Some(seconds) => Err(Refusal::TooMany { seconds }.into()),
    }
}

/// The same, telling the wait instead of refusing.
pub(super) async fn seconds_to_wait(
    services: &Services,
    ctx: &Ctx,
    subject: &str,
    allowance: Allowance,
) -> Result<Option<u64>> {
    let begin = ctx.now - allowance.within;
    let (tries, since) = throttles::count(services.db.pool(), subject, ctx.now, begin).await?;
    let wait = (since + allowance.within - ctx.now).num_seconds().max(1);
    Ok((tries > allowance.tries).then(|| u64::try_from(wait).unwrap_or(1)))
}

/// Forgets the tries, after one that was right.
pub(super) async fn clear(services: &Services, subject: &str) -> Result<()> {
    Ok(throttles::clear(services.db.pool(), subject).await?)
}
