//! When statistics come out.

use chrono::{DateTime, NaiveTime, Utc};
use serde::{Deserialize, Serialize};

use crate::refusal::FieldProblem;
use crate::uk_time;

/// When statistics come out, as times of day on a UK clock such as `09:30`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct PublicationTimes {
    /// The time that is suggested.
    pub usual: String,
    /// When the window begins in which most come out.
    pub peak_from: String,
    /// When it ends.
    pub peak_to: String,
}

impl Default for PublicationTimes {
    /// Those of the runbook.
    fn default() -> Self {
        Self { usual: "09:30".to_owned(), peak_from: "09:00".to_owned(), peak_to: "12:00".to_owned() }
    }
}

impl PublicationTimes {
    /// Whether an instant lies in the peak window.
    #[must_use]
    pub fn in_peak(&self, at: DateTime<Utc>) -> bool {
        let clock = uk_time::clock(at);
        time_of(&self.peak_from).zip(time_of(&self.peak_to)).is_some_and(|(from, to)| from <= clock && clock < to)
    }

    /// The peak window, such as `9am to noon`.
    #[must_use]
    pub fn peak_words(&self) -> String {
        format!("{} to {}", words_of(&self.peak_from), words_of(&self.peak_to))
    }

    /// The end of the peak window, such as `noon`.
    #[must_use]
    pub fn peak_end(&self) -> String {
        words_of(&self.peak_to)
    }

    pub(super) fn problems(&self) -> Vec<FieldProblem> {
        let times = [("usual", &self.usual), ("peak_from", &self.peak_from), ("peak_to", &self.peak_to)];
        let mut problems: Vec<FieldProblem> = times
            .into_iter()
            .filter(|(_, text)| time_of(text).is_none())
            .map(|(field, _)| FieldProblem::new(field, "invalid_time", "Give a time, for example 09:30."))
            .collect();
        if let (Some(from), Some(to)) = (time_of(&self.peak_from), time_of(&self.peak_to))
            && to <= from
        {
            problems.push(FieldProblem::new("peak_to", "out_of_range", "Give a time after the window begins."));
        }
        problems
    }
}

/// A time of day as it is typed: hours and minutes, with or without seconds.
pub(crate) fn time_of(text: &str) -> Option<NaiveTime> {
    ["%H:%M", "%H:%M:%S"].iter().find_map(|form| NaiveTime::parse_from_str(text.trim(), form).ok())
}

/// A time of day in words: `9am`, `9:30am`, `noon`.
fn words_of(text: &str) -> String {
    let Some(time) = time_of(text) else { return text.to_owned() };
    let shown = match time.format("%H:%M").to_string().as_str() {
        "12:00" => return "noon".to_owned(),
        whole if whole.ends_with(":00") => time.format("%-I%P"),
        _ => time.format("%-I:%M%P"),
    };
    shown.to_string()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn fields(usual: &str, from: &str, to: &str) -> Vec<String> {
        let times = PublicationTimes { usual: usual.into(), peak_from: from.into(), peak_to: to.into() };
        times.problems().into_iter().map(|problem| problem.field).collect()
    }

    #[test]
    fn a_window_has_an_end_after_its_beginning() {
        assert_eq!(fields("07:00", "07:00:00", "09:30"), Vec::<String>::new());
        assert_eq!(fields("soon", "12:00", "09:00"), ["usual", "peak_to"]);
        assert_eq!(fields("24:00", "", "09:00"), ["usual", "peak_from"]);
    }

    #[test]
    fn the_peak_window_follows_the_uk_clock() {
        let (at, times) = (|text: &str| text.parse::<DateTime<Utc>>().unwrap(), PublicationTimes::default());
        // Half past eleven in summer time, and noon.
        assert!(times.in_peak(at("2026-07-01T10:30:00Z")) && !times.in_peak(at("2026-07-01T11:00:00Z")));
        assert_eq!((times.peak_words(), times.peak_end()), ("9am to noon".to_owned(), "noon".to_owned()));
        assert_eq!(words_of("13:05"), "1:05pm");
    }
}
