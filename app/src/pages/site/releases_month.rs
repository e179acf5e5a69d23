//! The release calendar as one month: a grid of its weeks, and an agenda where that is too narrow.

use chrono::NaiveDate;
use domain::month::Month;
use domain::release::{CalendarEntry, CalendarPage, CalendarQuery};
use domain::text::escaped;
use domain::uk_time;
use leptos::prelude::*;

use super::releases::{none, title_and_summary};
use super::releases_days::{Under, by_day, clock, day_of};
use super::releases_query::write;
use crate::i18n::{month, t, weekdays};
use crate::layout::site::Frame;

/// The month with what comes or came on each of its days, and the way to the months beside it.
pub(super) fn month_view(frame: &Frame, query: &CalendarQuery, found: &CalendarPage) -> AnyView {
    let (lang, shown) = (frame.lang, query.month_shown(found.now));
    let name = |one: Month| {
        let (year, number) = one.parts();
        month(lang, year, number)
    };
    // Where no month may be named any more, no link leads.
    let to = |one: Month| {
        let (year, number) = one.parts();
        let there = CalendarQuery { month: Some((year, number)), ..query.clone() };
        Month::new(year, number).map(|_| frame.href(&write(&there, 1)))
    };
    let (before, after, this) = (shown.previous(), shown.next(), Month::of(found.now));
    let earlier = to(before).map(|href| view! { <a rel="prev nofollow" href=href>{name(before)}</a> });
    let later = to(after).map(|href| view! { <a rel="next nofollow" href=href>{name(after)}</a> });
    let today =
        to(this).filter(|_| this != shown).map(|href| view! { <a href=href>{t(lang, "releases-this-month")}</a> });
    let (dated, undated): (Vec<CalendarEntry>, Vec<CalendarEntry>) =
        found.items.iter().cloned().partition(|entry| day_of(entry).is_some());
    let weeks = (!dated.is_empty()).then(|| {
        let agenda = by_day(frame, &dated, found.now, Under::Part);
        view! { {grid(frame, shown, found, &dated)}<div class="agenda">{agenda}</div> }
    });
    let rest = (!undated.is_empty()).then(|| by_day(frame, &undated, found.now, Under::Part));
    let nothing = found.items.is_empty().then(|| none(frame, query));
    view! {
        <div class="cluster cluster--spread">
            <h2 id="month-shown">{name(shown)}</h2>
            <nav class="cluster small" aria-label=t(lang, "releases-months")>{earlier}{today}{later}</nav>
        </div>
        {weeks}
        {rest}
        {nothing}
    }
    .into_any()
}

fn grid(frame: &Frame, shown: Month, found: &CalendarPage, dated: &[CalendarEntry]) -> AnyView {
    let heads: Vec<AnyView> =
        weekdays(frame.lang).into_iter().map(|day| view! { <th scope="col">{day}</th> }.into_any()).collect();
    let today = uk_time::day(found.now);
    let weeks: Vec<AnyView> = shown
        .weeks()
        .into_iter()
        .map(|week| {
            let days: Vec<AnyView> =
                week.into_iter().map(|day| day_cell(frame, day, dated, (shown.holds(day), day == today))).collect();
            view! { <tr>{days}</tr> }.into_any()
        })
        .collect();
    view! {
        <table class="month" aria-labelledby="month-shown">
            <thead><tr>{heads}</tr></thead>
            <tbody>{weeks}</tbody>
        </table>
    }
    .into_any()
}

fn day_cell(frame: &Frame, day: NaiveDate, dated: &[CalendarEntry], (inside, today): (bool, bool)) -> AnyView {
    let items: Vec<AnyView> =
        dated.iter().filter(|entry| inside && day_of(entry) == Some(day)).map(|entry| event(frame, entry)).collect();
    let list = (!items.is_empty()).then(|| view! { <ul class="month__list">{items}</ul> });
    let class = match (inside, today) {
        (false, _) => "month__day month__day--outside",
        (true, true) => "month__day month__day--today",
        (true, false) => "month__day",
    };
    let current = (inside && today).then_some("date");
    let (machine, number) = (day.format("%Y-%m-%d").to_string(), day.format("%-d").to_string());
    let said =
        (inside && today).then(|| view! { " "<span class="month__time">{t(frame.lang, "releases-today")}</span> });
    view! {
        <td class=class aria-current=current>
            <time class="month__n" datetime=machine>{number}</time>
            {said}
            {list}
        </td>
    }
    .into_any()
}

fn event(frame: &Frame, entry: &CalendarEntry) -> AnyView {
    let (title, _) = title_and_summary(frame, entry);
    let href = frame.href(&format!("/releases/{}", escaped(&entry.id)));
    let state = t(frame.lang, &format!("release-state-{}", entry.state));
    let class = format!("month__entry state--{}", entry.state);
    view! {
        <li class=class>
            <span class="month__time">{clock(frame, entry)}</span>
            " "
            <a href=href>{title}</a>
            " "
            <span class="month__time">{state}</span>
        </li>
    }
    .into_any()
}

#[cfg(test)]
mod tests {
    use chrono::{DateTime, Utc};
    use domain::language::Language;
    use domain::release::{ReleaseDate, ReleaseDetails, ReleaseState};

    use super::super::releases_query::read;
    use super::*;

    fn html(path: &str, entries: &[(&str, ReleaseDate)]) -> String {
        let text = String::new;
        let frame = Frame { lang: Language::En, path: text(), site_name: text(), site: text(), with_search: false };
        let items = entries.iter().map(|(title, date)| CalendarEntry {
            id: "figures".to_owned(),
            details: ReleaseDetails { title: (*title).to_owned(), ..ReleaseDetails::default() },
            state: ReleaseState::Postponed,
            date: *date,
            changes: Vec::new(),
            announced_at: None,
            published_at: None,
        });
        let now: DateTime<Utc> = "2026-11-18T12:00:00Z".parse().unwrap();
        let found = CalendarPage { items: items.collect(), total_count: entries.len() as u64, topics: Vec::new(), now };
        month_view(&frame, &read(path).0, &found).to_html()
    }

    fn at(text: &str) -> ReleaseDate {
        ReleaseDate::At(text.parse().unwrap())
    }

    #[test]
    fn each_release_stands_on_its_day_and_today_is_marked() {
        let html = html("/releases?view=month&q=a", &[("Prices", at("2026-11-18T09:30:00Z"))]);
        let cell = html.split("datetime=\"2026-11-18\"").nth(1).unwrap().split("</td>").next().unwrap();
        for part in ["href=\"/releases/figures\"", "Prices", "9:30am", "Postponed", "Today"] {
            assert!(cell.contains(part), "{part} is missing in {cell}");
        }
        assert_eq!((html.matches("aria-current=\"date\"").count(), html.matches("<th ").count()), (1, 7), "{html}");
        assert!(
            html.contains("rel=\"prev nofollow\" href=\"/releases?view=month&amp;month=2026-10&amp;q=a\""),
            "{html}"
        );
        assert!(!html.contains("This month"), "it is shown already: {html}");
    }

    #[test]
    fn a_month_without_days_has_them_told_apart_and_an_end() {
        let html =
            html("/releases?view=month&month=2200-12", &[("Prices", ReleaseDate::Month { year: 2200, month: 12 })]);
        assert!(html.contains("December 2200, day to be confirmed") && !html.contains("<table"), "{html}");
        assert!(
            html.contains("This month") && html.contains("rel=\"prev nofollow\"") && !html.contains("rel=\"next"),
            "{html}"
        );
    }
}
