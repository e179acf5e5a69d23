//! Taking along what is shown: files in every format, addresses, code, a citation.

use domain::explore::ExplorePage;
use domain::feed::xml;
use domain::filter::TOO_MANY_FILTERS;
use domain::refusal::Refusal;
use domain::selection::DataFormat;
use domain::table::ChartKind;
use domain::text::escaped;
use leptos::prelude::*;

use super::query::{data, embedded, write};
use crate::components::form::hidden;
use crate::components::written::Written;
use crate::i18n::t;
use crate::layout::site::Frame;
use crate::pages::site;
use crate::pages::site::copying::{copied, copy};

const KEEP: &str = "filters/keep";
/// How tall a frame with rows is, in pixels; the rest of them is scrolled to.
const TABLE_HEIGHT: usize = 560;

/// Downloads of exactly these rows and columns, and ways to come back to them.
pub fn along(frame: &Frame, page: &ExplorePage) -> AnyView {
    let lang = frame.lang;
    let formats: Vec<AnyView> = [DataFormat::Csv, DataFormat::Xlsx, DataFormat::Json, DataFormat::Ndjson, DataFormat::Parquet]
        .into_iter()
        .filter(|format| *format != DataFormat::Xlsx || page.workbook)
        .map(|format| {
            let href = data(page, format);
            view! { <li><a class="button button--secondary button--small" href=href download="">{format.as_str().to_uppercase()}</a></li> }
                .into_any()
        })
        .collect();
    let whole = site::laid_out::of_files(lang, &super::layout_of(page)).map(|words| format!(" {words}"));
    let keep = keep(frame, page);
    let prepared =
        (!page.workbook && keep.is_some()).then(|| view! { <p class="small">{t(lang, "explore-no-workbook")}</p> });
    view! {
        <section class="section explore__take" aria-labelledby="take">
            <div class="section__head"><h2 id="take">{t(lang, "explore-take")}</h2></div>
            <p>{t(lang, "explore-take-text")}{whole}</p>
            <ul class="plain cluster">{formats}</ul>
            {prepared}
            {keep}
            {code(frame, page)}
            <h3>{t(lang, "explore-cite")}</h3>
            {copy(lang, "explore-cite-text", &t(lang, "explore-cite"))}
            <p class="explore__citation" id="explore-cite-text">{citation(frame, page)}</p>
            {copied(lang)}
        </section>
    }
    .into_any()
}

/// Keeps what is shown at an address of its own; what is not public yet cannot be kept.
fn keep(frame: &Frame, page: &ExplorePage) -> Option<AnyView> {
    if frame.holds_back(&page.file) {
        return None;
    }
    let lang = frame.lang;
    let flash = rpc::request::visit().flash.filter(|flash| flash.form == KEEP);
    let refused = flash.and_then(|flash| flash.refusal).map(|refusal| {
        let key = match refusal {
            Refusal::TooMany { .. } => "explore-keep-refused",
            Refusal::Blocked { blockers, .. } if blockers.iter().any(|one| one.code == TOO_MANY_FILTERS) => {
                "explore-keep-full"
            }
            _ => "explore-keep-failed",
        };
        view! { <div class="banner banner--error" role="alert"><p>{t(lang, key)}</p></div> }
    });
    let version = &page.version.version;
    let chosen = page.query.selection.to_query();
    let which = format!("file={}", escaped(&page.file.filename));
    let query = if chosen.is_empty() { which } else { format!("{chosen}&{which}") };
    Some(
    view! {
        <h3 id="keep">{t(lang, "explore-keep")}</h3>
        {refused}
        <form class="stack stack--tight" method="post" action=format!("/rpc/{KEEP}")>
            <p>{t(lang, "explore-keep-text")}</p>
            {hidden("language", lang)}{hidden("dataset_id", &version.dataset_id)}{hidden("edition", &version.edition)}
            {hidden("version", version.version)}{hidden("query", query)}
            <button class="button button--secondary">{t(lang, "explore-keep-button")}</button>
        </form>
    }
    .into_any(),
    )
}

fn code(frame: &Frame, page: &ExplorePage) -> AnyView {
    let lang = frame.lang;
    let site = &page.site;
    let address = format!("{site}{}", data(page, DataFormat::Csv));
    let here = format!("{site}{}", frame.public_href(&write(page, &page.query.selection, 1)));
    let ways = [
        ("explore-link", here),
        ("explore-curl", format!("curl -L -o data.csv '{}'", address.replace('\'', "%27"))),
        ("explore-python", format!("import pandas\n\ndata = pandas.read_csv(\"{address}\")")),
        ("explore-r", format!("data <- read.csv(\"{address}\")")),
        ("explore-embed", frame_of(frame, page, false)),
        ("explore-embed-table", frame_of(frame, page, true)),
    ];
    let blocks: Vec<AnyView> = ways
        .into_iter()
        .map(|(key, words)| {
            let (id, name) = (format!("{key}-text"), t(lang, key));
            view! {
                <details class="details">
                    <summary>{name.clone()}</summary>
                    {copy(lang, &id, &name)}
                    <pre tabindex="0" id=id><code>{words}</code></pre>
                </details>
            }
            .into_any()
        })
        .collect();
    view! { <div class="explore__code">{blocks}</div> }.into_any()
}

/// The code with which another site frames the drawing or the rows.
fn frame_of(frame: &Frame, page: &ExplorePage, is_table: bool) -> String {
    let metadata = page.version.dataset.shown();
    let title = frame.lang.pick(&metadata.title, metadata.title_cy.as_deref());
    let address = format!("{}{}", page.site, frame.public_href(&embedded(page, is_table)));
    let height = if is_table { TABLE_HEIGHT } else { height(page) };
    format!(
        "<iframe src=\"{}\" title=\"{}\" width=\"100%\" height=\"{height}\" loading=\"lazy\"></iframe>",
        xml(&address),
        xml(title)
    )
}

/// How tall a frame as wide as a column of text has to be for the drawing with its words, in pixels.
fn height(page: &ExplorePage) -> usize {
    let drawing = page.chart.as_ref().map(|chart| match chart.kind {
        ChartKind::Bar => chart.x.len() * 27,
        ChartKind::Multiples => chart.series.len().div_ceil(4) * 170,
        ChartKind::Line | ChartKind::Area => 380,
    });
    drawing.map_or(TABLE_HEIGHT, |drawing| drawing + 240)
}

fn citation(frame: &Frame, page: &ExplorePage) -> AnyView {
    let metadata = page.version.dataset.shown();
    let title = Written::of(frame.lang, &metadata.title, metadata.title_cy.as_deref());
    let address = format!("{}{}", page.site, write(page, &page.query.selection, 1));
    site::citation(frame, &page.version, title, &address)
}
