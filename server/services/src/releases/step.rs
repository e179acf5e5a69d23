//! Taking a release one step through its states.

use domain::refusal::all_valid;
use domain::release::{Release, ReleaseCommand};

use super::{find_to_change, must_agree, must_be_current, must_hold, record_step, save};
use crate::{Ctx, Result, Services};

/// Announces, confirms, postpones or cancels.
///
/// `expected` is the revision that the caller looked at; without it the present one is taken, and the write is still
/// conditional, so that of two callers at once exactly one succeeds.
pub async fn take_step(
    services: &Services,
    ctx: &Ctx,
    id: &str,
    expected: Option<i64>,
    command: ReleaseCommand,
) -> Result<Release> {
    let caller = ctx.caller()?;
    let tx = services.db.begin().await?;
    let before = find_to_change(&tx, ctx, id).await?;
    let action = command.action(before.state);
    must_hold(caller, action.rule().permission, &before)?;
    all_valid(before.problems_of(&command, ctx.now))?;
    must_be_current(&before, expected)?;
    action.check_from(before.state)?;
    let (after, happened) = before.clone().apply(command, caller, ctx.now)?;
    if after.date != before.date || after.bundle_id != before.bundle_id {
        // A cancelled release has no date that its bundle could agree with.
        let date = if after.bundle_id.is_some() { after.date } else { domain::release::ReleaseDate::ToBeConfirmed };
        must_agree(&tx, caller, &before, date).await?;
    }
    save(&tx, &after).await?;
    record_step(&tx, ctx, caller, &before, &after, &happened)?;
    persistence::db::commit(tx).await?;
    tracing::info!(release = id, event = happened.event_type, actor.id = %caller.actor.id, "release {id} {}", happened.event_type);
    Ok(Release { revision: after.revision + 1, ..after })
}
