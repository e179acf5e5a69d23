//! What a reader must know before the figures: that others are newer, that another edition came later, that they lie in the archive,
//! that they are in English.

use domain::dataset::DatasetMetadata;
use domain::language::Language;
use domain::version::{AlertKind, Version, VersionState};
use domain::views::VersionPage;
use leptos::prelude::*;

use crate::components::written::{Written, around};
use crate::i18n::{date, t, ta, text};
use crate::layout::site::Frame;

/// Leads on to the latest version of the edition, where another is shown.
pub fn superseded(frame: &Frame, page: &VersionPage) -> Option<AnyView> {
    superseded_beside(frame, page, None)
}

/// The same with the way to what the reader chose, as the latest version has it, where that `has_table` to choose of.
pub fn superseded_with(
    frame: &Frame,
    page: &VersionPage,
    has_table: bool,
    chosen: impl FnOnce(&Version) -> String,
) -> Option<AnyView> {
    let newest = page.versions.first().filter(|_| !page.is_latest)?;
    let same = has_table.then(|| {
        let href = frame.href(&chosen(newest));
        view! { <a href=href>{t(frame.lang, "superseded-same")}</a>" " }.into_any()
    });
    superseded_beside(frame, page, same)
}

fn superseded_beside(frame: &Frame, page: &VersionPage, same: Option<AnyView>) -> Option<AnyView> {
    let newest = page.versions.first().filter(|_| !page.is_latest)?;
    let lang = frame.lang;
    let href = frame.href(&format!("/catalogue/{}/editions/{}", page.dataset.id, page.edition.edition));
    let number = text(newest.version.to_string());
    let sentence = match newest.metadata.release_date {
        Some(at) => ta(lang, "superseded", &[("n", number), ("date", text(date(lang, at)))]),
        None => t(lang, "not-latest"),
    };
    // A correction of what comes after is the reason to look there.
    let corrected = newest.metadata.alerts.iter().any(|alert| alert.kind == AlertKind::Correction);
    let corrected = corrected.then(|| format!(" {}", t(lang, "superseded-corrected")));
    Some(banner(
        t(lang, "not-latest"),
        view! { {sentence}{corrected}" "{same}<a href=href>{t(lang, "see-latest")}</a> }.into_any(),
    ))
}

/// Tells of the edition that was released last, where an earlier one is shown.
pub fn later_edition(frame: &Frame, page: &VersionPage) -> Option<AnyView> {
    let (later, lang) = (page.later_edition()?, frame.lang);
    let href = frame.href(&format!("/catalogue/{}/editions/{}", page.dataset.id, later.edition));
    let title = Written::of(lang, &later.title, later.title_cy.as_deref());
    let released = later.latest_release.map(|at| date(lang, at)).unwrap_or_default();
    let sentence = around(lang, "later-edition", &[("edition", title)], &[("date", text(released))]);
    Some(banner(
        t(lang, "later-edition-title"),
        view! { {sentence}" "<a href=href>{t(lang, "see-edition")}</a> }.into_any(),
    ))
}

/// Says that the files lie in the archive.
pub fn archived(frame: &Frame, page: &VersionPage) -> Option<AnyView> {
    let told = || banner(t(frame.lang, "archived"), t(frame.lang, "archived-text").into_any());
    (page.version.state == VersionState::Archived).then(told)
}

/// Says to Welsh readers of a page about a dataset that it is described in English.
pub fn english_only(frame: &Frame, metadata: &DatasetMetadata) -> Option<AnyView> {
    let title = (metadata.title.as_str(), metadata.title_cy.as_deref());
    let description = (metadata.description.as_str(), metadata.description_cy.as_deref());
    in_english(frame, "english-only-text", &[title, description])
}

/// Says to Welsh readers that what a page is about was not all written in Welsh; each text is given with its Welsh.
pub fn in_english(frame: &Frame, key: &str, written: &[(&str, Option<&str>)]) -> Option<AnyView> {
    let is_missing = |(english, welsh): &(&str, Option<&str>)| {
        !english.trim().is_empty() && frame.lang.of(english, *welsh) == Language::En
    };
    let missing = frame.lang == Language::Cy && written.iter().any(is_missing);
    missing.then(|| banner(t(frame.lang, "english-only"), t(frame.lang, key).into_any()))
}

fn banner(label: String, words: AnyView) -> AnyView {
    view! { <aside class="banner banner--information" aria-label=label><p>{words}</p></aside> }.into_any()
}
