//! How the figures of a dataset are made and how far they can be trusted.

use domain::comparison::DatasetPage;
use domain::dataset::DatasetMetadata;
use domain::file::File;
use domain::version::ColumnNote;
use leptos::prelude::*;
use leptos_meta::Link;

use super::columns::columns;
use super::dataset::english_only;
use super::metadata::{fact, related};
use super::{param, particulars, structured};
use crate::components::written::{Written, around};
use crate::i18n::{t, ta, text};
use crate::layout::site::{Frame, Shown, loading};

/// Methods and quality of a dataset, with a profile of its latest table.
#[component]
pub fn QualityPage() -> impl IntoView {
    let frame = Frame::of_visit(true);
    let load = rpc::catalogue::version_page_for(param("id").unwrap_or_default(), None, None);
    loading(frame, "", load, shown)
}

/// The page.
pub(super) fn shown(whole: DatasetPage, frame: &Frame) -> Shown {
    let lang = frame.lang;
    let page = &whole.version;
    let metadata = page.dataset.shown();
    let name = Written::of(lang, &metadata.title, metadata.title_cy.as_deref());
    let title = ta(lang, "quality-title", &[("title", text(&name.text))]);
    let heading = around(lang, "quality-title", &[("title", name.clone())], &[]);
    let designation = page.version.metadata.quality_designation.unwrap_or(metadata.quality_designation);
    let table = page.files.iter().map(|(file, _)| file).find(|file| file.profile.is_some());
    let (id, edition, version) = (&page.dataset.id, &page.edition.edition, page.version.version);
    let json = format!("/v1/datasets/{id}/editions/{edition}/versions/{version}/metadata");
    let home = format!("/catalogue/{id}");
    let trail = [
        (t(lang, "home"), frame.public_href("/")),
        (name.text.clone(), frame.public_href(&home)),
        (t(lang, "quality-short"), frame.public_href(&format!("{home}/quality"))),
    ];
    let columns = table.and_then(|file| profile(frame, file, &page.version.metadata.column_notes));
    let (has_notes, has_contacts) = (!page.version.metadata.usage_notes.is_empty(), !metadata.contacts.is_empty());
    let contents = contents(frame, columns.is_some(), has_notes, has_contacts);
    let content = view! {
        {structured::breadcrumbs(frame, &trail)}
        <Link rel="alternate" type_="application/json" href=json/>
        <nav class="breadcrumbs" aria-label=t(lang, "breadcrumb")>
            <ol>
                <li><a href=frame.href("/")>{t(lang, "home")}</a></li>
                <li><a href=frame.href(&home) lang=name.lang>{name.text}</a></li>
                <li aria-current="page">{t(lang, "quality-short")}</li>
            </ol>
        </nav>
        {english_only(frame, &metadata)}
        <header class="page-title"><h1>{heading}</h1><p class="lead">{t(lang, "quality-lead")}</p></header>
        {contents}
        <section class="section" aria-labelledby="trust">
            <div class="section__head"><h2 id="trust">{t(lang, "quality-trust")}</h2></div>
            <div class="measure stack stack--tight">
                <p><strong>{t(lang, &format!("quality-{designation}"))}</strong></p>
                <p>{t(lang, &format!("quality-means-{designation}"))}</p>
            </div>
        </section>
        {methods(frame, &metadata)}
        {facts(frame, &whole, &metadata)}
        {columns}
        {super::metadata::notes(frame, &page.version)}
        {contacts(frame, &metadata)}
    };
    Shown { title, description: t(lang, "quality-lead"), content: content.into_any() }
}

/// What stands on the page.
fn contents(frame: &Frame, has_columns: bool, has_notes: bool, has_contacts: bool) -> AnyView {
    let lang = frame.lang;
    let link = |is_there: bool, href: &'static str, key: &str| {
        is_there.then(|| view! { <li><a href=href>{t(lang, key)}</a></li> })
    };
    view! {
        <nav class="toc" aria-label=t(lang, "on-this-page")>
            <ul>
                {link(true, "#trust", "quality-trust")}
                {link(true, "#methods", "methods")}
                {link(true, "#covers", "quality-covers")}
                {link(has_columns, "#columns", "quality-columns")}
                {link(has_notes, "#notes", "notes")}
                {link(has_contacts, "#ask", "quality-ask")}
            </ul>
        </nav>
    }
    .into_any()
}

fn methods(frame: &Frame, metadata: &DatasetMetadata) -> AnyView {
    let lang = frame.lang;
    let links: Vec<AnyView> =
        metadata.qmi.iter().chain(&metadata.methodologies).map(|link| related(frame, link)).collect();
    let list = if links.is_empty() {
        view! { <p class="muted">{t(lang, "quality-no-methods")}</p> }.into_any()
    } else {
        view! { <ul class="plain stack measure">{links}</ul> }.into_any()
    };
    view! {
        <section class="section" aria-labelledby="methods">
            <div class="section__head"><h2 id="methods">{t(lang, "methods")}</h2></div>
            {list}
        </section>
    }
    .into_any()
}

fn facts(frame: &Frame, whole: &DatasetPage, metadata: &DatasetMetadata) -> AnyView {
    let lang = frame.lang;
    let row = |key: &str, value: Option<Written>| fact(frame, key, value);
    let english = |value: &Option<String>| value.as_ref().map(|value| Written::english(lang, value));
    let covered =
        whole.version.version.metadata.temporal_coverage.clone().or_else(|| metadata.temporal_coverage.clone());
    view! {
        <section class="section" aria-labelledby="covers">
            <div class="section__head"><h2 id="covers">{t(lang, "quality-covers")}</h2></div>
            <dl class="metadata">
                {row("coverage-time", english(&covered))}
                {row("coverage-area", english(&metadata.spatial_coverage))}
                {particulars::covered(frame, &whole.version.version.metadata)}
                {row("survey", english(&metadata.survey))}
                {particulars::origin(frame, metadata)}
                {row("unit", english(&metadata.unit_of_measure))}
                {row("frequency", Some(Written::frequency(lang, &metadata.release_frequency)))}
                {particulars::publisher(frame, metadata)}
            </dl>
        </section>
    }
    .into_any()
}

fn profile(frame: &Frame, file: &File, notes: &[ColumnNote]) -> Option<AnyView> {
    let columns = columns(frame, file, notes)?;
    Some(
        view! {
            <section class="section" aria-labelledby="columns">
                <div class="section__head"><h2 id="columns">{t(frame.lang, "quality-columns")}</h2></div>
                {columns}
            </section>
        }
        .into_any(),
    )
}

fn contacts(frame: &Frame, metadata: &DatasetMetadata) -> Option<AnyView> {
    let people = super::metadata::contacts(frame, &metadata.contacts);
    (!people.is_empty()).then(|| {
        view! {
            <section class="section" aria-labelledby="ask">
                <div class="section__head"><h2 id="ask">{t(frame.lang, "quality-ask")}</h2></div>
                {people}
            </section>
        }
        .into_any()
    })
}
