//! Taking along what is shown: files in every format, addresses, code, a citation.

use domain::explore::ExplorePage;
use domain::refusal::Refusal;
use domain::selection::DataFormat;
use leptos::prelude::*;

use super::query::{data, write};
use crate::components::form::hidden;
use crate::i18n::{date, t, ta, text};
use crate::layout::site::Frame;

const KEEP: &str = "filters/keep";

/// Downloads of exactly these rows and columns, and ways to come back to them.
pub fn along(frame: &Frame, page: &ExplorePage) -> AnyView {
    let lang = frame.lang;
    let formats: Vec<AnyView> = [DataFormat::Csv, DataFormat::Xlsx, DataFormat::Json, DataFormat::Ndjson, DataFormat::Parquet]
        .into_iter()
        .map(|format| {
            let href = data(page, format.as_str());
            view! { <li><a class="button button--secondary button--small" href=href download="">{format.as_str().to_uppercase()}</a></li> }
                .into_any()
        })
        .collect();
    view! {
        <section class="section explore__take" aria-labelledby="take">
            <div class="section__head"><h2 id="take">{t(lang, "explore-take")}</h2></div>
            <p>{t(lang, "explore-take-text")}</p>
            <ul class="plain cluster">{formats}</ul>
            {keep(frame, page)}
            {code(frame, page)}
            <h3>{t(lang, "explore-cite")}</h3>
            <p class="explore__citation">{citation(frame, page)}</p>
        </section>
    }
    .into_any()
}

/// Keeps what is shown at an address of its own; only the first table of a public version can be kept.
fn keep(frame: &Frame, page: &ExplorePage) -> Option<AnyView> {
    if frame.holds_back(&page.file) || page.tables.first() != Some(&page.file.filename) {
        return None;
    }
    let lang = frame.lang;
    let flash = rpc::request::visit().flash.filter(|flash| flash.form == KEEP);
    let refused = flash.and_then(|flash| flash.refusal).map(|refusal| {
        let key = match refusal {
            Refusal::TooMany { .. } => "explore-keep-refused",
            _ => "explore-keep-failed",
        };
        view! { <div class="banner banner--error" role="alert"><p>{t(lang, key)}</p></div> }
    });
    let version = &page.version.version;
    let view = view! {
        <h3 id="keep">{t(lang, "explore-keep")}</h3>
        {refused}
        <form class="stack stack--tight" method="post" action=format!("/rpc/{KEEP}")>
            <p>{t(lang, "explore-keep-text")}</p>
            {hidden("language", lang)}{hidden("dataset_id", &version.dataset_id)}{hidden("edition", &version.edition)}
            {hidden("version", version.version)}{hidden("query", page.query.selection.to_query())}
            <button class="button button--secondary">{t(lang, "explore-keep-button")}</button>
        </form>
    };
    Some(view.into_any())
}

fn code(frame: &Frame, page: &ExplorePage) -> AnyView {
    let lang = frame.lang;
    let site = &page.site;
    let address = format!("{site}{}", data(page, "csv"));
    let here = format!("{site}{}", frame.public_href(&write(page, &page.query.selection, 1)));
    let embed = format!(
        "<iframe src=\"{here}\" title=\"{}\" width=\"100%\" height=\"600\" loading=\"lazy\"></iframe>",
        page.version.dataset.shown().title.replace(['"', '<', '>'], " ")
    );
    let ways = [
        ("explore-link", here.clone()),
        ("explore-curl", format!("curl -L -o data.csv '{}'", address.replace('\'', "%27"))),
        ("explore-python", format!("import pandas\n\ndata = pandas.read_csv(\"{address}\")")),
        ("explore-r", format!("data <- read.csv(\"{address}\")")),
        ("explore-embed", embed),
    ];
    let blocks: Vec<AnyView> = ways
        .into_iter()
        .map(|(key, words)| {
            view! {
                <details class="disclosure">
                    <summary>{t(lang, key)}</summary>
                    <pre tabindex="0"><code>{words}</code></pre>
                </details>
            }
            .into_any()
        })
        .collect();
    view! { <div class="explore__code">{blocks}</div> }.into_any()
}

fn citation(frame: &Frame, page: &ExplorePage) -> String {
    let lang = frame.lang;
    let metadata = page.version.dataset.shown();
    let site = &page.site;
    let address = format!("{site}{}", write(page, &page.query.selection, 1));
    let released = page.version.version.metadata.release_date.map(|at| date(lang, at)).unwrap_or_default();
    ta(
        lang,
        "explore-citation",
        &[
            ("publisher", text(metadata.publisher.clone())),
            ("date", text(released)),
            ("title", text(lang.pick(&metadata.title, metadata.title_cy.as_deref()).to_owned())),
            ("edition", text(page.version.edition.title.clone())),
            ("n", text(page.version.version.version.to_string())),
            ("address", text(address)),
        ],
    )
}
