//! The public site.

pub mod asked;
mod columns;
mod compare;
mod copying;
mod corrections;
mod dataset;
mod developers;
mod explore;
mod feedback;
mod feeds;
mod files;
mod home;
mod images;
mod info;
mod laid_out;
pub mod link_card;
mod list;
mod metadata;
mod output;
mod paging;
mod particulars;
mod preview;
mod publication_entry;
mod publication_log;
mod quality;
mod register;
mod release;
mod releases;
mod releases_days;
mod releases_month;
mod releases_query;
pub mod said;
mod search;
mod search_facets;
mod search_help;
mod search_query;
mod search_result;
mod status;
mod structured;
mod subscribe;
mod topics;
mod words;

pub use compare::CompareVersions;
pub use corrections::Corrections;
pub use dataset::DatasetPage;
pub use developers::{Developers, DevelopersGroup};
pub use explore::{ExplorePage, embed};
pub use feedback::{Feedback, FeedbackSent};
pub use feeds::Feeds;
pub use home::Home;
pub use info::{About, Accessibility, NotFound};
pub use list::ListPage;
pub(crate) use metadata::alert_banner;
pub use output::OutputPage;
pub use preview::{
    PreviewedCalendar, PreviewedComparison, PreviewedExplorer, PreviewedQuality, PreviewedRelease, PreviewedVersion,
};
pub use publication_log::PublicationLog;
pub use quality::QualityPage;
pub use register::Register;
pub use release::ReleasePage;
pub use releases::Releases;
pub use search::SearchPage;
pub use status::Status;
pub use subscribe::{
    ConfirmSubscription, ManageSubscription, Subscribe, SubscriptionConfirmed, SubscriptionEnded, SubscriptionSent,
};
pub use topics::{TopicPage, Topics};
pub use words::{Contact, Cookies, Help, Privacy, Terms};

use domain::dataset::DatasetMetadata;
use domain::language::Language;
use domain::table::Chart;
use domain::text::escaped;
use domain::views::VersionPage;
use leptos::prelude::*;
use leptos_router::hooks::use_params_map;

use crate::components::written::{Written, around, joined};
use crate::i18n::{date, t, ta, text};
use crate::layout::site::Frame;
use search_result::result_item;

/// A part of the page's address.
fn param(name: &str) -> Option<String> {
    use_params_map().read_untracked().get(name)
}

/// What a version's dataset is called, its edition and number in words, and where its page is.
fn named(frame: &Frame, page: &VersionPage) -> (Written, AnyView, String) {
    let metadata = page.dataset.shown();
    let name = Written::of(frame.lang, &metadata.title, metadata.title_cy.as_deref());
    (name, which(frame, page), frame.href(&page.version.page_path()))
}

/// Who published the figures of a chart, when, and in which unit they are; what is not said is left out.
fn chart_source(frame: &Frame, page: &VersionPage, chart: Option<&Chart>) -> AnyView {
    let lang = frame.lang;
    let metadata = page.dataset.shown();
    let released = page.version.metadata.release_date.map(|at| date(lang, at)).unwrap_or_default();
    // What the table says of its figures is surer than what is said of all of them.
    let of_dataset = metadata.unit_of_measure.clone();
    let unit = chart.and_then(|chart| chart.unit_in_words(of_dataset.as_deref())).or(of_dataset);
    let unit = unit.filter(|unit| !unit.trim().is_empty()).map(|unit| ("unit", Written::english(lang, &unit)));
    let publisher = publisher_of(lang, &metadata).map(|publisher| ("publisher", publisher));
    let key = match (&publisher, &unit) {
        (Some(_), Some(_)) => "chart-source-unit",
        (Some(_), None) => "chart-source",
        (None, Some(_)) => "chart-source-nobody-unit",
        (None, None) => "chart-source-nobody",
    };
    let written: Vec<(&str, Written)> = publisher.into_iter().chain(unit).collect();
    around(lang, key, &written, &[("date", text(released))])
}

/// Who publishes the figures, where that is said.
fn publisher_of(lang: Language, metadata: &DatasetMetadata) -> Option<Written> {
    Some(metadata.publisher.trim()).filter(|name| !name.is_empty()).map(|name| Written::english(lang, name))
}

/// How others name the version shown, by this title and at this address.
fn citation(frame: &Frame, page: &VersionPage, title: Written, address: &str) -> AnyView {
    let lang = frame.lang;
    let released = page.version.metadata.release_date.map(|at| date(lang, at)).unwrap_or_default();
    let mut written = vec![("title", title), ("edition", Written::english(lang, &page.edition.title))];
    let publisher = publisher_of(lang, &page.dataset.shown());
    let key = if publisher.is_some() { "explore-citation" } else { "explore-citation-nobody" };
    written.extend(publisher.map(|publisher| ("publisher", publisher)));
    let number = text(page.version.version.to_string());
    around(lang, key, &written, &[("date", text(released)), ("n", number), ("address", text(address))])
}

/// A version's edition and number in words.
fn which(frame: &Frame, page: &VersionPage) -> AnyView {
    let edition = Written::of(frame.lang, &page.edition.title, page.edition.title_cy.as_deref());
    let number = ta(frame.lang, "version-n", &[("n", text(page.version.version.to_string()))]).to_lowercase();
    joined(vec![edition, Written::own(format!(", {number}"))])
}

/// A choice that was made, as a link that takes it back.
fn chip(frame: &Frame, words: AnyView, href: String) -> AnyView {
    view! {
        <li>
            <a class="chip" href=href>
                <span>{words}</span><span class="chip__x" aria-hidden="true">"×"</span>
                <span class="visually-hidden">" "{t(frame.lang, "search-remove")}</span>
            </a>
        </li>
    }
    .into_any()
}
