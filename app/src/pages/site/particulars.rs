//! Facts about a dataset and a version that need more than their text: the publisher, the origin, periods, areas and columns.

use domain::dataset::{DatasetMetadata, Period};
use domain::language::Language;
use domain::table::Column;
use domain::version::{ColumnNote, VersionMetadata};
use leptos::prelude::*;

use super::metadata::fact;
use crate::components::written::Written;
use crate::i18n::{self, t};
use crate::layout::site::Frame;

/// Who publishes the figures, with a link to their page where it is known.
pub(super) fn publisher(frame: &Frame, shown: &DatasetMetadata) -> Option<AnyView> {
    let lang = frame.lang;
    let name = Written::english(lang, &shown.publisher);
    if name.text.is_empty() || (shown.publisher_url.is_none() && shown.publisher_type.is_none()) {
        return fact(frame, "publisher", Some(name));
    }
    let named = match &shown.publisher_url {
        Some(page) => view! { <a href=address(frame, page) lang=name.lang>{name.text}</a> }.into_any(),
        None => name.marked(),
    };
    let kind = shown.publisher_type.as_ref().map(|kind| {
        let kind = Written::english(lang, kind);
        view! { <br/><span class="small muted" lang=kind.lang>{kind.text}</span> }
    });
    Some(view! { <div><dt>{t(lang, "publisher")}</dt><dd>{named}{kind}</dd></div> }.into_any())
}

/// What the dataset is derived from.
pub(super) fn origin(frame: &Frame, shown: &DatasetMetadata) -> Option<AnyView> {
    let lang = frame.lang;
    let based_on = shown.is_based_on.as_ref()?;
    let kind = Written::english(lang, &based_on.kind);
    let id = based_on.id.clone();
    let source = if based_on.is_address() {
        view! { <a class="long" href=address(frame, &id)>{id.clone()}</a> }.into_any()
    } else {
        id.into_any()
    };
    Some(
        view! { <div><dt>{t(lang, "based-on")}</dt><dd>{source}<br/><span class="small muted" lang=kind.lang>{kind.text}</span></dd></div> }
            .into_any(),
    )
}

/// The periods of the figures and the lowest level of areas in them.
pub(super) fn covered(frame: &Frame, metadata: &VersionMetadata) -> AnyView {
    let lang = frame.lang;
    let geography = metadata.lowest_geography.as_ref().map(|written| Written::geography(lang, written));
    let periods: Vec<AnyView> = metadata.temporal.iter().map(|one| period(frame, one)).collect();
    let periods = (!periods.is_empty())
        .then(|| view! { <div><dt>{t(lang, "coverage-periods")}</dt><dd><ul class="plain">{periods}</ul></dd></div> });
    view! {
        {periods}
        {fact(frame, "coverage-lowest", geography)}
    }
    .into_any()
}

fn period(frame: &Frame, period: &Period) -> AnyView {
    let span = i18n::period(frame.lang, period);
    let often = (!period.frequency.is_empty()).then(|| {
        let often = Written::frequency(frame.lang, &period.frequency);
        view! { <span class="small muted">" ("{often.marked()}")"</span> }
    });
    view! { <li>{span}{often}</li> }.into_any()
}

/// Periods as text, one a line.
pub(super) fn periods_text(lang: Language, periods: &[Period]) -> String {
    let often = |period: &Period| i18n::frequency(lang, &period.frequency).unwrap_or_else(|| period.frequency.clone());
    let one = |period: &Period| match often(period) {
        often if often.is_empty() => i18n::period(lang, period),
        often => format!("{} ({often})", i18n::period(lang, period)),
    };
    periods.iter().map(one).collect::<Vec<_>>().join("\n")
}

/// What editors say about the columns of a table, in the order of the columns; nothing where they say nothing.
pub(super) fn column_notes(frame: &Frame, columns: &[Column], notes: &[ColumnNote]) -> Option<AnyView> {
    let said: Vec<AnyView> = columns
        .iter()
        .filter_map(|column| Some(column_note(frame, column, ColumnNote::about(notes, &column.name)?)))
        .collect();
    (!said.is_empty()).then(|| view! { <dl class="metadata">{said}</dl> }.into_any())
}

fn column_note(frame: &Frame, column: &Column, note: &ColumnNote) -> AnyView {
    let lang = frame.lang;
    let label: &str = if note.label.is_empty() { column.heading() } else { &note.label };
    let label = Written::english(lang, label);
    let paragraph = |text: &str| {
        let words = Written::english(lang, text);
        (!words.text.is_empty()).then(|| view! { <p lang=words.lang>{words.text}</p> })
    };
    let link = |to: &str, words: &str| {
        let about = Written::english(lang, format!(": {}", label.text)).marked();
        let words = t(lang, words);
        let to = (!to.is_empty()).then(|| address(frame, to))?;
        Some(view! { <li><a href=to>{words}<span class="visually-hidden">{about}</span></a></li> }.into_any())
    };
    let links = [link(&note.quality_statement_url, "quality-of-column"), link(&note.code_list_url, "codes-of-column")];
    let links: Vec<AnyView> = links.into_iter().flatten().collect();
    let more = (!links.is_empty()).then(|| view! { <ul class="plain cluster">{links}</ul> });
    view! {
        <div>
            <dt lang=label.lang>{label.text.clone()}</dt>
            <dd>{paragraph(&note.description)}{paragraph(&note.quality_statement_text)}{more}</dd>
        </div>
    }
    .into_any()
}

/// Where a link leads: pages of this site in the language of the page, others as they are.
pub(super) fn address(frame: &Frame, href: &str) -> String {
    if href.starts_with('/') { frame.href(href) } else { href.to_owned() }
}
