//! A stretch of time that figures cover, as programs read it.

use serde::{Deserialize, Serialize};

use super::rules::check_frequency;
use super::{Coverage, Interval};
use crate::refusal::FieldProblem;
use crate::text::check_optional;

/// A stretch of time that figures cover, with how often there are figures in it.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(not(target_family = "wasm"), derive(utoipa::ToSchema))]
#[serde(default, deny_unknown_fields)]
pub struct Period {
    /// How often there are figures: words, or an entry of the EU's frequency vocabulary.
    #[cfg_attr(not(target_family = "wasm"), schema(example = "Monthly"))]
    pub frequency: String,
    /// The first year, month or day.
    #[cfg_attr(not(target_family = "wasm"), schema(required = true, example = "1997-01"))]
    pub start_date: String,
    /// The last year, month or day; left empty while figures are still added.
    #[cfg_attr(not(target_family = "wasm"), schema(example = "2025-10"))]
    pub end_date: String,
}

impl Period {
    /// The days from the first to the last; `None` where they cannot be read.
    #[must_use]
    pub fn interval(&self) -> Option<Interval> {
        match Coverage::of(&format!("{}/{}", self.start_date.trim(), self.end_date.trim())) {
            Coverage::Interval(interval) => Some(interval),
            Coverage::Impossible | Coverage::Words => None,
        }
    }

    /// Every problem of its parts, under the name of the row that holds them.
    pub(crate) fn check(&self, problems: &mut Vec<FieldProblem>, row: &str) {
        let field = |name: &str| format!("{row}.{name}");
        if self.start_date.trim().is_empty() {
            problems.push(FieldProblem::required(&field("start_date")));
        } else if !is_date(&self.start_date) {
            problems.push(no_date(&field("start_date")));
        }
        if !self.end_date.trim().is_empty() && !is_date(&self.end_date) {
            problems.push(no_date(&field("end_date")));
        } else if is_date(&self.start_date) && self.interval().is_none() {
            let message = "This lies before the start. Give a later date, or none.";
            problems.push(FieldProblem::new(&field("end_date"), "before_start", message));
        }
        check_optional(problems, &field("frequency"), &self.frequency, 300, false);
        check_frequency(problems, &field("frequency"), &self.frequency);
    }
}

/// Whether a text is one year, month, day or instant.
fn is_date(text: &str) -> bool {
    !text.contains('/') && matches!(Coverage::of(text), Coverage::Interval(_))
}

fn no_date(field: &str) -> FieldProblem {
    FieldProblem::new(field, "invalid_date", "Give a year, a month or a day, such as 2026, 2026-11 or 2026-11-23.")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn period(start: &str, end: &str, frequency: &str) -> Period {
        Period { start_date: start.into(), end_date: end.into(), frequency: frequency.into() }
    }

    fn problems(period: &Period) -> Vec<String> {
        let mut problems = Vec::new();
        period.check(&mut problems, "temporal.0");
        problems.into_iter().map(|p| format!("{} {}", p.field, p.code)).collect()
    }

    #[test]
    fn years_months_and_days_are_read_and_the_end_may_be_open() {
        for (start, end) in [("1997", "2025-10"), ("1997-01", ""), ("2021-03-21", "2021-03-21")] {
            assert!(problems(&period(start, end, "Monthly")).is_empty(), "{start} {end}");
        }
        let interval = period("1997", "2025-10", "").interval().unwrap();
        assert_eq!(interval.from.unwrap().to_string(), "1997-01-01");
        assert_eq!(interval.until.unwrap().to_string(), "2025-10-31");
        assert_eq!(period("1997", "", "").interval().unwrap().until, None);
    }

    #[test]
    fn every_problem_is_reported_at_once() {
        let wrong = period("soon", "2026-13", "http://example.org/often");
        let expected = [
            "temporal.0.start_date invalid_date",
            "temporal.0.end_date invalid_date",
            "temporal.0.frequency unknown_frequency",
        ];
        assert_eq!(problems(&wrong), expected);
        assert_eq!(problems(&period("", "", "")), ["temporal.0.start_date required"]);
        assert_eq!(problems(&period("2026", "2025", "")), ["temporal.0.end_date before_start"]);
        assert_eq!(problems(&period("2025/2026", "", "")), ["temporal.0.start_date invalid_date"]);
    }
}
