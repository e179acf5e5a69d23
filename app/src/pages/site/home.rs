//! The home page: what is new, what comes next, what there is, and figures to open with.

use chrono::{DateTime, Utc};
use domain::correction::Correction;
use domain::file::FileSight;
use domain::release::{CalendarEntry, ReleaseState};
use domain::text::escaped;
use domain::topic::Topic;
use domain::views::{DatasetSummary, HomePage};
use leptos::prelude::*;

use super::corrections;
use super::files::figure_card;
use super::releases::{state_tag, when};
use crate::components::written::Written;
use crate::i18n::{Argument, date, t, ta, time_until};
use crate::layout::site::{Frame, Shown, loading, search_form};

/// The way in.
#[component]
pub fn Home() -> impl IntoView {
    let frame = Frame::of_visit(false);
    loading(frame, "page--home", rpc::catalogue::home(), |home, frame| {
        let lang = frame.lang;
        let HomePage { latest, topics, dataset_count, headlines, upcoming, corrections, now } = home;
        let is_empty = dataset_count == 0;
        let hint = (!is_empty).then(|| {
            let count = ta(lang, "home-count", &[("n", Argument::Count(dataset_count))]);
            view! { <p class="hero__hint">{count}" · "{t(lang, "search-hint")}</p> }
        });
        let mut figures = headlines.iter();
        let first = figures.next().and_then(|one| figure(frame, true, one));
        let others: Vec<AnyView> = figures.filter_map(|one| figure(frame, false, one)).collect();
        let content = view! {
            <section class="hero">
                <div class="hero__text">
                    <h1>{t(lang, "home-title")}</h1>
                    <p class="lead">{t(lang, "home-lead")}</p>
                    {search_form(frame, "q-home", "search-form--large", "")}
                    {hint}
                </div>
                {opening(frame, first)}
            </section>
            {more_figures(frame, "home-figures", others)}
            {is_empty.then(|| nothing_yet(frame))}
            {coming(frame, &upcoming, now)}
            {newest(frame, latest)}
            {corrected(frame, &corrections)}
            {by_topic(frame, topics)}
        };
        Shown { title: t(lang, "home-title"), description: t(lang, "home-lead"), content: content.into_any() }
    })
}

/// The figure to open with; nothing where there is none.
fn opening(frame: &Frame, figure: Option<AnyView>) -> Option<AnyView> {
    let label = t(frame.lang, "home-headline");
    figure.map(|card| view! { <aside class="hero__next" aria-label=label>{card}</aside> }.into_any())
}

/// That nothing is published yet, where that is so.
pub(super) fn nothing_yet(frame: &Frame) -> AnyView {
    let lang = frame.lang;
    view! {
        <div class="empty-state section">
            <h2>{t(lang, "home-empty")}</h2>
            <p>{t(lang, "home-empty-text")}" "<a href=frame.href("/releases")>{t(lang, "home-upcoming-all")}</a></p>
        </div>
    }
    .into_any()
}

/// The datasets that were released last; nothing where there are none.
fn newest(frame: &Frame, latest: Vec<DatasetSummary>) -> Option<AnyView> {
    let lang = frame.lang;
    (!latest.is_empty()).then(|| {
        view! {
            <section class="section">
                <div class="section__head">
                    <h2>{t(lang, "home-latest")}</h2>
                    <a href=frame.href("/search")>{t(lang, "home-all")}</a>
                </div>
                <ul class="ledger">{latest.into_iter().map(|summary| row(frame, summary)).collect_view()}</ul>
            </section>
        }
        .into_any()
    })
}

/// The topics at the top; nothing where there are none.
fn by_topic(frame: &Frame, topics: Vec<(Topic, u64)>) -> Option<AnyView> {
    (!topics.is_empty()).then(|| {
        view! {
            <section class="section">
                <div class="section__head"><h2>{t(frame.lang, "home-topics")}</h2></div>
                <ul class="topic-grid">{topics.into_iter().map(|(topic, n)| card(frame, topic, n)).collect_view()}</ul>
            </section>
        }
        .into_any()
    })
}

/// The newest figure of a dataset, leading to its page.
pub(super) fn figure(frame: &Frame, large: bool, (summary, sight): &(DatasetSummary, FileSight)) -> Option<AnyView> {
    let metadata = &summary.metadata;
    let title = Written::of(frame.lang, &metadata.title, metadata.title_cy.as_deref());
    let href = frame.href(&format!("/catalogue/{}", summary.id));
    let dates = (summary.release_date, metadata.next_release.clone());
    figure_card(frame, large, sight, (title, Some(href)), metadata.unit_of_measure.clone(), dates)
}

/// Figures beside each other, in a part of the page of this name; nothing where there are none.
pub(super) fn more_figures(frame: &Frame, label: &str, cards: Vec<AnyView>) -> Option<AnyView> {
    (!cards.is_empty()).then(|| {
        view! { <section class="section" aria-label=t(frame.lang, label)><div class="figure-row">{cards}</div></section> }
            .into_any()
    })
}

/// The releases to come, each with its instant and how far away that is; nothing where none is announced.
fn coming(frame: &Frame, upcoming: &[CalendarEntry], now: DateTime<Utc>) -> Option<AnyView> {
    let lang = frame.lang;
    let items: Vec<AnyView> = upcoming.iter().map(|entry| coming_row(frame, entry, now)).collect();
    (!items.is_empty()).then(|| {
        view! {
            <section class="section" aria-labelledby="home-upcoming">
                <div class="section__head">
                    <h2 id="home-upcoming">{t(lang, "home-upcoming")}</h2>
                    <a href=frame.href("/releases")>{t(lang, "home-upcoming-all")}</a>
                </div>
                <ul class="ledger">{items}</ul>
            </section>
        }
        .into_any()
    })
}

fn coming_row(frame: &Frame, entry: &CalendarEntry, now: DateTime<Utc>) -> AnyView {
    let lang = frame.lang;
    let title = Written::of(lang, &entry.details.title, entry.details.title_cy.as_deref());
    let href = frame.href(&format!("/releases/{}", escaped(&entry.id)));
    let left = entry.date.instant().map(|at| time_until(lang, now, at));
    // That a date is promised goes without saying.
    let state = (entry.state != ReleaseState::Confirmed).then(|| state_tag(frame, entry.state));
    view! {
        <li class="ledger__row">
            <span class="ledger__when">{when(frame, entry)}</span>
            <span class="ledger__what"><a href=href lang=title.lang>{title.text}</a>" "{state}</span>
            <span class="ledger__end">{left}</span>
        </li>
    }
    .into_any()
}

/// The latest corrections and notices; nothing where there are none.
fn corrected(frame: &Frame, corrections: &[Correction]) -> Option<AnyView> {
    let lang = frame.lang;
    let items: Vec<AnyView> = corrections.iter().map(|one| corrections::row(frame, one)).collect();
    (!items.is_empty()).then(|| {
        view! {
            <section class="section" aria-labelledby="home-corrections">
                <div class="section__head">
                    <h2 id="home-corrections">{t(lang, "home-corrections")}</h2>
                    <a href=frame.href("/corrections")>{t(lang, "home-corrections-all")}</a>
                </div>
                <ul class="ledger">{items}</ul>
            </section>
        }
        .into_any()
    })
}

fn row(frame: &Frame, summary: DatasetSummary) -> AnyView {
    let lang = frame.lang;
    let metadata = summary.metadata;
    let title = Written::of(lang, &metadata.title, metadata.title_cy.as_deref());
    let publisher = Written::english(lang, metadata.publisher);
    let href = frame.href(&format!("/catalogue/{}", summary.id));
    let when = summary.release_date.map(|at| {
        let machine = at.to_rfc3339();
        view! { <time class="ledger__when" datetime=machine>{date(lang, at)}</time> }
    });
    view! {
        <li class="ledger__row">
            {when}
            <span class="ledger__what"><a href=href lang=title.lang>{title.text}</a><span class="ledger__sub" lang=publisher.lang>{publisher.text}</span></span>
        </li>
    }
    .into_any()
}

fn card(frame: &Frame, topic: Topic, count: u64) -> AnyView {
    let lang = frame.lang;
    let href = frame.href(&format!("/topics/{}", topic.id));
    let title = Written::of(lang, &topic.title, topic.title_cy.as_deref());
    let about = Written::of(lang, &topic.description, topic.description_cy.as_deref());
    view! {
        <li class="topic-card">
            <a class="topic-card__link" href=href><span class="topic-card__title" lang=title.lang>{title.text}</span></a>
            <span class="topic-card__n num">{count}</span>
            <p class="topic-card__text" lang=about.lang>{about.text}</p>
        </li>
    }
    .into_any()
}
