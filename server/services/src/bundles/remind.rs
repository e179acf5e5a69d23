//! Reminding people of bundles whose instant comes: in the inbox of those who have a hand in them, and by letter where they
//! chose so.
//!
//! What was sent is kept in the transaction that writes the record and the letters, so that neither a restart nor another node
//! sends it again. A bundle that is given another instant is brought to mind anew.

use chrono::{DateTime, TimeDelta, Utc};
use domain::actor::Caller;
use domain::bundle::reminder::{Reminder, ReminderHours};
use domain::bundle::{Bundle, BundleStage};
use domain::delivery::Sink;
use domain::event::REMINDED;
use domain::notification::{NotificationKind, reviews};
use domain::people::User;
use integrations::mail::Letter;
use persistence::outbox::{self, Task};
use persistence::{Connection, bundles, contents, events, notifications, queue_pause, reminders};
use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::accounts::{self, escaped, is_held_back};
use crate::deliveries::HeldNews;
use crate::{Ctx, Result, ServiceError, Services, ids, office, records};

/// What letters of reminders are called in the outbox.
pub(crate) const REMINDER: &str = "reminder";
/// So near to an instant nobody is reminded of anything: a day before one comes the instant of today, with its own work.
const APART: TimeDelta = TimeDelta::minutes(1);

/// The letter that a task of the outbox stands for; whether it may still be written is asked when it is sent.
#[derive(Debug, Serialize, Deserialize)]
struct Addressed {
    bundle_id: String,
    user_id: String,
    reminder: Reminder,
}

/// A bundle of which people are to be reminded now.
struct Coming {
    bundle: Bundle,
    instant: DateTime<Utc>,
    hours: u32,
}

/// Reminds people of every bundle of which they are to be and were not yet; how many bundles those were.
///
/// One of which nobody can be reminded is told in the log, and holds up no other. About an instant nothing is written: what is
/// due then is made up for.
pub async fn remind_due(services: &Services) -> Result<u64> {
    let ctx = Ctx::system("scheduler", services.clock.now());
    let office = office::in_force(services).await;
    let mut reminded = 0;
    for coming in coming(services, &office.reminders, ctx.now).await? {
        if publishes(services).await? {
            break;
        }
        match remind(services, &ctx, &coming).await {
            Ok(true) => reminded += 1,
            Ok(false) => {}
            Err(error) => {
                let id = &coming.bundle.id;
                tracing::error!(bundle.id = %id, error = &error as &dyn std::error::Error, "nobody can be reminded of the bundle {id}");
            }
        }
    }
    if reminded > 0 {
        services.nudges.follow_up.notify_one();
    }
    Ok(reminded)
}

/// Whether something is published about now, so that its database is left alone: it is held ready or due, or an instant comes or
/// has been a moment ago.
pub(crate) async fn publishes(services: &Services) -> Result<bool> {
    let (db, now) = (services.db.pool(), services.clock.now());
    if services.held.count() > 0 || bundles::any_instant_between(db, now - APART, now + APART).await? {
        return Ok(true);
    }
    // While the queue is paused what is due is not published, and may be due for long.
    Ok(!bundles::due(db, now, 1).await?.is_empty() && queue_pause::find(db).await?.paused().is_none())
}

/// The bundles of which people are to be reminded now: scheduled ones, and those that the release calendar promises.
async fn coming(services: &Services, hours: &ReminderHours, now: DateTime<Utc>) -> Result<Vec<Coming>> {
    let Some(horizon) = hours.horizon() else { return Ok(Vec::new()) };
    let (db, until) = (services.db.pool(), now + horizon);
    let scheduled = bundles::scheduled_until(db, until).await?.into_iter().filter_map(|bundle| {
        let instant = bundle.state.schedule()?.publication_date;
        // While it is scheduled it cannot change, so the last change gave it its instant.
        let set_at = bundle.last_modified;
        Some((bundle, instant, set_at))
    });
    let planned = reminders::planned_until(db, now, until).await?;
    let planned = planned.into_iter().map(|planned| (planned.bundle, planned.instant, planned.since));
    let sent = reminders::sent_after(db, now).await?;
    let due = scheduled.chain(planned).filter_map(|(bundle, instant, set_at)| {
        let hours = hours.due(instant, set_at, now)?;
        Some(Coming { bundle, instant, hours })
    });
    Ok(due.filter(|coming| !sent.contains(&coming.key())).collect())
}

impl Coming {
    fn key(&self) -> reminders::Sent {
        (self.bundle.id.clone(), self.instant, self.hours)
    }
}

/// The instant that a bundle comes at now, its own or else the one that the release calendar promises.
async fn instant_of(db: &impl Connection, bundle: &Bundle) -> Result<Option<DateTime<Utc>>> {
    Ok(reminders::instants_of(db, &[bundle.id.as_str()]).await?.remove(&bundle.id))
}

/// Reminds people of one bundle; false where another node did, the bundle has changed since it was looked at, or an instant came
/// near meanwhile.
async fn remind(services: &Services, ctx: &Ctx, coming: &Coming) -> Result<bool> {
    let (db, bundle, caller) = (services.db.pool(), &coming.bundle, ctx.caller()?);
    let items = contents::list_of_bundle(db, &bundle.id).await?;
    let checks = super::readiness::checks_of(services, ctx, bundle, &items).await?;
    let is_scheduled = bundle.stage() == BundleStage::Scheduled;
    let reminder = Reminder::new(coming.instant, coming.hours, is_scheduled, &checks);
    let letters = letters(services, ctx, bundle, &reminder).await?;
    // Everything is looked at before, so that the transaction is short; an instant may have come near with it.
    if publishes(services).await? {
        return Ok(false);
    }
    let tx = services.db.begin().await?;
    let now = bundles::find_visible_to(&tx, caller, &bundle.id).await?;
    let Some(now) = now.filter(|now| now.revision == bundle.revision) else { return Ok(false) };
    let is_there = instant_of(&tx, &now).await? == Some(coming.instant);
    if !is_there || !reminders::note_sent(&tx, &coming.key(), ctx.now).await? {
        return Ok(false);
    }
    let entry = records::Entry::new(ctx, &caller.actor, records::bundle(&bundle.id), REMINDED);
    entry.details(written(&reminder)?).write(&tx);
    outbox::push_all(&tx, &letters, ctx.now).await?;
    persistence::db::commit(tx).await?;
    tracing::info!(bundle.id = %bundle.id, hours = coming.hours, letters = letters.len(), "bundle {} is due soon, its people are reminded", bundle.id);
    Ok(true)
}

/// The letters to those who chose to get some, and whom the bundle concerns.
async fn letters(services: &Services, ctx: &Ctx, bundle: &Bundle, reminder: &Reminder) -> Result<Vec<Task>> {
    if !services.delivers_to(Sink::Letter) {
        return Ok(Vec::new());
    }
    let db = services.db.pool();
    let hands = events::hands_in(db, &bundle.id).await?;
    let mut letters = Vec::new();
    for user_id in notifications::chose_letters(db, NotificationKind::BundleReminder).await? {
        if seen_by(services, ctx, &bundle.id, &user_id, &hands).await?.is_some() {
            let addressed = Addressed { bundle_id: bundle.id.clone(), user_id, reminder: reminder.clone() };
            letters.push(Task::new(ids::new_id(ctx.now), Sink::Letter.as_str(), REMINDER, written(&addressed)?));
        }
    }
    Ok(letters)
}

/// The bundle as somebody sees it whom it concerns: who has a hand in it, or reviews while it waits.
///
/// `None` where it does not, they may not read it, may not sign in any more, or are held back until they have a second factor.
async fn seen_by(
    services: &Services,
    ctx: &Ctx,
    bundle_id: &str,
    user_id: &str,
    hands: &[String],
) -> Result<Option<Bundle>> {
    let Some(caller) = accounts::by_user_id(services, ctx, user_id).await? else { return Ok(None) };
    if is_held_back(services, &caller).await? {
        return Ok(None);
    }
    let bundle = bundles::find_visible_to(services.db.pool(), &caller, bundle_id).await?;
    Ok(bundle.filter(|bundle| concerns(bundle, &caller, hands)))
}

fn concerns(bundle: &Bundle, caller: &Caller, hands: &[String]) -> bool {
    hands.contains(&caller.actor.id) || (bundle.stage() == BundleStage::ReadyForReview && reviews(caller))
}

fn written(value: &impl Serialize) -> Result<Value> {
    serde_json::to_value(value).map_err(|e| ServiceError::Internal(format!("a task cannot be written: {e}")))
}

/// Sends the letter of a task, if it still is to be told.
pub(crate) async fn send_reminder(services: &Services, task: &Task) -> Result<()> {
    let now = services.clock.now();
    let Some(mailer) = &services.accounts.mailer else {
        return Err(ServiceError::Internal("a letter waits, but SMTP_URL is not set".to_owned()));
    };
    let Some((reminder, bundle, user)) = still_told(services, &task.payload, now).await? else { return Ok(()) };
    let (site, address) = (&services.accounts.site_name, &services.accounts.public_url);
    let links = (format!("{address}{}", bundle.admin_path()), format!("{address}/account/notifications"));
    let words = letter(site, &bundle.details.title, (links.0.as_str(), links.1.as_str()), &reminder);
    mailer.send(&Letter { id: Some(task.id.clone()), to: user.email, ..words }, now).await?;
    Ok(())
}

/// Whose letter a task stands for, and the instant of which it reminds.
pub(crate) fn reminder_to(payload: &Value) -> Option<(String, DateTime<Utc>)> {
    let Addressed { user_id, reminder, .. } = serde_json::from_value(payload.clone()).ok()?;
    Some((user_id, reminder.instant))
}

/// The reminder of a task as one of several things that a letter tells, if it still is to be told.
pub(crate) async fn reminder_told(services: &Services, payload: &Value) -> Result<Option<HeldNews>> {
    let told = still_told(services, payload, services.clock.now()).await?;
    Ok(told.map(|(reminder, bundle, _)| HeldNews {
        sentence: reminder.said(),
        about: format!("Bundle: {}", bundle.details.title),
        page: format!("{}{}", services.accounts.public_url, bundle.admin_path()),
    }))
}

/// What a task reminds whom of; `None` where the instant has come or is another one, or the person may not read the bundle or wants
/// no such letters any more.
async fn still_told(
    services: &Services,
    payload: &Value,
    now: DateTime<Utc>,
) -> Result<Option<(Reminder, Bundle, User)>> {
    let Addressed { bundle_id, user_id, reminder } = serde_json::from_value(payload.clone())
        .map_err(|e| ServiceError::Internal(format!("a task cannot be read: {e}")))?;
    let (db, ctx) = (services.db.pool(), Ctx::system("mail", now));
    let kind = NotificationKind::BundleReminder;
    if reminder.instant <= now || !crate::notifications::wants_letters(db, &user_id, kind).await? {
        return Ok(None);
    }
    let hands = events::hands_in(db, &bundle_id).await?;
    let Some(bundle) = seen_by(services, &ctx, &bundle_id, &user_id, &hands).await? else { return Ok(None) };
    if instant_of(db, &bundle).await? != Some(reminder.instant) {
        return Ok(None);
    }
    let user = persistence::accounts::find_user(db, &user_id).await?;
    Ok(user.map(|user| (reminder, bundle, user)))
}

/// The letter of a reminder, to nobody yet. Like other letters about what is not public it names the bundle inside, not on its
/// outside.
fn letter(site: &str, title: &str, (page, choices): (&str, &str), reminder: &Reminder) -> Letter {
    let sentence = reminder.sentence();
    let (mut list, mut list_html) = (String::new(), String::new());
    for (part, sentences) in reminder.parts() {
        list.push_str(&format!("\n{part}:\n"));
        list_html.push_str(&format!("<p>{}:</p><ul>", escaped(part)));
        for sentence in sentences {
            list.push_str(&format!("- {sentence}\n"));
            list_html.push_str(&format!("<li>{}</li>", escaped(sentence)));
        }
        list_html.push_str("</ul>");
    }
    if reminder.is_complete() {
        list.push_str("Nothing is missing.\n");
        list_html.push_str("<p>Nothing is missing.</p>");
    }
    let text = format!(
        "{sentence}.\n\nBundle: {title}\n{list}\nLook at it: {page}\n\nChoose which letters you get: {choices}\n\n{site}\n"
    );
    let html = format!(
        "<!DOCTYPE html><html lang=\"en\"><head><meta charset=\"utf-8\"><title>{0}</title></head><body><p>{0}.</p>\
         <p>Bundle: {1}</p>{list_html}<p><a href=\"{2}\">Look at it</a></p>\
         <p><a href=\"{3}\">Choose which letters you get</a></p><p>{4}</p></body></html>",
        escaped(&sentence),
        escaped(title),
        escaped(page),
        escaped(choices),
        escaped(site),
    );
    Letter { id: None, to: String::new(), subject: sentence, text, html, unsubscribe: None }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn letter_of(missing: &[&str]) -> Letter {
        let reminder = Reminder {
            instant: DateTime::UNIX_EPOCH,
            hours_ahead: 24,
            is_scheduled: true,
            missing: missing.iter().map(|&sentence| sentence.to_owned()).collect(),
            worth_a_look: Vec::new(),
        };
        letter("Figures", "Prices & pay", ("https://a/admin/bundles/b", "https://a/account/notifications"), &reminder)
    }

    #[test]
    fn a_letter_names_the_bundle_inside_and_says_what_it_lacks() {
        let written = letter_of(&["gdp/all/1 has no <file>."]);
        assert!(written.subject.starts_with("A bundle is due ") && !written.subject.contains("Prices"));
        assert!(!written.html.contains("<title>Prices"), "{}", written.html);
        for part in ["Bundle: Prices & pay\n", "To mend:\n- gdp/all/1 has no <file>.\n", "https://a/admin/bundles/b"] {
            assert!(written.text.contains(part), "{}", written.text);
        }
        for part in ["Prices &amp; pay", "<li>gdp/all/1 has no &lt;file&gt;.</li>", "https://a/account/notifications"] {
            assert!(written.html.contains(part), "{}", written.html);
        }
    }

    #[test]
    fn a_letter_says_that_nothing_is_missing() {
        let written = letter_of(&[]);
        assert!(written.text.contains("Nothing is missing.") && written.html.contains("Nothing is missing."));
    }
}
