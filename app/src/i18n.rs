//! The message catalogue: every word of the public pages, in English and Welsh.

mod periods;

pub use periods::{is_period, named_period};

use std::sync::LazyLock;

use chrono::{DateTime, Datelike, NaiveDate, TimeDelta, Utc};
use domain::dataset::{Frequency, GeographyLevel, NextRelease, Period, Season};
use domain::language::Language;
use domain::month;
use domain::table::exact_figure;
use fluent_bundle::concurrent::FluentBundle;
use fluent_bundle::{FluentArgs, FluentResource, FluentValue};
use unic_langid::LanguageIdentifier;

static ENGLISH: LazyLock<FluentBundle<FluentResource>> =
    LazyLock::new(|| bundle("en", include_str!("../locales/en.ftl")));
static WELSH: LazyLock<FluentBundle<FluentResource>> =
    LazyLock::new(|| bundle("cy", include_str!("../locales/cy.ftl")));

/// The days of a week, from Monday.
const WEEKDAYS_EN: [&str; 7] = ["Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday"];
const WEEKDAYS_CY: [&str; 7] = ["Llun", "Mawrth", "Mercher", "Iau", "Gwener", "Sadwrn", "Sul"];

fn bundle(language: &str, text: &str) -> FluentBundle<FluentResource> {
    let id: LanguageIdentifier = language.parse().unwrap_or_default();
    let mut bundle = FluentBundle::new_concurrent(vec![id]);
    bundle.set_use_isolating(false);
    bundle.set_formatter(Some(counted));
    // What cannot be read is left out here; a test reads both files and finds nothing left out.
    let resource = FluentResource::try_new(text.to_owned()).unwrap_or_else(|(resource, _)| resource);
    bundle.add_resource_overriding(resource);
    bundle
}

/// A count with commas between thousands, as figures have them; texts are left as they are.
fn counted<M>(value: &FluentValue<'_>, _: &M) -> Option<String> {
    match value {
        FluentValue::Number(number) => Some(exact_figure(number.value)),
        _ => None,
    }
}

/// A message without arguments.
#[must_use]
pub fn t(language: Language, key: &str) -> String {
    message(language, key, None)
}

/// A message with arguments; numbers choose the plural.
#[must_use]
pub fn ta(language: Language, key: &str, arguments: &[(&str, Argument)]) -> String {
    let mut args = FluentArgs::new();
    for (name, value) in arguments {
        args.set((*name).to_owned(), value.clone());
    }
    message(language, key, Some(&args))
}

/// An argument of a message.
#[derive(Clone, Debug, PartialEq)]
pub enum Argument {
    /// A text.
    Text(String),
    /// A count, which chooses the plural.
    Count(u64),
}

impl From<Argument> for FluentValue<'static> {
    fn from(argument: Argument) -> Self {
        match argument {
            Argument::Text(text) => text.into(),
            Argument::Count(count) => count.into(),
        }
    }
}

/// A text as an argument.
pub fn text(value: impl Into<String>) -> Argument {
    Argument::Text(value.into())
}

fn message(language: Language, key: &str, args: Option<&FluentArgs<'_>>) -> String {
    let bundle = if language == Language::Cy { &*WELSH } else { &*ENGLISH };
    let pattern = bundle.get_message(key).and_then(|message| message.value());
    pattern.map_or_else(|| key.to_owned(), |pattern| bundle.format_pattern(pattern, args, &mut Vec::new()).into_owned())
}

/// A date such as `23 November 2026` or `23 Tachwedd 2026`.
#[must_use]
pub fn date(language: Language, at: DateTime<Utc>) -> String {
    if language == Language::En {
        return domain::uk_time::date(at);
    }
    let (day, month, year) = domain::uk_time::day_month_year(at);
    let month = usize::try_from(month).ok().and_then(|m| month::WELSH.get(m.checked_sub(1)?)).unwrap_or(&"");
    format!("{day} {month} {year}")
}

/// Date and time such as `23 November 2026, 9:30am` or `23 Tachwedd 2026, 9:30yb`.
#[must_use]
pub fn date_time(language: Language, at: DateTime<Utc>) -> String {
    format!("{}, {}", date(language, at), time(language, at))
}

/// A time such as `9:30am` or `9:30yb`.
#[must_use]
pub fn time(language: Language, at: DateTime<Utc>) -> String {
    let time = domain::uk_time::time(at);
    match language {
        Language::En => time,
        Language::Cy => time.replace("am", "yb").replace("pm", "yh"),
    }
}

/// A month such as `November 2026` or `Tachwedd 2026`.
#[must_use]
pub fn month(language: Language, year: i32, month: u32) -> String {
    let names = if language == Language::Cy { &month::WELSH } else { &month::ENGLISH };
    let name = usize::try_from(month).ok().and_then(|m| names.get(m.checked_sub(1)?)).unwrap_or(&"");
    format!("{name} {year}")
}

/// A day such as `23 November 2026` or `23 Tachwedd 2026`.
#[must_use]
pub fn day(language: Language, day: NaiveDate) -> String {
    format!("{} {}", day.day(), month(language, day.year(), day.month()))
}

/// How long it is until an instant, in words: to the minute in its last hour, and in days of the UK's calendar from a day on.
#[must_use]
pub fn time_until(language: Language, now: DateTime<Utc>, at: DateTime<Utc>) -> String {
    let counted =
        |key: &str, n: i64| ta(language, key, &[("n", Argument::Count(u64::try_from(n).unwrap_or_default()))]);
    let left = at - now;
    if left <= TimeDelta::zero() {
        return t(language, "until-due");
    }
    if left < TimeDelta::hours(1) {
        return counted("until-minutes", left.num_minutes().max(1));
    }
    if left < TimeDelta::days(1) {
        return counted("until-hours", left.num_hours());
    }
    counted("until-days", (domain::uk_time::day(at) - domain::uk_time::day(now)).num_days())
}

/// The days of a week from Monday, as a calendar heads its columns.
#[must_use]
pub const fn weekdays(language: Language) -> [&'static str; 7] {
    match language {
        Language::En => WEEKDAYS_EN,
        Language::Cy => WEEKDAYS_CY,
    }
}

/// A day of a week such as `Monday 23 November 2026` or `Dydd Llun 23 Tachwedd 2026`.
#[must_use]
pub fn day_of_week(language: Language, on: NaiveDate) -> String {
    let place = usize::try_from(on.weekday().num_days_from_monday()).unwrap_or_default();
    let name = weekdays(language).get(place).copied().unwrap_or_default();
    match language {
        Language::En => format!("{name} {}", day(language, on)),
        Language::Cy => format!("Dydd {name} {}", day(language, on)),
    }
}

/// When the next release of a dataset is expected, or `None` where an editor wrote words that the catalogue does not hold.
#[must_use]
pub fn next_release(language: Language, written: &str) -> Option<String> {
    let of_year = |key: &str, year: i32| ta(language, key, &[("year", text(year.to_string()))]);
    Some(match NextRelease::of(written) {
        NextRelease::At(at) => date_time(language, at),
        NextRelease::Day(on) => day(language, on),
        NextRelease::Month(year, number) => month(language, year, number),
        NextRelease::Season(Season::Spring, year) => of_year("next-release-spring", year),
        NextRelease::Season(Season::Summer, year) => of_year("next-release-summer", year),
        NextRelease::Season(Season::Autumn, year) => of_year("next-release-autumn", year),
        NextRelease::Season(Season::Winter, year) => of_year("next-release-winter", year),
        NextRelease::Year(year) => year.to_string(),
        NextRelease::ToBeAnnounced => t(language, "next-release-to-be-announced"),
        NextRelease::ToBeConfirmed => t(language, "next-release-to-be-confirmed"),
        NextRelease::NonePlanned => t(language, "next-release-none-planned"),
        NextRelease::Words(_) => return None,
    })
}

/// How often a dataset is released, or `None` where an editor wrote words that the catalogue does not hold.
///
/// English readers are told the words as they were written; addresses and other codes are put into words for everybody.
#[must_use]
pub fn frequency(language: Language, written: &str) -> Option<String> {
    let known = Frequency::of(written)?;
    if language == Language::En && !Frequency::is_claimed(written) {
        return Some(written.to_owned());
    }
    Some(t(language, &format!("frequency-{}", known.code().to_lowercase().replace('_', "-"))))
}

/// A stretch of time such as `January 1997 to October 2025` or `2019 onwards`.
#[must_use]
pub fn period(language: Language, period: &Period) -> String {
    let said = |written: &str| next_release(language, written).unwrap_or_else(|| written.to_owned());
    let (start, end) = (period.start_date.trim(), period.end_date.trim());
    let from = ("from", text(said(start)));
    if end.is_empty() {
        return ta(language, "period-onwards", &[from]);
    }
    if end == start {
        return said(start);
    }
    ta(language, "period-span", &[from, ("until", text(said(end)))])
}

/// A level of geography, or `None` where an editor wrote what the catalogue has no words for.
#[must_use]
pub fn geography(language: Language, written: &str) -> Option<String> {
    let level = GeographyLevel::of(written)?;
    Some(t(language, &format!("geography-{}", level.code())))
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;
    use std::path::Path;

    use super::*;

    fn keys(text: &str) -> BTreeSet<String> {
        text.lines()
            .filter(|line| !line.starts_with([' ', '#', '}']) && line.contains(" = "))
            .map(|line| line.split(" = ").next().unwrap().to_owned())
            .collect()
    }

    fn placeholders(text: &str, key: &str) -> BTreeSet<String> {
        let start = text.find(&format!("\n{key} = ")).unwrap();
        let message = text[start + 1..]
            .split("\n")
            .enumerate()
            .take_while(|(i, l)| *i == 0 || l.starts_with(' '))
            .map(|(_, l)| l);
        let message: String = message.collect();
        message.split('$').skip(1).map(|rest| rest.chars().take_while(char::is_ascii_alphanumeric).collect()).collect()
    }

    const EN: &str = include_str!("../locales/en.ftl");
    const CY: &str = include_str!("../locales/cy.ftl");

    #[test]
    fn both_languages_say_the_same_things() {
        assert!(FluentResource::try_new(EN.to_owned()).is_ok() && FluentResource::try_new(CY.to_owned()).is_ok());
        assert_eq!(keys(EN), keys(CY));
        assert!(keys(EN).len() > 80);
        for key in keys(EN) {
            assert_eq!(placeholders(EN, &key), placeholders(CY, &key), "{key}");
        }
    }

    /// What stands behind the first argument of a call.
    fn behind_first(arguments: &str) -> &str {
        let mut open = 0;
        for (at, c) in arguments.char_indices() {
            match c {
                '(' | '[' | '{' => open += 1,
                ')' | ']' | '}' if open == 0 => return "",
                ')' | ']' | '}' => open -= 1,
                ',' if open == 0 => return arguments[at + 1..].trim_start(),
                _ => {}
            }
        }
        ""
    }

    /// The keys that are written out in calls of what takes one behind the language or the frame, whatever that is called there.
    fn asked_for(code: &str) -> BTreeSet<&str> {
        let mut asked = BTreeSet::new();
        for call in ["t(", "ta(", "around(", "pieces(", "saying(", "in_english(", "fact("] {
            for (at, _) in code.match_indices(call) {
                if code[..at].ends_with(|c: char| c.is_alphanumeric() || matches!(c, '_' | '.')) {
                    continue;
                }
                let key = behind_first(&code[at + call.len()..]).strip_prefix('"');
                asked.extend(key.and_then(|key| key.split('"').next()));
            }
        }
        asked
    }

    #[test]
    fn keys_are_seen_however_a_message_is_asked_for() {
        let code = r#"t(lang, "a") ta(frame.lang, "b", &[("n", x)]) around(
            page.of(1, 2),
            "c",
            &[],
        ) crate::i18n::t(Language::En, "d") pieces(lang, key, "e") format("f", "g") x.t(lang, "h") t(lang, &format!("i-{j}"))"#;
        assert_eq!(asked_for(code).into_iter().collect::<Vec<_>>(), ["a", "b", "c", "d"]);
    }

    fn sources(folder: &Path, out: &mut String) {
        for entry in std::fs::read_dir(folder).unwrap().flatten() {
            let path = entry.path();
            if path.is_dir() {
                sources(&path, out);
            } else {
                // What tests say is asked of nobody.
                let text = std::fs::read_to_string(path).unwrap();
                out.push_str(text.split("\n#[cfg(test)]\nmod tests {").next().unwrap());
            }
        }
    }

    #[test]
    fn every_key_is_used_and_every_used_key_exists() {
        let mut code = String::new();
        for folder in ["src", "../server/src"] {
            sources(Path::new(folder), &mut code);
        }
        let known = keys(EN);
        for key in &known {
            let built = [
                "facet-",
                "chart-kind-",
                "chart-not-",
                "chart-band-",
                "chart-whisker-",
                "sort-",
                "quality-",
                "release-state-",
                "release-view-",
                "release-change-",
                "feedback-kind-",
                "alert-severity-",
                "status-part-",
                "status-is-",
                "status-severity-",
                "status-incident-",
                "frequency-",
                "geography-",
                "format-",
            ]
            .iter()
            .any(|prefix| key.starts_with(prefix));
            assert!(built || code.contains(&format!("\"{key}\"")), "{key} is never used");
        }
        let asked = asked_for(&code);
        assert!(asked.len() > 400, "{} keys are written out", asked.len());
        for key in asked {
            assert!(known.contains(key), "{key} is not in the catalogue");
        }
    }

    #[test]
    fn counts_and_dates_follow_the_language() {
        assert_eq!(ta(Language::En, "topic-n", &[("n", Argument::Count(1))]), "1 dataset");
        assert_eq!(ta(Language::En, "topic-n", &[("n", Argument::Count(2))]), "2 datasets");
        assert_eq!(ta(Language::Cy, "topic-n", &[("n", Argument::Count(2))]), "2 set ddata");
        assert_eq!(ta(Language::En, "explore-rows", &[("n", Argument::Count(9_261))]), "9,261 rows");
        assert_eq!(ta(Language::Cy, "explore-rows", &[("n", Argument::Count(1_234_567))]), "1,234,567 rhes");
        let at = DateTime::from_timestamp(1_795_000_000, 0).unwrap();
        assert_eq!(date(Language::En, at), "18 November 2026");
        assert_eq!(date(Language::Cy, at), "18 Tachwedd 2026");
        assert_eq!(date_time(Language::En, at), "18 November 2026, 11:06:40am");
        assert_eq!(date_time(Language::Cy, at), "18 Tachwedd 2026, 11:06:40yb");
        let on = domain::uk_time::day(at);
        assert_eq!(day_of_week(Language::En, on), "Wednesday 18 November 2026");
        assert_eq!(day_of_week(Language::Cy, on), "Dydd Mercher 18 Tachwedd 2026");
        assert_eq!(
            (month(Language::En, 2026, 1), month(Language::Cy, 2026, 12)),
            ("January 2026".into(), "Rhagfyr 2026".into())
        );
    }

    #[test]
    fn the_time_until_a_release_is_said_in_words() {
        let at = |text: &str| text.parse::<DateTime<Utc>>().unwrap();
        let now = at("2026-11-23T09:00:00Z");
        for (until, en, cy) in [
            ("2026-11-23T09:00:00Z", "due now", "yn awr"),
            ("2026-11-23T09:00:10Z", "in 1 minute", "ymhen 1 munud"),
            ("2026-11-23T09:30:00Z", "in 30 minutes", "ymhen 30 munud"),
            ("2026-11-24T08:59:59Z", "in 23 hours", "ymhen 23 awr"),
            ("2026-11-24T09:30:00Z", "in 1 day", "ymhen 1 diwrnod"),
            ("2026-11-30T00:10:00Z", "in 7 days", "ymhen 7 diwrnod"),
        ] {
            assert_eq!(time_until(Language::En, now, at(until)), en, "{until}");
            assert_eq!(time_until(Language::Cy, now, at(until)), cy, "{until}");
        }
    }

    #[test]
    fn the_next_release_is_said_in_the_language_of_the_page() {
        for (written, en, cy) in [
            ("2026-12-16", "16 December 2026", "16 Rhagfyr 2026"),
            ("2026-12-16T09:30:00Z", "16 December 2026, 9:30am", "16 Rhagfyr 2026, 9:30yb"),
            ("January 2027", "January 2027", "Ionawr 2027"),
            ("Spring 2027", "Spring 2027", "Gwanwyn 2027"),
            ("To be announced", "To be announced", "I'w gyhoeddi"),
            ("tbc", "To be confirmed", "I'w gadarnhau"),
        ] {
            assert_eq!(next_release(Language::En, written).as_deref(), Some(en));
            assert_eq!(next_release(Language::Cy, written).as_deref(), Some(cy));
        }
        assert_eq!(next_release(Language::Cy, "When the census is done"), None);
    }

    #[test]
    fn periods_are_said_in_the_language_of_the_page() {
        for (start, end, en, cy) in [
            ("1997-01", "2025-10", "January 1997 to October 2025", "Ionawr 1997 – Hydref 2025"),
            ("2019", "", "2019 onwards", "2019 ymlaen"),
            (" 2019", " ", "2019 onwards", "2019 ymlaen"),
            ("2021-03-21", "2021-03-21", "21 March 2021", "21 Mawrth 2021"),
        ] {
            let one = Period { start_date: start.into(), end_date: end.into(), ..Period::default() };
            assert_eq!(period(Language::En, &one), en);
            assert_eq!(period(Language::Cy, &one), cy);
        }
    }

    #[test]
    fn every_known_level_of_geography_has_words_in_both_languages() {
        for code in GeographyLevel::codes() {
            for language in [Language::En, Language::Cy] {
                let words = geography(language, code).unwrap();
                assert!(!words.starts_with("geography-"), "{code} has no words");
            }
        }
        assert_eq!(geography(Language::En, "ltla").as_deref(), Some("Local authorities"));
        assert_eq!(geography(Language::Cy, "NUTS 3"), None);
    }

    #[test]
    fn every_known_frequency_has_words_in_both_languages() {
        for (written, en, cy) in [
            ("Monthly", "Monthly", "Bob mis"),
            ("Every ten years", "Every ten years", "Bob deng mlynedd"),
            ("R/P3M", "Quarterly", "Bob chwarter"),
            (
                "http://publications.europa.eu/resource/authority/frequency/ANNUAL_2",
                "Twice a year",
                "Ddwywaith y flwyddyn",
            ),
        ] {
            assert_eq!(frequency(Language::En, written).as_deref(), Some(en));
            assert_eq!(frequency(Language::Cy, written).as_deref(), Some(cy));
        }
        for code in Frequency::codes() {
            let words = frequency(Language::Cy, code).unwrap();
            assert!(!words.starts_with("frequency-"), "{code} has no words");
        }
        assert_eq!(frequency(Language::Cy, "Monthly and annual"), None);
    }
}
