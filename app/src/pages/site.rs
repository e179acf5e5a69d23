//! The public site.

pub mod asked;
mod columns;
mod compare;
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
mod metadata;
mod output;
mod paging;
mod publication_entry;
mod publication_log;
mod quality;
mod register;
mod release;
mod releases;
mod releases_days;
mod releases_month;
mod releases_query;
mod search;
mod search_facets;
mod search_help;
mod search_query;
mod search_result;
mod status;
mod subscribe;
mod topics;
mod words;

pub use compare::CompareVersions;
pub use corrections::Corrections;
pub use dataset::DatasetPage;
pub use developers::{Developers, DevelopersGroup};
pub use explore::ExplorePage;
pub use feedback::{Feedback, FeedbackSent};
pub use feeds::Feeds;
pub use home::Home;
pub use info::{About, Accessibility, NotFound};
pub use output::OutputPage;
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
pub use words::{Cookies, Help, Privacy};

use domain::text::escaped;
use domain::views::VersionPage;
use leptos::prelude::*;
use leptos_router::hooks::use_params_map;

use crate::i18n::{t, ta, text};
use crate::layout::site::Frame;
use search_result::result_item;

/// A part of the page's address.
fn param(name: &str) -> Option<String> {
    use_params_map().read_untracked().get(name)
}

/// What a version's dataset is called, its edition and number in words, and where its page is.
fn named(frame: &Frame, page: &VersionPage) -> (String, String, String) {
    let (lang, metadata) = (frame.lang, page.dataset.shown());
    let name = lang.pick(&metadata.title, metadata.title_cy.as_deref()).to_owned();
    let edition = lang.pick(&page.edition.title, page.edition.title_cy.as_deref()).to_owned();
    let number = ta(lang, "version-n", &[("n", text(page.version.version.to_string()))]).to_lowercase();
    (name, format!("{edition}, {number}"), frame.href(&page.version.page_path()))
}

/// A choice that was made, as a link that takes it back.
fn chip(frame: &Frame, words: String, href: String) -> AnyView {
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
