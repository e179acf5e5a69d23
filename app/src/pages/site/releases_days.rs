//! Entries of the release calendar under the days on which they come.

use chrono::{DateTime, NaiveDate, Utc};
use domain::release::{CalendarEntry, ReleaseDate, ReleaseState};
use domain::text::escaped;
use domain::uk_time;
use leptos::prelude::*;

use super::releases::{state_tag, title_and_summary};
use crate::i18n::{day_of_week, month, t, ta, text, time, time_until};
use crate::layout::site::Frame;

/// Below what the headings of days stand.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Under {
    /// The title of the page.
    Page,
    /// The title of a part of it.
    Part,
}

/// What entries have in common that stand together.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Together {
    Day(NaiveDate),
    Month(i32, u32),
    Unknown,
}

fn together(entry: &CalendarEntry) -> Together {
    match entry.date_shown() {
        ReleaseDate::At(at) => Together::Day(uk_time::day(at)),
        ReleaseDate::Month { year, month } => Together::Month(year, month),
        ReleaseDate::ToBeConfirmed => Together::Unknown,
    }
}

/// The day of an entry on a UK clock, where it is known.
pub(super) fn day_of(entry: &CalendarEntry) -> Option<NaiveDate> {
    entry.date_shown().instant().map(uk_time::day)
}

/// The entries in their order, each day with a heading of its own.
pub(super) fn by_day(frame: &Frame, entries: &[CalendarEntry], now: DateTime<Utc>, under: Under) -> AnyView {
    let days: Vec<AnyView> = entries
        .chunk_by(|before, after| together(before) == together(after))
        .map(|of_day| {
            let head = of_day.first().map(|entry| heading(frame, together(entry), now, under));
            let items: Vec<AnyView> = of_day.iter().map(|entry| row(frame, entry, now)).collect();
            view! { <section class="days__day">{head}<ul class="ledger">{items}</ul></section> }.into_any()
        })
        .collect();
    view! { <div class="days">{days}</div> }.into_any()
}

fn heading(frame: &Frame, of: Together, now: DateTime<Utc>, under: Under) -> AnyView {
    let lang = frame.lang;
    let words = match of {
        Together::Day(day) => {
            let machine = day.format("%Y-%m-%d").to_string();
            let today =
                (day == uk_time::day(now)).then(|| view! { " "<span class="tag">{t(lang, "releases-today")}</span> });
            view! { <time datetime=machine>{day_of_week(lang, day)}</time>{today} }.into_any()
        }
        Together::Month(year, number) => {
            ta(lang, "releases-day-unknown", &[("month", text(month(lang, year, number)))]).into_any()
        }
        Together::Unknown => t(lang, "release-tbc").into_any(),
    };
    match under {
        Under::Page => view! { <h2 class="days__title">{words}</h2> }.into_any(),
        Under::Part => view! { <h3 class="days__title">{words}</h3> }.into_any(),
    }
}

fn row(frame: &Frame, entry: &CalendarEntry, now: DateTime<Utc>) -> AnyView {
    let left = left(frame, entry, now).map(|words| view! { <span class="ledger__sub">{words}</span> });
    let (title, summary) = title_and_summary(frame, entry);
    let href = frame.href(&format!("/releases/{}", escaped(&entry.id)));
    view! {
        <li class="ledger__row">
            <span class="ledger__when">{clock(frame, entry)}</span>
            <span class="ledger__what"><a href=href lang=title.lang>{title.text}</a><span class="ledger__sub" lang=summary.lang>{summary.text}</span></span>
            <span class="ledger__end">{state_tag(frame, entry.state)}{left}</span>
        </li>
    }
    .into_any()
}

/// How long it is until a release that is still to come, where its instant is known.
fn left(frame: &Frame, entry: &CalendarEntry, now: DateTime<Utc>) -> Option<String> {
    let is_to_come = !matches!(entry.state, ReleaseState::Published | ReleaseState::Cancelled);
    entry.date.instant().filter(|_| is_to_come).map(|at| time_until(frame.lang, now, at))
}

/// The time of an entry on a UK clock, where it is known.
pub(super) fn clock(frame: &Frame, entry: &CalendarEntry) -> Option<AnyView> {
    let at = entry.date_shown().instant()?;
    Some(view! { <time datetime=at.to_rfc3339()>{time(frame.lang, at)}</time> }.into_any())
}

#[cfg(test)]
mod tests {
    use domain::language::Language;
    use domain::release::ReleaseDetails;

    use super::*;

    fn entry(id: &str, date: ReleaseDate) -> CalendarEntry {
        CalendarEntry {
            id: id.to_owned(),
            details: ReleaseDetails { title: id.to_owned(), ..ReleaseDetails::default() },
            state: ReleaseState::Confirmed,
            date,
            changes: Vec::new(),
            announced_at: None,
            published_at: None,
        }
    }

    fn at(text: &str) -> ReleaseDate {
        ReleaseDate::At(text.parse().unwrap())
    }

    #[test]
    fn what_comes_on_one_day_of_a_uk_clock_stands_together() {
        let text = String::new;
        let frame = Frame {
            lang: Language::Cy,
            path: text(),
            site_name: text(),
            site: text(),
            with_search: false,
            ahead: None,
        };
        let entries = [
            entry("a", at("2026-07-01T08:30:00Z")),
            // Half past midnight on the second, in summer time.
            entry("b", at("2026-07-01T23:30:00Z")),
            entry("c", at("2026-07-02T08:30:00Z")),
            entry("d", ReleaseDate::Month { year: 2026, month: 8 }),
            entry("e", ReleaseDate::ToBeConfirmed),
        ];
        let now = "2026-07-02T12:00:00Z".parse().unwrap();
        let html = by_day(&frame, &entries, now, Under::Page).to_html();
        assert_eq!(html.matches("<h2").count(), 4, "{html}");
        let second = html.split("Dydd Iau 2 Gorffennaf 2026").nth(1).unwrap().split("<h2").next().unwrap();
        assert!(second.contains("Heddiw") && second.contains("12:30yb") && second.contains("9:30yb"), "{html}");
        // What is to come says how far away it is; what was called off or is there does not.
        let left = |state, of: &str| left(&frame, &CalendarEntry { state, ..entry("x", at(of)) }, now);
        assert_eq!(left(ReleaseState::Postponed, "2026-07-05T08:30:00Z").as_deref(), Some("ymhen 3 diwrnod"));
        assert_eq!(left(ReleaseState::Cancelled, "2026-07-05T08:30:00Z"), None);
        assert_eq!(left(ReleaseState::Published, "2026-07-02T08:30:00Z"), None);
        assert!(html.contains(">yn awr<"), "{html}");
        assert_eq!((html.matches("Heddiw").count(), html.matches("Awst 2026, diwrnod").count()), (1, 1), "{html}");
    }
}
