//! The release calendar: what is to come, what came, and what was called off.

use chrono::{DateTime, Utc};
use domain::language::Language;
use domain::month::Month;
use domain::release::{CalendarEntry, CalendarPage, CalendarQuery, CalendarView, ReleaseDate, ReleaseState};
use leptos::prelude::*;

use super::paging;
use super::releases_days::{Under, by_day};
use super::releases_month::month_view;
use super::releases_query::{month_value, read, size, states, write};
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
        let pages = paging::count(found.total_count, size(query.view));
        let beyond = paging::beyond(frame, page, pages, |n| frame.href(&write(&query, n)));
        let entries = beyond.unwrap_or_else(|| match (query.view, found.items.is_empty()) {
            (CalendarView::Month, _) => month_view(frame, &query, &found),
            (_, true) => none(frame, &query),
            (_, false) => by_day(frame, &found.items, found.now, Under::Page),
        });
        // Beyond the last page the words lead back.
        let within = if page <= pages { pages } else { 0 };
        let navigation = paging::pagination(frame, page, within, |n| frame.href(&write(&query, n)));
        let content = view! {
            <header class="page-title"><h1>{t(lang, "releases-title")}</h1><p class="lead">{t(lang, "releases-lead")}</p></header>
            {tabs(frame, &query)}
            {filters(frame, &query, &found)}
            <section class="stack" aria-label=t(lang, "releases-title")>
                <p class="result-bar__count" role="status"><strong>{count}</strong></p>
                {entries}
                {navigation}
                <p class="small"><a href=frame.href(&write(&query, 1).replacen("/releases", "/releases.ics", 1))>{t(lang, "releases-subscribe")}" (iCalendar)"</a>", "<a href=frame.href("/feeds")>{t(lang, "feeds-follow")}</a></p>
            </section>
        };
        Shown { title: t(lang, "releases-title"), description: t(lang, "releases-lead"), content: content.into_any() }
    })
}

fn tabs(frame: &Frame, query: &CalendarQuery) -> AnyView {
    let lang = frame.lang;
    let items: Vec<AnyView> = CalendarView::ALL
        .iter()
        .map(|view| {
            let kept = query.month.filter(|_| *view == CalendarView::Month);
            let of_view = CalendarQuery { view: *view, state: None, month: kept, topic: None, ..query.clone() };
            let href = frame.href(&write(&of_view, 1));
            let current = (*view == query.view).then_some("page");
            view! { <li><a href=href aria-current=current>{t(lang, &format!("release-view-{view}"))}</a></li> }
                .into_any()
        })
        .collect();
    view! { <nav class="tabs" aria-label=t(lang, "releases-title")><ul>{items}</ul></nav> }.into_any()
}

fn filters(frame: &Frame, query: &CalendarQuery, found: &CalendarPage) -> AnyView {
    let lang = frame.lang;
    let states = (!states(query.view).is_empty()).then(|| state_choice(frame, query));
    let topics = (!found.topics.is_empty()).then(|| topic_choice(frame, query, found));
    let view_kept = (query.view != CalendarView::Upcoming)
        .then(|| view! { <input type="hidden" name="view" value=query.view.as_str()/> });
    view! {
        <form class="calendar-filters" aria-label=t(lang, "releases-filter") action=frame.href("/releases") method="get">
            {view_kept}
            <div class="field">
                <label class="field__label" for="words">{t(lang, "releases-words")}</label>
                <input id="words" name="q" type="search" value=query.q.clone()/>
            </div>
            {month_choice(frame, query, found.now)}
            {states}
            {topics}
            <button class="button button--secondary">{t(lang, "search-apply")}</button>
        </form>
    }
    .into_any()
}

/// The months around this one, and the one that was asked for; the view by month has no other.
fn month_choice(frame: &Frame, query: &CalendarQuery, now: DateTime<Utc>) -> AnyView {
    let lang = frame.lang;
    let by_month = query.view == CalendarView::Month;
    let asked = if by_month { Some(query.month_shown(now).parts()) } else { query.month };
    let mut months: Vec<(i32, u32)> = months_around(query.view, now).into_iter().map(Month::parts).collect();
    months.extend(asked.filter(|asked| !months.contains(asked)));
    let options: Vec<AnyView> = months
        .into_iter()
        .map(|(year, number)| {
            let chosen = asked == Some((year, number));
            view! { <option value=month_value(Some((year, number))) selected=chosen>{month(lang, year, number)}</option> }
                .into_any()
        })
        .collect();
    let any = (!by_month).then(|| view! { <option value="">{t(lang, "releases-any-month")}</option> });
    view! {
        <div class="field">
            <label class="field__label" for="month">{t(lang, "releases-month")}</label>
            <select id="month" name="month">{any}{options}</select>
        </div>
    }
    .into_any()
}

fn state_choice(frame: &Frame, query: &CalendarQuery) -> AnyView {
    let lang = frame.lang;
    let options: Vec<AnyView> = states(query.view)
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
    .into_any()
}

/// The topics of what was published; nothing is told of what is to come.
fn topic_choice(frame: &Frame, query: &CalendarQuery, found: &CalendarPage) -> AnyView {
    let lang = frame.lang;
    let options: Vec<AnyView> = found
        .topics
        .iter()
        .map(|topic| {
            let title = Written::of(lang, &topic.title, topic.title_cy.as_deref());
            let words = if topic.parent_id.is_some() { format!("– {}", title.text) } else { title.text };
            let chosen = query.topic.as_ref() == Some(&topic.id);
            view! { <option value=topic.id.clone() selected=chosen lang=title.lang>{words}</option> }.into_any()
        })
        .collect();
    view! {
        <div class="field">
            <label class="field__label" for="topic">{t(lang, "facet-topics")}</label>
            <select id="topic" name="topic"><option value="">{t(lang, "register-any-topic")}</option>{options}</select>
        </div>
    }
    .into_any()
}

/// A year of months from this one: onwards for what is to come, backwards for what came, and both ways where a month holds both.
fn months_around(view: CalendarView, now: DateTime<Utc>) -> Vec<Month> {
    let from = |step: fn(Month) -> Month| std::iter::successors(Some(Month::of(now)), move |month| Some(step(*month)));
    let (onwards, backwards) = (from(Month::next).take(13), from(Month::previous).take(13));
    match view {
        CalendarView::Upcoming => onwards.collect(),
        CalendarView::Published | CalendarView::Cancelled => backwards.collect(),
        CalendarView::Month => {
            let mut months: Vec<Month> = backwards.skip(1).collect();
            months.reverse();
            months.extend(onwards);
            months
        }
    }
}

/// The title and the summary of an entry in the language of the page.
pub(super) fn title_and_summary(frame: &Frame, entry: &CalendarEntry) -> (Written, Written) {
    let details = &entry.details;
    let title = Written::of(frame.lang, &details.title, details.title_cy.as_deref());
    (title, Written::of(frame.lang, &details.summary, details.summary_cy.as_deref()))
}

/// What is said where nothing is found.
pub(super) fn none(frame: &Frame, query: &CalendarQuery) -> AnyView {
    let lang = frame.lang;
    let heading = match query.view {
        CalendarView::Upcoming => t(lang, "releases-none-upcoming"),
        CalendarView::Published => t(lang, "releases-none-published"),
        CalendarView::Cancelled => t(lang, "releases-none-cancelled"),
        CalendarView::Month => t(lang, "releases-none-month"),
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
    let date = entry.date_shown();
    let words = date_words(frame.lang, date);
    let machine = date.instant().map(|at| at.to_rfc3339()).or_else(|| date.month());
    match machine {
        Some(machine) => view! { <time datetime=machine>{words}</time> }.into_any(),
        None => words.into_any(),
    }
}

/// A date in words: to the minute on a UK clock, a month, or to be confirmed.
pub fn date_words(lang: Language, date: ReleaseDate) -> String {
    match date {
        ReleaseDate::At(at) => date_time(lang, at),
        ReleaseDate::Month { year, month: number } => month(lang, year, number),
        ReleaseDate::ToBeConfirmed => t(lang, "release-tbc"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn months_run_over_the_turn_of_the_year() {
        let now = "2026-11-28T00:00:00Z".parse().unwrap();
        let months = |view| months_around(view, now).into_iter().map(Month::parts).collect::<Vec<_>>();
        let ahead = months(CalendarView::Upcoming);
        assert_eq!((ahead[0], ahead[2], ahead.len()), ((2026, 11), (2027, 1), 13));
        assert_eq!(months(CalendarView::Published)[12], (2025, 11));
        let both = months(CalendarView::Month);
        assert_eq!((both[0], both[12], both[24], both.len()), ((2025, 11), (2026, 11), (2027, 11), 25));
    }
}
