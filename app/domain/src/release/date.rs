//! When a release will come: an instant, a month, or not known yet.

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};

use crate::refusal::FieldProblem;
use crate::uk_time::{day_month_year, month_bounds};

/// The date of a release.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ReleaseDate {
    /// Not known yet.
    #[default]
    ToBeConfirmed,
    /// Some time in a month on a UK clock.
    Month {
        /// The year.
        year: i32,
        /// 1 to 12.
        month: u32,
    },
    /// At an instant.
    At(DateTime<Utc>),
}

impl ReleaseDate {
    /// Reads a month as `2026-12`; the error names `field`.
    pub fn parse_month(field: &str, text: &str) -> Result<Self, FieldProblem> {
        let parts = text.split_once('-').filter(|(year, month)| year.len() == 4 && month.len() == 2);
        let numbers = parts.and_then(|(year, month)| Some((year.parse().ok()?, month.parse().ok()?)));
        match numbers.filter(|(year, month)| *year >= 1900 && month_bounds(*year, *month).is_some()) {
            Some((year, month)) => Ok(Self::Month { year, month }),
            None => Err(FieldProblem::new(field, "invalid_month", "Give a month, for example 2026-12.")),
        }
    }

    /// The month as `2026-12`, where that is all that is known.
    #[must_use]
    pub fn month(self) -> Option<String> {
        match self {
            Self::Month { year, month } => Some(format!("{year:04}-{month:02}")),
            Self::ToBeConfirmed | Self::At(_) => None,
        }
    }

    /// The instant, where it is known.
    #[must_use]
    pub const fn instant(self) -> Option<DateTime<Utc>> {
        match self {
            Self::At(at) => Some(at),
            Self::ToBeConfirmed | Self::Month { .. } => None,
        }
    }

    /// The earliest and the latest instant that it may mean; of an exact date both are the same.
    #[must_use]
    pub fn bounds(self) -> Option<(DateTime<Utc>, DateTime<Utc>)> {
        match self {
            Self::ToBeConfirmed => None,
            Self::Month { year, month } => month_bounds(year, month),
            Self::At(at) => Some((at, at)),
        }
    }

    /// The date of which these are the bounds.
    #[must_use]
    pub fn of_bounds(bounds: Option<(DateTime<Utc>, DateTime<Utc>)>) -> Self {
        match bounds {
            None => Self::ToBeConfirmed,
            Some((from, to)) if from == to => Self::At(from),
            Some((from, _)) => {
                let (_, month, year) = day_month_year(from);
                Self::Month { year, month }
            }
        }
    }

    /// Whether `other` says the same or the same more exactly.
    #[must_use]
    pub fn admits(self, other: Self) -> bool {
        match (self.bounds(), other.bounds()) {
            (None, _) => true,
            (Some(_), None) => false,
            (Some((from, to)), Some((earliest, latest))) => from <= earliest && latest <= to,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(text: &str) -> ReleaseDate {
        ReleaseDate::At(text.parse().unwrap())
    }

    #[test]
    fn months_are_read_and_written_alike() {
        let december = ReleaseDate::parse_month("release_month", "2026-12").unwrap();
        assert_eq!(
            (december, december.month().as_deref()),
            (ReleaseDate::Month { year: 2026, month: 12 }, Some("2026-12"))
        );
        for bad in ["2026-13", "2026-1", "december", "2026-12-01", "0001-01", ""] {
            assert_eq!(ReleaseDate::parse_month("m", bad).unwrap_err().code, "invalid_month", "{bad}");
        }
    }

    #[test]
    fn bounds_keep_what_is_known() {
        let july = ReleaseDate::Month { year: 2026, month: 7 };
        for date in [ReleaseDate::ToBeConfirmed, july, at("2026-07-01T08:30:00Z")] {
            assert_eq!(ReleaseDate::of_bounds(date.bounds()), date);
        }
    }

    #[test]
    fn a_date_admits_what_is_more_exact() {
        let july = ReleaseDate::Month { year: 2026, month: 7 };
        assert!(ReleaseDate::ToBeConfirmed.admits(july));
        assert!(july.admits(at("2026-06-30T23:00:00Z")) && july.admits(july));
        assert!(!july.admits(at("2026-07-31T23:00:00Z")));
        assert!(!july.admits(ReleaseDate::ToBeConfirmed));
        assert!(!at("2026-07-01T08:30:00Z").admits(july));
    }
}
