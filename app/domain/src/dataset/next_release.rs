//! When the next version is expected, told apart so that every language can say it.

use chrono::{DateTime, Datelike, NaiveDate, Utc};

/// What the text about a dataset's next release says.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum NextRelease {
    /// An instant such as `2026-12-16T09:30:00Z`.
    At(DateTime<Utc>),
    /// A day such as `2026-12-16` or `16 December 2026`.
    Day(NaiveDate),
    /// A month such as `2026-12` or `December 2026`: the year and the month, from 1.
    Month(i32, u32),
    /// A quarter of a year such as `Spring 2027`.
    Season(Season, i32),
    /// A year such as `2027`.
    Year(i32),
    /// A date that will be told later.
    ToBeAnnounced,
    /// A date that is still to be confirmed.
    ToBeConfirmed,
    /// No other release is planned.
    NonePlanned,
    /// Anything else, as it was written.
    Words(String),
}

/// A quarter of a year as people call it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Season {
    /// March to May.
    Spring,
    /// June to August.
    Summer,
    /// September to November.
    Autumn,
    /// December to February.
    Winter,
}

const MONTHS: [&str; 12] = [
    "january",
    "february",
    "march",
    "april",
    "may",
    "june",
    "july",
    "august",
    "september",
    "october",
    "november",
    "december",
];

impl NextRelease {
    /// The day on a UK clock on which it is expected, where one is known.
    #[must_use]
    pub fn day(&self) -> Option<NaiveDate> {
        match self {
            Self::At(at) => Some(crate::uk_time::day(*at)),
            Self::Day(day) => Some(*day),
            _ => None,
        }
    }

    /// The last day on which it would still be in time, where it names a day, a month, a season or a year.
    #[must_use]
    pub fn last_day(&self) -> Option<NaiveDate> {
        // The month that follows: what is expected in a winter may come until the February after it.
        let (year, month) = match self {
            Self::At(_) | Self::Day(_) => return self.day(),
            Self::Month(year, month) if *month < 12 => (*year, month + 1),
            Self::Month(year, _) | Self::Year(year) => (year + 1, 1),
            Self::Season(Season::Spring, year) => (*year, 6),
            Self::Season(Season::Summer, year) => (*year, 9),
            Self::Season(Season::Autumn, year) => (*year, 12),
            Self::Season(Season::Winter, year) => (year + 1, 3),
            Self::ToBeAnnounced | Self::ToBeConfirmed | Self::NonePlanned | Self::Words(_) => return None,
        };
        NaiveDate::from_ymd_opt(year, month, 1)?.pred_opt()
    }

    /// Reads the text that editors give: ISO 8601, an English date, or one of the usual phrases; everything else is words.
    #[must_use]
    pub fn of(text: &str) -> Self {
        let text = text.trim();
        let phrase = text.trim_end_matches('.').to_lowercase();
        match phrase.as_str() {
            "to be announced" | "tba" | "announced soon" | "to be announced soon" => return Self::ToBeAnnounced,
            "to be confirmed" | "tbc" | "provisional" | "not yet known" => return Self::ToBeConfirmed,
            "discontinued" | "none planned" | "not planned" | "no longer updated" | "no further releases" => {
                return Self::NonePlanned;
            }
            _ => {}
        }
        let read = iso(text).or_else(|| english(&phrase));
        read.unwrap_or_else(|| Self::Words(text.to_owned()))
    }

    /// Whether it names a day, so that it can stand in a calendar.
    #[must_use]
    pub const fn is_a_day(&self) -> bool {
        matches!(self, Self::At(_) | Self::Day(_))
    }
}

/// A year, month, day or instant of ISO 8601.
fn iso(text: &str) -> Option<NextRelease> {
    let form: String = text.chars().map(|c| if c.is_ascii_digit() { '9' } else { c }).collect();
    match form.as_str() {
        "9999" => text.parse().ok().map(NextRelease::Year),
        "9999-99" => {
            let first = NaiveDate::parse_from_str(&format!("{text}-01"), "%Y-%m-%d").ok()?;
            Some(NextRelease::Month(first.year(), first.month()))
        }
        "9999-99-99" => NaiveDate::parse_from_str(text, "%Y-%m-%d").ok().map(NextRelease::Day),
        _ if form.starts_with("9999-99-99T") => {
            DateTime::parse_from_rfc3339(text).ok().map(|at| NextRelease::At(at.with_timezone(&Utc)))
        }
        _ => None,
    }
}

/// `16 december 2026`, `december 2026` and `spring 2027`, in lower case.
fn english(text: &str) -> Option<NextRelease> {
    let words: Vec<&str> = text.split_whitespace().collect();
    let month = |word: &str| (1..).zip(MONTHS).find(|(_, name)| *name == word).map(|(number, _)| number);
    let year = |word: &str| word.parse::<i32>().ok().filter(|year| (1900..2200).contains(year));
    match words.as_slice() {
        [day, name, of] => NaiveDate::from_ymd_opt(year(of)?, month(name)?, day.parse().ok()?).map(NextRelease::Day),
        [name, of] => {
            let year = year(of)?;
            let season = match *name {
                "spring" => Season::Spring,
                "summer" => Season::Summer,
                "autumn" => Season::Autumn,
                "winter" => Season::Winter,
                _ => return month(name).map(|month| NextRelease::Month(year, month)),
            };
            Some(NextRelease::Season(season, year))
        }
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn dates_and_phrases_are_told_from_words() {
        let day = |y, m, d| NextRelease::Day(NaiveDate::from_ymd_opt(y, m, d).unwrap());
        for (text, meant) in [
            ("2026-12-16", day(2026, 12, 16)),
            ("16 December 2026", day(2026, 12, 16)),
            (" 2026-12 ", NextRelease::Month(2026, 12)),
            ("May 2027", NextRelease::Month(2027, 5)),
            ("2027", NextRelease::Year(2027)),
            ("Spring 2027", NextRelease::Season(Season::Spring, 2027)),
            ("To be announced", NextRelease::ToBeAnnounced),
            ("TBC.", NextRelease::ToBeConfirmed),
            ("Discontinued", NextRelease::NonePlanned),
            ("2026-12-16T09:30:00Z", NextRelease::At("2026-12-16T09:30:00Z".parse().unwrap())),
        ] {
            assert_eq!(NextRelease::of(text), meant, "{text}");
        }
        let last = |text: &str| NextRelease::of(text).last_day().map(|day| day.to_string()).unwrap_or_default();
        for (text, day) in [
            ("16 December 2026", "2026-12-16"),
            ("2026-02", "2026-02-28"),
            ("December 2026", "2026-12-31"),
            ("2027", "2027-12-31"),
            ("Spring 2027", "2027-05-31"),
            ("Winter 2027", "2028-02-29"),
            ("TBC", ""),
            ("Early 2027", ""),
        ] {
            assert_eq!(last(text), day, "{text}");
        }
        for words in ["31 November 2026", "Early 2027", "When the census is done", "2026-13", "Spring 27", ""] {
            assert_eq!(NextRelease::of(words), NextRelease::Words(words.to_owned()), "{words}");
        }
    }
}
