//! A dataset found, as one item of a list.

use domain::catalogue::{Hit, Segment};
use leptos::prelude::*;

use crate::components::written::{Written, mark, of_tables};
use crate::i18n::{date, t, ta, text};
use crate::layout::site::Frame;

/// A dataset found: what it is, where the words stand, and what it comes as.
pub fn result_item(frame: &Frame, hit: Hit) -> AnyView {
    let lang = frame.lang;
    let href = frame.href(&format!("/catalogue/{}", hit.dataset_id));
    let (title_lang, summary_lang) =
        (mark(lang, &hit.title, hit.title_language), mark(lang, &hit.summary, hit.summary_language));
    let words = match hit.highlights.into_iter().next() {
        Some(highlight) => highlight.segments.into_iter().map(segment).collect_view().into_any(),
        None => hit.summary.into_any(),
    };
    let topic = hit.topics.first().map(|topic| {
        let title = Written::of(lang, &topic.title, topic.title_cy.as_deref());
        view! { <span lang=title.lang>{title.text}</span> }
    });
    let formats = hit.formats.iter().map(|f| f.to_uppercase()).collect::<Vec<_>>().join(", ");
    let formats = (!formats.is_empty()).then(|| view! { <span>{formats}</span> });
    let frequency = hit.frequency.map(|written| {
        let frequency = Written::frequency(lang, &written);
        view! { <span lang=frequency.lang>{frequency.text}</span> }
    });
    view! {
        <li class="result">
            <h2 class="result__title"><a href=href lang=title_lang>{hit.title}</a></h2>
            <p class="result__summary" lang=summary_lang>{words}</p>
            {in_data(frame, &hit.in_data)}
            {columns(frame, &hit.columns)}
            <p class="result__meta meta">{topic}<span>{date(lang, hit.release_date)}</span>{frequency}{formats}</p>
        </li>
    }
    .into_any()
}

fn in_data(frame: &Frame, words: &[String]) -> Option<AnyView> {
    let words = words.iter().map(|word| format!("“{word}”")).collect::<Vec<_>>().join(", ");
    (!words.is_empty()).then(|| {
        view! { <p class="result__in-data">{ta(frame.lang, "search-in-data", &[("words", text(words))])}</p> }
            .into_any()
    })
}

fn columns(frame: &Frame, columns: &[String]) -> Option<AnyView> {
    (!columns.is_empty()).then(|| {
        let columns = columns.iter().map(|column| view! { <li>{column.clone()}</li> }).collect_view();
        view! {
            <div class="result__columns">
                <span class="visually-hidden">{t(frame.lang, "search-columns")}</span>
                <ul lang=of_tables(frame.lang)>{columns}</ul>
            </div>
        }
        .into_any()
    })
}

fn segment(segment: Segment) -> AnyView {
    if segment.is_match { view! { <mark>{segment.text}</mark> }.into_any() } else { segment.text.into_any() }
}
