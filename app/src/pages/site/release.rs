//! One release of the calendar.

use domain::dataset::Contact;
use domain::language::Language;
use domain::release::{DateChange, PreReleaseAccess, ReleaseDate, ReleasePage as Page, ReleaseState, ReleasedVersion};
use domain::text::escaped;
use leptos::prelude::*;

use super::dataset::in_english;
use super::metadata::{contacts, next_release};
use super::releases::{date_words, state_tag, when};
use super::{param, structured};
use crate::components::written::{Written, around};
use crate::i18n::{date_time, t, ta, text};
use crate::layout::site::{Frame, Shown, loading};

/// A release: its date, what changed about it and why, and, once it is published, what it made public.
#[component]
pub fn ReleasePage() -> impl IntoView {
    let frame = Frame::of_visit(true);
    let load = rpc::catalogue::release_page_for(param("id").unwrap_or_default());
    loading(frame, "", load, |page, frame| shown(frame, &page))
}

/// The page of a release, within the frame of whoever looks.
pub(super) fn shown(frame: &Frame, page: &Page) -> Shown {
    let lang = frame.lang;
    let details = &page.entry.details;
    let title = Written::of(lang, &details.title, details.title_cy.as_deref());
    let summary = Written::of(lang, &details.summary, details.summary_cy.as_deref());
    let content = view! {
        {structured::event(frame, &page.entry)}
        {structured::breadcrumbs(frame, &trail(frame, page, &title))}
        <nav class="breadcrumbs" aria-label=t(lang, "breadcrumb")>
            <ol>
                <li><a href=frame.href("/")>{t(lang, "home")}</a></li>
                <li><a href=frame.href("/releases")>{t(lang, "releases-title")}</a></li>
                <li aria-current="page" lang=title.lang>{title.text.clone()}</li>
            </ol>
        </nav>
        {english_only(frame, page)}
        <p class="visually-hidden" role="status" id="release-said"></p>
        <div id="release" data-mark=mark(page) data-due=due(page) data-said=said(frame, page)>
            {head(frame, page, &title)}
            <div class="stack stack--loose">
                {countdown(frame, page)}
                {into_calendar(frame, page)}
                {datasets(frame, page)}
                {about(frame, &summary)}
                {people(frame, &page.versions)}
                {early(frame, &page.entry.details.pre_release_access)}
                {changes(frame, &page.entry.changes)}
            </div>
        </div>
        {due(page).map(|_| view! { <script r#type="module" src="/assets/release.js"></script> })}
    };
    // Other sites show the title where nothing more is said, so that every release has its address and its picture.
    let description = if summary.text.is_empty() { title.text.clone() } else { summary.text };
    Shown { title: title.text, description, content: content.into_any() }
}

/// The way to the page: names with their paths, the release itself last.
fn trail(frame: &Frame, page: &Page, title: &Written) -> [(String, String); 3] {
    let lang = frame.lang;
    let own = frame.public_href(&format!("/releases/{}", escaped(&page.entry.id)));
    [
        (t(lang, "home"), frame.public_href("/")),
        (t(lang, "releases-title"), frame.public_href("/releases")),
        (title.text.clone(), own),
    ]
}

/// Says to Welsh readers that something about the release, or a reason for another date, is in English.
fn english_only(frame: &Frame, page: &Page) -> Option<AnyView> {
    let details = &page.entry.details;
    let mut told = vec![
        (details.title.as_str(), details.title_cy.as_deref()),
        (details.summary.as_str(), details.summary_cy.as_deref()),
    ];
    let reasons = page.entry.changes.iter().map(|change| &change.reason);
    told.extend(reasons.map(|reason| (reason.text.as_str(), reason.text_cy.as_deref())));
    told.extend(details.pre_release_access.iter().map(|given| (given.position.as_str(), None)));
    in_english(frame, "english-only-release", &told)
}

fn head(frame: &Frame, page: &Page, title: &Written) -> AnyView {
    let lang = frame.lang;
    let entry = &page.entry;
    let dated = match entry.published_at {
        Some(at) => {
            let words = ta(lang, "release-published-at", &[("when", text(date_time(lang, at)))]);
            view! { <time datetime=at.to_rfc3339()>{words}</time> }.into_any()
        }
        None => view! { {t(lang, "release-date")}": "{when(frame, entry)} }.into_any(),
    };
    view! {
        <header class="page-title">
            <h1 lang=title.lang>{title.text.clone()}</h1>
            <p class="page-title__meta meta">{state_tag(frame, entry.state)}<span>{dated}</span></p>
        </header>
    }
    .into_any()
}

/// What tells one state of the page from another, so that an open page knows whether anything is new.
fn mark(page: &Page) -> String {
    let entry = &page.entry;
    let published = entry.published_at.map(|at| at.to_rfc3339()).unwrap_or_default();
    format!("{} {:?} {published} {}", entry.state, entry.date, entry.changes.len())
}

/// The instant that a page waits for, in milliseconds since 1970, where there is one to wait for.
fn due(page: &Page) -> Option<i64> {
    match (page.entry.state, page.entry.date) {
        (ReleaseState::Published | ReleaseState::Cancelled, _) => None,
        (_, ReleaseDate::At(at)) => Some(at.timestamp_millis()),
        _ => None,
    }
}

/// What is said aloud where an open page has become this one.
fn said(frame: &Frame, page: &Page) -> String {
    let lang = frame.lang;
    match page.entry.published_at {
        Some(at) => ta(lang, "release-published-at", &[("when", text(date_time(lang, at)))]),
        None => format!("{}: {}", t(lang, "release-date"), date_words(lang, page.entry.date)),
    }
}

/// The time that is left, which a script fills in; without scripts the date above says it.
fn countdown(frame: &Frame, page: &Page) -> Option<AnyView> {
    let lang = frame.lang;
    due(page).map(|_| {
        view! {
            <p class="release-countdown">
                <span class="release-countdown__label">{t(lang, "release-countdown")}</span>
                <span class="release-countdown__left" role="timer" id="release-left" data-units=t(lang, "release-countdown-units")>"…"</span>
            </p>
        }
        .into_any()
    })
}

/// The way into the reader's own calendar, for what is still to come at an instant.
fn into_calendar(frame: &Frame, page: &Page) -> Option<AnyView> {
    let href = frame.href(&format!("/releases/{}/calendar.ics", escaped(&page.entry.id)));
    due(page).map(|_| {
        view! { <p><a href=href type="text/calendar">{t(frame.lang, "releases-subscribe")}" (iCalendar)"</a></p> }
            .into_any()
    })
}

/// What the release made public; before that, that nothing shows yet.
fn datasets(frame: &Frame, page: &Page) -> Option<AnyView> {
    let lang = frame.lang;
    match page.entry.state {
        ReleaseState::Published => {}
        ReleaseState::Cancelled => return None,
        _ => return Some(view! { <p class="muted">{t(lang, "release-not-yet")}</p> }.into_any()),
    }
    let items: Vec<AnyView> = page.versions.iter().map(|version| dataset(frame, version)).collect();
    let log = frame.href(&format!("/publication-log?release={}", escaped(&page.entry.id)));
    let section = view! {
        <section class="section">
            <div class="section__head"><h2>{t(lang, "release-datasets")}</h2></div>
            <ul class="ledger">{items}</ul>
            <p class="small"><a href=log>{t(lang, "release-log")}</a></p>
        </section>
    };
    (!page.versions.is_empty()).then(|| section.into_any())
}

fn dataset(frame: &Frame, released: &ReleasedVersion) -> AnyView {
    let lang = frame.lang;
    let title = Written::of(lang, &released.title, released.title_cy.as_deref());
    let (id, edition, version) = (escaped(&released.dataset_id), escaped(&released.edition), released.version);
    let href = frame.href(&format!("/catalogue/{id}/editions/{edition}/versions/{version}"));
    let titled = Written::of(lang, &released.edition_title, released.edition_title_cy.as_deref());
    let which = around(lang, "release-version", &[("edition", titled)], &[("version", text(version.to_string()))]);
    let next = released.next_release.as_deref().filter(|written| !written.trim().is_empty()).map(|written| {
        view! { <span class="ledger__sub">{t(lang, "next-release")}": "{next_release(frame, written)}</span> }
    });
    view! {
        <li class="ledger__row ledger__row--plain">
            <span class="ledger__what">
                <a href=href lang=title.lang>{title.text}</a><span class="ledger__sub">{which}</span>{next}
            </span>
        </li>
    }
    .into_any()
}

/// Whom to ask about what the release made public, each once; nothing before, as that would tell of its datasets.
fn people(frame: &Frame, versions: &[ReleasedVersion]) -> Option<AnyView> {
    let mut people: Vec<Contact> = Vec::new();
    for contact in versions.iter().flat_map(|version| &version.contacts) {
        if !people.contains(contact) {
            people.push(contact.clone());
        }
    }
    let section = view! {
        <section>
            <h2>{t(frame.lang, "contact")}</h2>
            <div class="stack stack--tight">{contacts(frame, &people)}</div>
        </section>
    };
    (!people.is_empty()).then(|| section.into_any())
}

/// Who was given the release before the public, by position; the entry tells it once it is published.
fn early(frame: &Frame, given: &[PreReleaseAccess]) -> Option<AnyView> {
    let lang = frame.lang;
    let items: Vec<AnyView> = given
        .iter()
        .map(|given| {
            let words = Written::english(lang, format!("{}, {}", given.position, given.organisation));
            view! { <li lang=words.lang>{words.text}</li> }.into_any()
        })
        .collect();
    let section = view! {
        <section id="pre-release-access">
            <h2>{t(lang, "release-access")}</h2>
            <p>{t(lang, "release-access-about")}</p>
            <ul>{items}</ul>
        </section>
    };
    (!given.is_empty()).then(|| section.into_any())
}

fn about(frame: &Frame, summary: &Written) -> Option<AnyView> {
    let paragraphs: Vec<AnyView> = summary
        .text
        .lines()
        .filter(|line| !line.trim().is_empty())
        .map(|line| view! { <p>{line.to_owned()}</p> }.into_any())
        .collect();
    let section = view! {
        <section>
            <h2>{t(frame.lang, "release-about")}</h2>
            <div class="prose" lang=summary.lang>{paragraphs}</div>
        </section>
    };
    (!summary.text.trim().is_empty()).then(|| section.into_any())
}

/// The public change log, latest first.
fn changes(frame: &Frame, changes: &[DateChange]) -> Option<AnyView> {
    let items: Vec<AnyView> = changes.iter().rev().map(|change| change_item(frame, change)).collect();
    let section = view! {
        <section id="changes">
            <h2>{t(frame.lang, "release-changes")}</h2>
            <ol class="timeline">{items}</ol>
        </section>
    };
    (!changes.is_empty()).then(|| section.into_any())
}

/// What was done about a date.
pub(super) fn change_words(lang: Language, change: &DateChange) -> String {
    let told = [("previous", text(date_words(lang, change.previous))), ("date", text(date_words(lang, change.date)))];
    ta(lang, &format!("release-change-{}", change.kind), &told)
}

fn change_item(frame: &Frame, change: &DateChange) -> AnyView {
    let lang = frame.lang;
    let what = change_words(lang, change);
    let reason = Written::of(lang, &change.reason.text, change.reason.text_cy.as_deref());
    let mark = match change.kind {
        domain::release::ChangeKind::DateChanged => "confirmed",
        domain::release::ChangeKind::Postponed => "postponed",
        domain::release::ChangeKind::Cancelled => "cancelled",
    };
    view! {
        <li class=format!("timeline__event state--{mark}")>
            <p class="timeline__title"><strong>{what}</strong></p>
            <time class="timeline__time" datetime=change.at.to_rfc3339()>{date_time(lang, change.at)}</time>
            <blockquote class="timeline__reason" lang=reason.lang>{reason.text}</blockquote>
        </li>
    }
    .into_any()
}
