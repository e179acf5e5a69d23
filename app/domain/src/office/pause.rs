//! Whether the whole publish queue is paused, since when, by whom and why.

use chrono::{DateTime, TimeDelta, Utc};
use serde::{Deserialize, Serialize};

use crate::refusal::{Blocker, Refusal};
use crate::uk_time;

/// The page on which the queue is paused and resumed.
pub const QUEUE_PAGE: &str = "/ops/queue";
/// What was due so long before a pause began may still have been under way, and been kept by it; earlier it had other reasons.
const UNDER_WAY: TimeDelta = TimeDelta::seconds(30);

/// A pause of the whole publish queue: while it lasts no bundle is published, by any node.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct QueuePause {
    /// Since when.
    pub since: DateTime<Utc>,
    /// Who paused it, by name.
    pub by: String,
    /// Why.
    pub reason: String,
    /// When it was resumed; `None` while it lasts.
    #[serde(default)]
    pub until: Option<DateTime<Utc>>,
}

impl QueuePause {
    /// Whether no bundle is published now.
    #[must_use]
    pub const fn lasts(&self) -> bool {
        self.until.is_none()
    }

    /// Whether it kept a bundle from its instant that was not touched since it was over: what was late before it began is late
    /// for another reason.
    #[must_use]
    pub fn held_up(&self, due: DateTime<Utc>, touched: DateTime<Utc>) -> bool {
        self.until.is_some_and(|until| self.since <= due + UNDER_WAY && due < until && touched <= until)
    }

    /// What is in force while it lasts, as sentences.
    #[must_use]
    pub fn said(&self) -> String {
        let since = uk_time::date_time(self.since);
        let Self { by, reason, .. } = self;
        format!(
            "The publish queue was paused on {since} by {by}, and no bundle is published until it is resumed. Reason: {reason}"
        )
    }

    /// Why something is late that it kept from its instant.
    #[must_use]
    pub fn made_late(&self) -> String {
        let since = uk_time::date_time(self.since);
        let until = self.until.map(|until| format!(" to {}", uk_time::date_time(until))).unwrap_or_default();
        format!("the publish queue was paused from {since}{until} ({})", self.reason.trim_end_matches('.'))
    }
}

/// The publish queue as a whole: its last pause, which may last.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct QueueSwitch {
    /// The last pause; `None` where there was none yet.
    pub pause: Option<QueuePause>,
    /// Goes up with every pause, and whenever one ends.
    pub revision: i64,
}

impl QueueSwitch {
    /// What somebody types to confirm a pause.
    pub const PAUSE: &str = "pause the queue";
    /// What somebody types to confirm that the queue goes on.
    pub const RESUME: &str = "resume the queue";

    /// The pause that lasts, if one does.
    #[must_use]
    pub fn paused(&self) -> Option<&QueuePause> {
        self.pause.as_ref().filter(|pause| pause.lasts())
    }

    /// Refuses what would publish something by hand while the queue is paused.
    ///
    /// # Errors
    /// `Blocked` while a pause lasts.
    pub fn must_go_on(&self) -> Result<(), Refusal> {
        let Some(pause) = self.paused() else { return Ok(()) };
        let message = format!(
            "No bundle can be published by hand just now. {}. Resume the queue first; what is scheduled is published once it is resumed.",
            pause.said().trim_end_matches('.')
        );
        Err(Refusal::Blocked { blockers: vec![barring(&message)], message })
    }
}

/// A paused queue as what stands in the way.
#[must_use]
pub fn barring(message: &str) -> Blocker {
    Blocker { fix_url: Some(QUEUE_PAGE.to_owned()), ..Blocker::new("queue_paused", message) }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(text: &str) -> DateTime<Utc> {
        text.parse().unwrap()
    }

    fn pause(until: Option<&str>) -> QueuePause {
        QueuePause {
            since: at("2026-11-23T09:00:00Z"),
            by: "Ann".into(),
            reason: "A figure is doubted.".into(),
            until: until.map(at),
        }
    }

    #[test]
    fn a_pause_holds_up_what_was_due_while_it_lasted_and_was_not_touched_since() {
        let over = pause(Some("2026-11-23T10:00:00Z"));
        let held_up = |due: &str, touched: &str| over.held_up(at(due), at(touched));
        assert!(held_up("2026-11-23T09:30:00Z", "2026-11-22T00:00:00Z"));
        assert!(held_up("2026-11-23T08:59:30Z", "2026-11-23T10:00:00Z"), "it was still under way");
        assert!(!held_up("2026-11-23T08:59:29Z", "2026-11-22T00:00:00Z"), "it was late before");
        assert!(!held_up("2026-11-23T08:00:00Z", "2026-11-22T00:00:00Z"), "it was late before");
        assert!(!held_up("2026-11-23T10:00:00Z", "2026-11-22T00:00:00Z"), "due with its end");
        assert!(!held_up("2026-11-23T09:30:00Z", "2026-11-23T10:00:01Z"), "tried again since");
        assert!(
            !pause(None).held_up(at("2026-11-23T09:30:00Z"), at("2026-11-22T00:00:00Z")),
            "nothing is published yet"
        );
    }

    #[test]
    fn only_a_pause_that_lasts_stands_in_the_way_and_says_what_to_do() {
        let of = |pause| QueueSwitch { pause, revision: 2 };
        assert!(of(None).must_go_on().is_ok() && of(Some(pause(Some("2026-11-23T10:00:00Z")))).must_go_on().is_ok());
        let Err(Refusal::Blocked { message, blockers }) = of(Some(pause(None))).must_go_on() else {
            panic!("it is paused");
        };
        for words in ["23 November 2026, 9:00am", "by Ann", "A figure is doubted", "Resume the queue first"] {
            assert!(message.contains(words), "{words}: {message}");
        }
        assert_eq!((blockers[0].code.as_str(), blockers[0].fix_url.as_deref()), ("queue_paused", Some(QUEUE_PAGE)));
    }

    #[test]
    fn what_is_late_by_it_says_from_when_to_when() {
        assert_eq!(
            pause(Some("2026-11-23T10:00:00Z")).made_late(),
            "the publish queue was paused from 23 November 2026, 9:00am to 23 November 2026, 10:00am (A figure is doubted)"
        );
    }

    #[test]
    fn what_a_later_version_adds_is_read_over() {
        let newer = r#"{"since":"2026-11-23T09:00:00Z","by":"Ann","reason":"A figure is doubted.","for":"health"}"#;
        assert_eq!(serde_json::from_str::<QueuePause>(newer).unwrap(), pause(None));
    }
}
