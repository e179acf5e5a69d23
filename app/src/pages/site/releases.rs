//! The release calendar: what is to come, what came, and what was called off.

use chrono::{DateTime, Utc};
use domain::release::{CalendarEntry, CalendarPage, CalendarQuery, CalendarView, ReleaseDate, ReleaseState};
use domain::text::escaped;
use domain::uk_time::day_month_year;
use leptos::prelude::*;

use super::paging;
use super::releases_query::{PAGE, month_value, read, write};
use crate::components::written::Written;
use crate::i18n::{Argument, date_time, month, t, ta};
use crate::layout::site::{Frame, Shown, loading};

/// The calendar; every choice is in its address.
#[component]
pub fn Releases() -> impl IntoView {
    let frame = Frame::of_visit(true);
    let (query, page) = read(&frame.path);
    let asked = query.clone();
    loading(frame, "", rpc::catalogue::releases(asked), move |found, frame| {
        let lang = frame.lang;
        let count = ta(lang, "releases-count", &[("n", Argument::Count(found.total_count))]);
        let pages = paging::count(found.total_count, PAGE);
        let beyond = paging::beyond(frame, page, pages, |n| frame.href(&write(&query, n)));
        let entries = beyond.unwrap_or_else(|| match found.items.is_empty() {
            true => none(frame, &query),
            false => list(frame, &query, page, &found),
        });
        let content = view! {
            <header class="page-title"><h1>{t(lang, "releases-title")}</h1><p class="lead">{t(lang, "releases-lead")}</p></header>
            {tabs(frame, &query)}
            {filters(frame, &query, found.now)}
            <section aria-label=t(lang, "releases-title")>
                <p class="result-bar__count" role="status"><strong>{count}</strong></p>
                {entries}
            </section>
            <p class="small"><a href=frame.href(&write(&query, 1).replacen("/releases", "/releases.ics", 1))>{t(lang, "releases-subscribe")}" (iCalendar)"</a>", "<a href=frame.href("/feeds")>{t(lang, "feeds-follow")}</a></p>
        };
        Shown { title: t(lang, "releases-title"), description: t(lang, "releases-lead"), content: content.into_any() }
    })
}

fn tabs(frame: &Frame, query: &CalendarQuery) -> AnyView {
    let lang = frame.lang;
    let items: Vec<AnyView> = CalendarView::ALL
        .iter()
        .map(|view| {
            let of_view = CalendarQuery { view: *view, state: None, month: None, ..query.clone() };
            let href = frame.href(&write(&of_view, 1));
            let current = (*view == query.view).then_some("page");
            view! { <li><a href=href aria-current=current>{t(lang, &format!("release-view-{view}"))}</a></li> }
                .into_any()
        })
        .collect();
    view! { <nav class="tabs" aria-label=t(lang, "releases-title")><ul>{items}</ul></nav> }.into_any()
}

fn filters(frame: &Frame, query: &CalendarQuery, now: DateTime<Utc>) -> AnyView {
    let lang = frame.lang;
    let months: Vec<AnyView> = months_around(query.view, now)
        .into_iter()
        .map(|(year, number)| {
            let chosen = query.month == Some((year, number));
            view! { <option value=month_value(Some((year, number))) selected=chosen>{month(lang, year, number)}</option> }
                .into_any()
        })
        .collect();
    let states = (query.view == CalendarView::Upcoming).then(|| {
        let options: Vec<AnyView> = ReleaseState::UPCOMING
            .iter()
            .map(|state| {
                let words = t(lang, &format!("release-state-{state}"));
                view! { <option value=state.as_str() selected=query.state == Some(*state)>{words}</option> }.into_any()
            })
            .collect();
        view! {
            <div class="field">
                <label class="field__label" for="state">{t(lang, "releases-state")}</label>
                <select id="state" name="state"><option value="">{t(lang, "releases-any-state")}</option>{options}</select>
            </div>
        }
    });
    let view_kept = (query.view != CalendarView::Upcoming)
        .then(|| view! { <input type="hidden" name="view" value=query.view.as_str()/> });
    view! {
        <form class="calendar-filters" aria-label=t(lang, "releases-filter") action=frame.href("/releases") method="get">
            {view_kept}
            <div class="field">
                <label class="field__label" for="words">{t(lang, "releases-words")}</label>
                <input id="words" name="q" type="search" value=query.q.clone()/>
            </div>
            <div class="field">
                <label class="field__label" for="month">{t(lang, "releases-month")}</label>
                <select id="month" name="month"><option value="">{t(lang, "releases-any-month")}</option>{months}</select>
            </div>
            {states}
            <button class="button button--secondary">{t(lang, "search-apply")}</button>
        </form>
    }
    .into_any()
}

/// A year of months from this one, onwards for what is to come and backwards for the rest.
fn months_around(view: CalendarView, now: DateTime<Utc>) -> Vec<(i32, u32)> {
    let (_, month, year) = day_month_year(now);
    let mut months = Vec::with_capacity(13);
    let (mut year, mut month) = (year, month);
    for _ in 0..13 {
        months.push((year, month));
        (year, month) = match (view, month) {
            (CalendarView::Upcoming, 12) => (year + 1, 1),
            (CalendarView::Upcoming, _) => (year, month + 1),
            (_, 1) => (year - 1, 12),
            (_, _) => (year, month - 1),
        };
    }
    months
}

fn list(frame: &Frame, query: &CalendarQuery, page: u32, found: &CalendarPage) -> AnyView {
    let items: Vec<AnyView> = found.items.iter().map(|entry| row(frame, entry)).collect();
    let navigation =
        paging::pagination(frame, page, paging::count(found.total_count, PAGE), |n| frame.href(&write(query, n)));
    view! { <ul class="ledger">{items}</ul>{navigation} }.into_any()
}

fn row(frame: &Frame, entry: &CalendarEntry) -> AnyView {
    let lang = frame.lang;
    let details = &entry.details;
    let title = Written::of(lang, &details.title, details.title_cy.as_deref());
    let summary = Written::of(lang, &details.summary, details.summary_cy.as_deref());
    let href = frame.href(&format!("/releases/{}", escaped(&entry.id)));
    view! {
        <li class="ledger__row">
            <span class="ledger__when">{when(frame, entry)}</span>
            <span class="ledger__what"><a href=href lang=title.lang>{title.text}</a><span class="ledger__sub" lang=summary.lang>{summary.text}</span></span>
            <span class="ledger__end">{state_tag(frame, entry.state)}</span>
        </li>
    }
    .into_any()
}

fn none(frame: &Frame, query: &CalendarQuery) -> AnyView {
    let lang = frame.lang;
    let heading = match query.view {
        CalendarView::Upcoming => t(lang, "releases-none-upcoming"),
        CalendarView::Published => t(lang, "releases-none-published"),
        CalendarView::Cancelled => t(lang, "releases-none-cancelled"),
    };
    view! { <div class="empty-state"><h2>{heading}</h2><p>{t(lang, "releases-none-help")}</p></div> }.into_any()
}

/// Where a release stands, in colour, shape and words.
pub fn state_tag(frame: &Frame, state: ReleaseState) -> AnyView {
    let class = format!("tag state--{state}");
    view! { <span class=class>{t(frame.lang, &format!("release-state-{state}"))}</span> }.into_any()
}

/// When a release came or will come, for people and for machines.
pub fn when(frame: &Frame, entry: &CalendarEntry) -> AnyView {
    let date = entry.published_at.map_or(entry.date, ReleaseDate::At);
    let words = date_words(frame, date);
    let machine = date.instant().map(|at| at.to_rfc3339()).or_else(|| date.month());
    match machine {
        Some(machine) => view! { <time datetime=machine>{words}</time> }.into_any(),
        None => words.into_any(),
    }
}

/// A date in words: to the minute on a UK clock, a month, or to be confirmed.
pub fn date_words(frame: &Frame, date: ReleaseDate) -> String {
    match date {
        ReleaseDate::At(at) => date_time(frame.lang, at),
        ReleaseDate::Month { year, month: number } => month(frame.lang, year, number),
        ReleaseDate::ToBeConfirmed => t(frame.lang, "release-tbc"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn months_run_over_the_turn_of_the_year() {
        let now = "2026-11-28T00:00:00Z".parse().unwrap();
        let ahead = months_around(CalendarView::Upcoming, now);
        assert_eq!((ahead[0], ahead[2], ahead.len()), ((2026, 11), (2027, 1), 13));
        assert_eq!(months_around(CalendarView::Published, now)[12], (2025, 11));
    }
}
