//! Pausing the whole publish queue, and having it go on: on every node, for a reason, by somebody who means it.

use std::time::Duration;

use domain::actor::Caller;
use domain::office::{QueuePause, QueueSwitch, SettingChange};
use domain::policy::Permission;
use domain::refusal::{FieldProblem, Refusal, all_valid};
use domain::text::{MAX_SHORT_REASON, check_line};
use persistence::{Tx, queue_pause, revisions};

use crate::records::{About, Entry};
use crate::{Ctx, Result, Services, public_change};

/// How long a pause waits for publications that are under way; all others wait with it.
const PATIENCE: Duration = Duration::from_secs(10);

/// What somebody says who pauses the queue or has it go on.
#[derive(Clone, Copy, Debug)]
pub struct QueueOrder<'a> {
    /// The revision that was looked at; without it whatever is there is changed.
    pub expected: Option<i64>,
    /// What was typed to confirm it; programs type nothing.
    pub typed: Option<&'a str>,
    /// Why.
    pub reason: &'a str,
}

/// Whether the queue is paused, for those who may look at the queue.
///
/// # Errors
/// `Unauthenticated` for nobody.
pub async fn queue_switch(services: &Services, ctx: &Ctx) -> Result<QueueSwitch> {
    ctx.caller()?;
    Ok(queue_pause::find(services.db.pool()).await?)
}

/// Pauses the whole publish queue: once this returns, no node makes a bundle public until it is resumed.
///
/// What is being committed meanwhile is waited for and wholly public; what was held ready for its instant is let go of.
///
/// # Errors
/// `Forbidden` without the right, `Invalid` with everything that is wrong, `Stale` where somebody else was faster, `Blocked`
/// where the queue is paused already, or a publication is under way that does not end.
pub async fn pause_queue(services: &Services, ctx: &Ctx, order: QueueOrder<'_>) -> Result<QueueSwitch> {
    let by = ctx.caller_with(Permission::SystemOperate)?;
    all_valid(problems(order, QueueSwitch::PAUSE))?;
    // Looked at before as well, so that who is refused has nothing let go of that is held ready.
    may_pause(&queue_pause::find(services.db.pool()).await?, order)?;
    // Of other nodes the holder sees that its lock is waited for.
    let _wanting = services.held.want_all();
    let tx = services.db.begin().await?;
    must_be_taken(queue_pause::take(&tx, PATIENCE).await?)?;
    let before = queue_pause::find(&tx).await?;
    may_pause(&before, order)?;
    let reason = order.reason.trim().to_owned();
    let since = services.clock.now();
    let pause = QueuePause { since, by: by.actor.name.clone(), reason, until: None };
    let after = QueueSwitch { pause: Some(pause), revision: before.revision + 1 };
    save(services, ctx, by, (&tx, order), "queue_paused", &after).await?;
    persistence::db::commit(tx).await?;
    tracing::warn!(actor.id = %by.actor.id, "the publish queue is paused");
    tell(services).await;
    Ok(after)
}

/// Has the queue go on: what is overdue is published at once, and says that the queue was paused.
///
/// # Errors
/// `Forbidden` without the right, `Invalid` with everything that is wrong, `Stale` where somebody else was faster, `Blocked`
/// where the queue is not paused.
pub async fn resume_queue(services: &Services, ctx: &Ctx, order: QueueOrder<'_>) -> Result<QueueSwitch> {
    let by = ctx.caller_with(Permission::SystemOperate)?;
    all_valid(problems(order, QueueSwitch::RESUME))?;
    let tx = services.db.begin().await?;
    let before = queue_pause::find(&tx).await?;
    must_be_current(&before, order)?;
    let Some(pause) = before.paused().cloned() else {
        return Err(
            Refusal::blocked("queue_not_paused", "The publish queue is not paused: it goes on as scheduled.").into()
        );
    };
    let pause = QueuePause { until: Some(services.clock.now()), ..pause };
    let after = QueueSwitch { pause: Some(pause), revision: before.revision + 1 };
    save(services, ctx, by, (&tx, order), "queue_resumed", &after).await?;
    persistence::db::commit(tx).await?;
    tracing::info!(actor.id = %by.actor.id, "the publish queue goes on");
    tell(services).await;
    services.nudges.schedule.notify_one();
    Ok(after)
}

fn problems(order: QueueOrder<'_>, words: &str) -> Vec<FieldProblem> {
    let mut problems = Vec::new();
    if order.typed.is_some_and(|typed| !typed.trim().eq_ignore_ascii_case(words)) {
        problems.push(FieldProblem::new("confirmation", "not_confirmed", format!("Type {words} to confirm it.")));
    }
    check_line(&mut problems, "reason", order.reason, MAX_SHORT_REASON);
    problems
}

fn must_be_current(before: &QueueSwitch, order: QueueOrder<'_>) -> Result<(), Refusal> {
    if order.expected.is_some_and(|revision| revision != before.revision) {
        return Err(Refusal::Stale);
    }
    Ok(())
}

/// Refuses to pause a queue that is paused already, or is not as it was looked at.
fn may_pause(before: &QueueSwitch, order: QueueOrder<'_>) -> Result<(), Refusal> {
    must_be_current(before, order)?;
    let Some(pause) = before.paused() else { return Ok(()) };
    let message = format!("The publish queue is paused already, by {}: {}", pause.by, pause.reason);
    Err(Refusal::blocked("queue_paused", message))
}

/// Refuses to pause a queue from which somebody still publishes.
fn must_be_taken(is_taken: bool) -> Result<(), Refusal> {
    if is_taken {
        return Ok(());
    }
    let message = format!(
        "Somebody is publishing and has not ended within {} seconds, so the queue was not paused. Try again.",
        PATIENCE.as_secs()
    );
    Err(Refusal::blocked("publication_under_way", message))
}

/// Writes the switch with its record, and raises the catalogue's revision so that every node follows.
async fn save(
    services: &Services,
    ctx: &Ctx,
    by: &Caller,
    (tx, order): (&Tx, QueueOrder<'_>),
    event: &str,
    after: &QueueSwitch,
) -> Result<()> {
    let reason = order.reason.trim().to_owned();
    let changed = SettingChange { at: services.clock.now(), by: by.actor.name.clone(), reason: reason.clone() };
    if !queue_pause::save(tx, after, &changed).await? {
        return Err(Refusal::Stale.into());
    }
    let is_paused = after.paused().is_some();
    let (was, is) = (serde_json::json!({"paused": !is_paused}), serde_json::json!({"paused": is_paused}));
    let since = after.pause.as_ref().map(|pause| pause.since);
    let about = About { resource_type: "system", resource_id: "publish_queue" };
    let entry = Entry::new(ctx, &by.actor, about, event).because(Some(reason));
    entry.details(serde_json::json!({"paused_since": since})).change(&was, &is)?.write(tx);
    revisions::raise(tx, &[]).await?;
    Ok(())
}

/// Lets this node follow at once; others do within their time.
async fn tell(services: &Services) {
    if let Err(error) = services.memory.look(&services.db).await {
        tracing::warn!(error = &error as &dyn std::error::Error, "the catalogue's revision cannot be read");
    }
    public_change::tell(services);
}

#[cfg(test)]
mod tests {
    use super::*;

    fn fields(typed: Option<&str>, reason: &str) -> Vec<String> {
        let order = QueueOrder { expected: None, typed, reason };
        problems(order, QueueSwitch::PAUSE).into_iter().map(|problem| problem.field).collect()
    }

    #[test]
    fn a_pause_is_meant_and_has_a_reason() {
        assert_eq!(fields(Some(" Pause the queue "), "A figure is doubted"), Vec::<String>::new());
        assert_eq!(fields(None, "A figure is doubted"), Vec::<String>::new());
        assert_eq!(fields(Some("yes"), " "), ["confirmation", "reason"]);
        assert_eq!(fields(None, &"a".repeat(1001)), ["reason"]);
    }

    fn code(refused: Result<(), Refusal>) -> Option<String> {
        match refused {
            Err(Refusal::Blocked { blockers, .. }) => blockers.into_iter().next().map(|blocker| blocker.code),
            Err(Refusal::Stale) => Some("stale".to_owned()),
            _ => None,
        }
    }

    #[test]
    fn a_queue_is_paused_as_it_was_looked_at_and_once() {
        let since = chrono::DateTime::UNIX_EPOCH;
        let pause = QueuePause { since, by: "Ann".to_owned(), reason: "A figure".to_owned(), until: None };
        let (goes_on, paused) =
            (QueueSwitch { pause: None, revision: 2 }, QueueSwitch { pause: Some(pause), revision: 2 });
        let order = |expected| QueueOrder { expected, typed: None, reason: "A figure" };
        assert_eq!(code(may_pause(&goes_on, order(None))), None);
        assert_eq!(code(may_pause(&goes_on, order(Some(2)))), None);
        assert_eq!(code(may_pause(&goes_on, order(Some(1)))).as_deref(), Some("stale"));
        assert_eq!(code(may_pause(&paused, order(Some(2)))).as_deref(), Some("queue_paused"));
    }

    #[test]
    fn who_pauses_is_told_to_try_again_where_somebody_still_publishes() {
        assert!(must_be_taken(true).is_ok());
        let refused = must_be_taken(false);
        assert!(refused.as_ref().is_err_and(|refusal| refusal.to_string().contains("10 seconds")), "{refused:?}");
        assert_eq!(code(refused).as_deref(), Some("publication_under_way"));
    }
}
