//! What a reader must know before the figures: that others are newer, that they lie in the archive, that they are in English.

use domain::dataset::DatasetMetadata;
use domain::language::Language;
use domain::version::{AlertKind, VersionState};
use domain::views::VersionPage;
use leptos::prelude::*;

use crate::i18n::{date, t, ta, text};
use crate::layout::site::Frame;

/// Leads on to the latest version of the edition, where another is shown.
pub fn superseded(frame: &Frame, page: &VersionPage) -> Option<AnyView> {
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
        view! { {sentence}{corrected}" "<a href=href>{t(lang, "see-latest")}</a> }.into_any(),
    ))
}

/// Says that the files lie in the archive.
pub fn archived(frame: &Frame, page: &VersionPage) -> Option<AnyView> {
    let told = || banner(t(frame.lang, "archived"), t(frame.lang, "archived-text").into_any());
    (page.version.state == VersionState::Archived).then(told)
}

/// Says to Welsh readers that what follows is in English.
pub fn english_only(frame: &Frame, metadata: &DatasetMetadata) -> Option<AnyView> {
    let given = |text: &Option<String>| text.as_deref().is_some_and(|text| !text.trim().is_empty());
    let missing = frame.lang == Language::Cy && !(given(&metadata.title_cy) && given(&metadata.description_cy));
    missing.then(|| banner(t(frame.lang, "english-only"), t(frame.lang, "english-only-text").into_any()))
}

fn banner(label: String, words: AnyView) -> AnyView {
    view! { <aside class="banner banner--information" aria-label=label><p>{words}</p></aside> }.into_any()
}
