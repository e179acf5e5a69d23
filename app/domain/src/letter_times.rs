//! When letters of notifications come: at once or once a day, and not in hours in which somebody wants quiet.
//!
//! Letters about accounts and those that readers subscribed to never go by this.

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};

use crate::notification::{Choice, LetterWay};
use crate::office::time_of;
use crate::refusal::FieldProblem;
use crate::uk_time;

/// When the daily letter comes to whoever has chosen no other time.
pub const DAILY_AT: &str = "08:00";

/// When somebody gets letters, as times of day on a UK clock such as `08:00`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct LetterTimes {
    /// When the daily letter comes.
    pub daily_at: String,
    /// When the hours begin in which no letter comes; empty where there are none.
    pub quiet_from: String,
    /// When they end.
    pub quiet_until: String,
}

/// What somebody wants to be told, and when letters of it come.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct NotificationSettings {
    /// Kind by kind.
    pub choices: Vec<Choice>,
    /// The times of letters.
    pub times: LetterTimes,
}

impl Default for LetterTimes {
    /// No hours are quiet.
    fn default() -> Self {
        Self { daily_at: DAILY_AT.to_owned(), quiet_from: String::new(), quiet_until: String::new() }
    }
}

impl LetterTimes {
    /// The times as somebody typed them, or everything that is wrong with them.
    pub fn read(daily_at: &str, quiet_from: &str, quiet_until: &str) -> Result<Self, Vec<FieldProblem>> {
        let daily_at = if daily_at.trim().is_empty() { DAILY_AT } else { daily_at };
        let mut problems = Vec::new();
        let mut read = |field: &str, text: &str| {
            if text.trim().is_empty() {
                return String::new();
            }
            time_of(text).map_or_else(
                || {
                    problems.push(FieldProblem::new(field, "invalid_time", "Give a time, for example 08:00."));
                    String::new()
                },
                |time| time.format("%H:%M").to_string(),
            )
        };
        let times = Self {
            daily_at: read("daily_at", daily_at),
            quiet_from: read("quiet_from", quiet_from),
            quiet_until: read("quiet_until", quiet_until),
        };
        if problems.is_empty() {
            problems.extend(times.problem_of_quiet());
        }
        if problems.is_empty() { Ok(times) } else { Err(problems) }
    }

    /// The same of times as typed, in that order: a daily letter that somebody wants has a time; where they want none, one that was
    /// cleared stays as it was.
    pub fn chosen(typed: [&str; 3], former: &Self, wants_daily: bool) -> Result<Self, Vec<FieldProblem>> {
        let [daily_at, quiet_from, quiet_until] = typed;
        let is_cleared = daily_at.trim().is_empty();
        let daily_at = if is_cleared { former.daily_at.as_str() } else { daily_at };
        let missing = (is_cleared && wants_daily)
            .then(|| FieldProblem::new("daily_at", "required", "Give the time at which the daily letter comes."));
        match (Self::read(daily_at, quiet_from, quiet_until), missing) {
            (Ok(times), None) => Ok(times),
            (read, missing) => Err(missing.into_iter().chain(read.err().into_iter().flatten()).collect()),
        }
    }

    fn problem_of_quiet(&self) -> Option<FieldProblem> {
        match (self.quiet_from.is_empty(), self.quiet_until.is_empty()) {
            (false, false) if self.quiet_from == self.quiet_until => {
                let message = "Give another time than the one at which the quiet hours begin.";
                Some(FieldProblem::new("quiet_until", "out_of_range", message))
            }
            (true, false) => Some(FieldProblem::new("quiet_from", "required", "Say also when the quiet hours begin.")),
            (false, true) => Some(FieldProblem::new("quiet_until", "required", "Say also when the quiet hours end.")),
            _ => None,
        }
    }

    /// Until when a letter waits; `None` where it is sent now.
    ///
    /// What would say nothing new any more in the next daily letter, as its instant `latest` has come by then, does not wait for that.
    #[must_use]
    pub fn waits_until(
        &self,
        way: LetterWay,
        now: DateTime<Utc>,
        latest: Option<DateTime<Utc>>,
    ) -> Option<DateTime<Utc>> {
        let daily = match way {
            LetterWay::AtOnce => None,
            LetterWay::Daily => time_of(&self.daily_at).map(|time| uk_time::next_at(now, time)),
        };
        let daily = daily.map(|at| self.end_of_quiet(at).unwrap_or(at));
        daily.filter(|at| latest.is_none_or(|latest| *at < latest)).or_else(|| self.end_of_quiet(now))
    }

    /// When the quiet hours end in which an instant lies; `None` outside of them.
    #[must_use]
    pub fn end_of_quiet(&self, at: DateTime<Utc>) -> Option<DateTime<Utc>> {
        let (from, until) = (time_of(&self.quiet_from)?, time_of(&self.quiet_until)?);
        let clock = uk_time::clock(at);
        let is_quiet = if from < until { from <= clock && clock < until } else { from <= clock || clock < until };
        is_quiet.then(|| uk_time::next_at(at, until))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(text: &str) -> DateTime<Utc> {
        DateTime::parse_from_rfc3339(text).unwrap().with_timezone(&Utc)
    }

    fn times(daily_at: &str, quiet_from: &str, quiet_until: &str) -> LetterTimes {
        LetterTimes::read(daily_at, quiet_from, quiet_until).unwrap()
    }

    #[test]
    fn quiet_hours_go_over_midnight_on_a_uk_clock() {
        let nights = times("", "18:30", "07:00");
        assert_eq!(nights.end_of_quiet(at("2026-07-01T17:29:59Z")), None);
        assert_eq!(nights.end_of_quiet(at("2026-07-01T17:30:00Z")), Some(at("2026-07-02T06:00:00Z")));
        assert_eq!(nights.end_of_quiet(at("2026-07-02T05:59:59Z")), Some(at("2026-07-02T06:00:00Z")));
        assert_eq!(nights.end_of_quiet(at("2026-07-02T06:00:00Z")), None);
        assert_eq!(
            nights.end_of_quiet(at("2026-10-24T20:00:00Z")),
            Some(at("2026-10-25T07:00:00Z")),
            "the clocks go back"
        );
        let noon = times("", "12:00", "13:00:00");
        assert_eq!(noon.end_of_quiet(at("2026-12-01T12:59:00Z")), Some(at("2026-12-01T13:00:00Z")));
        assert_eq!(noon.end_of_quiet(at("2026-12-01T11:59:00Z")), None);
        assert_eq!(LetterTimes::default().end_of_quiet(at("2026-12-01T03:00:00Z")), None);
    }

    #[test]
    fn a_letter_waits_for_the_daily_one_and_for_the_end_of_quiet_hours() {
        let now = at("2026-12-01T12:00:00Z");
        let plain = LetterTimes::default();
        assert_eq!(plain.waits_until(LetterWay::AtOnce, now, None), None);
        assert_eq!(plain.waits_until(LetterWay::Daily, now, None), Some(at("2026-12-02T08:00:00Z")));
        let late = times("17:00", "16:00", "09:00");
        assert_eq!(
            late.waits_until(LetterWay::Daily, now, None),
            Some(at("2026-12-02T09:00:00Z")),
            "it is quiet at five"
        );
        assert_eq!(
            late.waits_until(LetterWay::AtOnce, at("2026-12-01T16:00:00Z"), None),
            Some(at("2026-12-02T09:00:00Z"))
        );
    }

    #[test]
    fn what_the_daily_letter_would_bring_too_late_does_not_wait_for_it() {
        let now = at("2026-12-01T12:00:00Z");
        let due = |latest: &str| LetterTimes::default().waits_until(LetterWay::Daily, now, Some(at(latest)));
        assert_eq!(due("2026-12-02T08:00:01Z"), Some(at("2026-12-02T08:00:00Z")));
        assert_eq!(due("2026-12-02T08:00:00Z"), None);
        let quiet = times("", "11:00", "13:00");
        let late = quiet.waits_until(LetterWay::Daily, now, Some(at("2026-12-01T13:30:00Z")));
        assert_eq!(late, Some(at("2026-12-01T13:00:00Z")), "quiet is quiet");
    }

    #[test]
    fn times_are_kept_as_hours_and_minutes_and_refused_with_every_reason() {
        assert_eq!(times(" ", "", " "), LetterTimes::default());
        assert_eq!(times("7:05", "22:00:00", "06:00").daily_at, "07:05");
        let wrong = |daily: &str, from: &str, until: &str| {
            let problems = LetterTimes::read(daily, from, until).unwrap_err();
            problems.iter().map(|problem| problem.field.clone()).collect::<Vec<_>>()
        };
        assert_eq!(wrong("noon", "x", "y"), ["daily_at", "quiet_from", "quiet_until"]);
        assert_eq!(wrong("", "22:00", ""), ["quiet_until"]);
        assert_eq!(wrong("", "", "06:00"), ["quiet_from"]);
        assert_eq!(wrong("", "06:00", "6:00"), ["quiet_until"]);
    }

    #[test]
    fn a_daily_letter_that_is_wanted_has_a_time_and_another_keeps_its_own() {
        let former = times("17:30", "", "");
        let chosen = |typed, wants_daily| LetterTimes::chosen(typed, &former, wants_daily);
        assert_eq!(chosen(["09:00", "", ""], true).unwrap().daily_at, "09:00");
        assert_eq!(chosen([" ", "22:00", "06:00"], false), Ok(times("17:30", "22:00", "06:00")));
        let problems = chosen(["", "22:00", ""], true).unwrap_err();
        let fields: Vec<&str> = problems.iter().map(|problem| problem.field.as_str()).collect();
        assert_eq!(fields, ["daily_at", "quiet_until"]);
    }
}
