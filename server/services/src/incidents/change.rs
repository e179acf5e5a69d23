//! What people do: open an incident, and take it through its states.

use domain::operations::{Incident, IncidentCommand, NewIncident};
use domain::policy::Permission;
use domain::refusal::{Refusal, all_valid};
use persistence::{PersistenceError, incidents};

use super::{about, insert};
use crate::ctx::forbidden;
use crate::{Ctx, Result, Services, ids, records};

/// Opens an incident by hand; everybody who is alerted of failures is alerted of it.
pub async fn open(services: &Services, ctx: &Ctx, new: NewIncident) -> Result<Incident> {
    let caller = ctx.caller_with(Permission::SystemOperate)?;
    all_valid(new.problems())?;
    let incident = Incident::by_hand(ids::new_id(ctx.now), new, caller.actor.clone(), ctx.now);
    let tx = services.db.begin().await?;
    insert(&tx, services, ctx, caller, &incident).await?;
    persistence::db::commit(tx).await?;
    services.nudges.follow_up.notify_one();
    Ok(incident)
}

/// Takes an incident one step further.
///
/// `expected` is the revision that the caller looked at; without it the present one is taken, and the write is still
/// conditional, so that of two callers at once exactly one succeeds.
pub async fn take_step(
    services: &Services,
    ctx: &Ctx,
    id: &str,
    expected: Option<i64>,
    command: &IncidentCommand,
) -> Result<Incident> {
    let caller = super::read::watcher(ctx)?;
    let tx = services.db.begin().await?;
    let before = incidents::find_to_change(&tx, id).await?.ok_or(Refusal::NotFound)?;
    let action = command.action();
    if !caller.may(action.rule().permission) {
        return Err(forbidden(action.rule().permission).into());
    }
    all_valid(before.problems_of(command))?;
    if expected.is_some_and(|revision| revision != before.revision) {
        return Err(Refusal::Stale.into());
    }
    let (after, happened) = before.clone().apply(command, caller, ctx.now)?;
    let saved = match incidents::save(&tx, &after).await {
        Err(PersistenceError::Duplicate(_)) => {
            let message = "Its condition has opened another incident meanwhile. Go on with that one.";
            return Err(Refusal::blocked("opened_again", message).into());
        }
        other => other?,
    };
    if !saved {
        return Err(Refusal::Stale.into());
    }
    let entry = records::Entry::new(ctx, &caller.actor, about(id), happened.event_type).step(&happened);
    // By which those who are told of it know it.
    let entry = entry.details(serde_json::json!({"title": after.title}));
    entry.change(&before, &after)?.write(&tx);
    persistence::db::commit(tx).await?;
    tracing::info!(incident = id, event = happened.event_type, actor.id = %caller.actor.id, "incident {id} {}", happened.event_type);
    Ok(Incident { revision: after.revision + 1, ..after })
}
