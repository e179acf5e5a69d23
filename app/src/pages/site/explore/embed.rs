//! What other sites frame of the explorer: the drawing or the rows alone, as a document that runs no script and leads back here.

use domain::explore::{ExplorePage, ExploreQuery};
use leptos::prelude::*;

use super::query::{is_table, read, write};
use super::{class_of, drawn, layout_of, table};
use crate::components::written::{Written, of_tables};
use crate::i18n::{t, ta, text};
use crate::layout::site::Frame;
use crate::pages::site::{laid_out, named};

/// What an address asks for.
#[must_use]
pub fn asked(path: &str) -> ExploreQuery {
    read(path)
}

/// The document of a part of a table: its drawing, or its first rows where they are wanted or cannot be drawn.
#[must_use]
pub fn document(frame: &Frame, page: &ExplorePage) -> String {
    let (name, caption, _) = named(frame, &page.version);
    let wants_rows = is_table(&frame.path);
    let drawing = if wants_rows { None } else { drawn::chart(frame, page, &name, true) };
    let shown = drawing.unwrap_or_else(|| rows(frame, page, &name, caption, wants_rows));
    let explorer = frame.href(&write(page, &page.query.selection, 1));
    whole(frame, name.text, view! { {shown}{way(frame, &explorer)} }.into_any())
}

/// The document where there is nothing to show, or nothing that may be known of.
#[must_use]
pub fn missing(frame: &Frame) -> String {
    let title = t(frame.lang, "not-found-title");
    let content = view! {
        <h1 class="chart__title">{title.clone()}</h1>
        <p>{t(frame.lang, "embed-missing")}</p>
        {way(frame, &frame.href("/"))}
    };
    whole(frame, title, content.into_any())
}

/// The rows under the name of their dataset, with why they are not drawn unless they are what is wanted.
fn rows(frame: &Frame, page: &ExplorePage, name: &Written, caption: AnyView, wants_rows: bool) -> AnyView {
    let lang = frame.lang;
    let why = page.not_drawn.filter(|_| !wants_rows).map(|why| {
        view! { <p class="chart__note">{t(lang, &format!("chart-not-{why}"))}</p> }
    });
    let body = if page.rows.is_empty() {
        view! { <p>{t(lang, "explore-empty")}</p> }.into_any()
    } else {
        let layout = layout_of(page);
        let headings = laid_out::shown(&page.columns, &layout).into_iter().map(|(_, column)| {
            view! { <th scope="col" class=class_of(column) lang=of_tables(lang)>{column.heading().to_owned()}</th> }
                .into_any()
        });
        let headings: Vec<AnyView> = headings.collect();
        table(frame, page, name, &layout, (headings, None))
    };
    let chosen = drawn::chosen(lang, &page.chosen).join(" · ");
    let chosen = (!chosen.is_empty()).then(|| view! { <p class="chart__unit" lang=of_tables(lang)>{chosen}</p> });
    view! {
        <h1 class="chart__title" lang=name.lang>{name.text.clone()}</h1>
        <p class="chart__unit">{caption}</p>
        {chosen}
        {why}
        {body}
        <p class="chart__source">{drawn::source(frame, page)}</p>
    }
    .into_any()
}

/// The way to this site, out of the frame.
fn way(frame: &Frame, href: &str) -> AnyView {
    let words = ta(frame.lang, "embed-more", &[("site", text(frame.site_name.clone()))]);
    view! { <p class="embed__more"><a href=href.to_owned() target="_blank" rel="noopener">{words}</a></p> }.into_any()
}

fn whole(frame: &Frame, title: String, content: AnyView) -> String {
    let html = view! {
        <html lang=frame.lang.as_str()>
            <head>
                <meta charset="utf-8"/>
                <meta name="viewport" content="width=device-width, initial-scale=1"/>
                <meta name="color-scheme" content="light dark"/>
                <meta name="robots" content="noindex"/>
                <title>{title}</title>
                <link rel="stylesheet" href="/assets/main.css"/>
            </head>
            <body class="embed"><main>{content}</main></body>
        </html>
    };
    // Nothing comes alive here, so that the framework's marks between pieces of text are not needed.
    format!("<!DOCTYPE html>\n{}\n", html.to_html().replace("<!>", ""))
}
