//! Exploring a table: choose, look, draw, take along. Every choice is in the address, so all of it works without scripts.

mod choices;
mod drawn;
pub mod embed;
mod query;
mod take;

use domain::explore::{ExplorePage as Explored, PAGE_ROWS};
use domain::table::{Column, ColumnRole, Layout};
use leptos::prelude::*;
use leptos_meta::{Link, Meta};

use self::query::{first_rows, in_version, write, write_laid_out};
pub(super) use self::query::{read, whole_table, with_earlier};
use super::columns::columns as held;
use super::dataset::{archived, english_only, superseded_with};
use super::{laid_out, metadata, named, param};
use crate::components::portal::grouped;
use crate::components::written::{Written, around, of_tables};
use crate::i18n::{Argument, t, ta, text};
use crate::layout::site::{Frame, Shown, loading};

/// The explorer of a version's table.
#[component]
pub fn ExplorePage() -> impl IntoView {
    let frame = Frame::of_visit(true);
    let (id, edition, version) =
        (param("id").unwrap_or_default(), param("edition").unwrap_or_default(), param("version").unwrap_or_default());
    let query = read(&frame.path);
    let load = async move {
        let number = version.parse().map_err(|_| rpc::RpcError::Refused(domain::refusal::Refusal::NotFound))?;
        rpc::catalogue::explore(id, edition, number, query).await
    };
    loading(frame, "", load, shown)
}

/// The page.
pub(super) fn shown(page: Explored, frame: &Frame) -> Shown {
    let lang = frame.lang;
    let dataset = page.version.dataset.shown();
    let (name, caption, version) = named(frame, &page.version);
    let title = ta(lang, "explore-title", &[("title", text(&name.text))]);
    let heading = around(lang, "explore-title", &[("title", name.clone())], &[]);
    // There is no end of choices: search engines are led to the page without any.
    let chosen = frame.path.contains('?').then(|| view! { <Meta name="robots" content="noindex"/> });
    let description = Written::of(lang, &dataset.description, dataset.description_cy.as_deref());
    let content = view! {
        {chosen}
        <Link rel="alternate" type_="application/json" href=first_rows(&page)/>
        <nav class="breadcrumbs" aria-label=t(lang, "breadcrumb")>
            <ol>
                <li><a href=frame.href("/")>{t(lang, "home")}</a></li>
                <li><a href=version lang=name.lang>{name.text.clone()}</a></li>
                <li aria-current="page">{t(lang, "explore")}</li>
            </ol>
        </nav>
        {english_only(frame, &dataset)}
        {superseded_with(frame, &page.version, page.newest_has_table, |newest| in_version(&page, newest))}
        {archived(frame, &page.version)}
        {metadata::alerts(frame, &page.version.version)}
        <header class="page-title">
            <p class="page-title__caption">{caption}</p>
            <h1>{heading}</h1>
        </header>
        {problems(frame, &page)}
        <div class="columns columns--aside-first explore">
            <aside>{choices::form(frame, &page)}</aside>
            <section aria-label=t(lang, "explore-result")>
                {choices::chips(frame, &page)}
                {bar(frame, &page)}
                {drawn::section(frame, &page, &name)}
                {rows(frame, &page, &name)}
                {profile(frame, &page)}
                {take::along(frame, &page)}
            </section>
        </div>
    };
    Shown { title, description: description.text.chars().take(300).collect(), content: content.into_any() }
}

fn problems(frame: &Frame, page: &Explored) -> Option<AnyView> {
    let items: Vec<_> = page
        .problems
        .iter()
        .map(|problem| view! { <li lang=of_tables(frame.lang)>{problem.message.clone()}</li> }.into_any())
        .collect();
    (!items.is_empty()).then(|| {
        view! {
            <aside class="banner banner--warning" aria-label=t(frame.lang, "explore-left-out")>
                <p>{t(frame.lang, "explore-left-out")}</p>
                <ul>{items}</ul>
            </aside>
        }
        .into_any()
    })
}

fn bar(frame: &Frame, page: &Explored) -> AnyView {
    let lang = frame.lang;
    let count = ta(lang, "explore-rows", &[("n", Argument::Count(page.total_rows))]);
    let whole = page.file.profile.as_ref().map(|profile| profile.rows).filter(|rows| *rows != page.total_rows);
    let of = whole.map(|rows| format!(" {}", ta(lang, "explore-of", &[("rows", text(grouped(rows)))])));
    // The drawing stands before the rows: whoever wants these, or their files, is led past it.
    let past = (!page.rows.is_empty()).then(|| {
        view! {
            <nav class="result-bar__past" aria-label=t(lang, "on-this-page")>
                <ul class="plain cluster">
                    <li><a href="#explore-caption">{t(lang, "table")}</a></li>
                    <li><a href="#take">{t(lang, "explore-take")}</a></li>
                </ul>
            </nav>
        }
    });
    view! {
        <div class="result-bar">
            <p class="result-bar__count" role="status"><strong>{count}</strong>{of}</p>
            {past}
        </div>
    }
    .into_any()
}

fn rows(frame: &Frame, page: &Explored, title: &Written) -> AnyView {
    let lang = frame.lang;
    if page.rows.is_empty() {
        return view! {
            <div class="empty-state">
                <h2>{t(lang, "explore-empty")}</h2>
                <p>{t(lang, "explore-empty-help")}</p>
                <p><a class="button button--secondary" href=frame.href(&write(page, &Default::default(), 1))>{t(lang, "explore-clear")}</a></p>
            </div>
        }
        .into_any();
    }
    let layout = layout_of(page);
    let head: Vec<AnyView> = laid_out::shown(&page.columns, &layout)
        .into_iter()
        .map(|(_, column)| heading(frame, page, &column.name, column.heading(), class_of(column)))
        .collect();
    view! {
        {table(frame, page, title, &layout, (head, other_layout(frame, page)))}
        {pages(frame, page)}
    }
    .into_any()
}

/// What the columns of the whole table hold; nothing where that was never counted.
fn profile(frame: &Frame, page: &Explored) -> Option<AnyView> {
    let columns = held(frame, &page.file, &page.version.version.metadata.column_notes)?;
    let title = t(frame.lang, "columns-title");
    Some(view! { <details class="details"><summary>{title}</summary>{columns}</details> }.into_any())
}

/// Which columns stand in the table: where nobody chose them, without what all rows of the page say alike.
fn layout_of(page: &Explored) -> Layout {
    let is_chosen = page.query.as_published || !page.query.selection.columns.is_empty();
    if is_chosen { Layout::as_published(&page.columns) } else { in_short(page) }
}

/// The columns without what all rows of the page say alike; what they are sorted by stays.
fn in_short(page: &Explored) -> Layout {
    let sorted: Vec<&str> = page.query.selection.sort.iter().map(|sort| sort.name.as_str()).collect();
    Layout::of(&page.columns, &page.rows, &sorted)
}

/// The link to all columns as they were published, or from there back to what fits; nothing where that is the same.
fn other_layout(frame: &Frame, page: &Explored) -> Option<AnyView> {
    let short = in_short(page);
    if !page.query.selection.columns.is_empty() || short.is_as_published() {
        return None;
    }
    let is_whole = page.query.as_published;
    let href = frame.href(&format!("{}{ROWS}", write_laid_out(page, !is_whole)));
    let words = match is_whole {
        true => laid_out::from_published(frame.lang, &short),
        false => laid_out::to_published(frame.lang, &short),
    };
    Some(view! { <a class="table__all" href=href>{words}</a> }.into_any())
}

/// Where the rows stand on the page, so that another order or another page of them begins there and not before all choices.
const ROWS: &str = "#rows";

/// How the cells of a column are set.
fn class_of(column: &Column) -> Option<&'static str> {
    column.kind.is_numeric().then_some("num")
}

/// The rows of the page under these headings, in a region that scrolls by itself; `way` leads to another layout of them.
fn table(
    frame: &Frame,
    page: &Explored,
    title: &Written,
    layout: &Layout,
    (head, way): (Vec<AnyView>, Option<AnyView>),
) -> AnyView {
    let lang = frame.lang;
    let columns = laid_out::shown(&page.columns, layout);
    let heads = columns.iter().position(|(_, column)| column.role == ColumnRole::Dimension);
    let body: Vec<AnyView> = page
        .rows
        .iter()
        .map(|row| {
            let text = |at: usize| row.get(at).map(String::as_str).unwrap_or_default();
            let of_columns = columns.iter().enumerate();
            let cells: Vec<AnyView> =
                of_columns.map(|(place, (at, column))| cell(text(*at), column, heads == Some(place))).collect();
            view! { <tr>{cells}</tr> }.into_any()
        })
        .collect();
    let first = (page.query.page - 1) * PAGE_ROWS + 1;
    let last = first + page.rows.len() as u64 - 1;
    let caption = around(
        lang,
        "explore-caption",
        &[("title", title.clone())],
        &[("first", text(grouped(first))), ("last", text(grouped(last))), ("rows", text(grouped(page.total_rows)))],
    );
    let of_all = page.rows.first().map(Vec::as_slice).unwrap_or_default();
    let told = laid_out::told(frame, &page.columns, of_all, layout, way);
    view! {
        <div class="table-scroll explore__table" id="rows" tabindex="0" role="region" aria-labelledby="explore-caption">
            <table class="table table--dense table--data" aria-labelledby="explore-caption">
                {laid_out::caption("explore-caption", caption, told)}
                <thead><tr>{head}</tr></thead>
                <tbody lang=of_tables(lang)>{body}</tbody>
            </table>
        </div>
    }
    .into_any()
}

/// A cell, or what its row is called; nothing is called by an empty one.
fn cell(text: &str, column: &Column, is_head: bool) -> AnyView {
    let (class, words) = (class_of(column), text.to_owned());
    match is_head && text.chars().any(char::is_alphanumeric) {
        true => view! { <th scope="row" class=class>{words}</th> }.into_any(),
        false => view! { <td class=class>{words}</td> }.into_any(),
    }
}

/// A heading that sorts by its column: the least first, the greatest first, as in the table.
fn heading(frame: &Frame, page: &Explored, name: &str, label: &str, class: Option<&'static str>) -> AnyView {
    let lang = frame.lang;
    let now = page.query.selection.sort.first().filter(|sort| sort.name == name).map(|sort| sort.descending);
    let (next, sorted, mark) = match now {
        None => (Some(false), None, ""),
        Some(false) => (Some(true), Some("ascending"), " ▲"),
        Some(true) => (None, Some("descending"), " ▼"),
    };
    let mut selection = page.query.selection.clone();
    selection.sort =
        next.map(|descending| domain::selection::Sort { name: name.to_owned(), descending }).into_iter().collect();
    let href = frame.href(&format!("{}{ROWS}", write(page, &selection, 1)));
    let label = Written::english(lang, label).marked();
    let says = match next {
        Some(false) => t(lang, "explore-sort-up"),
        Some(true) => t(lang, "explore-sort-down"),
        None => t(lang, "explore-sort-none"),
    };
    view! {
        <th scope="col" class=class aria-sort=sorted>
            <a href=href>{label}<span aria-hidden="true">{mark}</span><span class="visually-hidden">", "{says}</span></a>
        </th>
    }
    .into_any()
}

fn pages(frame: &Frame, page: &Explored) -> Option<AnyView> {
    let lang = frame.lang;
    let pages = page.total_rows.div_ceil(PAGE_ROWS);
    let now = page.query.page;
    let href = |number: u64| frame.href(&format!("{}{ROWS}", write(page, &page.query.selection, number)));
    let before = (now > 1).then(|| view! { <a rel="prev" href=href(now - 1)>{t(lang, "previous")}</a> });
    let after = (now < pages).then(|| view! { <a rel="next" href=href(now + 1)>{t(lang, "next")}</a> });
    let place = ta(lang, "explore-page", &[("n", text(grouped(now))), ("pages", text(grouped(pages)))]);
    (pages > 1).then(|| {
        view! { <nav class="pagination" aria-label=t(lang, "pages")>{before}<span class="muted">{place}</span>{after}</nav> }
            .into_any()
    })
}
