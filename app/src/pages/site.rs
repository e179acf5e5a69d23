//! The public site.

pub mod asked;
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
mod publication_entry;
mod publication_log;
mod quality;
mod register;
mod release;
mod releases;
mod releases_query;
mod search;
mod search_query;
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

use domain::catalogue::{Hit, Segment};
use domain::text::escaped;
use leptos::prelude::*;
use leptos_router::hooks::use_params_map;

use crate::i18n::{date, t};
use crate::layout::site::Frame;

/// A part of the page's address.
fn param(name: &str) -> Option<String> {
    use_params_map().read_untracked().get(name)
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

/// A dataset found, as one item of a list.
fn result_item(frame: &Frame, hit: Hit) -> AnyView {
    let lang = frame.lang;
    let href = frame.href(&format!("/catalogue/{}", hit.dataset_id));
    let words = match hit.highlights.into_iter().next() {
        Some(highlight) => highlight.segments.into_iter().map(segment).collect_view().into_any(),
        None => hit.summary.into_any(),
    };
    let topic = hit.topics.first().map(|topic| {
        let title = lang.pick(&topic.title, topic.title_cy.as_deref()).to_owned();
        view! { <span>{title}</span> }
    });
    let formats = hit.formats.iter().map(|f| f.to_uppercase()).collect::<Vec<_>>().join(", ");
    view! {
        <li class="result">
            <h2 class="result__title"><a href=href>{hit.title}</a></h2>
            <p class="result__summary">{words}</p>
            <p class="result__meta meta">{topic}<span>{date(lang, hit.release_date)}</span><span>{formats}</span></p>
        </li>
    }
    .into_any()
}

fn segment(segment: Segment) -> AnyView {
    if segment.is_match { view! { <mark>{segment.text}</mark> }.into_any() } else { segment.text.into_any() }
}
