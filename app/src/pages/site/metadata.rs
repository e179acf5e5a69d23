//! What is said about a dataset and a version, and the versions there are.

use domain::comparison::DatasetPage;
use domain::dataset::{Contact, DatasetMetadata, Edition, RelatedLink};
use domain::file::{File, FileSight};
use domain::language::Language;
use domain::version::{Alert, AlertKind, AlertSeverity, Version};
use domain::views::{ComesAs, VersionPage};
use leptos::prelude::*;

use super::escaped;
use super::files::download_href;
use super::particulars;
use super::search_result::format_words;
use crate::components::portal::size_words;
use crate::components::written::Written;
use crate::i18n::{date, t, ta, text};
use crate::layout::site::Frame;

/// Alerts and corrections, above everything else.
pub fn alerts(frame: &Frame, version: &Version) -> AnyView {
    let banners: Vec<AnyView> = version.metadata.alerts.iter().map(|alert| alert_banner(frame.lang, alert)).collect();
    banners.into_any()
}

/// An alert or a correction as readers see it.
pub fn alert_banner(lang: Language, alert: &Alert) -> AnyView {
    let class = match (alert.kind, alert.severity) {
        (AlertKind::Correction, Some(AlertSeverity::Major)) => "banner banner--error",
        (AlertKind::Correction, _) => "banner banner--warning",
        (AlertKind::Alert, _) => "banner banner--information",
    };
    let title = alert_name(lang, alert.kind);
    let title = alert.date.map_or_else(|| title.clone(), |at| format!("{title}, {}", date(lang, at)));
    let about = Written::of(lang, &alert.description, alert.description_cy.as_deref());
    let severity = alert.severity.map(|severity| {
        let words = t(lang, &format!("alert-severity-{severity}"));
        view! { <p class="small">{words}</p> }
    });
    view! {
        <section class=class aria-label=title.clone()>
            <p class="banner__title">{title.clone()}</p>
            <p lang=about.lang>{about.text}</p>
            {severity}
        </section>
    }
    .into_any()
}

fn alert_name(lang: Language, kind: AlertKind) -> String {
    match kind {
        AlertKind::Correction => t(lang, "correction"),
        AlertKind::Alert => t(lang, "alert"),
    }
}

/// When the next release is expected, in the language of the page; words that the catalogue does not hold stay in their own.
pub fn next_release(frame: &Frame, written: &str) -> AnyView {
    match crate::i18n::next_release(frame.lang, written) {
        Some(words) => words.into_any(),
        None => view! { <span lang="en">{written.to_owned()}</span> }.into_any(),
    }
}

/// How to use the figures.
pub fn notes(frame: &Frame, version: &Version) -> AnyView {
    let lang = frame.lang;
    let metadata = &version.metadata;
    let notes = (!metadata.usage_notes.is_empty()).then(|| {
        let items: Vec<_> = metadata
            .usage_notes
            .iter()
            .map(|note| {
                let (title, words) = (Written::english(lang, &note.title), Written::english(lang, &note.note));
                view! { <div><dt lang=title.lang>{title.text}</dt><dd lang=words.lang>{words.text}</dd></div> }
            })
            .collect();
        view! {
            <section class="section" id="notes">
                <div class="section__head"><h2>{t(lang, "notes")}</h2></div>
                <dl class="metadata">{items}</dl>
            </section>
        }
    });
    notes.into_any()
}

/// The facts about the dataset.
pub fn about(frame: &Frame, page: &VersionPage, shown: &DatasetMetadata) -> AnyView {
    let lang = frame.lang;
    let quality = page.version.metadata.quality_designation.unwrap_or(shown.quality_designation);
    let row = |key: &str, value: Option<Written>| fact(frame, key, value);
    let english = |value: &Option<String>| value.as_ref().map(|value| Written::english(lang, value));
    let covered = page.version.metadata.temporal_coverage.clone().or_else(|| shown.temporal_coverage.clone());
    let next = shown.next_release.as_deref().filter(|written| !written.trim().is_empty());
    let department = page.department.as_ref().map(|d| Written::of(lang, &d.title, d.title_cy.as_deref()));
    let contacts = contacts(frame, &shown.contacts);
    // Keywords are in either language, and none says in which: they have no mark.
    let keywords: Vec<AnyView> = shown
        .keywords
        .iter()
        .map(|word| view! { <li><a class="chip" href=frame.href(&format!("/search?q={}", escaped(word)))>{word.clone()}</a></li> }.into_any())
        .collect();
    let api = format!("/v1/datasets/{}", page.dataset.id);
    let methods: Vec<RelatedLink> = shown.qmi.iter().chain(&shown.methodologies).cloned().collect();
    view! {
        <section class="section" id="about">
            <div class="section__head"><h2>{t(lang, "about-dataset")}</h2></div>
            <dl class="metadata">
                {particulars::publisher(frame, shown)}
                {row("department", department)}
                {row("quality", Some(Written::own(t(lang, &format!("quality-{quality}")))))}
                {row("first-version", first_version(frame, page))}
                {row("frequency", Some(Written::frequency(lang, &shown.release_frequency)))}
                {next.map(|written| view! { <div><dt>{t(lang, "next-release")}</dt><dd>{next_release(frame, written)}</dd></div> })}
                {row("unit", english(&shown.unit_of_measure))}
                {row("coverage-time", english(&covered))}
                {row("coverage-area", english(&shown.spatial_coverage))}
                {particulars::covered(frame, &page.version.metadata)}
                {row("survey", english(&shown.survey))}
                {particulars::origin(frame, shown)}
                {(!contacts.is_empty()).then(|| view! { <div><dt>{t(lang, "contact")}</dt><dd>{contacts}</dd></div> })}
                <div>
                    <dt>{t(lang, "licence")}</dt>
                    <dd>{licence(frame, shown)}</dd>
                </div>
                {(!keywords.is_empty()).then(|| view! { <div><dt>{t(lang, "keywords")}</dt><dd><ul class="chips">{keywords}</ul></dd></div> })}
                {feeds(frame, &page.dataset.id)}
                <div><dt>{t(lang, "footer-developers")}</dt><dd><a href=api>{t(lang, "json-api")}</a>{documents(frame, page)}</dd></div>
            </dl>
            <p><a href=frame.href(&format!("/catalogue/{}/quality", page.dataset.id))>{t(lang, "quality-page")}</a></p>
            {links(frame, "methods", &methods)}
            {links(frame, "publications", &shown.publications)}
            {links(frame, "related", &shown.related_content)}
            {links(frame, "related-datasets", &shown.related_datasets)}
        </section>
    }
    .into_any()
}

/// How to follow the dataset; what is not public yet has no feeds.
fn feeds(frame: &Frame, id: &str) -> Option<AnyView> {
    let link = |format: &'static str, name: &'static str| {
        let href = frame.href(&format!("/catalogue/{}/feed.{format}", escaped(id)));
        view! { <li><a href=href>{name}</a></li> }
    };
    frame.ahead.is_none().then(|| {
        view! {
            <div>
                <dt>{t(frame.lang, "feeds-title")}</dt>
                <dd><ul class="plain cluster">{link("atom", "Atom")}{link("rss", "RSS")}{link("ics", "iCalendar")}</ul></dd>
            </div>
        }
        .into_any()
    })
}

/// When the edition shown was first released, where it was released more often than once.
fn first_version(frame: &Frame, page: &VersionPage) -> Option<Written> {
    let first = page.versions.last().filter(|first| first.version < page.version.version)?;
    first.metadata.release_date.map(|at| Written::own(date(frame.lang, at)))
}

/// One fact in a list of them; nothing where nothing was written.
pub fn fact(frame: &Frame, key: &str, value: Option<Written>) -> Option<AnyView> {
    let value = value.filter(|value| !value.text.is_empty())?;
    Some(view! { <div><dt>{t(frame.lang, key)}</dt><dd lang=value.lang>{value.text}</dd></div> }.into_any())
}

/// Whom to ask.
pub fn contacts(frame: &Frame, people: &[Contact]) -> Vec<AnyView> {
    let one = |contact: &Contact| {
        let (name, mail) = (Written::english(frame.lang, &contact.name), format!("mailto:{}", contact.email));
        view! { <p lang=name.lang>{name.text}<br/><a href=mail>{contact.email.clone()}</a><br/>{contact.telephone.clone()}</p> }
            .into_any()
    };
    people.iter().map(one).collect()
}

fn licence(frame: &Frame, shown: &DatasetMetadata) -> AnyView {
    let name = Written::english(frame.lang, &shown.licence);
    let attribution = shown.attribution.as_ref().map(|words| Written::english(frame.lang, words));
    view! {
        <a href=shown.licence_url.clone() rel="license" lang=name.lang>{name.text}</a>
        {attribution.map(|words| view! { <p class="small" lang=words.lang>{words.text}</p> })}
    }
    .into_any()
}

/// The version's metadata in the vocabularies of other catalogues, whose names are the same in every language, and in plain words.
fn documents(frame: &Frame, page: &VersionPage) -> Vec<AnyView> {
    let version = &page.version;
    let base = format!("/v1/datasets/{}/editions/{}/versions/{}", version.dataset_id, version.edition, version.version);
    let table = page.files.iter().any(|(file, _)| file.is_csv_table());
    [
        ("ttl", "DCAT (Turtle)".to_owned(), true),
        ("jsonld", "DCAT (JSON-LD)".to_owned(), true),
        ("schema.jsonld", "schema.org".to_owned(), true),
        ("csvw.json", "CSVW".to_owned(), table),
        ("datapackage.json", "Data Package".to_owned(), true),
        ("txt", t(frame.lang, "output-txt"), true),
    ]
    .into_iter()
    .filter(|(_, _, offered)| *offered)
    .map(|(suffix, name, _)| view! { <br/><a href=format!("{base}/metadata.{suffix}")>{name}</a> }.into_any())
    .collect()
}

fn links(frame: &Frame, key: &str, links: &[RelatedLink]) -> Option<AnyView> {
    if links.is_empty() {
        return None;
    }
    let items: Vec<AnyView> = links.iter().map(|link| related(frame, link)).collect();
    Some(view! { <section class="stack stack--tight"><h3>{t(frame.lang, key)}</h3><ul class="plain stack">{items}</ul></section> }.into_any())
}

/// A link to something related, with what is said about it.
pub fn related(frame: &Frame, link: &RelatedLink) -> AnyView {
    let href = particulars::address(frame, &link.href);
    let (title, about) = (Written::english(frame.lang, &link.title), Written::english(frame.lang, &link.description));
    view! { <li><a href=href lang=title.lang>{title.text}</a><br/><span class="small muted" lang=about.lang>{about.text}</span></li> }
        .into_any()
}

/// Every version of the edition, and every edition of the dataset.
pub fn versions(frame: &Frame, whole: &DatasetPage) -> AnyView {
    let (lang, page) = (frame.lang, &whole.version);
    let base = format!("/catalogue/{}/editions", page.dataset.id);
    let newest = page.versions.first().map(|v| v.version);
    let rows: Vec<AnyView> = page
        .versions
        .iter()
        .map(|version| {
            let href = frame.href(&format!("{base}/{}/versions/{}", version.edition, version.version));
            let current = (version.version == page.version.version).then_some("page");
            let tag = (newest == Some(version.version)).then(|| view! { " "<span class="tag tag--latest">{t(lang, "latest-version")}</span> });
            let change = version.metadata.latest_changes.first().map(|c| Written::english(lang, &c.name).marked());
            let compare = page.versions.iter().find(|other| other.version < version.version).map(|before| {
                let (from, to) = (before.version, version.version);
                let href = frame.href(&format!("{base}/{}/compare?from={from}&to={to}", version.edition));
                let words = ta(lang, "compare-with", &[("n", text(from.to_string()))]);
                let hidden = format!(": {}", ta(lang, "version-n", &[("n", text(to.to_string()))]));
                view! { <a href=href>{words}<span class="visually-hidden">{hidden}</span></a> }
            });
            let when = version.metadata.release_date.map(|at| date(lang, at)).unwrap_or_default();
            let kinds = AlertKind::ALL.iter().filter(|kind| version.metadata.alerts.iter().any(|a| a.kind == **kind));
            let told = tags(lang, kinds.copied());
            // Of the version shown a banner says it above.
            let corrected = current.is_none().then(|| corrections(frame, version));
            let formats = whole.comes_as(&version.edition, version.version).and_then(formats);
            view! {
                <li class="ledger__row">
                    <span class="ledger__when">{when}</span>
                    <span class="ledger__what">
                        <a href=href aria-current=current>{ta(lang, "version-n", &[("n", text(version.version.to_string()))])}</a>{tag}{told}
                        <span class="ledger__sub">{change}</span>
                        {formats}
                        {corrected}
                    </span>
                    <span class="ledger__end">{compare}</span>
                </li>
            }
            .into_any()
        })
        .collect();
    let editions: Vec<AnyView> =
        page.editions.iter().map(|edition| edition_row(frame, whole, edition, &base)).collect();
    view! {
        <section class="section columns" id="versions">
            <div><div class="section__head"><h2>{t(lang, "versions")}</h2></div><ul class="ledger">{rows}</ul></div>
            <div><div class="section__head"><h2>{t(lang, "editions")}</h2></div><ul class="ledger">{editions}</ul></div>
        </section>
    }
    .into_any()
}

/// A tag for each kind of alerts that are on a version.
fn tags(lang: Language, kinds: impl Iterator<Item = AlertKind>) -> Vec<AnyView> {
    kinds.map(|kind| view! { " "<span class="tag">{alert_name(lang, kind)}</span> }.into_any()).collect()
}

/// What was wrong with a version, and since when that is said.
fn corrections(frame: &Frame, version: &Version) -> Vec<AnyView> {
    let lang = frame.lang;
    let of_kind = version.metadata.alerts.iter().filter(|alert| alert.kind == AlertKind::Correction);
    of_kind
        .map(|alert| {
            let words = Written::of(lang, &alert.description, alert.description_cy.as_deref());
            let when = alert.date.map(|at| format!("{}: ", date(lang, at)));
            view! { <span class="ledger__sub">{when}<span lang=words.lang>{words.text}</span></span> }.into_any()
        })
        .collect()
}

/// The formats of a version, each with how much that is.
fn formats(version: &ComesAs) -> Option<AnyView> {
    let words = version.formats.iter().map(format_words).collect::<Vec<_>>().join(", ");
    (!words.is_empty()).then(|| view! { <span class="ledger__sub">{words}</span> }.into_any())
}

fn edition_row(frame: &Frame, whole: &DatasetPage, edition: &Edition, base: &str) -> AnyView {
    let (lang, page) = (frame.lang, &whole.version);
    let href = frame.href(&format!("{base}/{}", edition.edition));
    let current = (edition.edition == page.edition.edition).then_some("true");
    let title = Written::of(lang, &edition.title, edition.title_cy.as_deref());
    let when = edition.latest_release.map(|at| date(lang, at)).unwrap_or_default();
    let latest = edition.latest_version.map(|n| ta(lang, "edition-latest", &[("n", text(n.to_string()))]));
    let newest = page.newest_edition == edition.edition && page.editions.len() > 1;
    let newest = newest.then(|| view! { " "<span class="tag tag--latest">{t(lang, "latest-version")}</span> });
    let of_latest = edition.latest_version.and_then(|number| whole.comes_as(&edition.edition, number));
    let told = of_latest.map(|latest| tags(lang, latest.alerts.iter().copied()));
    let formats = of_latest.and_then(formats);
    view! {
        <li class="ledger__row">
            <span class="ledger__when">{when}</span>
            <span class="ledger__what">
                <a href=href aria-current=current lang=title.lang>{title.text}</a>{newest}{told}
                <span class="ledger__sub">{latest}</span>
                {formats}
            </span>
        </li>
    }
    .into_any()
}

/// Every file with its checksum.
pub fn all_files(frame: &Frame, files: &[(File, FileSight)], is_newest: bool) -> AnyView {
    let lang = frame.lang;
    let items: Vec<AnyView> = files
        .iter()
        .map(|(file, _)| {
            let (checksum, title) = (format!("SHA-256 {}", file.sha256), Written::english(lang, &file.title));
            view! {
                <li class="download">
                    <span class="download__format">{file.format.to_uppercase()}</span>
                    <a class="download__link" href=download_href(frame, file, is_newest) download="">{file.filename.clone()}</a>
                    <span class="download__meta meta"><span>{size_words(file.size)}</span><span lang=title.lang>{title.text}</span></span>
                    <span class="download__hash mono long">{checksum}</span>
                </li>
            }
            .into_any()
        })
        .collect();
    view! {
        <section class="section" id="files">
            <div class="section__head"><h2>{t(lang, "all-files")}</h2></div>
            <ul class="download-list">{items}</ul>
            {explained(frame, files)}
        </section>
    }
    .into_any()
}

/// Formats that are explained, in the order in which they are.
const EXPLAINED: [&str; 10] = ["csv", "xlsx", "xls", "ods", "json", "csvw", "sdmx", "pdf", "zip", "txt"];

/// What the formats of the files are, and how to see whether one arrived whole.
fn explained(frame: &Frame, files: &[(File, FileSight)]) -> AnyView {
    let lang = frame.lang;
    let is_there = |format: &str| files.iter().any(|(file, _)| file.format == format);
    let formats = EXPLAINED.into_iter().filter(|format| is_there(format));
    let formats: Vec<_> = formats
        .map(|format| {
            view! { <div><dt>{format.to_uppercase()}</dt><dd>{t(lang, &format!("format-{format}"))}</dd></div> }
        })
        .collect();
    let formats = (!formats.is_empty()).then(|| view! { <dl class="metadata">{formats}</dl> });
    view! {
        <details class="details">
            <summary>{t(lang, "files-explained")}</summary>
            {formats}
            <p class="measure">{t(lang, "files-checksum")}</p>
        </details>
    }
    .into_any()
}
