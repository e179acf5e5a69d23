//! The page of a dataset, an edition or a version: one page, three addresses.

mod banners;
mod cite;
mod since;

pub use banners::{archived, english_only, in_english, superseded_with};
pub use since::{row_name, told};

use domain::comparison::DatasetPage as Page;
use domain::dataset::{DatasetMetadata, NextRelease};
use domain::explore::DRAWN_ROWS;
use domain::subscription::Target;
use domain::table::{Chart, ChartKind};
use domain::views::VersionPage;
use leptos::nonce::use_nonce;
use leptos::prelude::*;
use leptos_meta::Link;

use super::columns::columns;
use super::explore::{whole_table, with_earlier};
use super::files::{at_hand, downloads, figure_card, preview_table};
use super::metadata::next_release;
use super::{chart_source, escaped, images, metadata, param, structured, subscribe, which};
use crate::chart::LineChart;
use crate::components::written::Written;
use crate::i18n::{date, t, ta, text};
use crate::layout::site::{Frame, Shown, loading_known_as};

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
    loading_known_as(frame, "", load, move |page, frame| (shown(frame, &page, nonce), page.version.canonical_path()))
}

/// The page; `nonce` is that of its answer, for what it tells search engines.
pub(super) fn shown(frame: &Frame, whole: &Page, nonce: Option<String>) -> Shown {
    let lang = frame.lang;
    let page = &whole.version;
    let metadata = page.dataset.shown();
    let title = Written::of(lang, &metadata.title, metadata.title_cy.as_deref());
    let description = Written::of(lang, &metadata.description, metadata.description_cy.as_deref());
    let json =
        format!("/v1/datasets/{}/editions/{}/versions/{}", page.dataset.id, page.edition.edition, page.version.version);
    let content = view! {
        <Link rel="alternate" type_="application/json" href=json.clone()/>
        <Link rel="describedby" type_="application/ld+json" href=format!("{json}/metadata.jsonld")/>
        {version_links(frame, page)}
        {breadcrumbs(frame, page, &title)}
        {banners::english_only(frame, &metadata)}
        {banners::superseded(frame, page)}
        {banners::later_edition(frame, page)}
        {banners::archived(frame, page)}
        {metadata::alerts(frame, &page.version)}
        {head(frame, page, &metadata, &title, &description)}
        {contents(frame, whole)}
        {since::changes(frame, whole)}
        {drawing(frame, whole, &title)}
        {table(frame, page, &title)}
        {images::figures(frame, page)}
        {metadata::notes(frame, &page.version)}
        {metadata::about(frame, page, &metadata)}
        {metadata::all_files(frame, &page.files, page.is_newest())}
        {metadata::versions(frame, whole)}
        {cite::section(frame, page, &metadata, &title)}
        <script type="application/ld+json" nonce=nonce inner_html=of_search_engines(frame, page)></script>
    };
    let title = of_version(frame, page, title.text);
    Shown { title, description: description.text.chars().take(300).collect(), content: content.into_any() }
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

/// The versions beside the one shown, for programs that go through them (RFC 5829).
fn version_links(frame: &Frame, page: &VersionPage) -> Vec<AnyView> {
    let base = frame.href(&format!("/catalogue/{}/editions/{}", page.dataset.id, page.edition.edition));
    let mut links = page.neighbours().links(|number| format!("{base}/versions/{number}"));
    links.push(("version-history", format!("{base}#versions")));
    links.into_iter().map(|(rel, href)| view! { <Link rel=rel href=href/> }.into_any()).collect()
}

fn breadcrumbs(frame: &Frame, page: &VersionPage, title: &Written) -> AnyView {
    let lang = frame.lang;
    let topic = page.topics.first();
    let topic = topic.map(|topic| {
        let name = Written::of(lang, &topic.title, topic.title_cy.as_deref());
        (name, frame.href(&format!("/topics/{}", topic.id)))
    });
    let mut trail = vec![(t(lang, "home"), frame.href("/"))];
    trail.extend(topic.clone().map(|(name, href)| (name.text, href)));
    trail.push((title.text.clone(), frame.href(&page.canonical_path())));
    let topic = topic.map(|(name, href)| view! { <li><a href=href lang=name.lang>{name.text}</a></li> });
    view! {
        {structured::breadcrumbs(frame, &trail)}
        <nav class="breadcrumbs" aria-label=t(lang, "breadcrumb")>
            <ol><li><a href=frame.href("/")>{t(lang, "home")}</a></li>{topic}<li aria-current="page" lang=title.lang>{title.text.clone()}</li></ol>
        </nav>
    }
    .into_any()
}

fn head(
    frame: &Frame,
    page: &VersionPage,
    metadata: &DatasetMetadata,
    title: &Written,
    description: &Written,
) -> AnyView {
    let lang = frame.lang;
    let edition = Written::of(lang, &page.edition.title, page.edition.title_cy.as_deref());
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
    let subscribe =
        subscribe::link(frame, &Target::Dataset(page.dataset.id.clone())).map(|link| view! { <span>{link}</span> });
    let designation = page.version.metadata.quality_designation.unwrap_or(metadata.quality_designation);
    let quality = frame.href(&format!("/catalogue/{}/quality", page.dataset.id));
    let trust = view! { <span><a href=quality>{t(lang, &format!("quality-{designation}"))}</a></span> };
    let sight = page.files.iter().map(|(_, sight)| sight).find(|sight| sight.chart.is_some());
    let card = sight.and_then(|sight| {
        // The dates stand right above it.
        figure_card(frame, true, sight, (edition, None), metadata.unit_of_measure.clone(), (None, None))
    });
    view! {
        <div class="dataset-head">
            <div class="dataset-head__text">
                <header class="page-title">
                    <p class="page-title__caption">{which(frame, page)}</p>
                    <h1 lang=title.lang>{title.text.clone()}</h1>
                    <p class="lead" lang=description.lang>{description.text.clone()}</p>
                    <p class="page-title__meta meta">{meta}{next}{calendar}{subscribe}{at_hand(frame, &page.files, page.is_newest())}{trust}</p>
                </header>
            </div>
            {card.map(|card| view! { <div class="dataset-head__figure">{card}</div> })}
            <div class="dataset-head__get">{downloads(frame, &page.files, page.is_newest())}</div>
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

fn drawing(frame: &Frame, whole: &Page, title: &Written) -> Option<AnyView> {
    let (lang, page) = (frame.lang, &whole.version);
    let chart = page.files.iter().find_map(|(_, sight)| sight.chart.clone())?;
    let chart = chart.in_words(page.dataset.shown().unit_of_measure.as_deref());
    let source = chart_source(frame, page, Some(&chart));
    // Of what is not public yet there is no picture.
    let picture = frame.ahead.is_none().then(|| {
        let href = frame.href(&format!("{}/card.png", page.version.page_path()));
        view! { <p class="chart__earlier"><a href=href download="">{t(lang, "chart-picture")}</a></p> }
    });
    let earlier = is_revised(whole, &chart).then(|| {
        let href = frame.href(&with_earlier(&page.version));
        view! { <p class="chart__earlier"><a href=href>{t(lang, "chart-earlier-show")}</a></p> }
    });
    Some(
        view! {
            <section class="section" id="chart" aria-label=t(lang, "chart")>
                <LineChart chart=chart id="chart-figure" title=title.clone() caption=source language=lang/>
                {earlier}
                {picture}
                <script r#type="module" src="/assets/chart.js"></script>
            </section>
        }
        .into_any(),
    )
}

/// Whether the explorer can draw beside the figures of a version what they were before.
fn is_revised(whole: &Page, chart: &Chart) -> bool {
    let since = whole.since.as_ref().filter(|since| since.rows_after <= DRAWN_ROWS);
    let is_otherwise =
        since.and_then(|since| since.changes.as_ref()).is_some_and(|changes| changes.figures_revised > 0);
    chart.kind == ChartKind::Line && is_otherwise
}

fn table(frame: &Frame, page: &VersionPage, title: &Written) -> Option<AnyView> {
    let lang = frame.lang;
    let (file, preview) = page.files.iter().find_map(|(file, sight)| Some((file, sight.preview.clone()?)))?;
    let held = columns(frame, file, &page.version.metadata.column_notes).map(|columns| {
        view! { <details class="details"><summary>{t(lang, "columns-title")}</summary>{columns}</details> }
    });
    let explore = frame.href(&format!("{}/explore", page.version.page_path()));
    let whole = frame.href(&whole_table(&page.version));
    Some(
        view! {
            <section class="section" id="table">
                <div class="section__head">
                    <h2>{t(lang, "table")}</h2>
                    <a class="button button--secondary button--small" href=explore>{t(lang, "explore")}</a>
                </div>
                <div class="stack stack--tight">{preview_table(frame, title, &preview, &whole)}{held}</div>
            </section>
        }
        .into_any(),
    )
}

/// The dataset as schema.org tells it, safe inside a script element.
fn of_search_engines(frame: &Frame, page: &VersionPage) -> String {
    structured::safe(&domain::schema_org::document(page, &frame.site))
}
