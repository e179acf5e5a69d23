//! Query parameters: each read by name, every problem told at once.

use std::fmt::Display;

use chrono::{DateTime, NaiveDate, Utc};
use domain::page::{DEFAULT_LIMIT, MAX_LIMIT, Page, Paging};
use domain::refusal::{FieldProblem, Refusal};
use domain::uk_time;

/// The parameters of a query that nobody has asked for yet, and what was wrong with the others.
#[derive(Clone, Debug)]
pub struct Params {
    pairs: Vec<(String, String)>,
    problems: Vec<FieldProblem>,
}

impl Params {
    /// Reads a query.
    #[must_use]
    pub fn parse(query: &str) -> Self {
        let pairs: Vec<(String, String)> = serde_urlencoded::from_str(query).unwrap_or_default();
        let mut problems = Vec::new();
        for (name, value) in &pairs {
            if value.contains('\0') {
                problems.push(FieldProblem::new(name, "control_characters", "Leave out control characters."));
            }
        }
        Self { pairs, problems }
    }

    /// Adds what is wrong elsewhere in the request's head.
    pub fn add(&mut self, problem: Option<&FieldProblem>) {
        self.problems.extend(problem.cloned());
    }

    /// Leaves parameters to somebody else who reads them.
    pub fn leave(&mut self, is_theirs: impl Fn(&str) -> bool) {
        self.pairs.retain(|(name, _)| !is_theirs(name));
    }

    /// A single text; blank is absent.
    pub fn text(&mut self, name: &str) -> Option<String> {
        self.single(name).filter(|text| !text.trim().is_empty())
    }

    fn single(&mut self, name: &str) -> Option<String> {
        let mut values = self.take(name);
        if values.len() > 1 {
            self.problem(name, "repeated", "Give this once.");
        }
        values.drain(..).next()
    }

    /// Several words, repeated or with commas between them.
    pub fn list(&mut self, name: &str) -> Vec<String> {
        let values = self.take(name);
        let words = values.iter().flat_map(|value| value.split(',')).map(str::trim);
        words.filter(|word| !word.is_empty()).map(str::to_owned).collect()
    }

    /// A single value that `parse` understands; a blank one is none of them.
    pub fn one<T>(&mut self, name: &str, expected: &str, parse: impl Fn(&str) -> Option<T>) -> Option<T> {
        let text = self.single(name)?;
        let value = parse(&text);
        if value.is_none() {
            self.problem(name, "unknown_value", &format!("Give {expected}."));
        }
        value
    }

    /// Several values that `parse` understands.
    pub fn many<T>(&mut self, name: &str, expected: &str, parse: impl Fn(&str) -> Option<T>) -> Vec<T> {
        let mut values = Vec::new();
        for word in self.list(name) {
            match parse(&word) {
                Some(value) => values.push(value),
                None => self.problem(name, "unknown_value", &format!("Give {expected}.")),
            }
        }
        values
    }

    /// The instant from which on something is asked for: a time, or a day on a UK clock from its beginning on.
    pub fn since(&mut self, name: &str) -> Option<DateTime<Utc>> {
        self.one(name, WHEN, |text| instant(text).or_else(|| Some(day(text)?.0)))
    }

    /// The instant until which something is asked for: a time, or a day on a UK clock to its end.
    pub fn until(&mut self, name: &str) -> Option<DateTime<Utc>> {
        self.one(name, WHEN, |text| instant(text).or_else(|| Some(day(text)?.1)))
    }

    /// Which part of a list is asked for; the default where that cannot be read.
    pub fn paging(&mut self) -> Paging {
        let limit = self.whole("limit", 1, MAX_LIMIT).unwrap_or(DEFAULT_LIMIT);
        let offset = self.whole("offset", 0, u32::MAX).unwrap_or(0);
        Paging { limit, offset }
    }

    fn whole(&mut self, name: &str, least: u32, most: u32) -> Option<u32> {
        let text = self.take(name).pop()?;
        let number = text.parse().ok().filter(|number| (least..=most).contains(number) && !text.starts_with('+'));
        if number.is_none() {
            self.problem(name, "out_of_range", &format!("Give a whole number from {least} to {most}."));
        }
        number
    }

    /// Refuses what was wrong or never asked for.
    pub fn finish(mut self) -> Result<(), Refusal> {
        for (name, _) in std::mem::take(&mut self.pairs) {
            self.problem(&name, "unknown_parameter", "There is no such parameter here.");
        }
        if self.problems.is_empty() { Ok(()) } else { Err(Refusal::Unreadable { problems: self.problems }) }
    }

    fn take(&mut self, name: &str) -> Vec<String> {
        let (taken, left) = std::mem::take(&mut self.pairs).into_iter().partition(|(key, _)| key == name);
        self.pairs = left;
        let taken: Vec<(String, String)> = taken;
        taken.into_iter().map(|(_, value)| value).filter(|value| !value.contains('\0')).collect()
    }

    fn problem(&mut self, name: &str, code: &str, message: &str) {
        self.problems.push(FieldProblem::new(name, code, message));
    }
}

/// What a period is bounded by.
const WHEN: &str = "a time such as 2026-12-11T09:30:00Z, or a date";

/// A time, in which `+` may have become a space.
fn instant(text: &str) -> Option<DateTime<Utc>> {
    DateTime::parse_from_rfc3339(&text.replace(' ', "+")).ok().map(|at| at.to_utc())
}

/// The first and the last instant of a day.
fn day(text: &str) -> Option<(DateTime<Utc>, DateTime<Utc>)> {
    uk_time::day_bounds(text.parse::<NaiveDate>().ok()?)
}

/// A part of a list that is short enough to be loaded whole.
#[must_use]
pub fn part_of<T: Clone>(all: &[T], paging: Paging) -> Page<T> {
    let skipped = all.iter().skip(usize::try_from(paging.offset).unwrap_or(usize::MAX));
    let items = skipped.take(usize::try_from(paging.limit).unwrap_or(usize::MAX)).cloned().collect();
    Page::new(items, all.len() as u64, paging)
}

/// The values to choose from, in words.
#[must_use]
pub fn one_of<T: Display>(values: &[T]) -> String {
    let words: Vec<String> = values.iter().map(ToString::to_string).collect();
    format!("one of {}", words.join(", "))
}

#[cfg(test)]
mod tests {
    use domain::version::VersionState;

    use super::*;

    fn fields(params: Params) -> Vec<String> {
        match params.finish() {
            Err(Refusal::Unreadable { problems }) => problems.into_iter().map(|p| p.field).collect(),
            _ => Vec::new(),
        }
    }

    #[test]
    fn every_problem_is_told_at_once() {
        let mut params = Params::parse("limit=0&state=nonsense&colour=red&q=a&q=b&id=%00");
        params.paging();
        params.one("state", "x", VersionState::parse);
        params.text("q");
        params.list("id");
        assert_eq!(fields(params), ["id", "limit", "state", "q", "colour"]);
    }

    #[test]
    fn a_day_is_one_on_a_uk_clock_from_its_beginning_to_its_end() {
        let asked = |query: &str| {
            let mut params = Params::parse(query);
            let written = |at: Option<DateTime<Utc>>| at.map(|at| at.to_rfc3339()).unwrap_or_default();
            let bounds = (written(params.since("from")), written(params.until("to")));
            params.finish().map(|()| bounds).map_err(|_| ())
        };
        let told = |from: &str, to: &str| Ok((from.to_owned(), to.to_owned()));
        let summer = told("2026-06-30T23:00:00+00:00", "2026-07-01T22:59:59.999999+00:00");
        assert_eq!(asked("from=2026-07-01&to=2026-07-01"), summer);
        let winter = told("2026-11-30T00:00:00+00:00", "2026-11-30T23:59:59.999999+00:00");
        assert_eq!(asked("from=2026-11-30&to=2026-11-30"), winter);
        let exact = told("2026-11-30T08:30:00+00:00", "2026-11-30T09:30:00+00:00");
        assert_eq!(asked("from=2026-11-30T09:30:00+01:00&to=2026-11-30T09:30:00Z"), exact);
        for wrong in ["from=soon", "to=2026-13-01", "from=2026-11-30T09:30:00", "from="] {
            assert!(asked(wrong).is_err(), "{wrong}");
        }
        assert_eq!(asked(""), told("", ""));
    }

    #[test]
    fn limits_are_kept() {
        for (query, sound) in
            [("limit=1000", true), ("limit=1001", false), ("limit=-1", false), ("offset=%2B1", false), ("", true)]
        {
            let mut params = Params::parse(query);
            params.paging();
            assert_eq!(params.finish().is_ok(), sound, "{query}");
        }
    }

    #[test]
    fn values_are_read_in_any_spelling_and_lists_in_both_forms() {
        let mut params = Params::parse("state=Submitted&topic=a,b&topic=c");
        assert_eq!(params.one("state", "x", VersionState::parse), Some(VersionState::Submitted));
        assert_eq!(params.list("topic"), ["a", "b", "c"]);
        assert!(params.finish().is_ok());
    }
}
