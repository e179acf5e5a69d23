//! Where something stands and how it came there.

use chrono::{DateTime, Utc};
use domain::bundle::{Bundle, BundleStage};
use domain::event::Event;
use domain::policy::{Permission, Reach};
use domain::version::{Version, VersionState};
use leptos::prelude::*;
use rpc::Visit;
use serde_json::Value;

use super::event_words::more_words;
use super::{difference, filter_select, in_brief, moment, state_words};

/// What happened to the thing whose page is at `path`, newest first, of every kind or of the one that the address chooses.
#[must_use]
pub fn timeline_of(path: &str, events: &[Event], chosen: &str) -> AnyView {
    let kinds = kinds_of(events);
    // Who follows an old address sees all rather than nothing.
    let chosen = if kinds.iter().any(|kind| kind == chosen) { chosen } else { "" };
    let shown: Vec<Event> =
        events.iter().filter(|event| chosen.is_empty() || event.event_type == chosen).cloned().collect();
    let filter = (kinds.len() > 1).then(|| {
        let mut options = vec![(String::new(), "Everything".to_owned())];
        options.extend(kinds.iter().map(|kind| (kind.clone(), state_words(kind))));
        view! {
            <form class="filter-bar" method="get" action=format!("{path}#history")>
                {filter_select("event", "What happened", options, chosen)}
                <button class="button button--secondary button--small">"Show"</button>
            </form>
        }
    });
    view! { {filter}{timeline(&shown)} }.into_any()
}

/// The whole history of a thing as files, with who looked at it and what was exported, for those who may read the whole trail; what they
/// take is recorded. `of` asks the trail for the thing.
#[must_use]
pub fn history_files(visit: &Visit, of: &str) -> Option<AnyView> {
    let caller = visit.caller.as_ref()?;
    let reads_all = caller.may(Permission::AuditRead) && caller.reach(Permission::AuditRead) == Reach::All;
    let (csv, lines) = (format!("/v1/audit?format=csv&{of}"), format!("/v1/audit?format=jsonl&{of}"));
    reads_all.then(|| {
        view! {
            <p class="cluster small">
                "All of it: "
                <a href=csv download="">"CSV"</a>
                <a href=lines download="">"JSON Lines"</a>
            </p>
        }
        .into_any()
    })
}

/// A link to all records of a thing, for those who may read the trail; `name` tells it apart from those beside it.
#[must_use]
pub fn history_link(visit: &Visit, kind: &str, id: &str, name: &str) -> Option<AnyView> {
    let may = visit.caller.as_ref().is_some_and(|caller| caller.may(Permission::AuditRead));
    let (href, name) = (format!("/admin/audit?resource_type={kind}&resource_id={id}"), name.to_owned());
    may.then(|| {
        view! { <a class="link-button" href=href>"History"<span class="visually-hidden">": "{name}</span></a> }
            .into_any()
    })
}

/// The kinds of events, each once, by name.
#[must_use]
pub fn kinds_of(events: &[Event]) -> Vec<String> {
    let kinds: std::collections::BTreeSet<&str> = events.iter().map(|event| event.event_type.as_str()).collect();
    kinds.into_iter().map(str::to_owned).collect()
}

/// What happened, newest first.
#[must_use]
pub fn timeline(events: &[Event]) -> AnyView {
    if events.is_empty() {
        return view! { <p class="muted">"Nothing has happened yet."</p> }.into_any();
    }
    let items: Vec<AnyView> = events.iter().rev().map(|event| entry(event, None)).collect();
    view! { <ol class="timeline">{items}</ol> }.into_any()
}

/// One event; `about` names and links its object where the page shows events of several. Where all are of one thing, each has an
/// address of its own, to be sent to others.
#[must_use]
pub fn entry(event: &Event, about: Option<(String, String)>) -> AnyView {
    told(event, about, None)
}

/// One event with what it changed, part by part, where it changed something.
#[must_use]
pub fn entry_in_full(event: &Event) -> AnyView {
    let brief = in_brief(event.before.as_ref(), event.after.as_ref());
    let brief = brief.map(|told| view! { <p class="small">{told}</p> });
    let differs = event.before != event.after;
    let parts = differs.then(|| {
        view! {
            <details class="details">
                <summary>"What it changed"<span class="visually-hidden">{format!(": {}, {}", event.actor.name, words(event))}</span></summary>
                <div class="details__body">{difference(event.before.as_ref(), event.after.as_ref())}</div>
            </details>
        }
    });
    told(event, None, Some(view! { {brief}{parts} }.into_any()))
}

fn told(event: &Event, about: Option<(String, String)>, more: Option<AnyView>) -> AnyView {
    let mark = event.to_state.clone().unwrap_or_else(|| "created".to_owned());
    let who = event.actor.name.clone();
    let what = words(event);
    let reason =
        event.reason.clone().map(|reason| view! { <blockquote class="timeline__reason">{reason}</blockquote> });
    let id = about.is_none().then(|| format!("event-{}", event.id));
    let about = about.map(|(text, href)| view! { ": "<a href=href>{text}</a> });
    let time = moment(event.timestamp, "timeline__time");
    let time = match id.clone() {
        None => time,
        Some(id) => {
            let href = format!("#{id}");
            view! { <a class="timeline__link" href=href><span class="visually-hidden">"Link to this entry: "</span>{time}</a> }
                .into_any()
        }
    };
    view! {
        <li class=format!("timeline__event state--{mark}") id=id>
            <p class="timeline__title"><strong>{who}</strong>" "{what}{about}</p>
            {time}
            {reason}
            {more}
        </li>
    }
    .into_any()
}

/// What somebody did, as the rest of a sentence that begins with their name.
#[must_use]
pub fn words(event: &Event) -> String {
    if let Some(said) = words_of_instant(event) {
        return said;
    }
    let said = match event.event_type.as_str() {
        "created" => "created it",
        "edited" => "edited the details",
        "content_added" => "added a version",
        "content_removed" => "took a version out",
        "submitted" => "sent it for approval",
        "rejected" | "returned" => "sent it back",
        "approved" => "approved it",
        "changes_requested" => "asked for changes",
        "scheduled" => "scheduled it",
        "rescheduled" => "changed the time",
        "schedule_cancelled" => "cancelled the schedule",
        "publishing" => "began publication",
        "published" => "published it",
        "failed" => "could not publish it",
        "retried" => "made it ready for another try",
        "reset" => "reset it to approved",
        "reopened" => "reopened it",
        "file_uploaded" => "uploaded a file",
        "file_ready" => "found a file ready",
        // What was received and looked into later bears the id of a file; what was refused at once never became one.
        "file_refused" if event.details.get("file_id").is_none() => "sent a file that was refused",
        "file_refused" => "found faults in a file",
        "file_given_up" => "could not look into a file",
        "file_retried" => "had a file looked into again",
        "file_confirmed" => "confirmed what was found in a file",
        "file_read_as" => "chose the encoding of a file",
        "file_renamed" => "renamed a file",
        "file_removed" => "removed a file",
        "file_withdrawn" => "withdrew a file",
        "file_reinstated" => "gave a file out again",
        "image_added" => "added an image",
        "image_edited" => "changed the words of an image",
        "image_removed" => "removed an image",
        "image_withdrawn" => "withdrew an image",
        "image_reinstated" => "gave an image out again",
        "edition_created" => "created an edition",
        "edition_edited" => "renamed an edition",
        "edition_deleted" => "deleted an edition",
        "editions_reordered" => "moved an edition",
        "metadata_published" => "published the draft",
        "alert_added" => "put an alert on it",
        "alert_withdrawn" => "withdrew an alert",
        "step_failed" => "could not do a step yet",
        "step_done" => "did a step after all",
        "step_given_up" => "gave a step up",
        "step_skipped" => "left a step out",
        "step_replayed" => "had a step tried again",
        "review_asked" => "asked somebody to review it",
        "review_claimed" => "took it for review",
        "review_released" => "gave its review up",
        "commented" => "commented",
        "item_signed_off" => "signed a version off",
        "sign_off_withdrawn" => "took a sign-off back",
        "archived" => "archived it",
        "restored" => "restored it",
        "deleted" => "deleted it",
        "disabled" => "suspended the account",
        "enabled" => "opened the account again",
        "granted" => "granted a role",
        "grant_changed" => "changed a grant",
        "grant_withdrawn" => "took a grant back",
        "sessions_ended" => "ended the sessions",
        "session_ended" => "ended a session",
        "password_reset" => "gave a new password",
        "invited" => "invited the person",
        "invited_again" => "invited the person again",
        "invitation_sent" => "sent the invitation",
        "invitation_withdrawn" => "withdrew the invitation",
        "invitation_accepted" => "took the invitation up",
        "device_remembered" => "had a device remembered",
        "device_forgotten" => "had a device forgotten",
        "signed_in" => "signed in",
        "signed_out" => "signed out",
        "revoked" => "revoked it",
        "notifications_chosen" => "chose what to be told of",
        "secret_rotated" => "made a new secret",
        "message_replayed" => "had a message sent again",
        "previewed" => "looked at it before it was public",
        "reminded" => "reminded people of its instant",
        "refused" => "was refused a right",
        "exported" => "exported records",
        "output_made" => "had an output made of it",
        "output_retried" => "had an output made again",
        "merged" => "merged it into another",
        "carried_out" => "carried it out",
        "undone" => "undid it",
        "opened" => "opened it",
        "acknowledged" => "answered for it",
        "noted" => "added an update",
        "severity_changed" => "changed the severity",
        "mitigated" => "said that it harms nobody any more",
        "resolved" => "resolved it, with its cause",
        "alert_refused" => "could not tell somebody who is alerted",
        "condition_recovered" => "saw that the condition holds no more",
        "condition_returned" => "saw the condition again",
        "caller_blocked" => "blocked a caller",
        "caller_unblocked" => "let a caller in again",
        "assigned" => "said who deals with it",
        "linked" => "linked a correction",
        "replied" => "answered by letter",
        "circuit_opened" => "left a receiver in peace",
        "delivery_replayed" => "had a delivery tried again",
        "delivery_skipped" => "left a delivery out",
        "circuit_closed" => "had a receiver called again",
        "failed_cleared" => "cleared the failed files",
        _ => return more_words(event),
    };
    let detail = ["filename", "edition", "step", "alt", "asked"].iter().find_map(|name| event.details.get(name));
    match detail.and_then(|detail| detail.as_str()) {
        Some(name) => format!("{said}, {name}"),
        None => said.to_owned(),
    }
}

/// The words of a step that gives an instant or takes one away, with which; nothing where its record tells of none.
fn words_of_instant(event: &Event) -> Option<String> {
    let instant = |state: &Option<Value>| {
        let at = state.as_ref()?.get("schedule")?.get("publication_date")?.as_str()?;
        Some(domain::uk_time::date_time(DateTime::parse_from_rfc3339(at).ok()?.with_timezone(&Utc)))
    };
    let (old, new) = (instant(&event.before), instant(&event.after));
    match (event.event_type.as_str(), old, new) {
        ("scheduled", _, Some(new)) => Some(format!("scheduled it for {new}")),
        // Of a schedule that differs in something else the instant is the same.
        ("rescheduled", Some(old), Some(new)) if old == new => {
            Some(format!("changed whom its schedule for {new} tells"))
        }
        ("rescheduled", Some(old), Some(new)) => Some(format!("changed the time from {old} to {new}")),
        ("schedule_cancelled", Some(old), _) => Some(format!("cancelled the schedule for {old}")),
        ("retried", _, Some(new)) => Some(format!("made it ready for another try on {new}")),
        _ => None,
    }
}

/// When a bundle came to a state, as far as its history tells.
fn reached(bundle: &Bundle, step: BundleStage, timeline: &[Event]) -> Option<DateTime<Utc>> {
    let newest = timeline.iter().rev().find(|event| event.to_state.as_deref() == Some(step.as_str()));
    match step {
        // A schedule that is cancelled, a try and a reset lead back to an approval that was given before.
        BundleStage::Approved => bundle.state.approval().map(|mark| mark.at),
        BundleStage::Created => newest.map(|event| event.timestamp).or(Some(bundle.created_at)),
        _ => newest.map(|event| event.timestamp),
    }
}

/// The states of a bundle with those it has passed.
#[must_use]
pub fn bundle_stepper(bundle: &Bundle, timeline: &[Event]) -> AnyView {
    let stage = bundle.stage();
    let shown = BundleStage::ALL.iter().filter(|s| **s != BundleStage::Failed || stage == BundleStage::Failed);
    let shown = shown.filter(|s| **s != BundleStage::Published || stage != BundleStage::Failed);
    let steps: Vec<AnyView> = shown
        .map(|step| {
            let note = reached(bundle, *step, timeline).filter(|_| *step <= stage);
            step_view(step.as_str(), *step < stage, *step == stage, note)
        })
        .collect();
    view! { <ol class="stepper" aria-label="Progress">{steps}</ol> }.into_any()
}

/// The states of a version with those it has passed.
#[must_use]
pub fn version_stepper(version: &Version, timeline: &[Event]) -> AnyView {
    let shown =
        VersionState::ALL.iter().filter(|s| **s != VersionState::Archived || version.state == VersionState::Archived);
    let steps: Vec<AnyView> = shown
        .map(|step| {
            // What is reopened or brought back from the archive was there before.
            let came = |event: &&Event| !["reopened", "restored"].contains(&event.event_type.as_str());
            let to_step = |event: &&Event| event.to_state.as_deref() == Some(step.as_str());
            let note = timeline.iter().rev().find(|event| to_step(event) && came(event));
            let note = note.filter(|_| *step <= version.state).map(|event| event.timestamp);
            step_view(step.as_str(), *step < version.state, *step == version.state, note)
        })
        .collect();
    view! { <ol class="stepper" aria-label="Progress">{steps}</ol> }.into_any()
}

/// A step of a task.
pub struct Step {
    /// Its name.
    pub name: &'static str,
    /// Its address, where it can be gone to.
    pub href: Option<String>,
    /// How it is drawn: `todo`, `current`, `done` or `failed`.
    pub modifier: &'static str,
    /// How far it is, in a word or two.
    pub note: &'static str,
    /// Whether it is the one that is shown.
    pub current: bool,
}

/// The steps of a task with how far each is.
#[must_use]
pub fn steps(all: Vec<Step>) -> AnyView {
    let items: Vec<AnyView> = all
        .into_iter()
        .map(|Step { name, href, modifier, note, current }| {
            let name = match href {
                Some(href) => view! { <a href=href>{name}</a> }.into_any(),
                None => name.into_any(),
            };
            let note = (!note.is_empty()).then(|| view! { <span class="stepper__note">{note}</span> });
            view! {
                <li class=format!("stepper__step stepper__step--{modifier}") aria-current=current.then_some("step")>
                    <span class="stepper__name">{name}</span>{note}
                </li>
            }
            .into_any()
        })
        .collect();
    view! { <ol class="stepper" aria-label="Steps">{items}</ol> }.into_any()
}

fn step_view(state: &str, done: bool, current: bool, note: Option<DateTime<Utc>>) -> AnyView {
    let modifier = match (state, done, current) {
        ("failed", _, true) => "failed",
        ("published", _, true) | (_, true, _) => "done",
        (_, _, true) => "current",
        _ => "todo",
    };
    let note = note.map(|at| {
        let text = domain::uk_time::date_time(at);
        view! { <span class="stepper__note">{text}</span> }
    });
    view! {
        <li class=format!("stepper__step stepper__step--{modifier}") aria-current=current.then_some("step")>
            <span class="stepper__name">{state_words(state)}</span>{note}
        </li>
    }
    .into_any()
}

#[cfg(test)]
mod tests {
    use domain::actor::Actor;
    use domain::bundle::{BundleDetails, BundleKind, BundleState, Mark};
    use serde_json::json;

    use super::*;

    fn at(text: &str) -> DateTime<Utc> {
        text.parse().unwrap()
    }

    fn event(kind: &str, to_state: Option<&str>, when: &str) -> Event {
        Event {
            id: "e".into(),
            event_type: kind.into(),
            resource_type: "bundle".into(),
            resource_id: "b".into(),
            actor: Actor::system("test"),
            from_state: None,
            to_state: to_state.map(str::to_owned),
            reason: None,
            timestamp: at(when),
            details: json!({}),
            before: None,
            after: None,
            bundle_id: None,
            via: None,
            client: None,
            trace_id: String::new(),
        }
    }

    fn due(when: &str) -> Option<Value> {
        Some(json!({"schedule": {"publication_date": when, "notification_channels": []}}))
    }

    #[test]
    fn a_bundle_is_approved_since_its_approval_whatever_led_back_to_it() {
        let by = Actor::system("test");
        let approval = Mark { by: by.clone(), at: at("2026-11-02T10:00:00Z") };
        let bundle = Bundle {
            id: "b".into(),
            details: BundleDetails {
                title: "Prices".into(),
                description: String::new(),
                kind: BundleKind::Scheduled,
                preview_teams: Vec::new(),
            },
            state: BundleState::Approved { approval, kept_channels: Vec::new() },
            item_count: 1,
            created_by: by.clone(),
            created_at: at("2026-11-01T10:00:00Z"),
            last_edited_by: by,
            last_modified: at("2026-11-04T10:00:00Z"),
            attempts: 0,
            revision: 5,
        };
        let timeline = [
            event("submitted", Some("ready_for_review"), "2026-11-01T11:00:00Z"),
            event("approved", Some("approved"), "2026-11-02T10:00:00Z"),
            event("scheduled", Some("scheduled"), "2026-11-03T10:00:00Z"),
            event("schedule_cancelled", Some("approved"), "2026-11-04T10:00:00Z"),
        ];
        let shown = bundle_stepper(&bundle, &timeline).to_html().replace("<!>", "");
        assert!(shown.contains("Approved</span><span class=\"stepper__note\">2 November 2026, 10:00am<"), "{shown}");
        assert!(!shown.contains("3 November") && !shown.contains("4 November"), "{shown}");
        assert_eq!(reached(&bundle, BundleStage::Created, &timeline), Some(bundle.created_at));
        assert_eq!(reached(&bundle, BundleStage::ReadyForReview, &timeline), Some(at("2026-11-01T11:00:00Z")));
    }

    #[test]
    fn a_schedule_is_told_with_its_instants() {
        let told = |kind: &str, before: Option<Value>, after: Option<Value>| {
            words(&Event { before, after, ..event(kind, None, "2026-11-02T10:00:00Z") })
        };
        let (old, new) = ("2026-11-30T09:30:00Z", "2026-12-01T14:00:00Z");
        assert_eq!(told("scheduled", None, due(old)), "scheduled it for 30 November 2026, 9:30am");
        let moved = "changed the time from 30 November 2026, 9:30am to 1 December 2026, 2:00pm";
        assert_eq!(told("rescheduled", due(old), due(new)), moved);
        let others = "changed whom its schedule for 30 November 2026, 9:30am tells";
        assert_eq!(told("rescheduled", due(old), due(old)), others);
        let cancelled = "cancelled the schedule for 30 November 2026, 9:30am";
        assert_eq!(told("schedule_cancelled", due(old), None), cancelled);
        assert_eq!(told("retried", due(old), due(new)), "made it ready for another try on 1 December 2026, 2:00pm");
        // A record that tells no instant, as older ones may.
        assert_eq!(told("scheduled", None, None), "scheduled it");
        assert_eq!(told("retried", due(old), None), "made it ready for another try");
    }

    #[test]
    fn who_sends_a_file_that_is_refused_found_no_faults_in_it() {
        let refused = |details: Value| words(&Event { details, ..event("file_refused", None, "2026-11-02T10:00:00Z") });
        assert_eq!(refused(json!({"filename": "prog.exe"})), "sent a file that was refused, prog.exe");
        assert_eq!(refused(json!({"filename": "a.csv", "file_id": "f"})), "found faults in a file, a.csv");
    }
}
