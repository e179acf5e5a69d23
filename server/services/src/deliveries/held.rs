//! Letters of notifications that wait until their readers want them, and the one letter in which they come then.
//!
//! Letters about accounts, answers to feedback, those of subscriptions and those to addresses that the office named never wait.

use chrono::{DateTime, Utc};
use domain::bundle::{Bundle, BundleStage};
use domain::delivery::{Sink, WebhookEvent};
use domain::notification::NotificationKind;
use domain::uk_time;
use integrations::mail::Letter;
use persistence::held_letters::{self, HeldLetter};
use persistence::outbox::{self, Task};
use persistence::{accounts, notifications};
use serde::{Deserialize, Serialize};

use super::messages::Notice;
use super::queue::told_as;
use super::run::Failed;
use crate::accounts::{by_user_id, escaped, is_held_back};
use crate::bundles::{self, REMINDER};
use crate::versions::{self, WAITING};
use crate::{Ctx, Result, ServiceError, Services, ids};

/// What letters are called in the outbox that tell what waited.
pub(super) const GATHERED: &str = "gathered";
/// So many things are told in one letter; what is left comes in another.
const MOST: u64 = 50;
/// So many people are written to in a round.
const READERS: u64 = 200;

/// What one letter of several things tells of one of them.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct HeldNews {
    /// What happened.
    pub sentence: String,
    /// To what.
    pub about: String,
    /// The page of that.
    pub page: String,
}

/// The letter that a task of the outbox stands for.
#[derive(Debug, Serialize, Deserialize)]
struct Gathered {
    user_id: String,
    letters: Vec<HeldLetter>,
}

/// What is kept for later of the letter that a task stands for; nothing where it is sent now.
pub(super) async fn held(services: &Services, sink: Sink, task: &Task, now: DateTime<Utc>) -> Result<Vec<HeldLetter>> {
    if sink == Sink::Letter && task.subject == GATHERED {
        return held_again(services, task, now).await;
    }
    let Some((user_id, kind, latest)) = addressed(services, sink, task).await? else { return Ok(Vec::new()) };
    let db = services.db.pool();
    // Whoever wants none any more is told nothing when it is sent.
    let Some(way) = crate::notifications::letter_way(db, &user_id, kind).await? else { return Ok(Vec::new()) };
    let times = notifications::letter_times_of(db, &user_id).await?;
    let Some(due_at) = times.waits_until(way, now, latest) else { return Ok(Vec::new()) };
    let letter = HeldLetter {
        id: task.id.clone(),
        user_id,
        kind: sink.as_str().to_owned(),
        subject: task.subject.clone(),
        payload: task.payload.clone(),
        held_at: now,
        due_at,
    };
    Ok(vec![letter])
}

/// A letter that could not be sent until the quiet hours of its reader began waits for their end.
async fn held_again(services: &Services, task: &Task, now: DateTime<Utc>) -> Result<Vec<HeldLetter>> {
    let Gathered { user_id, letters } = read(task)?;
    let times = notifications::letter_times_of(services.db.pool(), &user_id).await?;
    Ok(match times.end_of_quiet(now) {
        Some(due_at) => letters.into_iter().map(|letter| HeldLetter { due_at, ..letter }).collect(),
        None => Vec::new(),
    })
}

/// Whose letter it is, what it is told as, and from when on it says nothing new any more; `None` for letters that never wait.
async fn addressed(
    services: &Services,
    sink: Sink,
    task: &Task,
) -> Result<Option<(String, NotificationKind, Option<DateTime<Utc>>)>> {
    match sink {
        Sink::Letter if task.subject == REMINDER => Ok(bundles::reminder_to(&task.payload)
            .map(|(user_id, instant)| (user_id, NotificationKind::BundleReminder, Some(instant)))),
        Sink::Letter if task.subject == WAITING => {
            Ok(versions::waiting_to(&task.payload).map(|user_id| (user_id, NotificationKind::VersionWaits, None)))
        }
        Sink::Email if !services.outlets.readers.contains(&task.subject) => {
            let notice = Notice::read(&task.payload)?;
            let latest = notice.publication_date.filter(|_| notice.event == WebhookEvent::AtRisk);
            let found = accounts::find_user_by_email(services.db.pool(), &task.subject).await?;
            Ok(found.map(|(user, _)| (user.id, told_as(notice.event), latest)))
        }
        _ => Ok(None),
    }
}

/// Queues one letter to everybody for whom something is due; how many those are. About an instant nothing is queued.
pub async fn gather_letters(services: &Services) -> Result<u64> {
    if !services.delivers_to(Sink::Letter) || bundles::publishes(services).await? {
        return Ok(0);
    }
    let ctx = Ctx::system("mail", services.clock.now());
    let mut gathered = 0;
    for user_id in held_letters::readers_due(services.db.pool(), ctx.now, READERS).await? {
        match gather_for(services, &ctx, &user_id).await {
            Ok(true) => gathered += 1,
            Ok(false) => {}
            // Nobody waits for what cannot be read of somebody else.
            Err(error) => {
                tracing::error!(user.id = %user_id, error = &error as &dyn std::error::Error, "letters that waited cannot be gathered, it is tried again");
            }
        }
    }
    if gathered > 0 {
        services.nudges.follow_up.notify_one();
    }
    Ok(gathered)
}

/// Queues one letter of what is due for somebody; false where another node was faster.
async fn gather_for(services: &Services, ctx: &Ctx, user_id: &str) -> Result<bool> {
    let tx = services.db.begin().await?;
    let letters = held_letters::take_due(&tx, user_id, ctx.now, MOST).await?;
    if letters.is_empty() {
        return Ok(false);
    }
    let payload = serde_json::to_value(Gathered { user_id: user_id.to_owned(), letters })
        .map_err(|e| ServiceError::Internal(format!("a task cannot be written: {e}")))?;
    let task = Task::new(ids::new_id(ctx.now), Sink::Letter.as_str(), GATHERED, payload);
    outbox::push(&tx, &task, ctx.now).await?;
    persistence::db::commit(tx).await?;
    Ok(true)
}

/// Sends the letter of a task: of what waited whatever is still to be told, to people who may sign in.
pub(super) async fn send(services: &Services, task: &Task) -> Result<(), Failed> {
    let Gathered { user_id, letters } = read(task)?;
    let found = accounts::find_user(services.db.pool(), &user_id).await.map_err(ServiceError::from)?;
    let Some(user) = found.filter(|user| !user.disabled) else { return Ok(()) };
    let mut told = Vec::new();
    for held in &letters {
        told.extend(still_told(services, held).await?.map(|told| (held.held_at, told)));
    }
    if told.is_empty() {
        return Ok(());
    }
    let choices = format!("{}/account/notifications", services.accounts.public_url);
    let words = letter(&services.accounts.site_name, &choices, &told);
    super::perform::send(services, &Letter { id: Some(task.id.clone()), to: user.email, ..words }).await
}

fn read(task: &Task) -> Result<Gathered> {
    serde_json::from_value(task.payload.clone())
        .map_err(|e| ServiceError::Internal(format!("a task cannot be read: {e}")))
}

/// What is told of a letter that waited; `None` where it says nothing any more, or its reader wants or may see it no more.
async fn still_told(services: &Services, held: &HeldLetter) -> Result<Option<HeldNews>> {
    match Sink::parse(&held.kind) {
        Some(Sink::Letter) if held.subject == REMINDER => bundles::reminder_told(services, &held.payload).await,
        Some(Sink::Letter) if held.subject == WAITING => versions::waiting_told(services, &held.payload).await,
        Some(Sink::Email) => notice_told(services, &held.user_id, &Notice::read(&held.payload)?).await,
        _ => Ok(None),
    }
}

/// The same of a notice.
async fn notice_told(services: &Services, user_id: &str, notice: &Notice) -> Result<Option<HeldNews>> {
    if !crate::notifications::wants_letters(services.db.pool(), user_id, told_as(notice.event)).await? {
        return Ok(None);
    }
    // That of an incident names no bundle.
    if !notice.bundle_id.is_empty() {
        let now = services.clock.now();
        let bundle = seen_by(services, user_id, &notice.bundle_id, now).await?;
        if bundle.is_none_or(|bundle| !is_still_true(notice, &bundle, now)) {
            return Ok(None);
        }
    }
    Ok(Some(notice.told(&services.accounts.public_url)))
}

/// The bundle as somebody sees it; `None` where they may not read it, may not sign in any more, or are held back until they have a
/// second factor.
async fn seen_by(services: &Services, user_id: &str, bundle_id: &str, now: DateTime<Utc>) -> Result<Option<Bundle>> {
    let ctx = Ctx::system("mail", now);
    let Some(caller) = by_user_id(services, &ctx, user_id).await? else { return Ok(None) };
    if is_held_back(services, &caller).await? {
        return Ok(None);
    }
    Ok(persistence::bundles::find_visible_to(services.db.pool(), &caller, bundle_id).await?)
}

/// A warning is true while the bundle waits for the instant of which it tells; what has happened stays so.
fn is_still_true(notice: &Notice, bundle: &Bundle, now: DateTime<Utc>) -> bool {
    if notice.event != WebhookEvent::AtRisk {
        return true;
    }
    let due = bundle.state.schedule().map(|schedule| schedule.publication_date);
    bundle.stage() == BundleStage::Scheduled && due == notice.publication_date && due.is_some_and(|due| due > now)
}

/// The letter, to nobody yet. It names what it is about inside, not on its outside.
fn letter(site: &str, choices: &str, told: &[(DateTime<Utc>, HeldNews)]) -> Letter {
    let count = told.len();
    let subject = if count == 1 { "1 notification".to_owned() } else { format!("{count} notifications") };
    let (mut list, mut list_html) = (String::new(), String::new());
    for (at, HeldNews { sentence, about, page }) in told {
        let at = uk_time::date_time(*at);
        list.push_str(&format!("{at}\n{sentence}\n{about}\nLook at it: {page}\n\n"));
        list_html.push_str(&format!(
            "<li><p>{at}<br>{}<br>{}<br><a href=\"{}\">Look at it</a></p></li>",
            escaped(sentence),
            escaped(about),
            escaped(page),
        ));
    }
    let text = format!(
        "{subject}, which waited until now as you chose.\n\n{list}Choose which letters you get, and when: {choices}\n\n{site}\n"
    );
    let html = format!(
        "<!DOCTYPE html><html lang=\"en\"><head><meta charset=\"utf-8\"><title>{subject}</title></head>\
         <body><p>{subject}, which waited until now as you chose.</p><ol>{list_html}</ol>\
         <p><a href=\"{0}\">Choose which letters you get, and when</a></p><p>{1}</p></body></html>",
        escaped(choices),
        escaped(site),
    );
    Letter { id: None, to: String::new(), subject: format!("{site}: {subject}"), text, html, unsubscribe: None }
}

#[cfg(test)]
mod tests {
    use domain::bundle::BundleState;
    use testkit::builders::{approval, at, bundle, schedule, scheduled};

    use super::*;

    #[test]
    fn a_warning_is_told_while_its_bundle_waits_for_the_same_instant() {
        let due = scheduled("prices", at(60));
        let warning = Notice::at_risk(&due, &[], at(0));
        assert!(is_still_true(&warning, &due, at(59)));
        assert!(!is_still_true(&warning, &due, at(60)), "its instant has come");
        assert!(!is_still_true(&warning, &scheduled("prices", at(90)), at(0)), "it was put off");
        assert!(!is_still_true(&warning, &bundle("prices"), at(0)), "it was taken back");
        let begun = BundleState::Publishing {
            approval: approval(),
            schedule: Some(schedule(at(60))),
            started_at: at(50),
            told: None,
        };
        let begun = Bundle { state: begun, ..bundle("prices") };
        assert!(!is_still_true(&warning, &begun, at(50)), "it is published now");
        let published = Notice::published(&begun, &[], "https://a", at(60));
        assert!(is_still_true(&published, &bundle("prices"), at(90)), "what has happened stays so");
    }

    fn told(about: &str) -> (DateTime<Utc>, HeldNews) {
        let sentence = "A version waits for your approval.".to_owned();
        let page = "https://a/admin/datasets/cpi".to_owned();
        (DateTime::UNIX_EPOCH, HeldNews { sentence, about: about.to_owned(), page })
    }

    #[test]
    fn a_letter_names_what_it_tells_inside_and_leads_to_it() {
        let written = letter("Figures", "https://a/account/notifications", &[told("Prices & pay"), told("Work")]);
        assert_eq!(written.subject, "Figures: 2 notifications");
        assert!(!written.html.contains("<title>Prices"), "{}", written.html);
        for part in ["Prices & pay\n", "Work\n", "https://a/admin/datasets/cpi", "https://a/account/notifications"] {
            assert!(written.text.contains(part), "{part}: {}", written.text);
        }
        for part in ["Prices &amp; pay", "https://a/admin/datasets/cpi", "https://a/account/notifications"] {
            assert!(written.html.contains(part), "{part}: {}", written.html);
        }
        assert_eq!(letter("Figures", "https://a", &[told("Work")]).subject, "Figures: 1 notification");
    }
}
