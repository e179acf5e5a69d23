//! Between instants and the clock on the wall in the United Kingdom.

use chrono::{DateTime, Datelike, LocalResult, NaiveDate, NaiveTime, TimeDelta, TimeZone, Timelike, Utc, Weekday};
use chrono_tz::Europe::London;

use crate::refusal::FieldProblem;

/// Summer time, as a form says it.
pub const SUMMER: &str = "bst";
/// Winter time, as a form says it.
pub const WINTER: &str = "gmt";

/// Reads a date (`2026-11-23`) and a time (`09:30` or `09:30:15`) on a UK clock; every problem is told at once.
///
/// In the night in which the clocks go back an hour comes twice. Which one is meant says `which`, [`SUMMER`] for the first
/// and [`WINTER`] for the second; it is never guessed, and asked for under the name `which_field`. At all other times it is ignored.
pub fn read(
    (date_field, date): (&str, &str),
    (time_field, time): (&str, &str),
    (which_field, which): (&str, &str),
) -> Result<DateTime<Utc>, Vec<FieldProblem>> {
    let mut problems = Vec::new();
    let day = NaiveDate::parse_from_str(date.trim(), "%Y-%m-%d");
    if day.is_err() {
        problems.push(FieldProblem::new(date_field, "invalid_date", "Give a date, for example 2026-11-23."));
    }
    let clock = ["%H:%M:%S%.f", "%H:%M"].iter().find_map(|form| NaiveTime::parse_from_str(time.trim(), form).ok());
    if clock.is_none() {
        problems.push(FieldProblem::new(time_field, "invalid_time", "Give a time, for example 09:30."));
    }
    let (Ok(day), Some(clock)) = (day, clock) else {
        return Err(problems);
    };
    match London.from_local_datetime(&day.and_time(clock)) {
        LocalResult::Single(at) => Ok(at.with_timezone(&Utc)),
        LocalResult::Ambiguous(first, _) if which.trim() == SUMMER => Ok(first.with_timezone(&Utc)),
        LocalResult::Ambiguous(_, second) if which.trim() == WINTER => Ok(second.with_timezone(&Utc)),
        LocalResult::Ambiguous(..) => Err(vec![FieldProblem::new(
            which_field,
            "ambiguous_time",
            "The clocks go back in this night, so this time comes twice. Choose the first, in summer time, or the second, in winter time.",
        )]),
        LocalResult::None => Err(vec![FieldProblem::new(
            time_field,
            "skipped_time",
            "The clocks go forward over this time. Choose one before or after.",
        )]),
    }
}

/// A date such as `23 November 2026`.
#[must_use]
pub fn date(at: DateTime<Utc>) -> String {
    at.with_timezone(&London).format("%-d %B %Y").to_string()
}

/// A time such as `9:30am`, with seconds only where they are not nought, and `1:30am GMT` where a clock shows it twice.
#[must_use]
pub fn time(at: DateTime<Utc>) -> String {
    let local = at.with_timezone(&London);
    let form = if at.timestamp() % 60 == 0 { "%-I:%M%P" } else { "%-I:%M:%S%P" };
    let shown = local.format(form).to_string();
    which(at).map_or_else(|| shown.clone(), |which| format!("{shown} {}", which.to_uppercase()))
}

/// Date and time such as `23 November 2026, 9:30am`.
#[must_use]
pub fn date_time(at: DateTime<Utc>) -> String {
    format!("{}, {}", date(at), time(at))
}

/// The same with the month in three letters, for where there is little room: `23 Nov 2026, 9:30am`.
#[must_use]
pub fn short(at: DateTime<Utc>) -> String {
    format!("{}, {}", at.with_timezone(&London).format("%-d %b %Y"), time(at))
}

/// Which of the two hours an instant lies in where a UK clock shows it twice; `None` at all other times.
#[must_use]
pub fn which(at: DateTime<Utc>) -> Option<&'static str> {
    match London.from_local_datetime(&at.with_timezone(&London).naive_local()) {
        LocalResult::Ambiguous(first, _) => Some(if first == at { SUMMER } else { WINTER }),
        _ => None,
    }
}

/// The date and the time as form fields hold them.
#[must_use]
pub fn fields(at: DateTime<Utc>) -> (String, String) {
    let local = at.with_timezone(&London);
    (local.format("%Y-%m-%d").to_string(), local.format("%H:%M:%S").to_string())
}

/// The day on a UK clock.
#[must_use]
pub fn day(at: DateTime<Utc>) -> NaiveDate {
    at.with_timezone(&London).date_naive()
}

/// The first and the last microsecond of a day on a UK clock; `None` where the calendar ends.
#[must_use]
pub fn day_bounds(day: NaiveDate) -> Option<(DateTime<Utc>, DateTime<Utc>)> {
    let begins = |day: NaiveDate| {
        London.from_local_datetime(&day.and_time(NaiveTime::MIN)).earliest().map(|at| at.with_timezone(&Utc))
    };
    Some((begins(day)?, begins(day.succ_opt()?)? - TimeDelta::microseconds(1)))
}

/// The month's number and the parts of a date on a UK clock, for languages other than English.
#[must_use]
pub fn day_month_year(at: DateTime<Utc>) -> (u32, u32, i32) {
    let local = at.with_timezone(&London);
    (local.day(), local.month(), local.year())
}

/// The first and the last microsecond of a month on a UK clock; `None` where there is no such month.
#[must_use]
pub fn month_bounds(year: i32, month: u32) -> Option<(DateTime<Utc>, DateTime<Utc>)> {
    let begins = |year, month| {
        let first = NaiveDate::from_ymd_opt(year, month, 1)?.and_time(NaiveTime::MIN);
        London.from_local_datetime(&first).earliest().map(|at| at.with_timezone(&Utc))
    };
    let (next_year, next_month) = if month == 12 { (year + 1, 1) } else { (year, month + 1) };
    Some((begins(year, month)?, begins(next_year, next_month)? - TimeDelta::microseconds(1)))
}

/// Whether an instant lies in the service's business hours: Monday to Friday, 09:00 to 17:00 (runbook, service classification).
#[must_use]
pub fn in_working_hours(at: DateTime<Utc>) -> bool {
    let local = at.with_timezone(&London);
    !matches!(local.weekday(), Weekday::Sat | Weekday::Sun) && (9..17).contains(&local.hour())
}

/// The time of day that a UK clock shows at an instant.
#[must_use]
pub fn clock(at: DateTime<Utc>) -> NaiveTime {
    at.with_timezone(&London).time()
}

/// The next instant after this one at which a UK clock shows a time of day; where the clocks go forward over that, an hour later.
#[must_use]
pub fn next_at(after: DateTime<Utc>, time: NaiveTime) -> DateTime<Utc> {
    let shown = |day: NaiveDate| {
        let local = day.and_time(time);
        let found = London.from_local_datetime(&local);
        let later = || (London.from_local_datetime(&(local + TimeDelta::hours(1))).earliest(), None);
        let (first, second) = found.earliest().map_or_else(later, |first| (Some(first), found.latest()));
        [first, second].into_iter().flatten()
    };
    let mut instants = day(after).iter_days().take(3).flat_map(shown).map(|at| at.with_timezone(&Utc));
    instants.find(|at| *at > after).unwrap_or(after)
}

/// Whether an instant lies on a day from Monday to Friday; bank holidays are not known here.
#[must_use]
pub fn on_a_weekday(at: DateTime<Utc>) -> bool {
    !matches!(day(at).weekday(), Weekday::Sat | Weekday::Sun)
}

/// The end of the service's business hours, 17:00, on the working day after an instant's; bank holidays are not known here.
#[must_use]
pub fn end_of_next_working_day(at: DateTime<Utc>) -> DateTime<Utc> {
    let mut day = day(at);
    loop {
        day = day.succ_opt().unwrap_or(NaiveDate::MAX);
        if !matches!(day.weekday(), Weekday::Sat | Weekday::Sun) || day == NaiveDate::MAX {
            break;
        }
    }
    let end = day.and_hms_opt(17, 0, 0).and_then(|end| London.from_local_datetime(&end).earliest());
    end.map_or(at, |end| end.with_timezone(&Utc))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(_: &str, date: &str, _: &str, time: &str) -> Result<DateTime<Utc>, Vec<FieldProblem>> {
        super::read(("d", date), ("t", time), ("w", ""))
    }

    #[test]
    fn the_hour_that_comes_twice_is_asked_about() {
        let asked = read("d", "2026-10-25", "t", "01:30").unwrap_err();
        assert_eq!((asked[0].field.as_str(), asked[0].code.as_str()), ("w", "ambiguous_time"));
        let told = |which| super::read(("d", "2026-10-25"), ("t", "01:30"), ("w", which)).unwrap();
        assert_eq!(told(SUMMER).to_rfc3339(), "2026-10-25T00:30:00+00:00");
        assert_eq!(told(WINTER).to_rfc3339(), "2026-10-25T01:30:00+00:00");
        assert_eq!((which(told(SUMMER)), which(told(WINTER))), (Some(SUMMER), Some(WINTER)));
        assert_eq!((time(told(SUMMER)), time(told(WINTER))), ("1:30am BST".to_owned(), "1:30am GMT".to_owned()));
        assert_eq!(which(told(WINTER) + TimeDelta::hours(1)), None);
        let later = super::read(("d", "2026-10-25"), ("t", "02:30"), ("w", SUMMER)).unwrap();
        assert_eq!(later.to_rfc3339(), "2026-10-25T02:30:00+00:00");
    }

    #[test]
    fn summer_and_winter_differ_by_an_hour() {
        let winter = read("d", "2026-11-23", "t", "09:30").unwrap();
        assert_eq!(winter.to_rfc3339(), "2026-11-23T09:30:00+00:00");
        let summer = read("d", "2026-07-01", "t", "09:30").unwrap();
        assert_eq!(summer.to_rfc3339(), "2026-07-01T08:30:00+00:00");
        assert_eq!(date_time(summer), "1 July 2026, 9:30am");
        assert_eq!((short(summer), short(winter)), ("1 Jul 2026, 9:30am".to_owned(), "23 Nov 2026, 9:30am".to_owned()));
        assert_eq!(fields(summer), ("2026-07-01".to_owned(), "09:30:00".to_owned()));
    }

    #[test]
    fn a_month_begins_and_ends_on_a_uk_clock() {
        let (first, last) = month_bounds(2026, 7).unwrap();
        assert_eq!(first.to_rfc3339(), "2026-06-30T23:00:00+00:00");
        assert_eq!(last.to_rfc3339(), "2026-07-31T22:59:59.999999+00:00");
        assert_eq!(month_bounds(2026, 12).unwrap().1.to_rfc3339(), "2026-12-31T23:59:59.999999+00:00");
        assert_eq!(month_bounds(2026, 13), None);
    }

    #[test]
    fn business_hours_follow_the_uk_clock() {
        let at = |day, time| read("d", day, "t", time).unwrap();
        assert!(in_working_hours(at("2026-07-01", "09:00")) && in_working_hours(at("2026-11-23", "16:59")));
        assert!(!in_working_hours(at("2026-07-01", "17:00")) && !in_working_hours(at("2026-11-22", "10:00")));
        assert!(on_a_weekday(at("2026-07-03", "23:30")) && !on_a_weekday(at("2026-07-04", "00:30")));
        assert_eq!(clock(at("2026-07-01", "09:30")).to_string(), "09:30:00");
    }

    #[test]
    fn the_next_working_day_ends_at_five_and_leaps_over_weekends() {
        let at = |day, time| read("d", day, "t", time).unwrap();
        // 2026-07-03 is a Friday.
        for (from, to) in [("2026-07-02", "2026-07-03"), ("2026-07-03", "2026-07-06"), ("2026-07-05", "2026-07-06")] {
            assert_eq!(end_of_next_working_day(at(from, "23:59")), at(to, "17:00"), "{from}");
        }
        assert_eq!(end_of_next_working_day(at("2026-10-23", "10:00")), at("2026-10-26", "17:00"), "the clocks go back");
    }

    #[test]
    fn a_time_of_day_comes_next_on_a_uk_clock() {
        let next = |after: &str, time: &str| {
            let after = DateTime::parse_from_rfc3339(after).unwrap().with_timezone(&Utc);
            next_at(after, NaiveTime::parse_from_str(time, "%H:%M").unwrap()).to_rfc3339()
        };
        assert_eq!(next("2026-07-01T06:59:59Z", "08:00"), "2026-07-01T07:00:00+00:00");
        assert_eq!(next("2026-07-01T07:00:00Z", "08:00"), "2026-07-02T07:00:00+00:00", "not at once again");
        assert_eq!(next("2026-10-24T20:00:00Z", "08:00"), "2026-10-25T08:00:00+00:00", "the clocks go back");
        assert_eq!(next("2026-10-25T00:45:00Z", "01:30"), "2026-10-25T01:30:00+00:00", "it comes twice");
        assert_eq!(next("2026-03-28T20:00:00Z", "01:30"), "2026-03-29T01:30:00+00:00", "no clock shows it");
    }

    #[test]
    fn times_that_no_clock_shows_are_refused() {
        assert_eq!(read("d", "2026-03-29", "t", "01:30").unwrap_err()[0].code, "skipped_time");
        assert_eq!(read("d", "x", "t", "y").unwrap_err().len(), 2);
    }
}
