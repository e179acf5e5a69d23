//! What was made of a selection: what was chosen, and its files, which may still be in the making.

use domain::filter::{OutputPage as Data, OutputState};
use domain::selection::DataFormat;
use domain::table::Column;
use domain::version::Version;
use leptos::prelude::*;
use leptos_meta::Meta;
use rpc::visit::Flash;

use super::dataset::{english_only, superseded_with};
use super::{named, param};
use crate::components::form::hidden;
use crate::components::portal::size_words;
use crate::components::written::{Written, around, joined, pieces};
use crate::i18n::{Argument, date, t, ta, text};
use crate::layout::site::{Frame, Shown, loading};

const RETRY: &str = "filters/retry";

/// The files of a selection, at an address that only those know to whom it was given.
#[component]
pub fn OutputPage() -> impl IntoView {
    rpc::request::keep_private();
    let frame = Frame::of_visit(true);
    let flash = rpc::request::visit().flash.filter(|flash| flash.form == RETRY && flash.refusal.is_some());
    let load = rpc::filters::output(param("id").unwrap_or_default());
    loading(frame, "", load, move |page, frame| shown(&page, frame, flash.as_ref()))
}

fn shown(page: &Data, frame: &Frame, flash: Option<&Flash>) -> Shown {
    let lang = frame.lang;
    let (name, caption, version) = named(frame, &page.version);
    let title = ta(lang, "output-title", &[("title", text(&name.text))]);
    let heading = around(lang, "output-title", &[("title", name.clone())], &[]);
    let state = page.output.state();
    let open = state.is_open();
    let content = view! {
        <Meta name="robots" content="noindex"/>
        <nav class="breadcrumbs" aria-label=t(lang, "breadcrumb")>
            <ol>
                <li><a href=frame.href("/")>{t(lang, "home")}</a></li>
                <li><a href=version lang=name.lang>{name.text}</a></li>
                <li aria-current="page">{t(lang, "output-here")}</li>
            </ol>
        </nav>
        {english_only(frame, &page.version.dataset.shown())}
        {superseded_with(frame, &page.version, page.newest_has_table, |newest| explorer(page, newest))}
        <header class="page-title">
            <p class="page-title__caption">{caption}</p>
            <h1>{heading}</h1>
        </header>
        {refused(frame, flash)}
        <p class="visually-hidden" role="status" id="output-said"></p>
        <div class="stack stack--loose" id="output" data-open=open.to_string() data-said=said(frame, page)>
            {files(frame, page)}
            {chosen(frame, page)}
        </div>
        {open.then(|| view! { <script r#type="module" src="/assets/output.js"></script> })}
    };
    Shown { title, description: String::new(), content: content.into_any() }
}

fn refused(frame: &Frame, flash: Option<&Flash>) -> Option<AnyView> {
    flash?;
    let words = t(frame.lang, "output-refused");
    Some(view! { <div class="banner banner--error" role="alert"><p>{words}</p></div> }.into_any())
}

/// How far the files are, in a sentence.
fn said(frame: &Frame, page: &Data) -> String {
    let lang = frame.lang;
    match page.output.state() {
        OutputState::Pending => t(lang, "output-waiting"),
        OutputState::Running => ta(lang, "output-making", &[("n", text(page.progress().to_string()))]),
        OutputState::Completed => t(lang, "output-ready"),
        OutputState::Failed => t(lang, "output-failed"),
    }
}

fn files(frame: &Frame, page: &Data) -> AnyView {
    let lang = frame.lang;
    let (state, words) = (page.output.state(), said(frame, page));
    let body = match state {
        OutputState::Completed => list(frame, page),
        OutputState::Failed => {
            let why = page.output.job.as_ref().and_then(|job| job.last_error.clone());
            view! {
                <div class="banner banner--error">
                    <p>{words}</p>
                    {why.map(|why| view! { <p lang="en">{why}</p> })}
                </div>
                <form method="post" action=format!("/rpc/{RETRY}")>
                    {hidden("language", lang)}{hidden("id", &page.output.id)}
                    <button class="button">{t(lang, "output-retry")}</button>
                </form>
            }
            .into_any()
        }
        _ => {
            let progress = page.progress();
            let here = frame.href(&domain::filter::output_page_path(&page.output.id));
            view! {
                <p id="output-far">{words}</p>
                <progress max="100" value=progress.to_string() aria-labelledby="output-far">{format!("{progress} %")}</progress>
                <p><a href=here>{t(lang, "output-look")}</a></p>
            }
            .into_any()
        }
    };
    let until = ta(lang, "output-kept", &[("when", text(date(lang, page.output.expires_at)))]);
    view! {
        <section class="section" aria-labelledby="files">
            <div class="section__head"><h2 id="files">{t(lang, "output-files")}</h2></div>
            <div class="measure stack">{body}<p class="small muted">{until}</p></div>
        </section>
    }
    .into_any()
}

fn list(frame: &Frame, page: &Data) -> AnyView {
    let lang = frame.lang;
    let path = format!("/v1/filter-outputs/{}/downloads", page.output.id);
    let row = |format: &str, words: String, size: Option<u64>| {
        let href = format!("{path}/{format}");
        view! {
            <li class="ledger__row ledger__row--plain">
                <span class="ledger__what"><a href=href download="">{words}</a></span>
                <span class="ledger__end">{size.map(size_words)}</span>
            </li>
        }
        .into_any()
    };
    let mut rows: Vec<AnyView> = page
        .downloads
        .iter()
        .map(|one| row(one.format.as_str(), one.format.as_str().to_uppercase(), one.size))
        .collect();
    rows.push(row("csvw", t(lang, "output-csvw"), None));
    rows.push(row("txt", t(lang, "output-txt"), None));
    let sheet = !page.downloads.iter().any(|one| one.format == DataFormat::Xlsx);
    let no_sheet = sheet.then(|| view! { <p class="small">{t(lang, "output-no-sheet")}</p> });
    view! { <ul class="ledger">{rows}</ul>{no_sheet} }.into_any()
}

/// The explorer of a version with what was chosen.
fn explorer(page: &Data, version: &Version) -> String {
    let query = page.output.selection.to_query();
    let path = format!("{}/explore", version.page_path());
    if query.is_empty() { path } else { format!("{path}?{query}") }
}

/// The choices, a line each, and the way to others.
fn chosen(frame: &Frame, page: &Data) -> AnyView {
    let lang = frame.lang;
    let selection = &page.output.selection;
    let known: Vec<&Column> = page
        .version
        .files
        .iter()
        .find(|(file, _)| page.output.file.as_ref().is_some_and(|of| of.id == file.id))
        .and_then(|(file, _)| file.profile.as_ref())
        .map(|profile| profile.columns.iter().collect())
        .unwrap_or_default();
    let heading = |name: &str| {
        known.iter().find(|column| column.name == name).map_or(name.to_owned(), |column| column.heading().to_owned())
    };
    let english = |words: String| Written::english(lang, words);
    let mut lines: Vec<(Written, AnyView)> = Vec::new();
    lines.extend(selection.dimensions.iter().map(|one| {
        let options: Vec<Vec<Written>> = one.options.iter().map(|option| vec![Written::option(lang, option)]).collect();
        (english(heading(&one.name)), joined(options.join(&Written::own(", "))))
    }));
    lines.extend(selection.ranges.iter().map(|range| {
        let (from, to) = (range.from.clone().unwrap_or_default(), range.to.clone().unwrap_or_default());
        (english(heading(&range.name)), english(format!("{from} – {to}")).marked())
    }));
    if !selection.columns.is_empty() {
        let names: Vec<String> = selection.columns.iter().map(|name| heading(name)).collect();
        lines.push((Written::own(t(lang, "explore-columns")), english(names.join(", ")).marked()));
    }
    if !selection.sort.is_empty() {
        let of = |sort: &domain::selection::Sort| {
            let key = if sort.descending { "explore-down" } else { "explore-up" };
            pieces(lang, key, &[("name", vec![english(heading(&sort.name))])], &[])
        };
        let orders: Vec<Vec<Written>> = selection.sort.iter().map(of).collect();
        lines.push((Written::own(t(lang, "explore-order")), joined(orders.join(&Written::own("; ")))));
    }
    let rows = page.output.rows;
    let rows = ta(lang, "explore-rows", &[("n", Argument::Count(rows))]);
    let whole = lines.is_empty().then(|| view! { <p>{t(lang, "output-everything")}</p> });
    let lines: Vec<AnyView> = lines
        .into_iter()
        .map(|(name, words)| view! { <div><dt lang=name.lang>{name.text}</dt><dd>{words}</dd></div> }.into_any())
        .collect();
    let lines = (!lines.is_empty()).then(|| view! { <dl class="metadata">{lines}</dl> });
    let explore = frame.href(&explorer(page, &page.version.version));
    view! {
        <section class="section" aria-labelledby="chosen">
            <div class="section__head"><h2 id="chosen">{t(lang, "output-chosen")}</h2></div>
            <div class="stack">
                <p><strong>{rows}</strong></p>
                {whole}{lines}
                <p><a href=explore>{t(lang, "output-change")}</a></p>
            </div>
        </section>
    }
    .into_any()
}
