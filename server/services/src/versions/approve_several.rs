//! Approving several versions at once, each by itself as on its own page.

use std::collections::HashMap;

use chrono::{DateTime, Utc};
use domain::policy::Permission;
use domain::refusal::Refusal;
use domain::review::DecidedVersion;
use domain::version::{Version, VersionAction};
use domain::views::Outcome;
use persistence::events;

use super::{find, queue, read_key, take_step};
use crate::several::{Turns, reasons_keeping};
use crate::{Ctx, Result, ServiceError, Services, Several};

/// The most versions that are approved at once.
const MOST: usize = 50;

/// Approves each of these versions, told by reference and the revision that was looked at, whose checks are all green and which the
/// caller has looked at since it last changed; the others stay as they are, as do those after a fault.
///
/// # Errors
/// `Forbidden` for who may approve no version at all, `Invalid` for none or too many, and where `looked` was not said.
pub async fn approve_several(
    services: &Services,
    ctx: &Ctx,
    chosen: &[(String, i64)],
    looked: bool,
) -> Result<Several<Vec<DecidedVersion>>> {
    let caller = ctx.caller_with(Permission::VersionsApprove)?;
    if chosen.is_empty() || chosen.len() > MOST {
        return Err(Refusal::field("chosen", "count", format!("Tick between 1 and {MOST} versions.")).into());
    }
    if !looked {
        let message = "Say that you have looked at each of them.";
        return Err(Refusal::field("looked", "required", message).into());
    }
    let references: Vec<&str> = chosen.iter().map(|(reference, _)| reference.as_str()).collect();
    let looks = events::last_looks(services.db.pool(), "version", &references, &caller.actor.id).await?;
    let mut decided: Vec<DecidedVersion> = Vec::with_capacity(chosen.len());
    let (mut turns, mut refused_right) = (Turns::default(), None);
    for (reference, revision) in chosen {
        if decided.iter().any(|known| known.reference == *reference) {
            continue;
        }
        let turn = approve_one(services, ctx, (reference, *revision), &looks, &mut refused_right);
        let (Ok(refused) | Err(refused)) = turns.take(reference, turn).await;
        decided.push(DecidedVersion { page: page_of(reference), reference: reference.clone(), refused });
    }
    Ok(Several { done: decided, refused_right })
}

/// Approves one version, or tells every reason why it may not be.
async fn approve_one(
    services: &Services,
    ctx: &Ctx,
    chosen: (&str, i64),
    looks: &HashMap<String, DateTime<Utc>>,
    refused_right: &mut Option<Refusal>,
) -> Result<Vec<String>> {
    match decide(services, ctx, chosen, looks).await {
        Ok(()) => Ok(Vec::new()),
        Err(ServiceError::Refused(refusal)) => Ok(reasons_keeping(refused_right, &refusal)),
        Err(fault) => Err(fault),
    }
}

async fn decide(
    services: &Services,
    ctx: &Ctx,
    (reference, revision): (&str, i64),
    looks: &HashMap<String, DateTime<Utc>>,
) -> Result<()> {
    let key = read_key(reference).ok_or(Refusal::NotFound)?;
    let version = find(services, ctx, &key).await?;
    // Its preview is on its page: who has not seen that has not seen what becomes public.
    if looks.get(reference).is_none_or(|at| *at < version.last_updated) {
        let message = "You have not looked at its figures since it last changed. Open it, and decide there or here.";
        return Err(Refusal::blocked("not_looked_at", message).into());
    }
    must_be_green(services, ctx, version).await?;
    take_step(services, ctx, &key, VersionAction::Approve, Some(revision), None).await?;
    Ok(())
}

async fn must_be_green(services: &Services, ctx: &Ctx, version: Version) -> Result<()> {
    let checked = queue::looked_at(services, ctx, vec![version]).await?;
    let open = checked.iter().flat_map(|waiting| &waiting.checks).find(|check| check.outcome != Outcome::Pass);
    match open {
        Some(check) => {
            let message = format!("A check is not green: {} Decide on its page.", check.message);
            Err(Refusal::blocked("not_green", message).into())
        }
        None => Ok(()),
    }
}

/// The portal's page of a version by its reference, or the queue where it names none.
fn page_of(reference: &str) -> String {
    read_key(reference).map_or_else(
        || "/admin/review".to_owned(),
        |key| domain::version::admin_version_path(&key.dataset_id, &key.edition, key.version),
    )
}
