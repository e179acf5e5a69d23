//! Dates and periods as publishers write them.

use domain::month::ENGLISH;

/// A way of writing periods; a column is a time column only where one way fits all its cells.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[repr(u16)]
pub(crate) enum Form {
    /// `2020`, `2020 Q1`, `2020 JAN`, `January 2020`: years, quarters and months may stand together.
    Plain = 1,
    /// `2020-01-31`, with or without a time of day.
    IsoDate = 1 << 1,
    /// `2020-01`.
    IsoMonth = 1 << 2,
    /// `2020-21`, `2020/21`, `2020-2021`.
    FinancialYear = 1 << 3,
    /// `31/01/2020`.
    DayFirst = 1 << 4,
    /// `01/31/2020`.
    MonthFirst = 1 << 5,
    /// `Jan-96`.
    ShortMonth = 1 << 6,
    /// `31 January 2020`, `31-Jan-20`.
    DayAndName = 1 << 7,
    /// `20200131`.
    Compact = 1 << 8,
    /// `month/2020-01`, `calendar-year/2020`.
    Prefixed = 1 << 9,
}

/// Every form, the preferred one first where a cell could be read in two ways.
pub(crate) const FORMS: [Form; 10] = [
    Form::Plain,
    Form::IsoDate,
    Form::FinancialYear,
    Form::IsoMonth,
    Form::DayFirst,
    Form::MonthFirst,
    Form::ShortMonth,
    Form::DayAndName,
    Form::Compact,
    Form::Prefixed,
];

impl Form {
    /// The form by an example, for messages.
    pub(crate) const fn example(self) -> &'static str {
        match self {
            Self::Plain => "2001, 2001 Q1 or Jan 2001",
            Self::IsoDate => "2001-01-31",
            Self::IsoMonth => "2001-01",
            Self::FinancialYear => "2001-02 as a financial year",
            Self::DayFirst => "31/01/2001",
            Self::MonthFirst => "01/31/2001",
            Self::ShortMonth => "Jan-01",
            Self::DayAndName => "31 January 2001",
            Self::Compact => "20010131",
            Self::Prefixed => "month/2001-01",
        }
    }
}

/// How long a period is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(crate) enum Length {
    Year,
    FinancialYear,
    Quarter,
    Month,
    Day,
}

/// A period by its first day.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Period {
    pub length: Length,
    pub year: i32,
    pub month: u32,
    pub day: u32,
}

impl Period {
    const fn year(year: i32) -> Self {
        Self { length: Length::Year, year, month: 1, day: 1 }
    }

    fn quarter(year: i32, quarter: u32) -> Option<Self> {
        (1..=4).contains(&quarter).then(|| Self { length: Length::Quarter, year, month: quarter * 3 - 2, day: 1 })
    }

    fn month(year: i32, month: u32) -> Option<Self> {
        (1..=12).contains(&month).then_some(Self { length: Length::Month, year, month, day: 1 })
    }

    fn day(year: i32, month: u32, day: u32) -> Option<Self> {
        ((1..=12).contains(&month) && day >= 1 && day <= days_in(year, month)).then_some(Self {
            length: Length::Day,
            year,
            month,
            day,
        })
    }

    /// Where it stands on a time axis, in years.
    pub(crate) fn position(self) -> f64 {
        let month = f64::from(self.month - 1);
        let day = f64::from(self.day - 1) / f64::from(days_in(self.year, self.month));
        f64::from(self.year) + (month + day) / 12.0
    }

    /// Takes days for the months or years they stand for, where every one is the same day of its month or year.
    pub(crate) fn widen(periods: &mut [Self]) {
        let Some(first) = periods.first().copied() else {
            return;
        };
        if periods.iter().any(|period| period.length != Length::Day || period.day != first.day) {
            return;
        }
        let yearly = periods.iter().all(|period| period.month == first.month);
        if periods.iter().all(|period| *period == first) {
            return;
        }
        for period in periods {
            period.length = if yearly { Length::Year } else { Length::Month };
            period.day = 1;
            if yearly {
                period.month = 1;
            }
        }
    }

    /// A number that orders periods by their first day.
    pub(crate) const fn ordinal(self) -> i64 {
        self.year as i64 * 10_000 + self.month as i64 * 100 + self.day as i64
    }

    /// How readers see it.
    pub(crate) fn label(self) -> String {
        let month = ENGLISH[(self.month - 1) as usize % 12];
        match self.length {
            Length::Year => self.year.to_string(),
            Length::FinancialYear => format!("{} to {}", self.year, self.year + 1),
            Length::Quarter => format!("{} Q{}", self.year, self.month.div_ceil(3)),
            Length::Month => format!("{month} {}", self.year),
            Length::Day => format!("{} {month} {}", self.day, self.year),
        }
    }
}

/// The forms that a cell could be read in, as bits; none for anything that is no period.
pub(crate) fn forms(cell: &str) -> u16 {
    let cell = cell.trim();
    if cell.len() < 4 || cell.len() > 40 || !cell.bytes().any(|byte| byte.is_ascii_digit()) {
        return 0;
    }
    FORMS.into_iter().filter(|form| read(cell, *form).is_some()).fold(0, |bits, form| bits | form as u16)
}

/// Whether the cell is nothing but a year or eight digits, which could as well be a number.
pub(crate) fn is_bare(cell: &str) -> bool {
    cell.trim().bytes().all(|byte| byte.is_ascii_digit())
}

/// Reads a cell in one form.
pub(crate) fn read(cell: &str, form: Form) -> Option<Period> {
    let cell = cell.trim();
    match form {
        Form::Plain => plain(cell),
        Form::IsoDate => iso_date(cell),
        Form::IsoMonth => {
            let (year, month) = cell.split_once('-')?;
            Period::month(full_year(year)?, two_digits(month)?)
        }
        Form::FinancialYear => financial_year(cell),
        Form::DayFirst => slashed(cell).and_then(|(first, second, year)| Period::day(year, second, first)),
        Form::MonthFirst => slashed(cell).and_then(|(first, second, year)| Period::day(year, first, second)),
        Form::ShortMonth => {
            let (month, year) = cell.split_once(['-', ' '])?;
            Period::month(short_year(year)?, month_named(month)?)
        }
        Form::DayAndName => day_and_name(cell),
        Form::Compact => {
            if cell.len() != 8 || !is_bare(cell) {
                return None;
            }
            Period::day(full_year(&cell[..4])?, two_digits(&cell[4..6])?, two_digits(&cell[6..])?)
        }
        Form::Prefixed => prefixed(cell),
    }
}

fn plain(cell: &str) -> Option<Period> {
    if cell.len() == 4 {
        return full_year(cell).map(Period::year);
    }
    if let Some((start, rest)) = cell.split_at_checked(4)
        && let Some(year) = full_year(start)
    {
        let rest = rest.trim_start_matches([' ', '-']);
        return match rest.strip_prefix(['Q', 'q']) {
            Some(quarter) => Period::quarter(year, quarter.parse().ok()?),
            None => Period::month(year, month_named(rest)?),
        };
    }
    let (start, year) = cell.split_at_checked(cell.len().checked_sub(4)?)?;
    let year = full_year(year)?;
    let start = start.strip_suffix([' ', '-'])?.trim_end();
    match start.strip_prefix(['Q', 'q']) {
        Some(quarter) => Period::quarter(year, quarter.parse().ok()?),
        None => Period::month(year, month_named(start)?),
    }
}

fn iso_date(cell: &str) -> Option<Period> {
    let (date, time) = cell.split_at_checked(10)?;
    if !(time.is_empty() || time.starts_with(['T', ' '])) {
        return None;
    }
    let mut parts = date.split('-');
    let (year, month, day) = (parts.next()?, parts.next()?, parts.next()?);
    if parts.next().is_some() {
        return None;
    }
    Period::day(full_year(year)?, two_digits(month)?, two_digits(day)?)
}

fn financial_year(cell: &str) -> Option<Period> {
    let (start, end) = cell.split_once(['-', '/']).or_else(|| cell.split_once(" to "))?;
    let year = full_year(start.trim())?;
    let end = end.trim();
    let follows = match end.len() {
        2 => two_digits(end)? as i32 == (year + 1) % 100,
        4 => full_year(end)? == year + 1,
        _ => false,
    };
    follows.then_some(Period { length: Length::FinancialYear, year, month: 4, day: 1 })
}

fn slashed(cell: &str) -> Option<(u32, u32, i32)> {
    let date = cell.split_once(' ').map_or(cell, |(date, _)| date);
    let mut parts = date.split(['/', '.']);
    let (first, second, year) = (parts.next()?, parts.next()?, parts.next()?);
    if parts.next().is_some() || first.len() > 2 || second.len() > 2 {
        return None;
    }
    Some((first.parse().ok()?, second.parse().ok()?, full_year(year)?))
}

fn day_and_name(cell: &str) -> Option<Period> {
    let mut parts = cell.split([' ', '-']);
    let (day, month, year) = (parts.next()?, parts.next()?, parts.next()?);
    if parts.next().is_some() || day.len() > 2 {
        return None;
    }
    let year = full_year(year).or_else(|| short_year(year))?;
    Period::day(year, month_named(month)?, day.parse().ok()?)
}

fn prefixed(cell: &str) -> Option<Period> {
    let (prefix, rest) = cell.split_once('/')?;
    match prefix {
        "government-year" | "financial-year" => financial_year(rest),
        "calendar-year" | "year" => full_year(rest).map(Period::year),
        "quarter" => plain(rest).filter(|period| period.length == Length::Quarter),
        "month" => read(rest, Form::IsoMonth),
        "day" => iso_date(rest),
        _ => None,
    }
}

fn full_year(text: &str) -> Option<i32> {
    if text.len() != 4 || !is_bare(text) {
        return None;
    }
    text.parse().ok().filter(|year| (1500..=2200).contains(year))
}

/// Two digits as spreadsheets read them: 30 and more belong to the last century.
fn short_year(text: &str) -> Option<i32> {
    let year = i32::try_from(two_digits(text)?).ok()?;
    Some(if year >= 30 { 1900 + year } else { 2000 + year })
}

fn two_digits(text: &str) -> Option<u32> {
    (text.len() == 2 && is_bare(text)).then(|| text.parse().ok()).flatten()
}

fn month_named(text: &str) -> Option<u32> {
    let text = text.trim_end_matches('.');
    let fits = |name: &str| {
        text.eq_ignore_ascii_case(name)
            || name.get(..3).is_some_and(|short| text.eq_ignore_ascii_case(short))
            || (name == "September" && text.eq_ignore_ascii_case("sept"))
    };
    ENGLISH.iter().zip(1..).find(|(name, _)| fits(name)).map(|(_, number)| number)
}

const fn days_in(year: i32, month: u32) -> u32 {
    match month {
        2 if year % 4 == 0 && (year % 100 != 0 || year % 400 == 0) => 29,
        2 => 28,
        4 | 6 | 9 | 11 => 30,
        _ => 31,
    }
}

#[cfg(test)]
mod tests {
    use super::{FORMS, Form, forms, read};

    fn label(cell: &str) -> Option<String> {
        FORMS.into_iter().find_map(|form| read(cell, form)).map(super::Period::label)
    }

    #[test]
    fn periods_are_read_as_publishers_write_them() {
        for (cell, wanted) in [
            ("2001", "2001"),
            ("2000 Q1", "2000 Q1"),
            ("2000-Q4", "2000 Q4"),
            ("Q3 1999", "1999 Q3"),
            ("2020 JAN", "January 2020"),
            ("March 2020", "March 2020"),
            ("Jan-96", "January 1996"),
            ("Sept 2004", "September 2004"),
            ("2001-02", "2001 to 2002"),
            ("2019/20", "2019 to 2020"),
            ("1958-03", "March 1958"),
            ("1987-05-15", "15 May 1987"),
            ("2020-01-31T00:00:00Z", "31 January 2020"),
            ("31/01/2020", "31 January 2020"),
            ("9 December 2020", "9 December 2020"),
            ("government-year/1999-2000", "1999 to 2000"),
            ("month/2021-08", "August 2021"),
        ] {
            assert_eq!(label(cell).as_deref(), Some(wanted), "{cell}");
        }
    }

    #[test]
    fn impossible_dates_and_codes_are_no_periods() {
        for cell in
            ["2001-02-30", "45000", "E06000001", "2020 Q5", "13/13/2020", "1/2/00", "2018-2020", "Mon-96", "é20 Q1"]
        {
            assert_eq!(forms(cell), 0, "{cell}");
        }
    }

    #[test]
    fn the_order_of_day_and_month_stays_open_where_it_is_open() {
        assert_eq!(forms("02/01/1900"), Form::DayFirst as u16 | Form::MonthFirst as u16);
        assert_eq!(forms("13/01/1900"), Form::DayFirst as u16);
    }

    #[test]
    fn days_that_stand_for_months_or_years_are_widened() {
        let widened = |cells: &[&str]| -> Vec<String> {
            let mut periods: Vec<_> = cells.iter().filter_map(|cell| read(cell, Form::IsoDate)).collect();
            super::Period::widen(&mut periods);
            periods.into_iter().map(super::Period::label).collect()
        };
        assert_eq!(widened(&["1987-05-15", "1987-06-15"]), ["May 1987", "June 1987"]);
        assert_eq!(widened(&["1987-06-30", "1988-06-30"]), ["1987", "1988"]);
        assert_eq!(widened(&["1987-05-15", "1987-05-16"]), ["15 May 1987", "16 May 1987"]);
        assert_eq!(widened(&["1987-05-15", "1987-05-15"]), ["15 May 1987", "15 May 1987"]);
    }

    #[test]
    fn positions_ascend_with_time() {
        let at = |cell| FORMS.into_iter().find_map(|form| read(cell, form)).map(super::Period::position);
        assert_eq!(at("2000 Q3"), Some(2000.5));
        assert!(at("2000-02-29") < at("2000-03-01"));
    }
}
