//! Slowing down those who try again and again.

use chrono::Duration;
use domain::refusal::Refusal;
use persistence::throttles;

use super::attempts;
use crate::ctx::neighbourhood;
use crate::{Ctx, Result, Services};

/// How often something may be tried within which time.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Allowance {
    pub tries: i64,
    pub within: Duration,
}

/// Counts a try before it is made, so that tries side by side gain nothing; too many are refused until the time is over.
pub(crate) async fn spend(services: &Services, ctx: &Ctx, subject: &str, allowance: Allowance) -> Result<()> {
    spend_many(services, ctx, subject, 1, allowance).await
}

/// The same for what counts as several tries at once.
pub(crate) async fn spend_many(
    services: &Services,
    ctx: &Ctx,
    subject: &str,
    many: i64,
    allowance: Allowance,
) -> Result<()> {
    match wait_for_many(services, ctx, subject, many, allowance).await? {
        None => Ok(()),
        Some(seconds) => Err(Refusal::TooMany { seconds }.into()),
    }
}

/// Records that tries are refused, unless that was recorded within this time: nobody fills the audit trail by trying.
pub(crate) async fn note_once(services: &Services, ctx: &Ctx, subject: &str, within: Duration) -> Result<()> {
    let kept = format!("refused: {subject}");
    let tx = services.db.begin().await?;
    let (refused, _) = throttles::count(&tx, &kept, ctx.now, ctx.now - within).await?;
    if refused == 1 {
        attempts::throttled(&tx, ctx, subject);
    }
    Ok(persistence::db::commit(tx).await?)
}

/// The same, telling the wait instead of refusing.
pub(crate) async fn seconds_to_wait(
    services: &Services,
    ctx: &Ctx,
    subject: &str,
    allowance: Allowance,
) -> Result<Option<u64>> {
    wait_for_many(services, ctx, subject, 1, allowance).await
}

async fn wait_for_many(
    services: &Services,
    ctx: &Ctx,
    subject: &str,
    many: i64,
    allowance: Allowance,
) -> Result<Option<u64>> {
    let begin = ctx.now - allowance.within;
    let (tries, since) = throttles::count_many(services.db.pool(), subject, many, ctx.now, begin).await?;
    if tries <= allowance.tries {
        return Ok(None);
    }
    if tries - many <= allowance.tries {
        // The first that is refused stands for all of its window.
        note_once(services, ctx, subject, allowance.within).await?;
    }
    let wait = (since + allowance.within - ctx.now).num_seconds().max(1);
    Ok(Some(u64::try_from(wait).unwrap_or(1)))
}

/// The address that the request came from, in words; empty where it is not known.
pub(crate) fn client_of(ctx: &Ctx) -> String {
    ctx.client.map(|client| neighbourhood(client).to_string()).unwrap_or_default()
}

/// Forgets the tries, after one that was right.
pub(crate) async fn clear(services: &Services, subject: &str) -> Result<()> {
    Ok(throttles::clear(services.db.pool(), subject).await?)
}
