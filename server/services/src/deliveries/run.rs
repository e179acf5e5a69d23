//! Doing the tasks of one receiver: taken with a lease, tried, and finished, put off or given up.

use std::time::Duration;

use chrono::{DateTime, TimeDelta, Utc};
use domain::delivery::Sink;
use integrations::DeliveryError;
use persistence::held_letters;
use persistence::outbox::{self, Hold, Task};
use tracing::{Instrument, Span};

use super::held::{self, GATHERED};
use super::{Circuits, perform};
use crate::bundles::REMINDER;
use crate::feedback::REPLY;
use crate::versions::WAITING;
use crate::{Ctx, Result, ServiceError, Services, records};

/// What one receiver is told at the same time.
const AT_ONCE: u64 = 16;
/// The same where each holds much memory or the disk.
const FEW_AT_ONCE: u64 = 4;
/// The same for Slack, which takes about one message a second of a channel.
const ONE_AT_A_TIME: u64 = 1;
/// After so many of strangers it is said how they came out.
const ROUND: usize = 1024;
/// So many are taken together where others are under way, or those that are there after a pause.
const TOGETHER: u64 = 4;
const PAUSE: Duration = Duration::from_secs(1);
/// How much longer than the delivery itself a task is held.
const GRACE: TimeDelta = TimeDelta::seconds(30);

/// How one delivery came out.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Outcome {
    /// It arrived.
    Done,
    /// It did not, and is tried again.
    Failed,
    /// It did not, once too often.
    GivenUp,
    /// The receiver is left in peace for now.
    Postponed,
    /// An operator or another node was faster.
    Lost,
}

impl Outcome {
    /// The word in metrics.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Done => "done",
            Self::Failed => "failed",
            Self::GivenUp => "given_up",
            Self::Postponed => "postponed",
            Self::Lost => "lost",
        }
    }
}

/// A delivery that was tried.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Delivered {
    /// To whom.
    pub sink: Sink,
    /// How it came out.
    pub outcome: Outcome,
}

/// Why a delivery did not arrive.
#[derive(Debug, thiserror::Error)]
pub(super) enum Failed {
    /// The receiver is at fault.
    #[error(transparent)]
    Receiver(#[from] DeliveryError),
    /// We are.
    #[error(transparent)]
    Ours(#[from] ServiceError),
}

/// Takes up again at once what this node was delivering when it stopped; how much that was. Call once, at its start.
pub async fn take_up_again(services: &Services) -> Result<u64> {
    Ok(outbox::release_held(services.db.pool(), &services.settings.node, services.clock.now()).await?)
}

/// Does what is due for a receiver, several at once but never two of one lane.
pub async fn run_due(services: &Services, sink: Sink) -> Result<Vec<Delivered>> {
    run_due_while(services, sink, || true).await
}

/// The same; nothing more is taken up once it is not to go on.
pub async fn run_due_while(services: &Services, sink: Sink, goes_on: impl Fn() -> bool) -> Result<Vec<Delivered>> {
    if !services.delivers_to(sink) {
        return Ok(Vec::new());
    }
    // The index can be brought up to date twice at once without harm, so that work which a stopped process left comes back soon.
    let timeout = if sink == Sink::SearchIndex { Duration::ZERO } else { services.outlets.manner(sink).timeout };
    let at_once = match sink {
        Sink::PublicCopy | Sink::Archive | Sink::SearchIndex => FEW_AT_ONCE,
        Sink::Slack => ONE_AT_A_TIME,
        _ => AT_ONCE,
    };
    // Strangers may be as slow as they like: whoever is done makes room for the next, and nobody waits for the slowest.
    let refills = sink == Sink::SubscriberWebhook;
    let mut running = tokio::task::JoinSet::new();
    let mut all = Vec::new();
    let mut room = at_once;
    loop {
        if room > 0 {
            let now = services.clock.now();
            let until = now + TimeDelta::from_std(timeout).unwrap_or(GRACE) + GRACE;
            let hold = Hold { by: &services.settings.node, until };
            match outbox::take_due(services.db.pool(), sink.as_str(), now, hold, room).await {
                Ok(taken) => {
                    for task in taken {
                        let services = services.clone();
                        running.spawn(async move { deliver(&services, sink, task).await });
                    }
                }
                Err(error) if running.is_empty() && all.is_empty() => return Err(error.into()),
                // What is under way is not given up for what could not be taken.
                Err(error) => {
                    tracing::error!(%sink, error = &error as &dyn std::error::Error, "no more deliveries can be taken up");
                }
            }
        }
        let refills = refills && all.len() < ROUND && goes_on();
        let joined = if refills && !running.is_empty() {
            tokio::time::timeout(PAUSE, running.join_next()).await
        } else {
            Ok(running.join_next().await)
        };
        let free = at_once.saturating_sub(running.len() as u64);
        room = if refills && (joined.is_err() || free >= TOGETHER || running.is_empty()) { free } else { 0 };
        let Ok(joined) = joined else { continue };
        match joined {
            None => return Ok(all),
            Some(Ok(Ok(outcome))) => all.push(Delivered { sink, outcome }),
            Some(Ok(Err(error))) => {
                tracing::error!(%sink, error = &error as &dyn std::error::Error, "a delivery cannot be noted, it is made again");
            }
            Some(Err(error)) => tracing::error!(%sink, %error, "a delivery stopped"),
        }
    }
}

async fn deliver(services: &Services, sink: Sink, task: Task) -> Result<Outcome> {
    let outlets = &services.outlets;
    let db = services.db.pool();
    let receiver = receiver_of(sink, &task);
    // The try before the last allowed one left no word: it stopped halfway, perhaps with the whole process.
    let ends = task.bundle_id.is_some() || sink.is_to_subscribers();
    if task.attempts.saturating_sub(task.forgiven) > outlets.attempts && ends {
        let unheard = ServiceError::Internal("the tries before ended without an answer".to_owned());
        return put_off(services, sink, &task, &unheard.into(), services.clock.now()).await;
    }
    match keep_for_later(services, sink, &task).await {
        Ok(Some(outcome)) => return Ok(outcome),
        Ok(None) => {}
        // Else it would come back whenever its hold is over, with nothing said of it.
        Err(error) => return put_off(services, sink, &task, &error.into(), services.clock.now()).await,
    }
    // Whoever waits for a way in does not wait for an operator who has the mail server left in peace.
    let is_urgent = sink == Sink::Letter && ![REPLY, REMINDER, WAITING, GATHERED].contains(&task.subject.as_str());
    let admit = if is_urgent { Circuits::admit_though_held } else { Circuits::admit };
    if sink.is_remote()
        && let Err(until) = admit(&outlets.circuits, &receiver, outlets.fuse, services.clock.now())
    {
        outbox::postpone(db, &task, until).await?;
        return Ok(Outcome::Postponed);
    }
    // A call of a webhook ends by itself and is then written into its log.
    let spare = if sink == Sink::Webhook { Duration::from_secs(5) } else { Duration::ZERO };
    let timeout = outlets.manner(sink).timeout + spare;
    let tried =
        tokio::time::timeout(timeout, perform::perform(services, sink, &task).instrument(span(sink, &task))).await;
    let tried = tried.unwrap_or_else(|_| {
        Err(DeliveryError::unavailable(format!("nothing came of it within {} seconds", timeout.as_secs_f64())).into())
    });
    let now = services.clock.now();
    match &tried {
        Err(failed @ Failed::Receiver(DeliveryError::Unavailable { .. })) => {
            outlets.circuits.failed(&receiver, outlets.fuse, now);
            if let Some(wait) = asked_for(failed) {
                outlets.circuits.asked_to_wait(&receiver, now + wait);
            }
        }
        // Our own fault says nothing of the receiver.
        Err(Failed::Ours(_)) => {}
        _ => outlets.circuits.answered(&receiver, now),
    }
    // Our own fault is no call of theirs, and what is said of subscribers may name an address.
    if sink.is_remote() && !sink.is_to_subscribers() && !matches!(tried, Err(Failed::Ours(_))) {
        outlets.circuits.called(sink.as_str(), tried.as_ref().err().map(told), now);
    }
    match tried {
        Ok(()) => {
            if sink.is_of_publications() {
                tracing::info!(bundle.id = task.bundle_id.as_deref(), step = %task.name, attempts = task.attempts, "delivered");
            }
            conclude(services, &task, now).await
        }
        Err(failed) => put_off(services, sink, &task, &failed, now).await,
    }
}

/// A try in the traces, which whoever is told goes on with.
fn span(sink: Sink, task: &Task) -> Span {
    if !sink.is_remote() {
        return Span::none();
    }
    let (bundle, receiver) = (task.bundle_id.as_deref(), sink.as_str());
    tracing::info_span!("delivery", otel.kind = "client", bundle.id = bundle, sink = receiver, step = %task.name, attempt = task.attempts)
}

/// Keeps a letter for when its reader wants it, so that the mail server is asked nothing of it now; `None` where it is sent.
async fn keep_for_later(services: &Services, sink: Sink, task: &Task) -> Result<Option<Outcome>> {
    let now = services.clock.now();
    let letters = held::held(services, sink, task, now).await?;
    if letters.is_empty() {
        return Ok(None);
    }
    let tx = services.db.begin().await?;
    if !outbox::finish(&tx, task, now).await? {
        return Ok(Some(Outcome::Lost));
    }
    held_letters::insert_all(&tx, &letters).await?;
    persistence::db::commit(tx).await?;
    Ok(Some(Outcome::Done))
}

/// By what the circuit of a receiver is known.
pub(super) fn receiver_of(sink: Sink, task: &Task) -> String {
    match sink {
        Sink::Webhook | Sink::SubscriberWebhook => format!("{sink}:{}", task.subject),
        // All are taken by the one mail server. Addresses that strangers give are apart: their faults must not hold up others.
        Sink::Letter if task.subject == REPLY => Sink::SubscriberMail.to_string(),
        Sink::Letter => Sink::Email.to_string(),
        _ => sink.to_string(),
    }
}

/// Notes that it arrived; in the history only where it did not at the first try.
async fn conclude(services: &Services, task: &Task, now: DateTime<Utc>) -> Result<Outcome> {
    if task.attempts <= 1 || task.bundle_id.is_none() {
        let done = outbox::finish(services.db.pool(), task, now).await?;
        return Ok(if done { Outcome::Done } else { Outcome::Lost });
    }
    let tx = services.db.begin().await?;
    if !outbox::finish(&tx, task, now).await? {
        return Ok(Outcome::Lost);
    }
    note(&tx, task, "step_done", None, now);
    persistence::db::commit(tx).await?;
    Ok(Outcome::Done)
}

/// Notes why it did not arrive, and when it is tried again; in the history the first time and when it is given up.
async fn put_off(services: &Services, sink: Sink, task: &Task, failed: &Failed, now: DateTime<Utc>) -> Result<Outcome> {
    let outlets = &services.outlets;
    let error = told(failed);
    let counted = task.attempts.saturating_sub(task.forgiven);
    if sink.is_to_subscribers() && (counted >= outlets.attempts || is_refused(failed)) {
        // No operator can mend the address of somebody else.
        tracing::warn!(subscription.id = %task.subject, %sink, attempts = task.attempts, %error, "a subscriber cannot be told");
        let ended = outbox::skip(services.db.pool(), &task.id, &error, now).await?;
        return Ok(if ended { Outcome::GivenUp } else { Outcome::Lost });
    }
    let tx = services.db.begin().await?;
    let is_over = counted >= outlets.attempts || (sink.is_mail() && is_refused(failed));
    let (outcome, held) = if is_over && task.bundle_id.is_some() {
        let held = outbox::give_up(&tx, task, &error, now).await?;
        if held {
            tracing::error!(bundle.id = task.bundle_id.as_deref(), step = %task.name, attempts = task.attempts, %error, "a delivery was given up; an operator can replay or skip it");
        }
        note(&tx, task, "step_given_up", Some(&error), now);
        (Outcome::GivenUp, held)
    } else if is_over && is_refused(failed) && matches!(sink, Sink::Letter | Sink::Email | Sink::Slack | Sink::Webhook)
    {
        // What belongs to no bundle is in nobody's timeline: it is tried for as long as it takes, unless it is refused.
        let held = outbox::skip(&tx, &task.id, &error, now).await?;
        if held {
            tracing::error!(task = %task.id, %sink, attempts = task.attempts, %error, "a delivery was refused and ended; mend its address");
        }
        note_untold(&tx, sink, task, &error, now);
        (Outcome::GivenUp, held)
    } else {
        tracing::warn!(bundle.id = task.bundle_id.as_deref(), step = %task.name, attempts = task.attempts, %error, "a delivery failed and will be tried again");
        let wait = outlets.backoff.wait(counted, outlets.jitter.draw()).max(asked_for(failed).unwrap_or_default());
        let held = outbox::fail(&tx, task, &error, now + wait).await?;
        if task.attempts == 1 && sink.is_of_publications() {
            note(&tx, task, "step_failed", Some(&error), now);
        }
        (Outcome::Failed, held)
    };
    if !held {
        return Ok(Outcome::Lost);
    }
    persistence::db::commit(tx).await?;
    Ok(outcome)
}

/// Whether the receiver is up and will not take this, now or later.
const fn is_refused(failed: &Failed) -> bool {
    matches!(failed, Failed::Receiver(DeliveryError::Refused { .. }))
}

/// How long the receiver asks to be left in peace, if it does; not longer than an hour.
fn asked_for(failed: &Failed) -> Option<TimeDelta> {
    match failed {
        Failed::Receiver(DeliveryError::Unavailable { retry_after: Some(wait), .. }) => {
            Some(TimeDelta::from_std(*wait).unwrap_or(TimeDelta::MAX).min(TimeDelta::hours(1)))
        }
        _ => None,
    }
}

/// The error with all that led to it.
fn told(failed: &Failed) -> String {
    let mut text = failed.to_string();
    let mut cause = std::error::Error::source(failed);
    while let Some(deeper) = cause {
        let words = deeper.to_string();
        if !text.contains(&words) {
            text = format!("{text}: {words}");
        }
        cause = deeper.source();
    }
    // It is kept in the database, and not every database takes every control character.
    text.replace(char::is_control, " ")
}

/// Notes in the history of an incident that somebody cannot be told of it.
fn note_untold(tx: &persistence::Tx, sink: Sink, task: &Task, error: &str, now: DateTime<Utc>) {
    let Some(incident) = task.payload.get("incident_id").and_then(serde_json::Value::as_str) else { return };
    let ctx = Ctx::system("deliveries", now);
    let Some(caller) = &ctx.caller else { return };
    let about = records::About { resource_type: "incident", resource_id: incident };
    let details = serde_json::json!({"step": sink, "attempts": task.attempts, "error": error});
    records::Entry::new(&ctx, &caller.actor, about, "alert_refused").details(details).write(tx);
}

fn note(tx: &persistence::Tx, task: &Task, event: &str, error: Option<&str>, now: DateTime<Utc>) {
    let Some(bundle_id) = &task.bundle_id else { return };
    let ctx = Ctx::system("deliveries", now);
    let Some(caller) = &ctx.caller else { return };
    let mut details = serde_json::json!({"step": task.name, "attempts": task.attempts});
    if let Some(error) = error {
        details["error"] = error.into();
    }
    records::Entry::new(&ctx, &caller.actor, records::bundle(bundle_id), event).details(details).write(tx);
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn addresses_of_strangers_do_not_hold_up_letters_about_accounts() {
        let receiver = |subject: &str| {
            receiver_of(Sink::Letter, &Task::new("id".to_owned(), "mail", subject, serde_json::json!({})))
        };
        assert_eq!((receiver("invitation").as_str(), receiver(REPLY).as_str()), ("email", "subscriber_mail"));
    }
}
