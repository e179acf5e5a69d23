//! A dataset found, as one item of a list.

use domain::catalogue::{FormatSize, Hit, Segment};
use leptos::prelude::*;

use crate::components::portal::size_words;
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
    let formats = formats(&hit.formats, &hit.sizes);
    let formats = (!formats.is_empty()).then(|| view! { <span>{formats}</span> });
    let edition = Written::told(lang, hit.edition, hit.edition_language);
    let edition = (!edition.text.is_empty()).then(|| view! { <span lang=edition.lang>{edition.text}</span> });
    let released = ta(lang, "search-released", &[("date", text(date(lang, hit.release_date)))]);
    let corrected = hit.corrected_at.map(|at| {
        let words = ta(lang, "search-corrected", &[("date", text(date(lang, at)))]);
        view! { <span class="result__corrected">{words}</span> }
    });
    let frequency = hit.frequency.map(|written| {
        let frequency = Written::frequency(lang, &written);
        view! { <span lang=frequency.lang>{frequency.text}</span> }
    });
    view! {
        <li class="result">
            <h2 class="result__title"><a href=href lang=title_lang>{hit.title}</a></h2>
            <p class="result__summary" lang=summary_lang>{words}</p>
            {in_data(frame, &hit.in_data)}
            {columns(frame, &hit.columns, &hit.named_columns)}
            <p class="result__meta meta">{topic}{edition}<span>{released}</span>{corrected}{frequency}{formats}</p>
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

/// What it comes as, each format with how much that is, such as `CSV 12 kB, XLSX 40 kB`.
fn formats(formats: &[String], sizes: &[FormatSize]) -> String {
    let said = |format: &String| match sizes.iter().find(|one| one.format == *format) {
        Some(one) => format_words(one),
        None => format.to_uppercase(),
    };
    formats.iter().map(said).collect::<Vec<_>>().join(", ")
}

/// A format with how much that is, such as `CSV 12 kB`.
pub(super) fn format_words(one: &FormatSize) -> String {
    format!("{} {}", one.format.to_uppercase(), size_words(one.bytes))
}

/// The columns that the words name, in a line; where they name none, the first as a hint of what the table holds.
fn columns(frame: &Frame, columns: &[String], named: &[String]) -> Option<AnyView> {
    if !named.is_empty() {
        let of_tables = of_tables(frame.lang);
        let named = named.join(", ");
        return Some(
            view! { <p class="result__in-data">{t(frame.lang, "search-columns")}": "<span lang=of_tables>{named}</span></p> }
                .into_any(),
        );
    }
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn formats_are_told_with_their_sizes_where_these_are_known() {
        let sizes = [FormatSize { format: "csv".into(), bytes: 434_999 }];
        assert_eq!(formats(&["csv".into(), "xlsx".into()], &sizes), "CSV 435 kB, XLSX");
        assert_eq!(formats(&[], &sizes), "");
    }
}
