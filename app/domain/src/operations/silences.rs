//! Conditions that open no incident for a time, because an operator knows of them and said why.

use chrono::{DateTime, TimeDelta, Utc};
use serde::{Deserialize, Serialize};

use super::conditions::{Condition, key_of, titled};
use crate::refusal::FieldProblem;
use crate::text::check_line;

/// The longest that a condition is silenced at once, in hours.
pub const LONGEST_SILENCE: i64 = 72;
/// The longest reason, in characters.
const MAX_REASON: usize = 500;

/// A condition that opens no incident, and so alerts nobody, until an instant.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Silence {
    /// Which.
    pub condition: Condition,
    /// The component, receiver or kind of data; empty for all of them.
    pub subject: String,
    /// Why.
    pub reason: String,
    /// The name of whoever silenced it.
    pub silenced_by: String,
    /// Since when.
    pub silenced_at: DateTime<Utc>,
    /// Until when.
    pub until: DateTime<Utc>,
}

impl Silence {
    /// By which it is known.
    #[must_use]
    pub fn key(&self) -> String {
        key_of(self.condition, &self.subject)
    }

    /// What is silenced.
    #[must_use]
    pub fn title(&self) -> String {
        titled(self.condition, &self.subject)
    }

    /// Whether it holds for a condition of this subject.
    #[must_use]
    pub fn covers(&self, condition: Condition, subject: &str) -> bool {
        self.condition == condition && (self.subject.is_empty() || self.subject == subject)
    }
}

/// What is asked for to silence a condition.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NewSilence {
    /// The condition with its subject, as [`key_of`] names it.
    pub key: String,
    /// For how many hours.
    pub hours: i64,
    /// Why.
    pub reason: String,
}

impl NewSilence {
    /// The condition and its subject; none for what opens no incident anyway.
    fn named(&self) -> Option<(Condition, &str)> {
        let (word, subject) = self.key.split_once(':')?;
        let condition = Condition::parse(word).filter(|condition| condition.rule().opens)?;
        (subject.len() <= 100 && !subject.chars().any(char::is_control)).then_some((condition, subject))
    }

    /// Every problem at once.
    #[must_use]
    pub fn problems(&self) -> Vec<FieldProblem> {
        let mut problems = Vec::new();
        if self.named().is_none() {
            problems.push(FieldProblem::new("key", "unknown", "Choose a condition that opens an incident."));
        }
        if !(1..=LONGEST_SILENCE).contains(&self.hours) {
            let message = format!("Give a number of hours from 1 to {LONGEST_SILENCE}.");
            problems.push(FieldProblem::new("hours", "out_of_range", message));
        }
        check_line(&mut problems, "reason", &self.reason, MAX_REASON);
        problems
    }

    /// The silence that it becomes; none of what is not sound.
    #[must_use]
    pub fn begin(&self, by: &str, now: DateTime<Utc>) -> Option<Silence> {
        let (condition, subject) = self.named()?;
        Some(Silence {
            condition,
            subject: subject.to_owned(),
            reason: self.reason.trim().to_owned(),
            silenced_by: by.to_owned(),
            silenced_at: now,
            until: now + TimeDelta::hours(self.hours.clamp(0, LONGEST_SILENCE)),
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn asked(key: &str, hours: i64, reason: &str) -> NewSilence {
        NewSilence { key: key.to_owned(), hours, reason: reason.to_owned() }
    }

    #[test]
    fn a_silence_has_an_end_a_reason_and_something_that_would_alert() {
        let fields = |new: &NewSilence| new.problems().into_iter().map(|problem| problem.field).collect::<Vec<_>>();
        assert!(fields(&asked("integration_down:slack", LONGEST_SILENCE, "It is moved")).is_empty());
        assert_eq!(fields(&asked("nothing", 0, " ")), ["key", "hours", "reason"]);
        assert_eq!(fields(&asked("publish_queue_paused:", LONGEST_SILENCE + 1, "It is paused")), ["key", "hours"]);
        assert_eq!(asked("nothing", 1, "Why").begin("Ada", DateTime::UNIX_EPOCH), None);
    }

    #[test]
    fn a_silence_covers_its_subject_or_all_of_them() {
        let begun = |key: &str| asked(key, 2, " It is moved ").begin("Ada", DateTime::UNIX_EPOCH).unwrap();
        let one = begun("integration_down:slack");
        assert_eq!((one.until - one.silenced_at, one.reason.as_str()), (TimeDelta::hours(2), "It is moved"));
        assert_eq!((one.key().as_str(), one.title().as_str()), ("integration_down:slack", "A receiver is down: slack"));
        let (down, slow) = (Condition::IntegrationDown, Condition::SlowAnswers);
        assert!(one.covers(down, "slack") && !one.covers(down, "email") && !one.covers(down, ""));
        let all = begun("integration_down:");
        assert!(all.covers(down, "slack") && all.covers(down, "") && !all.covers(slow, ""));
    }
}
