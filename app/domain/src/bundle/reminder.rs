//! Reminders: some hours before its instant a bundle is brought to mind, with what it still lacks.

use chrono::{DateTime, TimeDelta, Utc};
use serde::{Deserialize, Serialize};

use crate::event::Event;
use crate::refusal::FieldProblem;
use crate::uk_time;
use crate::views::{Check, Outcome};

/// Nobody is reminded later than this before an instant: what comes then is the publication, and its database is left alone.
pub const NO_LATER: TimeDelta = TimeDelta::minutes(5);
/// The longest time ahead, in hours: a fortnight.
const MOST_HOURS: u32 = 336;
/// So many reminders of one instant at most.
const MOST: usize = 5;
/// So many of the things that a bundle lacks are told; the others are counted.
const TOLD: usize = 5;
/// Checks of what somebody has to do before anything else matters: they are told first.
const TOLD_FIRST: [&str; 2] = ["approved", "scheduled"];
/// Checks that are left out: three name other bundles, of which not everybody who is reminded may know, and the last tells of a
/// pause of the queue, which a reminder would go on telling of when it is over.
const LEFT_OUT: [&str; 4] = ["instant_free", "peak_window", "predecessors_free", "queue_goes_on"];

/// How many hours before an instant people are reminded of it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ReminderHours {
    /// Each of them; none where nobody is to be reminded.
    pub hours: Vec<u32>,
}

impl Default for ReminderHours {
    /// A day and an hour.
    fn default() -> Self {
        Self { hours: vec![24, 1] }
    }
}

impl ReminderHours {
    /// Which reminder of an instant is due now, by its hours: the nearest one whose time has come since the instant was set.
    ///
    /// Whoever gives a bundle an instant in three hours knows of it, so nobody is told a day before. What was missed while no
    /// node ran is made up for, until the next reminder takes its place.
    #[must_use]
    pub fn due(&self, instant: DateTime<Utc>, set_at: DateTime<Utc>, now: DateTime<Utc>) -> Option<u32> {
        if instant - now < NO_LATER {
            return None;
        }
        let has_come = |hours: &u32| {
            let at = instant - TimeDelta::hours(i64::from(*hours));
            set_at < at && at <= now
        };
        self.hours.iter().copied().filter(has_come).min()
    }

    /// The longest time ahead; `None` where nobody is reminded.
    #[must_use]
    pub fn horizon(&self) -> Option<TimeDelta> {
        self.hours.iter().max().map(|hours| TimeDelta::hours(i64::from(*hours)))
    }

    /// Reads what somebody typed, such as `24, 1`; nothing at all stands for no reminders.
    ///
    /// # Errors
    /// Where something in it is no whole number.
    pub fn parse(field: &str, text: &str) -> Result<Self, FieldProblem> {
        let words = text.split([',', ' ']).filter(|word| !word.is_empty());
        let hours = words.map(str::parse::<u32>).collect::<Result<Vec<u32>, _>>();
        let hours = hours
            .map_err(|_| FieldProblem::new(field, "invalid_number", "Give whole numbers of hours, such as 24, 1."))?;
        Ok(Self { hours })
    }

    /// The same as it is typed.
    #[must_use]
    pub fn text(&self) -> String {
        let hours: Vec<String> = self.hours.iter().map(ToString::to_string).collect();
        hours.join(", ")
    }

    /// What it says, such as `24 hours and 1 hour before`.
    #[must_use]
    pub fn words(&self) -> String {
        let each: Vec<String> = self.hours.iter().map(|hours| in_words(*hours)).collect();
        match each.split_last() {
            None => "Nobody is reminded".to_owned(),
            Some((last, [])) => format!("{last} before"),
            Some((last, others)) => format!("{} and {last} before", others.join(", ")),
        }
    }

    /// Everything that is wrong with it.
    pub(crate) fn problems(&self) -> Vec<FieldProblem> {
        let mut problems = Vec::new();
        if self.hours.iter().any(|hours| !(1..=MOST_HOURS).contains(hours)) {
            let message = format!("Give 1 to {MOST_HOURS} hours.");
            problems.push(FieldProblem::new("hours", "out_of_range", message));
        }
        if self.hours.len() > MOST {
            problems.push(FieldProblem::new("hours", "too_many", format!("Give at most {MOST} reminders.")));
        }
        problems
    }
}

fn in_words(hours: u32) -> String {
    if hours == 1 { "1 hour".to_owned() } else { format!("{hours} hours") }
}

/// What a reminder tells: the same to everybody, and so only of the bundle itself.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Reminder {
    /// The instant.
    pub instant: DateTime<Utc>,
    /// How many hours before it.
    pub hours_ahead: u32,
    /// Whether the bundle is scheduled; otherwise the release calendar promises the instant.
    pub is_scheduled: bool,
    /// What keeps it from being published.
    pub missing: Vec<String>,
    /// What could be better, or comes later on its way.
    pub worth_a_look: Vec<String>,
}

impl Reminder {
    /// The reminder of a bundle whose checklist came out like this.
    #[must_use]
    pub fn new(instant: DateTime<Utc>, hours_ahead: u32, is_scheduled: bool, checks: &[Check]) -> Self {
        Self {
            instant,
            hours_ahead,
            is_scheduled,
            missing: sentences(checks, Outcome::Fail),
            worth_a_look: sentences(checks, Outcome::Warn),
        }
    }

    /// The reminder that a record holds.
    #[must_use]
    pub fn of(event: &Event) -> Option<Self> {
        serde_json::from_value(event.details.clone()).ok()
    }

    /// When it is, in a sentence without a title, as it may stand on the outside of a letter.
    #[must_use]
    pub fn sentence(&self) -> String {
        let at = uk_time::date_time(self.instant);
        if self.is_scheduled {
            format!("A bundle is due {at}")
        } else {
            format!("The release calendar promises a bundle for {at}")
        }
    }

    /// When it is and what is missing, as the inbox tells it.
    #[must_use]
    pub fn said(&self) -> String {
        let mut said = format!("{}.", self.sentence());
        for (title, sentences) in self.parts() {
            said.push_str(&format!(" {title}: {}", sentences.join(" ")));
        }
        if self.is_complete() {
            said.push_str(" Nothing is missing.");
        }
        said
    }

    /// Whether there is nothing to tell of its checklist.
    #[must_use]
    pub fn is_complete(&self) -> bool {
        self.parts().is_empty()
    }

    /// What the checklist has to tell, each part under its title; parts with nothing in them are left out.
    #[must_use]
    pub fn parts(&self) -> Vec<(&'static str, &[String])> {
        let all = [("To mend", self.missing.as_slice()), ("To look at", self.worth_a_look.as_slice())];
        all.into_iter().filter(|(_, sentences)| !sentences.is_empty()).collect()
    }
}

/// What the checks that came out so have to say of the bundle alone.
fn sentences(checks: &[Check], outcome: Outcome) -> Vec<String> {
    let of_bundle = |check: &&Check| check.outcome == outcome && !LEFT_OUT.contains(&check.name.as_str());
    let mut found: Vec<&Check> = checks.iter().filter(of_bundle).collect();
    found.sort_by_key(|check| !TOLD_FIRST.contains(&check.name.as_str()));
    let mut all: Vec<String> = found.into_iter().map(sentence).collect();
    if all.len() > TOLD {
        let more = all.len() - TOLD;
        all.truncate(TOLD);
        all.push(format!("And {more} more."));
    }
    all
}

/// A check in words; the release of the calendar may be hidden from who sees the bundle, and is not named.
fn sentence(check: &Check) -> String {
    match check.name.as_str() {
        "release_calendar" => "The release calendar does not promise this instant.".to_owned(),
        _ => check.message.clone(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(hours: i64) -> DateTime<Utc> {
        DateTime::UNIX_EPOCH + TimeDelta::days(20_000) + TimeDelta::hours(hours)
    }

    fn hours(hours: &[u32]) -> ReminderHours {
        ReminderHours { hours: hours.to_vec() }
    }

    fn check(name: &str, outcome: Outcome, message: &str) -> Check {
        Check { name: name.to_owned(), outcome, message: message.to_owned(), fix_url: None }
    }

    #[test]
    fn a_reminder_is_due_from_its_hour_until_the_next_one() {
        let (usual, instant, set_at) = (ReminderHours::default(), at(100), at(0));
        let due = |now| usual.due(instant, set_at, now);
        assert_eq!(due(at(76) - TimeDelta::microseconds(1)), None);
        assert_eq!(due(at(76)), Some(24));
        assert_eq!(due(at(99) - TimeDelta::microseconds(1)), Some(24), "what was missed is made up for");
        assert_eq!(due(at(99)), Some(1));
        assert_eq!(due(instant - NO_LATER), Some(1));
        assert_eq!(due(instant - NO_LATER + TimeDelta::microseconds(1)), None);
        assert_eq!(due(instant), None);
        assert_eq!(due(at(200)), None);
        assert_eq!(hours(&[]).due(instant, set_at, at(99)), None);
        assert_eq!(hours(&[1, 48, 2]).due(instant, set_at, at(98)), Some(2), "in whatever order they stand");
    }

    #[test]
    fn nobody_is_reminded_of_an_hour_that_had_passed_when_the_instant_was_set() {
        let usual = ReminderHours::default();
        let due = |set_at, now| usual.due(at(100), set_at, now);
        assert_eq!(due(at(90), at(91)), None);
        assert_eq!(due(at(90), at(99)), Some(1));
        assert_eq!(due(at(76), at(77)), None, "just a day ahead");
        assert_eq!(due(at(99), at(99)), None);
    }

    #[test]
    fn hours_are_typed_and_said() {
        assert_eq!(ReminderHours::parse("hours", " 24, 1").unwrap(), ReminderHours::default());
        assert_eq!(ReminderHours::parse("hours", "").unwrap(), hours(&[]));
        assert_eq!(ReminderHours::parse("hours", "a day").unwrap_err().field, "hours");
        assert_eq!(ReminderHours::parse("hours", "1.5").unwrap_err().code, "invalid_number");
        assert_eq!(ReminderHours::default().text(), "24, 1");
        assert_eq!(ReminderHours::default().words(), "24 hours and 1 hour before");
        assert_eq!(hours(&[48, 24, 2]).words(), "48 hours, 24 hours and 2 hours before");
        assert_eq!(
            (hours(&[2]).words().as_str(), hours(&[]).words().as_str()),
            ("2 hours before", "Nobody is reminded")
        );
        let codes = |asked: &[u32]| hours(asked).problems().into_iter().map(|found| found.code).collect::<Vec<_>>();
        assert_eq!(codes(&[336, 1]), Vec::<String>::new());
        assert_eq!(codes(&[0]), ["out_of_range"]);
        assert_eq!(codes(&[337, 1, 2, 3, 4, 5]), ["out_of_range", "too_many"]);
        assert_eq!((hours(&[1, 48]).horizon(), hours(&[]).horizon()), (Some(TimeDelta::hours(48)), None));
    }

    #[test]
    fn what_is_missing_is_told_of_the_bundle_alone() {
        let checks = [
            check("approved", Outcome::Warn, "The bundle is not approved yet."),
            check("files_present", Outcome::Fail, "gdp has no file."),
            check("has_content", Outcome::Pass, "The bundle has content."),
            check("instant_free", Outcome::Warn, "The bundle Secret is due at the same instant."),
            check("queue_goes_on", Outcome::Warn, "The publish queue was paused. Reason: A figure is doubted"),
            check("release_calendar", Outcome::Warn, "The entry Secret is not announced yet."),
        ];
        let reminder = Reminder::new(at(0), 24, false, &checks);
        let at = uk_time::date_time(at(0));
        assert_eq!(
            reminder.said(),
            format!(
                "The release calendar promises a bundle for {at}. To mend: gdp has no file. \
                 To look at: The bundle is not approved yet. The release calendar does not promise this instant."
            )
        );
        let complete = Reminder::new(reminder.instant, 1, true, &[]);
        assert_eq!(complete.said(), format!("A bundle is due {at}. Nothing is missing."));
    }

    #[test]
    fn of_many_things_that_are_missing_some_are_counted() {
        let mut checks: Vec<Check> =
            (1..=8).map(|n| check("metadata_recommended", Outcome::Warn, &format!("Say {n}."))).collect();
        checks.push(check("approved", Outcome::Warn, "The bundle is not approved yet."));
        let reminder = Reminder::new(at(0), 24, true, &checks);
        let told = ["The bundle is not approved yet.", "Say 1.", "Say 2.", "Say 3.", "Say 4.", "And 4 more."];
        assert_eq!(reminder.worth_a_look, told);
    }
}
