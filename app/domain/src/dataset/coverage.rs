//! The time that figures cover, as an ISO 8601 interval where it is one.

use chrono::{DateTime, Datelike, Months, NaiveDate};

/// An interval of days; a side that is left open is `None`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Interval {
    /// The first day.
    pub from: Option<NaiveDate>,
    /// The last day.
    pub until: Option<NaiveDate>,
}

/// What a text about coverage is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Coverage {
    /// An interval such as `2019-01/2023-12`, `2019/2023`, `2011-03-27/..` or a single period.
    Interval(Interval),
    /// Dates that there are not, or in the wrong order.
    Impossible,
    /// Words.
    Words,
}

impl Coverage {
    /// Reads a text; what has not the form of ISO 8601 is words, such as `2019/20` or `May 1987 onwards`.
    #[must_use]
    pub fn of(text: &str) -> Self {
        let text = text.trim();
        let (start, end) = match text.split_once('/') {
            Some((start, end)) => (start, Some(end)),
            None => (text, None),
        };
        let Some(end) = end else {
            return match Side::of(start) {
                Side::Days(from, until) => Self::Interval(Interval { from: Some(from), until: Some(until) }),
                Side::Impossible => Self::Impossible,
                Side::Open | Side::Words => Self::Words,
            };
        };
        match (Side::of(start), Side::of(end)) {
            (Side::Words, _) | (_, Side::Words) | (Side::Open, Side::Open) => Self::Words,
            (Side::Impossible, _) | (_, Side::Impossible) => Self::Impossible,
            (Side::Days(from, _), Side::Days(_, until)) if until < from => Self::Impossible,
            (start, end) => Self::Interval(Interval { from: start.first(), until: end.last() }),
        }
    }
}

/// One side of an interval.
#[derive(Clone, Copy)]
enum Side {
    Days(NaiveDate, NaiveDate),
    Open,
    Impossible,
    Words,
}

impl Side {
    fn of(text: &str) -> Self {
        if matches!(text, "" | "..") {
            return Self::Open;
        }
        let form: String = text.chars().map(|c| if c.is_ascii_digit() { '9' } else { c }).collect();
        let day = match form.as_str() {
            "9999" => return Self::months(text, "-01-01", 12),
            "9999-99" => return Self::months(text, "-01", 1),
            "9999-99-99" => NaiveDate::parse_from_str(text, "%Y-%m-%d").ok(),
            _ if form.starts_with("9999-99-99T") => DateTime::parse_from_rfc3339(text).ok().map(|at| at.date_naive()),
            _ => return Self::Words,
        };
        day.map_or(Self::Impossible, |day| Self::Days(day, day))
    }

    fn months(text: &str, rest: &str, months: u32) -> Self {
        let first = NaiveDate::parse_from_str(&format!("{text}{rest}"), "%Y-%m-%d").ok().filter(|day| day.year() > 0);
        let last = first.and_then(|day| day.checked_add_months(Months::new(months))?.pred_opt());
        first.zip(last).map_or(Self::Impossible, |(first, last)| Self::Days(first, last))
    }

    const fn first(self) -> Option<NaiveDate> {
        match self {
            Self::Days(first, _) => Some(first),
            _ => None,
        }
    }

    const fn last(self) -> Option<NaiveDate> {
        match self {
            Self::Days(_, last) => Some(last),
            _ => None,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn interval(text: &str) -> (String, String) {
        let Coverage::Interval(Interval { from, until }) = Coverage::of(text) else {
            panic!("{text} is no interval");
        };
        let word = |day: Option<NaiveDate>| day.map_or_else(|| "..".to_owned(), |day| day.to_string());
        (word(from), word(until))
    }

    #[test]
    fn intervals_reach_from_their_first_day_to_their_last() {
        assert_eq!(interval("2019/2023"), ("2019-01-01".into(), "2023-12-31".into()));
        assert_eq!(interval("2019-01/2020-02"), ("2019-01-01".into(), "2020-02-29".into()));
        assert_eq!(interval("2011-03-27"), ("2011-03-27".into(), "2011-03-27".into()));
        assert_eq!(interval("2011-03-27/.."), ("2011-03-27".into(), "..".into()));
        assert_eq!(interval("../2011"), ("..".into(), "2011-12-31".into()));
        assert_eq!(interval("2026-11-23T09:30:00Z/2026-11-24"), ("2026-11-23".into(), "2026-11-24".into()));
    }

    #[test]
    fn words_stay_words_and_impossible_dates_are_told() {
        for words in ["2019/20", "May 1987 onwards", "1990 to 2021", "../..", "", "2000 Q1 to 2019 Q1"] {
            assert_eq!(Coverage::of(words), Coverage::Words, "{words}");
        }
        for bad in ["2023-02-30", "2023/2019", "2023-13/2024", "2023-02-30T09:00:00Z/.."] {
            assert_eq!(Coverage::of(bad), Coverage::Impossible, "{bad}");
        }
    }
}
