//! Callers that are let in no more for a time: kept in the database, and in the memory of every node.

use std::collections::HashMap;
use std::net::IpAddr;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, PoisonError, RwLock};

use chrono::{DateTime, Utc};
use domain::office::SettingName;
use domain::operations::{CallerBlock, CallerKind, LimitsDesk, NewBlock, Readings, title_of};
use domain::policy::Permission;
use domain::refusal::{Refusal, all_valid};
use persistence::{caller_blocks, revisions, tokens};

use crate::accounts::environment_actor;
use crate::ctx::{fingerprint, neighbourhood};
use crate::operations::watcher;
use crate::records::{About, Entry};
use crate::{Ctx, Result, Services, office};

/// For what addresses are hashed here.
const PURPOSE: &str = "caller";
/// How much of an address's hash stands for it.
const DIGITS: usize = 16;

/// Who is blocked until when, as this node knows it; cheap to clone.
#[derive(Clone, Debug, Default)]
pub struct Blocks(Arc<Known>);

#[derive(Debug, Default)]
struct Known {
    /// How many there are: nearly always none, which every request asks.
    count: AtomicUsize,
    ends: RwLock<HashMap<String, DateTime<Utc>>>,
}

impl Blocks {
    /// Whether nobody is blocked.
    #[must_use]
    pub fn are_none(&self) -> bool {
        self.0.count.load(Ordering::Relaxed) == 0
    }

    /// Until when somebody is blocked, if they are.
    #[must_use]
    pub fn until(&self, subject: &str, now: DateTime<Utc>) -> Option<DateTime<Utc>> {
        let ends = self.0.ends.read().unwrap_or_else(PoisonError::into_inner);
        ends.get(subject).copied().filter(|until| *until > now)
    }

    fn replace(&self, blocks: &[CallerBlock]) {
        let mut ends = self.0.ends.write().unwrap_or_else(PoisonError::into_inner);
        *ends = blocks.iter().map(|block| (block.subject.clone(), block.until)).collect();
        self.0.count.store(ends.len(), Ordering::Relaxed);
    }
}

/// What stands for an address: the same on every node that has the same key, and nobody else gets back from it.
#[must_use]
pub fn subject_of_address(services: &Services, address: IpAddr) -> String {
    let mut hash = services.accounts.vault.sign(PURPOSE, &neighbourhood(address).to_string());
    hash.truncate(DIGITS);
    hash
}

/// What stands for a token.
#[must_use]
pub fn subject_of_token(token: &str) -> String {
    fingerprint(token)
}

/// Reads anew who is blocked.
///
/// # Errors
/// Where the database does not answer.
pub async fn follow(services: &Services) -> Result<()> {
    let blocks = caller_blocks::list(services.db.pool(), services.clock.now()).await?;
    services.blocks.replace(&blocks);
    Ok(())
}

/// The limits with who asks most, tokens by their names, and who is blocked.
///
/// # Errors
/// `Unauthenticated` or `Forbidden` without the right.
pub async fn desk(services: &Services, ctx: &Ctx, mut readings: Readings) -> Result<LimitsDesk> {
    watcher(ctx)?;
    for caller in readings.callers.iter_mut().filter(|caller| caller.kind == CallerKind::Token) {
        caller.name = name_of_token(services, &caller.subject).await?;
    }
    let blocks = blocked(services, ctx).await?;
    let setting = office::find(services, ctx, SettingName::RateLimits).await?;
    let may_change = office::changer(ctx, SettingName::RateLimits).is_ok();
    Ok(LimitsDesk { readings, blocks, setting, may_change, now: ctx.now })
}

/// Who is let in no more, the newest first.
///
/// # Errors
/// `Unauthenticated` or `Forbidden` without the right.
pub async fn blocked(services: &Services, ctx: &Ctx) -> Result<Vec<CallerBlock>> {
    watcher(ctx)?;
    Ok(caller_blocks::list(services.db.pool(), ctx.now).await?)
}

/// Lets somebody in no more for some hours, for a reason; on every node, as they follow the catalogue's revision.
///
/// # Errors
/// `Invalid` with everything that is wrong; `Blocked` where the address is the caller's own; `Unauthenticated` or `Forbidden`
/// without the right.
pub async fn block(services: &Services, ctx: &Ctx, new: NewBlock) -> Result<CallerBlock> {
    let by = ctx.caller_with(Permission::SystemOperate)?;
    all_valid(new.problems())?;
    let own = ctx.client.map(|address| subject_of_address(services, address));
    // Whatever the form calls it: requests are told by the subject alone.
    if own.as_deref() == Some(new.subject.as_str()) {
        let message = "This is the address that you ask from yourself. Somebody elsewhere has to block it.";
        return Err(Refusal::blocked("own_address", message).into());
    }
    let name = match new.kind {
        CallerKind::Token => name_of_token(services, &new.subject).await?,
        CallerKind::Address => None,
    };
    let title = title_of(new.kind, &new.subject, name.as_deref());
    let block = new.begin(title, &by.actor.name, ctx.now);
    let tx = services.db.begin().await?;
    caller_blocks::save(&tx, &block).await?;
    let about = About { resource_type: "caller", resource_id: &block.subject };
    Entry::new(ctx, &by.actor, about, "caller_blocked")
        .because(Some(block.reason.clone()))
        .details(serde_json::json!({"title": block.title, "until": block.until}))
        .write(&tx);
    revisions::raise(&tx, &[]).await?;
    persistence::db::commit(tx).await?;
    follow(services).await?;
    Ok(block)
}

/// Lets somebody in again before their time.
///
/// # Errors
/// `NotFound` where they are not blocked; `Unauthenticated` or `Forbidden` without the right.
pub async fn unblock(services: &Services, ctx: &Ctx, subject: &str) -> Result<CallerBlock> {
    let by = ctx.caller_with(Permission::SystemOperate)?;
    let tx = services.db.begin().await?;
    let block = caller_blocks::find(&tx, subject).await?.ok_or(Refusal::NotFound)?;
    caller_blocks::remove(&tx, subject).await?;
    let about = About { resource_type: "caller", resource_id: subject };
    let details = serde_json::json!({"title": block.title, "until": block.until});
    Entry::new(ctx, &by.actor, about, "caller_unblocked").details(details).write(&tx);
    revisions::raise(&tx, &[]).await?;
    persistence::db::commit(tx).await?;
    follow(services).await?;
    Ok(block)
}

/// The name of the token that this stands for, where it is one of ours.
async fn name_of_token(services: &Services, subject: &str) -> Result<Option<String>> {
    let of_environment = services.settings.service_auth_token.as_deref().map(subject_of_token);
    if of_environment.as_deref() == Some(subject) {
        return Ok(Some(environment_actor().name));
    }
    Ok(tokens::name_by_hash(services.db.pool(), subject).await?)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_block_ends_by_itself_and_what_is_read_anew_replaces_it() {
        let now = DateTime::from_timestamp(1_795_000_000, 0).unwrap();
        let blocks = Blocks::default();
        assert!(blocks.are_none());
        let new = NewBlock { kind: CallerKind::Address, subject: "ab".repeat(8), hours: 1, reason: "Scrapes".into() };
        let block = new.begin("Address abababab".into(), "Ada", now);
        blocks.replace(std::slice::from_ref(&block));
        assert_eq!(blocks.until(&block.subject, now), Some(block.until));
        assert_eq!((blocks.until(&block.subject, block.until), blocks.until("other", now)), (None, None));
        blocks.replace(&[]);
        assert!(blocks.are_none() && blocks.until(&block.subject, now).is_none());
    }
}
