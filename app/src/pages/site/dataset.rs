//! The page of a dataset, an edition or a version: one page, three addresses.

mod banners;
mod cite;
mod since;

pub use since::{row_name, signed, told};

use domain::comparison::DatasetPage as Page;
use domain::dataset::{DatasetMetadata, NextRelease};
use domain::subscription::Target;
use domain::views::VersionPage;
use leptos::nonce::use_nonce;
use leptos::prelude::*;
use leptos_meta::Link;

use super::columns::columns;
use super::files::{downloads, figure_card, preview_table};
use super::metadata::next_release;
use super::{escaped, images, metadata, param, subscribe};
use crate::chart::LineChart;
use crate::i18n::{date, t, ta, text};
use crate::layout::site::{Frame, Shown, loading};

/// The latest of whatever the address leaves out.
#[component]
pub fn DatasetPage() -> impl IntoView {
    let mut frame = Frame::of_visit(true);
    // What stands behind the path chooses nothing here, and must not make other addresses of the same page.
    frame.path.truncate(frame.path.find('?').unwrap_or(frame.path.len()));
    let (id, edition, version) = (param("id").unwrap_or_default(), param("edition"), param("version"));
    let nonce = use_nonce().map(|nonce| nonce.to_string());
    let load = async move {
        let number = match version.as_deref().map(str::parse::<u32>) {
            Some(Err(_)) => return Err(rpc::RpcError::Refused(domain::refusal::Refusal::NotFound)),
            Some(Ok(number)) => Some(number),
            None => None,
        };
        rpc::catalogue::version_page_for(id, edition, number).await
    };
    loading(frame, "", load, move |page, frame| shown(frame, &page, nonce))
}

fn shown(frame: &Frame, whole: &Page, nonce: Option<String>) -> Shown {
    let lang = frame.lang;
    let page = &whole.version;
    let metadata = page.dataset.shown();
    let title = lang.pick(&metadata.title, metadata.title_cy.as_deref()).to_owned();
    let description = lang.pick(&metadata.description, metadata.description_cy.as_deref()).to_owned();
    let json =
        format!("/v1/datasets/{}/editions/{}/versions/{}", page.dataset.id, page.edition.edition, page.version.version);
    let content = view! {
        <Link rel="alternate" type_="application/json" href=json.clone()/>
        <Link rel="describedby" type_="application/ld+json" href=format!("{json}/metadata.jsonld")/>
        {breadcrumbs(frame, page, &title)}
        {banners::english_only(frame, &metadata)}
        {banners::superseded(frame, page)}
        {banners::archived(frame, page)}
        {metadata::alerts(frame, &page.version)}
        {head(frame, page, &metadata, &title, &description)}
        {contents(frame, whole)}
        {since::changes(frame, whole)}
        {drawing(frame, page, &metadata, &title)}
        {table(frame, page, &title)}
        {images::figures(frame, page)}
        {metadata::notes(frame, &page.version)}
        {metadata::about(frame, page, &metadata)}
        {metadata::all_files(frame, &page.files, is_newest(page))}
        {metadata::versions(frame, page)}
        {cite::section(frame, page, &metadata, &title)}
        <script type="application/ld+json" nonce=nonce inner_html=structured(frame, page)></script>
    };
    let title = of_version(frame, page, title);
    Shown { title, description: description.chars().take(300).collect(), content: content.into_any() }
}

/// The title of the tab, which names edition and version where the address does.
fn of_version(frame: &Frame, page: &VersionPage, title: String) -> String {
    let edition = frame.lang.pick(&page.edition.title, page.edition.title_cy.as_deref());
    let number = ta(frame.lang, "version-n", &[("n", text(page.version.version.to_string()))]).to_lowercase();
    match frame.path.matches('/').count() {
        0..=2 => title,
        3..=4 => format!("{title}, {edition}"),
        _ => format!("{title}, {edition}, {number}"),
    }
}

/// Whether the version shown is the newest release of the whole dataset.
fn is_newest(page: &VersionPage) -> bool {
    page.is_latest && page.editions.first().is_some_and(|newest| newest.edition == page.edition.edition)
}

fn breadcrumbs(frame: &Frame, page: &VersionPage, title: &str) -> AnyView {
    let lang = frame.lang;
    let topic = page.topics.first().map(|topic| {
        let href = frame.href(&format!("/topics/{}", topic.id));
        view! { <li><a href=href>{lang.pick(&topic.title, topic.title_cy.as_deref()).to_owned()}</a></li> }
    });
    view! {
        <nav class="breadcrumbs" aria-label=t(lang, "breadcrumb")>
            <ol><li><a href=frame.href("/")>{t(lang, "home")}</a></li>{topic}<li aria-current="page">{title.to_owned()}</li></ol>
        </nav>
    }
    .into_any()
}

fn head(frame: &Frame, page: &VersionPage, metadata: &DatasetMetadata, title: &str, description: &str) -> AnyView {
    let lang = frame.lang;
    let edition = lang.pick(&page.edition.title, page.edition.title_cy.as_deref()).to_owned();
    let number = ta(lang, "version-n", &[("n", text(page.version.version.to_string()))]);
    let caption = format!("{edition}, {}", number.to_lowercase());
    let released = page.version.metadata.release_date;
    let meta = released.map(|at| {
        let machine = at.to_rfc3339();
        view! { <span>{t(lang, "released")}" "<time datetime=machine>{date(lang, at)}</time></span> }
    });
    let next = metadata
        .next_release
        .as_deref()
        .map(|words| view! { <span>{t(lang, "next-release")}": "{next_release(frame, words)}</span> });
    let calendar = metadata.next_release.as_deref().map(NextRelease::of).filter(NextRelease::is_a_day).map(|_| {
        let href = frame.href(&format!("/catalogue/{}/feed.ics", escaped(&page.dataset.id)));
        view! { <span><a href=href type="text/calendar">{t(lang, "releases-subscribe")}</a></span> }
    });
    let subscribe = subscribe::link(frame, &Target::Dataset(page.dataset.id.clone()));
    let sight = page.files.iter().map(|(_, sight)| sight).find(|sight| sight.chart.is_some());
    let card = sight.and_then(|sight| {
        figure_card(frame, sight, (edition.clone(), None), metadata.unit_of_measure.clone(), (released, None))
    });
    view! {
        <div class="dataset-head">
            <div class="dataset-head__text">
                <header class="page-title">
                    <p class="page-title__caption">{caption}</p>
                    <h1>{title.to_owned()}</h1>
                    <p class="lead">{description.to_owned()}</p>
                    <p class="page-title__meta meta">{meta}{next}{calendar}<span>{subscribe}</span></p>
                </header>
            </div>
            {card.map(|card| view! { <div class="dataset-head__figure">{card}</div> })}
            <div class="dataset-head__get">{downloads(frame, &page.files, is_newest(page))}</div>
        </div>
    }
    .into_any()
}

fn contents(frame: &Frame, whole: &Page) -> AnyView {
    let lang = frame.lang;
    let page = &whole.version;
    let has_chart = page.files.iter().any(|(_, sight)| sight.chart.is_some());
    let has_table = page.files.iter().any(|(_, sight)| sight.preview.is_some());
    let link = |is_there: bool, href: &'static str, key: &str| {
        is_there.then(|| view! { <li><a href=href>{t(lang, key)}</a></li> })
    };
    view! {
        <nav class="toc" aria-label=t(lang, "on-this-page")>
            <ul>
                {link(since::is_told(whole), "#changes", "changes")}
                {link(has_chart, "#chart", "chart")}
                {link(has_table, "#table", "table")}
                {link(!page.version.metadata.usage_notes.is_empty(), "#notes", "notes")}
                {link(true, "#about", "about-dataset")}
                {link(true, "#versions", "versions")}
                {link(true, "#cite", "cite")}
            </ul>
        </nav>
    }
    .into_any()
}

fn drawing(frame: &Frame, page: &VersionPage, metadata: &DatasetMetadata, title: &str) -> Option<AnyView> {
    let lang = frame.lang;
    let chart = page.files.iter().find_map(|(_, sight)| sight.chart.clone())?;
    let released = page.version.metadata.release_date.map(|at| date(lang, at)).unwrap_or_default();
    let source = ta(lang, "chart-source", &[("publisher", text(metadata.publisher.clone())), ("date", text(released))]);
    Some(
        view! {
            <section class="section" id="chart" aria-label=t(lang, "chart")>
                <LineChart chart=chart id="chart-figure" title=title.to_owned() caption=source language=lang/>
            </section>
        }
        .into_any(),
    )
}

fn table(frame: &Frame, page: &VersionPage, title: &str) -> Option<AnyView> {
    let lang = frame.lang;
    let (file, preview) = page.files.iter().find_map(|(file, sight)| Some((file, sight.preview.clone()?)))?;
    let held = columns(frame, file).map(|columns| {
        view! { <details class="details"><summary>{t(lang, "columns-title")}</summary>{columns}</details> }
    });
    let explore = frame.href(&format!("{}/explore", page.version.page_path()));
    Some(
        view! {
            <section class="section" id="table">
                <div class="section__head">
                    <h2>{t(lang, "table")}</h2>
                    <a class="button button--secondary button--small" href=explore>{t(lang, "explore")}</a>
                </div>
                <div class="stack stack--tight">{preview_table(frame, title, &preview)}{held}</div>
            </section>
        }
        .into_any(),
    )
}

/// The dataset as schema.org tells it, safe inside a script element.
fn structured(frame: &Frame, page: &VersionPage) -> String {
    domain::schema_org::document(page, &frame.site).to_string().replace('<', "\\u003c")
}
