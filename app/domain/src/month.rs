//! A month of a calendar, as addresses name it.

use chrono::{DateTime, Datelike, Days, Months, NaiveDate, Utc};
use serde::{Deserialize, Serialize};

use crate::uk_time;

/// The months by their English names, January first.
pub const ENGLISH: [&str; 12] = [
    "January",
    "February",
    "March",
    "April",
    "May",
    "June",
    "July",
    "August",
    "September",
    "October",
    "November",
    "December",
];

/// The months by their Welsh names, January first.
pub const WELSH: [&str; 12] = [
    "Ionawr",
    "Chwefror",
    "Mawrth",
    "Ebrill",
    "Mai",
    "Mehefin",
    "Gorffennaf",
    "Awst",
    "Medi",
    "Hydref",
    "Tachwedd",
    "Rhagfyr",
];

/// A month of a year.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Month {
    first: NaiveDate,
}

impl Month {
    /// Reads `2026-11`.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        let first = NaiveDate::parse_from_str(&format!("{}-01", text.trim()), "%Y-%m-%d").ok()?;
        // Instants beyond these are not kept.
        (1970..=2200).contains(&first.year()).then_some(Self { first })
    }

    /// The month with this number, from 1, of this year.
    #[must_use]
    pub fn new(year: i32, number: u32) -> Option<Self> {
        Self::parse(&format!("{year:04}-{number:02}"))
    }

    /// The month of an instant on a UK clock.
    #[must_use]
    pub fn of(at: DateTime<Utc>) -> Self {
        let day = uk_time::day(at);
        Self { first: day.with_day(1).unwrap_or(day) }
    }

    /// The month as addresses name it.
    #[must_use]
    pub fn address(self) -> String {
        self.first.format("%Y-%m").to_string()
    }

    /// The year, and the month's number from 1.
    #[must_use]
    pub fn parts(self) -> (i32, u32) {
        (self.first.year(), self.first.month())
    }

    /// The month in words.
    #[must_use]
    pub fn title(self) -> String {
        self.first.format("%B %Y").to_string()
    }

    /// The month before.
    #[must_use]
    pub fn previous(self) -> Self {
        Self { first: self.first.checked_sub_months(Months::new(1)).unwrap_or(self.first) }
    }

    /// The month after.
    #[must_use]
    pub fn next(self) -> Self {
        Self { first: self.first.checked_add_months(Months::new(1)).unwrap_or(self.first) }
    }

    /// Its first and its last instant on a UK clock.
    #[must_use]
    pub fn bounds(self) -> Option<(DateTime<Utc>, DateTime<Utc>)> {
        uk_time::month_bounds(self.first.year(), self.first.month())
    }

    /// Whether the day lies in it.
    #[must_use]
    pub fn holds(self, day: NaiveDate) -> bool {
        (day.year(), day.month()) == (self.first.year(), self.first.month())
    }

    /// Its weeks from Monday to Sunday, with the days of the months beside it that fill the first and the last.
    #[must_use]
    pub fn weeks(self) -> Vec<Vec<NaiveDate>> {
        let before = u64::from(self.first.weekday().num_days_from_monday());
        let begin = self.first.checked_sub_days(Days::new(before)).unwrap_or(self.first);
        let next = self.next().first;
        let days = begin.iter_days();
        let mut weeks: Vec<Vec<NaiveDate>> = Vec::new();
        for day in days.take(42) {
            if day.weekday().num_days_from_monday() == 0 {
                if day >= next {
                    break;
                }
                weeks.push(Vec::with_capacity(7));
            }
            if let Some(week) = weeks.last_mut() {
                week.push(day);
            }
        }
        weeks
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_month_has_whole_weeks() {
        let november = Month::parse("2026-11").unwrap();
        let weeks = november.weeks();
        assert!(weeks.iter().all(|week| week.len() == 7));
        assert_eq!(weeks.len(), 6);
        assert_eq!(weeks[0][0], NaiveDate::from_ymd_opt(2026, 10, 26).unwrap());
        assert_eq!(weeks[5][6], NaiveDate::from_ymd_opt(2026, 12, 6).unwrap());
        let february = Month::parse("2027-02").unwrap().weeks();
        assert_eq!(february.len(), 4);
        assert_eq!(
            (november.previous().address(), november.next().title()),
            ("2026-10".into(), "December 2026".into())
        );
        assert_eq!(Month::new(2026, 12).map(Month::parts), Some((2026, 12)));
        assert_eq!((Month::new(1969, 12), Month::new(2201, 1), Month::new(2026, 0)), (None, None, None));
        assert_eq!(Month::parse("2026-13"), None);
        assert_eq!(Month::parse("november"), None);
    }
}
