//! What people are told of what others did: read off the audit trail, so that nothing that is recorded can be missed.

use std::collections::HashMap;

use chrono::{DateTime, TimeDelta, Utc};
use domain::actor::{ActorKind, Caller};
use domain::bundle::reminder::Reminder;
use domain::event::Record;
use domain::letter_times::{LetterTimes, NotificationSettings};
use domain::notification::{
    Choice, Concern, Inbox, InboxView, LetterWay, Notification, NotificationKind, all_choices, reviews,
};
use domain::page::{Page, Paging};
use domain::policy::Permission;
use domain::refusal::Refusal;
use persistence::events::Concerned;
use persistence::{Connection, bundles, events, notifications, reminders};

use crate::{Ctx, Result, Services, records};

/// How long something is told.
const TOLD_FOR: TimeDelta = TimeDelta::days(60);
/// So many of one kind are looked at, the newest.
const MOST: u64 = 200;

/// A part of what the caller is told, the newest first.
pub async fn inbox(services: &Services, ctx: &Ctx, view: InboxView, paging: Paging) -> Result<Inbox> {
    let caller = person(ctx)?;
    let db = services.db.pool();
    let read = Read::of(db, caller).await?;
    // What happens during the looks may be seen by some of them alone: it is told next time, lest what is older be passed over.
    let until = events::newest(db).await?;
    let mut records = told(services, ctx, caller, 0).await?;
    records.retain(|record| record.sequence <= until);
    let newest = records.first().map(|record| record.event.id.clone());
    let ids: Vec<String> = records.iter().filter_map(|record| record.event.bundle_id.clone()).collect();
    let titles: HashMap<String, String> = bundles::titles_of(db, &ids).await?.into_iter().collect();
    let notifications: Vec<Notification> = records
        .iter()
        .filter_map(|record| {
            let title = titles.get(&record.event.resource_id).map(String::as_str);
            Notification::of(&record.event, title, read.leaves(record))
        })
        .collect();
    let unread = notifications.iter().filter(|notification| notification.unread).count();
    let unread = unread.try_into().unwrap_or(u64::MAX);
    let notifications: Vec<Notification> = notifications.into_iter().filter(|told| view.holds(told)).collect();
    Ok(Inbox { notifications: Page::of_whole(notifications, paging), unread, newest })
}

/// How much of what the caller is told they have not read; nobody but people is told anything.
pub async fn count_unread(services: &Services, ctx: &Ctx) -> Result<u64> {
    let Ok(caller) = person(ctx) else { return Ok(0) };
    let read = Read::of(services.db.pool(), caller).await?;
    let records = told(services, ctx, caller, read.up_to).await?;
    let unread = records.iter().filter(|record| read.leaves(record)).count();
    Ok(unread.try_into().unwrap_or(u64::MAX))
}

/// Notes that the caller has read a notification, also one that is not listed any more: the page may have been made before its
/// instant was moved or had passed, or before others did what waited for the caller.
///
/// # Errors
/// `NotFound` for what they were never told, and for what they may not see any more.
pub async fn mark_read(services: &Services, ctx: &Ctx, id: &str) -> Result<()> {
    let caller = person(ctx)?;
    if !events::has_concerned(services.db.pool(), caller, id).await? {
        return Err(Refusal::NotFound.into());
    }
    let tx = services.db.begin().await?;
    notifications::mark_read(&tx, &caller.actor.id, id).await?;
    Ok(persistence::db::commit(tx).await?)
}

/// Notes that the caller has read everything up to the newest notification that they were shown; what came since stays unread.
///
/// It is named by its id: numbers of records would tell how much goes on that the caller may not know of.
///
/// # Errors
/// `Blocked` where there is no such record, as for a page that does not say what it showed.
pub async fn mark_all_read(services: &Services, ctx: &Ctx, newest: &str) -> Result<()> {
    let caller = person(ctx)?;
    let tx = services.db.begin().await?;
    let up_to = events::number_of(&tx, newest).await?.ok_or_else(|| {
        let message = "The page did not say what it had shown, so nothing was marked. \
                       Look at what is here now, and try again.";
        Refusal::blocked("not_shown", message)
    })?;
    notifications::mark_all_read(&tx, &caller.actor.id, up_to).await?;
    Ok(persistence::db::commit(tx).await?)
}

/// What the caller has chosen, kind by kind, and when letters of it come.
pub async fn settings(services: &Services, ctx: &Ctx) -> Result<NotificationSettings> {
    settings_of(services.db.pool(), &person(ctx)?.actor.id).await
}

async fn settings_of(db: &impl Connection, user_id: &str) -> Result<NotificationSettings> {
    let choices = all_choices(&notifications::choices_of(db, user_id).await?);
    Ok(NotificationSettings { choices, times: notifications::letter_times_of(db, user_id).await? })
}

/// Replaces what the caller has chosen.
pub async fn choose(services: &Services, ctx: &Ctx, chosen: &[Choice], times: LetterTimes) -> Result<()> {
    let caller = person(ctx)?;
    let after = NotificationSettings { choices: all_choices(chosen), times };
    let tx = services.db.begin().await?;
    let before = settings_of(&tx, &caller.actor.id).await?;
    notifications::save_choices(&tx, &caller.actor.id, &after.choices).await?;
    notifications::save_letter_times(&tx, &caller.actor.id, &after.times).await?;
    let about = records::user(&caller.actor.id);
    records::change(&tx, ctx, caller, about, "notifications_chosen", &before, &after).await?;
    Ok(persistence::db::commit(tx).await?)
}

/// Whether somebody wants letters of a kind, at once or in the daily one.
pub(crate) async fn wants_letters(db: &impl Connection, user_id: &str, kind: NotificationKind) -> Result<bool> {
    Ok(letter_way(db, user_id, kind).await?.is_some())
}

/// How somebody wants letters of a kind; `None` where they want none.
pub(crate) async fn letter_way(
    db: &impl Connection,
    user_id: &str,
    kind: NotificationKind,
) -> Result<Option<LetterWay>> {
    Ok(letter_ways(db, &[user_id], kind).await?.remove(user_id))
}

/// The same of several people, by their ids; those who want none are not among them.
pub(crate) async fn letter_ways(
    db: &impl Connection,
    user_ids: &[&str],
    kind: NotificationKind,
) -> Result<HashMap<String, LetterWay>> {
    let chosen = notifications::choices_of_all(db, user_ids).await?;
    let way = |id: &&str| {
        let choices = all_choices(chosen.get(*id).map(Vec::as_slice).unwrap_or_default());
        let letters = choices.iter().find(|choice| choice.kind == kind)?.letters()?;
        Some(((*id).to_owned(), letters))
    };
    Ok(user_ids.iter().filter_map(way).collect())
}

/// The person who asks; programs are told nothing here and choose nothing, those with a token of the person among them.
fn person(ctx: &Ctx) -> Result<&Caller, Refusal> {
    let caller = ctx.caller()?;
    let is_person = caller.actor.kind == ActorKind::User && !ctx.is_through_token();
    if is_person { Ok(caller) } else { Err(Refusal::Unauthenticated) }
}

/// What somebody has read.
struct Read {
    up_to: i64,
    alone: Vec<String>,
}

impl Read {
    async fn of(db: &impl Connection, caller: &Caller) -> Result<Self> {
        let id = &caller.actor.id;
        Ok(Self { up_to: notifications::read_up_to(db, id).await?, alone: notifications::read_alone(db, id).await? })
    }

    /// Whether a record is not read yet.
    fn leaves(&self, record: &Record) -> bool {
        record.sequence > self.up_to && !self.alone.contains(&record.event.id)
    }
}

/// The records that the caller is told of, as they chose, the newest first; only those after a number.
async fn told(services: &Services, ctx: &Ctx, caller: &Caller, after: i64) -> Result<Vec<Record>> {
    let db = services.db.pool();
    let Some(first) = events::first_since(db, ctx.now - TOLD_FOR).await? else { return Ok(Vec::new()) };
    let concerned = Concerned { caller, after: after.max(first - 1), limit: MOST };
    let (reviews, approves) = (reviews(caller), caller.may(Permission::VersionsApprove));
    let concerns = |kind: NotificationKind| match kind.concern() {
        Concern::Waiting | Concern::Asked => reviews,
        Concern::VersionWaiting => approves,
        Concern::Operating => caller.may(Permission::SystemOperate),
        Concern::OwnVersion | Concern::OwnBundle | Concern::Comment | Concern::ComingUp => true,
    };
    let wanted: Vec<NotificationKind> = all_choices(&notifications::choices_of(db, &caller.actor.id).await?)
        .into_iter()
        .filter(|choice| choice.in_portal && concerns(choice.kind))
        .map(|choice| choice.kind)
        .collect();
    let mut found = Vec::new();
    for concern in Concern::ALL {
        let records = events::concerning(db, &concerned, concern, &wanted).await?;
        found.extend(match concern {
            Concern::Waiting | Concern::VersionWaiting | Concern::Asked => newest_of_each(records),
            Concern::ComingUp => newest_of_each(still_to_come(db, ctx.now, records).await?),
            Concern::OwnVersion | Concern::OwnBundle | Concern::Comment | Concern::Operating => records,
        });
    }
    found.sort_by_key(|record| std::cmp::Reverse(record.sequence));
    Ok(found)
}

/// Of these reminders those of an instant that is to come, and at which their bundle still comes: one that was moved, taken from
/// the schedule or published meanwhile is not brought to mind any more.
async fn still_to_come(db: &impl Connection, now: DateTime<Utc>, records: Vec<Record>) -> Result<Vec<Record>> {
    let with_instant = records.into_iter().filter_map(|record| {
        let instant = Reminder::of(&record.event)?.instant;
        (instant > now).then_some((record, instant))
    });
    let mut coming: Vec<(Record, DateTime<Utc>)> = with_instant.collect();
    let ids: Vec<&str> = coming.iter().map(|(record, _)| record.event.resource_id.as_str()).collect();
    let instants = reminders::instants_of(db, &ids).await?;
    coming.retain(|(record, instant)| instants.get(&record.event.resource_id) == Some(instant));
    Ok(coming.into_iter().map(|(record, _)| record).collect())
}

/// Of each thing the newest record: what was sent back and sent again waits once, and an hour takes the place of a day.
fn newest_of_each(records: Vec<Record>) -> Vec<Record> {
    let mut once: Vec<Record> = Vec::with_capacity(records.len());
    for record in records {
        if once.iter().all(|known| known.event.resource_id != record.event.resource_id) {
            once.push(record);
        }
    }
    once
}

#[cfg(test)]
mod tests {
    use domain::actor::Actor;
    use domain::event::Event;

    use super::*;

    fn record(sequence: i64, resource_id: &str) -> Record {
        let event = Event {
            id: sequence.to_string(),
            event_type: "submitted".to_owned(),
            resource_type: "bundle".to_owned(),
            resource_id: resource_id.to_owned(),
            actor: Actor::system("test"),
            from_state: None,
            to_state: None,
            reason: None,
            timestamp: chrono::DateTime::UNIX_EPOCH,
            details: serde_json::Value::Null,
            before: None,
            after: None,
            bundle_id: None,
            via: None,
            client: None,
            trace_id: String::new(),
        };
        Record { sequence, previous_hash: String::new(), hash: String::new(), event }
    }

    #[test]
    fn what_was_sent_twice_waits_once() {
        let once = newest_of_each(vec![record(3, "a"), record(2, "b"), record(1, "a")]);
        assert_eq!(once.iter().map(|record| record.sequence).collect::<Vec<_>>(), [3, 2]);
    }

    #[test]
    fn what_is_read_alone_or_before_a_mark_is_read() {
        let read = Read { up_to: 2, alone: vec!["4".to_owned()] };
        let left = [1, 2, 3, 4].map(|sequence| read.leaves(&record(sequence, "a")));
        assert_eq!(left, [false, false, true, false]);
    }
}
