//! Two versions of an edition side by side.

mod table;

use domain::changes::Changes;
use domain::comparison::{ComparePage, CompareQuery, Earlier};
use domain::dataset::QualityDesignation;
use domain::file::File;
use domain::language::Language;
use domain::version::Version;
use leptos::prelude::*;
use leptos_meta::{Link, Meta};

use super::dataset::{english_only, told};
use super::particulars::periods_text;
use super::search_query::pairs;
use super::{laid_out, param};
use crate::components::portal::size_words;
use crate::components::written::{Written, around, mark};
use crate::i18n::{date, geography, t, ta, text};
use crate::layout::site::{Frame, Shown, loading};

/// What differs between two versions; without choices between the latest two.
#[component]
pub fn CompareVersions() -> impl IntoView {
    let frame = Frame::of_visit(true);
    let (id, edition) = (param("id").unwrap_or_default(), param("edition").unwrap_or_default());
    let query = read(&frame.path);
    let load = async move {
        let query = query.ok_or(rpc::RpcError::Refused(domain::refusal::Refusal::NotFound))?;
        rpc::catalogue::compare_versions(id, edition, query).await
    };
    loading(frame, "", load, shown)
}

/// Reads the query of an address; a number that is none names no version.
pub fn read(path: &str) -> Option<CompareQuery> {
    let pairs = pairs(path);
    let one = |name: &str| pairs.iter().find(|(n, v)| n == name && !v.is_empty()).map(|(_, v)| v.parse::<u32>());
    let page = one("page").and_then(Result::ok).unwrap_or(1);
    Some(CompareQuery { from: one("from").transpose().ok()?, to: one("to").transpose().ok()?, page })
}

/// The page.
pub(super) fn shown(page: ComparePage, frame: &Frame) -> Shown {
    let lang = frame.lang;
    let metadata = page.to.dataset.shown();
    let name = Written::of(lang, &metadata.title, metadata.title_cy.as_deref());
    let edition = Written::of(lang, &page.to.edition.title, page.to.edition.title_cy.as_deref());
    let title = ta(lang, "compare-title", &[("title", text(&name.text))]);
    let heading = around(lang, "compare-title", &[("title", name.clone())], &[]);
    let back = frame.href(&format!("/catalogue/{}/editions/{}", page.to.dataset.id, page.to.edition.edition));
    let body = match &page.from {
        None => nothing(frame, "compare-one", "compare-one-help"),
        Some(from) if from.version.version == page.to.version.version => {
            nothing(frame, "compare-same", "compare-same-help")
        }
        Some(from) => compared(frame, &page, from),
    };
    let chosen = frame.path.contains('?').then(|| view! { <Meta name="robots" content="noindex"/> });
    let content = view! {
        {chosen}
        <nav class="breadcrumbs" aria-label=t(lang, "breadcrumb")>
            <ol>
                <li><a href=frame.href("/")>{t(lang, "home")}</a></li>
                <li><a href=back lang=name.lang>{name.text}</a></li>
                <li aria-current="page">{t(lang, "compare")}</li>
            </ol>
        </nav>
        {english_only(frame, &metadata)}
        <header class="page-title"><p class="page-title__caption" lang=edition.lang>{edition.text}</p><h1>{heading}</h1></header>
        {choices(frame, &page)}
        {body}
    };
    Shown { title, description: t(lang, "compare-lead"), content: content.into_any() }
}

fn nothing(frame: &Frame, heading: &str, help: &str) -> AnyView {
    let lang = frame.lang;
    view! { <div class="empty-state"><h2>{t(lang, heading)}</h2><p>{t(lang, help)}</p></div> }.into_any()
}

fn choices(frame: &Frame, page: &ComparePage) -> Option<AnyView> {
    let from = page.from.as_ref()?;
    let lang = frame.lang;
    let action = frame.href(&format!("/catalogue/{}/editions/{}/compare", page.to.dataset.id, page.to.edition.edition));
    let field = |name: &'static str, chosen: u32| {
        let options: Vec<AnyView> = page
            .to
            .versions
            .iter()
            .map(|version| {
                let words = named(frame, version);
                view! { <option value=version.version.to_string() selected=version.version == chosen>{words}</option> }
                    .into_any()
            })
            .collect();
        let label = if name == "from" { t(lang, "compare-from") } else { t(lang, "compare-to") };
        view! {
            <div class="field">
                <label class="field__label" for=name>{label}</label>
                <select id=name name=name>{options}</select>
            </div>
        }
    };
    Some(
        view! {
            <form class="calendar-filters" action=action method="get" aria-label=t(lang, "compare-choose")>
                {field("from", from.version.version)}{field("to", page.to.version.version)}
                <button class="button button--secondary">{t(lang, "compare")}</button>
            </form>
        }
        .into_any(),
    )
}

/// A version with its date.
fn named(frame: &Frame, version: &Version) -> String {
    let number = ta(frame.lang, "version-n", &[("n", text(version.version.to_string()))]);
    match version.metadata.release_date {
        Some(at) => format!("{number}, {}", date(frame.lang, at)),
        None => number,
    }
}

fn compared(frame: &Frame, page: &ComparePage, from: &Earlier) -> AnyView {
    let lang = frame.lang;
    let to = &page.to.version;
    let json = format!(
        "/v1/datasets/{}/editions/{}/versions/{}/changes?from={}&format=json",
        to.dataset_id, to.edition, to.version, from.version.version
    );
    let csv = format!(
        "/catalogue/{}/editions/{}/compare.csv?from={}&to={}",
        to.dataset_id, to.edition, from.version.version, to.version
    );
    let data = match &page.changes {
        Some(changes) => data(frame, page, from, changes),
        None if page.is_coming => coming(frame),
        None => view! { <p>{t(lang, "compare-no-table")}</p> }.into_any(),
    };
    let program = page.changes.is_some().then(|| {
        view! {
            <Link rel="alternate" type_="application/json" href=json.clone()/>
            <Link rel="alternate" type_="text/csv" href=csv.clone()/>
            <p class="small meta">
                <span><a href=csv.clone() download="">{t(lang, "compare-csv")}</a></span><span><a href=json.clone()>{t(lang, "compare-json")}</a></span>
            </p>
        }
    });
    view! {
        <section class="section" aria-labelledby="of-data">
            <div class="section__head"><h2 id="of-data">{t(lang, "compare-data")}</h2></div>
            {data}
        </section>
        <section class="section" aria-labelledby="of-words">
            <div class="section__head"><h2 id="of-words">{t(lang, "compare-words")}</h2></div>
            {facts(frame, page, from)}
        </section>
        {program}
    }
    .into_any()
}

/// What is said while large tables are being compared.
fn coming(frame: &Frame) -> AnyView {
    let lang = frame.lang;
    let here = frame.href(&frame.path);
    view! { <p>{t(lang, "compare-coming")}</p><p><a href=here>{t(lang, "compare-look")}</a></p> }.into_any()
}

fn data(frame: &Frame, page: &ComparePage, from: &Earlier, changes: &Changes) -> AnyView {
    let lang = frame.lang;
    let sentences: Vec<_> = told(lang, changes).into_iter().map(|words| view! { <li>{words}</li> }).collect();
    let summary = if sentences.is_empty() {
        view! { <p>{t(lang, "since-nothing")}</p> }.into_any()
    } else {
        view! { <ul>{sentences}</ul> }.into_any()
    };
    view! { <div class="stack">{summary}{table::keys(frame, changes)}{table::largest(frame, changes)}{table::revised(frame, page, from, changes)}</div> }
        .into_any()
}

/// What is said of both versions, and their files.
fn facts(frame: &Frame, page: &ComparePage, from: &Earlier) -> AnyView {
    let lang = frame.lang;
    let (old, new) = (&from.version, &page.to.version);
    let files: Vec<&File> = page.to.files.iter().map(|(file, _)| file).collect();
    let released = |version: &Version| version.metadata.release_date.map(|at| date(lang, at)).unwrap_or_default();
    let trust = |quality: Option<QualityDesignation>| {
        quality.map(|quality| t(lang, &format!("quality-{quality}"))).unwrap_or_default()
    };
    let covered = |version: &Version| version.metadata.temporal_coverage.clone().unwrap_or_default();
    let lowest = |version: &Version| {
        let written = version.metadata.lowest_geography.clone().unwrap_or_default();
        geography(lang, &written).unwrap_or(written)
    };
    let noted = |version: &Version| {
        version
            .metadata
            .usage_notes
            .iter()
            .map(|note| format!("{}: {}", note.title, note.note))
            .collect::<Vec<_>>()
            .join("\n")
    };
    let rows = [
        ("released", released(old), released(new)),
        ("quality", trust(old.metadata.quality_designation), trust(new.metadata.quality_designation)),
        ("coverage-time", covered(old), covered(new)),
        ("coverage-periods", periods_text(lang, &old.metadata.temporal), periods_text(lang, &new.metadata.temporal)),
        ("coverage-lowest", lowest(old), lowest(new)),
        ("notes", noted(old), noted(new)),
        ("all-files", listed(frame, &from.files.iter().collect::<Vec<_>>()), listed(frame, &files)),
    ];
    let rows: Vec<AnyView> = rows
        .into_iter()
        .filter(|(_, before, after)| !(before.is_empty() && after.is_empty()))
        .map(|(key, before, after)| {
            let same = before == after;
            // What editors wrote, where all else is said in the language of the page.
            let of = |text: &str| match key {
                "coverage-time" | "notes" => mark(lang, text, Language::En),
                _ => None,
            };
            let (lang_before, lang_after) = (of(&before), of(&after));
            let class = if same { "compare__same" } else { "compare__changed" };
            let sign = if same { t(lang, "compare-unchanged") } else { t(lang, "compare-changed") };
            view! {
                <tr class=class>
                    <th scope="row">{t(lang, key)}</th>
                    <td class="compare__text" lang=lang_before>{before}</td>
                    <td class="compare__text" lang=lang_after>{after}</td>
                    <td>{sign}</td>
                </tr>
            }
            .into_any()
        })
        .collect();
    let heading = |version: &Version| ta(lang, "version-n", &[("n", text(version.version.to_string()))]);
    view! {
        <div class="table-scroll" tabindex="0" role="region" aria-labelledby="facts-caption">
            <table class="table">
                {laid_out::caption("facts-caption", t(lang, "compare-words-caption").into_any(), None)}
                <thead><tr><th scope="col">{t(lang, "compare-what")}</th><th scope="col">{heading(old)}</th><th scope="col">{heading(new)}</th><th scope="col">{t(lang, "compare-difference")}</th></tr></thead>
                <tbody>{rows}</tbody>
            </table>
        </div>
    }
    .into_any()
}

fn listed(frame: &Frame, files: &[&File]) -> String {
    let rows = |file: &File| {
        file.profile
            .as_ref()
            .map(|profile| ta(frame.lang, "rows", &[("n", text(crate::components::portal::grouped(profile.rows)))]))
    };
    let one = |file: &&File| {
        let parts = [Some(file.filename.clone()), Some(size_words(file.size)), rows(file)];
        parts.into_iter().flatten().collect::<Vec<_>>().join(", ")
    };
    files.iter().map(one).collect::<Vec<_>>().join("\n")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_name_versions_and_words_name_none() {
        let query = read("/catalogue/a/editions/b/compare?from=1&to=3&page=2").unwrap();
        assert_eq!((query.from, query.to, query.page), (Some(1), Some(3), 2));
        assert_eq!(read("/x").unwrap(), CompareQuery { from: None, to: None, page: 1 });
        assert_eq!(read("/x?from=&to=").unwrap().from, None);
        assert!(read("/x?from=one").is_none());
    }
}
