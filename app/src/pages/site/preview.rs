//! Public pages as they will be, for those who may look at them before: the very same pages below a bar that says so.

use std::sync::Arc;

use domain::bundle::{ContentItem, Look, PreviewOf, Previewed};
use domain::refusal::Refusal;
use domain::release::CalendarPage;
use domain::uk_time;
use leptos::nonce::use_nonce;
use leptos::prelude::*;
use leptos_meta::Meta;
use rpc::RpcError;

use super::releases_days::{Under, by_day};
use super::{compare, dataset, explore, param, quality, release};
use crate::i18n::t;
use crate::layout::site::{Frame, Shown, loading};

/// What a page is about.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Of {
    /// An item of a bundle, or a version by itself.
    Item,
    /// The release that comes with a bundle.
    Release,
    /// The calendar with that release.
    Calendar,
}

/// The page of an item's version.
#[component]
pub fn PreviewedVersion() -> impl IntoView {
    let nonce = use_nonce().map(|nonce| nonce.to_string());
    ahead(Of::Item, rpc::bundles::preview_page(named()), move |page, frame| dataset::shown(frame, &page, nonce))
}

/// The explorer of an item's table.
#[component]
pub fn PreviewedExplorer() -> impl IntoView {
    let query = explore::read(&Frame::of_visit(true).path);
    ahead(Of::Item, rpc::bundles::preview_explorer(named(), query), explore::shown)
}

/// An item's version beside others of its edition.
#[component]
pub fn PreviewedComparison() -> impl IntoView {
    let query = compare::read(&Frame::of_visit(true).path);
    let of = named();
    let load = async move {
        let query = query.ok_or(RpcError::Refused(Refusal::NotFound))?;
        rpc::bundles::preview_comparison(of, query).await
    };
    ahead(Of::Item, load, compare::shown)
}

/// Methods and quality of an item's dataset.
#[component]
pub fn PreviewedQuality() -> impl IntoView {
    ahead(Of::Item, rpc::bundles::preview_quality(named()), quality::shown)
}

/// The page of the release that comes with a bundle.
#[component]
pub fn PreviewedRelease() -> impl IntoView {
    let load = rpc::bundles::preview_release(param("id").unwrap_or_default());
    ahead(Of::Release, load, |page, frame| release::shown(frame, &page))
}

/// What was published, with the release of a bundle among it.
#[component]
pub fn PreviewedCalendar() -> impl IntoView {
    let load = rpc::bundles::preview_calendar(param("id").unwrap_or_default());
    ahead(Of::Calendar, load, |page, frame| calendar(frame, &page))
}

fn calendar(frame: &Frame, page: &CalendarPage) -> Shown {
    let lang = frame.lang;
    let (title, part) = (t(lang, "releases-title"), t(lang, "release-view-published"));
    let content = view! {
        <header class="page-title"><h1>{title.clone()}</h1><p class="lead">{t(lang, "releases-lead")}</p></header>
        <section class="stack" aria-label=part>{by_day(frame, &page.items, page.now, Under::Page)}</section>
        <p class="small"><a href=frame.public_href("/releases")>{t(lang, "releases-title")}</a></p>
    };
    Shown { title, description: String::new(), content: content.into_any() }
}

/// What the address names: an item of a bundle, or a version by itself.
fn named() -> PreviewOf {
    let word = |name: &str| param(name).unwrap_or_default();
    match param("edition") {
        // No version has the number 0.
        Some(edition) => {
            PreviewOf::Version { dataset: word("id"), edition, version: word("version").parse().unwrap_or_default() }
        }
        None => PreviewOf::Item { bundle: word("id"), item: word("item") },
    }
}

/// A page below the bar; whoever may not see it is answered as where nothing is.
fn ahead<T, F, R>(of: Of, load: F, render: R) -> AnyView
where
    T: Send + 'static,
    F: Future<Output = Result<Previewed<T>, RpcError>> + Send + 'static,
    R: FnOnce(T, &Frame) -> Shown + Send + 'static,
{
    let visit = rpc::request::visit();
    if visit.caller.is_none() {
        rpc::request::see_other(&rpc::form::sign_in_path(&visit.path));
        return view! { <body class="site"></body> }.into_any();
    }
    rpc::request::keep_private();
    let load = async move {
        load.await.map_err(|error| match error {
            RpcError::Refused(_) => RpcError::Refused(Refusal::NotFound),
            RpcError::Fault => RpcError::Fault,
        })
    };
    loading(Frame::of_visit(true), "", load, move |Previewed { look, page }, frame| {
        let (bar, path) = match of {
            Of::Item => (bar(frame, &look), look.shown.version.page_path()),
            Of::Release => {
                (release_bar(frame, &look), format!("/releases/{}", look.release.as_deref().unwrap_or_default()))
            }
            Of::Calendar => (release_bar(frame, &look), "/releases".to_owned()),
        };
        let shown = render(page, &Frame { path, ahead: Some(Arc::new(look)), ..frame.clone() });
        let content = view! { <Meta name="robots" content="noindex, nofollow"/>{bar}{shown.content} };
        // Without a description the page names no address of its own and no feed.
        Shown { title: format!("Preview: {}", shown.title), description: String::new(), content: content.into_any() }
    })
}

/// What stands above the page: that it is no public one, the ways to the other items, to what readers find now, and back.
fn bar(frame: &Frame, look: &Look) -> AnyView {
    let (heading, when) = words(look);
    let tone = if look.is_public() { "success" } else { "warning" };
    let novelty = look.shown.novelty().filter(|_| !look.is_public());
    let back = if look.bundle.is_some() { "Back to the bundle" } else { "Back to the version" };
    let release = look.release.is_some().then(|| release_href(frame, look, "release")).flatten();
    view! {
        <section class=format!("notice-bar notice-bar--{tone} notice-bar--within") aria-label="Preview" lang="en">
            <p><strong>{heading}</strong>{when}</p>
            <p class="cluster">
                {look.bundle.is_some().then(|| neighbours(frame, look))}
                {novelty.map(|words| view! { <span class="tag">{words}</span> })}
                {present(look)}
                {release.map(|href| view! { <a href=href>"The release"</a> })}
                {remarks(look)}
                <a href=look.admin_path()>{back}</a>
            </p>
            {(look.items.len() > 1).then(|| listed(frame, look, Some(look.shown.item.id.as_str())))}
        </section>
    }
    .into_any()
}

/// The way to what is said of the item in its bundle.
fn remarks(look: &Look) -> Option<AnyView> {
    let words = if look.is_public() { "Comments on this item" } else { "Comment on it or sign it off" };
    look.bundle.as_ref().map(|bundle| {
        let href = format!("{}/preview?item={}", bundle.admin_path(), look.shown.item.id);
        view! { <a href=href>{words}</a> }.into_any()
    })
}

/// The same above the release's own page and the calendar.
fn release_bar(frame: &Frame, look: &Look) -> AnyView {
    let (heading, when) = words(look);
    let tone = if look.is_public() { "success" } else { "warning" };
    let public = look.release.as_ref().filter(|_| look.is_public()).map(|id| {
        let href = format!("/releases/{id}");
        view! { <a href=href>"The public page"</a> }
    });
    view! {
        <section class=format!("notice-bar notice-bar--{tone} notice-bar--within") aria-label="Preview" lang="en">
            <p><strong>{heading}</strong>{when}</p>
            <p class="cluster">
                <a href=release_href(frame, look, "release")>"The release"</a>
                <a href=release_href(frame, look, "calendar")>"Its place in the calendar"</a>
                {public}
                <a href=look.admin_path()>"Back to the bundle"</a>
            </p>
            {listed(frame, look, None)}
        </section>
    }
    .into_any()
}

fn release_href(frame: &Frame, look: &Look, part: &str) -> Option<String> {
    look.bundle.as_ref().map(|bundle| frame.href(&bundle.release_preview_path(part)))
}

/// Whether readers find the page already, and when they will.
fn words(look: &Look) -> (&'static str, String) {
    if let Some(at) = look.public_since() {
        return ("Public.", format!("Readers find this since {}.", uk_time::date_time(at)));
    }
    let when = match look.instant() {
        Some(at) => format!("It is shown as readers will find it on {}.", uk_time::date_time(at)),
        None if look.bundle.is_none() => "It is shown as readers would find it if it were published now.".to_owned(),
        None => "It is shown as readers would find it if it were published now; no instant is set.".to_owned(),
    };
    ("Not public.", format!("{when} Who looks at it is recorded."))
}

/// The items before and after, and the place between them.
fn neighbours(frame: &Frame, look: &Look) -> AnyView {
    let at = look.place();
    let link = |item: &ContentItem, way: &'static str, words: &'static str| {
        let href = href(frame, look, item);
        view! { <a rel=way href=href>{words}<span class="visually-hidden">": "{item_words(item)}</span></a> }
    };
    let previous = at.checked_sub(1).and_then(|before| look.items.get(before));
    let next = look.items.get(at + 1);
    view! {
        {previous.map(|item| link(item, "prev", "Previous"))}
        <span>{format!("Item {} of {}", at + 1, look.items.len())}</span>
        {next.map(|item| link(item, "next", "Next"))}
    }
    .into_any()
}

/// The way to what readers find now.
fn present(look: &Look) -> AnyView {
    match look.shown.present_page() {
        _ if look.is_public() => {
            let href = look.shown.version.page_path();
            view! { <a href=href>"The public page"</a> }.into_any()
        }
        Some(href) => view! { <a href=href>"Before: as readers find it now"</a> }.into_any(),
        None => view! { <span>"Nothing of it was public before"</span> }.into_any(),
    }
}

/// Every item of the bundle, with the one that is shown.
fn listed(frame: &Frame, look: &Look, shown: Option<&str>) -> AnyView {
    let links: Vec<AnyView> = look
        .items
        .iter()
        .map(|item| {
            let current = (Some(item.id.as_str()) == shown).then_some("page");
            view! { <li><a href=href(frame, look, item) aria-current=current>{item_words(item)}</a></li> }.into_any()
        })
        .collect();
    view! { <details class="details"><summary>"All items of the release"</summary><ol>{links}</ol></details> }
        .into_any()
}

fn href(frame: &Frame, look: &Look, item: &ContentItem) -> String {
    frame.href(&look.preview_path(item, "page"))
}

fn item_words(item: &ContentItem) -> String {
    format!("{}, {}, version {}", item.title, item.edition_title, item.version)
}
