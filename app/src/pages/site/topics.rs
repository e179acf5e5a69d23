//! The taxonomy, and the datasets of one topic.

use domain::catalogue::{SearchPage as Found, SearchQuery, Sort};
use domain::subscription::Target;
use domain::text::escaped;
use domain::topic::{Topic, ancestors};
use domain::views::{DatasetSummary, TopicPage as Page};
use leptos::prelude::*;

use super::dataset::in_english;
use super::home::{figure, more_figures};
use super::metadata::next_release;
use super::search_query::pairs;
use super::{paging, param, result_item, structured, subscribe};
use crate::components::written::Written;
use crate::i18n::{Argument, t, ta};
use crate::layout::site::{Frame, Shown, loading};

/// Datasets on a page of a topic.
const PAGE: u32 = 50;

/// All topics, each top one with those below it.
#[component]
pub fn Topics() -> impl IntoView {
    let frame = Frame::of_visit(true);
    loading(frame, "", rpc::catalogue::topics(), |topics, frame| {
        let lang = frame.lang;
        let sections: Vec<AnyView> =
            topics.iter().filter(|t| t.parent_id.is_none()).map(|top| section(frame, top, &topics)).collect();
        let content = view! {
            <header class="page-title"><h1>{t(lang, "topics-title")}</h1><p class="lead">{t(lang, "topics-lead")}</p></header>
            <ul class="topic-grid">{sections}</ul>
        };
        Shown { title: t(lang, "topics-title"), description: t(lang, "topics-lead"), content: content.into_any() }
    })
}

fn section(frame: &Frame, top: &Topic, all: &[Topic]) -> AnyView {
    let below: Vec<AnyView> = all
        .iter()
        .filter(|t| t.parent_id.as_deref() == Some(&top.id))
        .map(|t| view! { <li>{link(frame, t)}</li> }.into_any())
        .collect();
    let href = frame.href(&format!("/topics/{}", top.id));
    let title = Written::of(frame.lang, &top.title, top.title_cy.as_deref());
    view! {
        <li class="topic-card">
            <a class="topic-card__link" href=href><span class="topic-card__title" lang=title.lang>{title.text}</span></a>
            <ul class="plain small">{below}</ul>
        </li>
    }
    .into_any()
}

fn link(frame: &Frame, topic: &Topic) -> AnyView {
    let href = frame.href(&format!("/topics/{}", topic.id));
    let title = Written::of(frame.lang, &topic.title, topic.title_cy.as_deref());
    view! { <a href=href lang=title.lang>{title.text}</a> }.into_any()
}

/// A topic with what is published on it.
#[component]
pub fn TopicPage() -> impl IntoView {
    let frame = Frame::of_visit(true);
    let page = paging::number(&pairs(&frame.path), PAGE);
    let query = SearchQuery {
        sort: Sort::Newest,
        limit: PAGE,
        offset: (page - 1) * PAGE,
        language: frame.lang,
        ..SearchQuery::default()
    };
    let load = rpc::catalogue::topic_page_for(param("id").unwrap_or_default(), query);
    loading(frame, "", load, move |answer, frame| match answer {
        Page::Here { topic, topics, found, figures, expected, most_used } => {
            let cards: Vec<AnyView> = figures.iter().filter_map(|one| figure(frame, false, one)).collect();
            let figures = more_figures(frame, "topic-figures", cards);
            shown(frame, (&topic, &topics), (page, found), figures, (&expected, &most_used))
        }
        Page::Moved { id } => moved(frame, &id),
    })
}

/// What stands at an address that a topic once had; nobody reads it, since the answer leads on.
fn moved(frame: &Frame, id: &str) -> Shown {
    let query = frame.path.split_once('?').map(|(_, query)| format!("?{query}")).unwrap_or_default();
    let href = frame.href(&format!("/topics/{}{query}", escaped(id)));
    rpc::request::moved(&href);
    let content = view! { <p><a href=href.clone()>{href.clone()}</a></p> };
    Shown { title: t(frame.lang, "topics-title"), description: String::new(), content: content.into_any() }
}

/// The way to a topic: names with their paths, the topic itself last.
fn trail(frame: &Frame, topic: &Topic, topics: &[Topic]) -> Vec<(String, String)> {
    let lang = frame.lang;
    let step = |one: &Topic| {
        (lang.pick(&one.title, one.title_cy.as_deref()).to_owned(), frame.href(&format!("/topics/{}", one.id)))
    };
    let mut trail = vec![(t(lang, "home"), frame.href("/")), (t(lang, "topics-title"), frame.href("/topics"))];
    trail.extend(ancestors(topics, &topic.id).into_iter().rev().map(step));
    trail.push(step(topic));
    trail
}

/// The datasets of a topic of which the day of what comes next is known; nothing where that is none.
fn coming(frame: &Frame, expected: &[DatasetSummary]) -> Option<AnyView> {
    let items: Vec<AnyView> = expected
        .iter()
        .map(|one| {
            let title = Written::of(frame.lang, &one.metadata.title, one.metadata.title_cy.as_deref());
            let href = frame.href(&format!("/catalogue/{}", one.id));
            let next = one.metadata.next_release.as_deref().map(|words| next_release(frame, words));
            view! { <li><a href=href lang=title.lang>{title.text}</a><br/><span class="small muted">{next}</span></li> }
                .into_any()
        })
        .collect();
    (!items.is_empty()).then(|| {
        view! { <section><h2>{t(frame.lang, "topic-expected")}</h2><ul class="plain stack stack--tight">{items}</ul></section> }
            .into_any()
    })
}

/// The datasets of a topic whose data readers took most often; nothing where none was taken.
fn used(frame: &Frame, most_used: &[DatasetSummary]) -> Option<AnyView> {
    let items: Vec<AnyView> = most_used
        .iter()
        .map(|one| {
            let title = Written::of(frame.lang, &one.metadata.title, one.metadata.title_cy.as_deref());
            let href = frame.href(&format!("/catalogue/{}", one.id));
            view! { <li><a href=href lang=title.lang>{title.text}</a></li> }.into_any()
        })
        .collect();
    (!items.is_empty()).then(|| {
        view! { <section><h2>{t(frame.lang, "topic-most-used")}</h2><ol class="plain stack stack--tight">{items}</ol></section> }
            .into_any()
    })
}

fn shown(
    frame: &Frame,
    (topic, topics): (&Topic, &[Topic]),
    (page, found): (u32, Found),
    figures: Option<AnyView>,
    (expected, most_used): (&[DatasetSummary], &[DatasetSummary]),
) -> Shown {
    let lang = frame.lang;
    let title = Written::of(lang, &topic.title, topic.title_cy.as_deref());
    let about = Written::of(lang, &topic.description, topic.description_cy.as_deref());
    let told = [
        (topic.title.as_str(), topic.title_cy.as_deref()),
        (topic.description.as_str(), topic.description_cy.as_deref()),
    ];
    let below: Vec<AnyView> = topics
        .iter()
        .filter(|t| t.parent_id.as_deref() == Some(&topic.id))
        .map(|t| view! { <li>{link(frame, t)}</li> }.into_any())
        .collect();
    let above: Vec<AnyView> = ancestors(topics, &topic.id)
        .into_iter()
        .rev()
        .map(|t| view! { <li>{link(frame, t)}</li> }.into_any())
        .collect();
    let subscribe = subscribe::link(frame, &Target::Topic(topic.id.clone())).map(|link| view! { <span>{link}</span> });
    let [feed, calendar] =
        ["atom", "ics"].map(|format| frame.href(&format!("/topics/{}/feed.{format}", escaped(&topic.id))));
    let narrow = (found.total_count > 0).then(|| {
        let href = frame.href(&format!("/search?sort=newest&topics={}", escaped(&topic.id)));
        view! { <span><a href=href>{t(lang, "topic-filter")}</a></span> }
    });
    let releases = (found.total_count > 0).then(|| {
        let href = frame.href(&format!("/releases?view=published&topic={}", escaped(&topic.id)));
        view! { <span><a href=href>{t(lang, "topic-releases")}</a></span> }
    });
    let count = ta(lang, "topic-n", &[("n", Argument::Count(found.total_count))]);
    let href = |n: u32| {
        let query = if n > 1 { format!("?page={n}") } else { String::new() };
        frame.href(&format!("/topics/{}{query}", escaped(&topic.id)))
    };
    let pages = paging::count(found.total_count, PAGE);
    let beyond = paging::beyond(frame, page, pages, href);
    let none = (found.total_count == 0).then(|| view! { <p class="muted">{t(lang, "topic-none")}</p> });
    let navigation = paging::pagination(frame, page, pages, href);
    let items: Vec<AnyView> = found.items.into_iter().map(|hit| result_item(frame, hit)).collect();
    let start = page.saturating_sub(1) * PAGE + 1;
    let list = (!items.is_empty()).then(|| view! { <ol class="result-list" start=start>{items}</ol> });
    let trail = trail(frame, topic, topics);
    let subtopics = (!below.is_empty()).then(|| {
        view! { <section><h2>{t(lang, "topic-subtopics")}</h2><ul class="plain">{below}</ul></section> }
    });
    let content = view! {
        {structured::breadcrumbs(frame, &trail)}
        <nav class="breadcrumbs" aria-label=t(lang, "breadcrumb")>
            <ol>
                <li><a href=frame.href("/")>{t(lang, "home")}</a></li>
                <li><a href=frame.href("/topics")>{t(lang, "topics-title")}</a></li>
                {above}
                <li aria-current="page" lang=title.lang>{title.text.clone()}</li>
            </ol>
        </nav>
        {in_english(frame, "english-only-topic", &told)}
        <header class="page-title">
            <h1 lang=title.lang>{title.text.clone()}</h1>
            <p class="lead" lang=about.lang>{about.text.clone()}</p>
            <p class="page-title__meta meta"><span>{count}</span>{narrow}{releases}{subscribe}<span><a href=feed type="application/atom+xml">{t(lang, "search-take-feed")}</a></span><span><a href=calendar type="text/calendar">{t(lang, "search-take-calendar")}</a></span></p>
        </header>
        {figures}
        <div class="columns">
            <section aria-label=t(lang, "topic-datasets")>{none}{beyond}{list}{navigation}</section>
            <aside class="stack">{subtopics}{used(frame, most_used)}{coming(frame, expected)}</aside>
        </div>
    };
    Shown { title: title.text, description: about.text, content: content.into_any() }
}
