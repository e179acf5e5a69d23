//! Lists as tables, with pages.

use domain::bundle::Bundle;
use domain::several;
use leptos::prelude::*;

use super::{short_moment, state_tag};

/// A table of rows; the caption is read out, not shown. A column without a heading holds what can be done with its row.
#[must_use]
pub fn table(caption: &str, id: impl Into<String>, headings: &[(&str, bool)], rows: Vec<AnyView>) -> AnyView {
    tabled("table table--rows", caption, id.into(), headings, rows)
}

/// The same for rows that are read as a whole: where there is no room for columns, the cells of each stand below one another, under the
/// name of their column that each gives as its `data-label`.
#[must_use]
pub fn stacked_table(caption: &str, id: impl Into<String>, headings: &[(&str, bool)], rows: Vec<AnyView>) -> AnyView {
    tabled("table table--rows table--stack", caption, id.into(), headings, rows)
}

fn tabled(class: &'static str, caption: &str, id: String, headings: &[(&str, bool)], rows: Vec<AnyView>) -> AnyView {
    let caption = caption.to_owned();
    let labelled = id.clone();
    let headings: Vec<AnyView> = headings
        .iter()
        .map(|(text, numeric)| {
            let (text, class) = ((*text).to_owned(), if *numeric { "num" } else { "" });
            if text.is_empty() {
                return view! { <th scope="col"><span class="visually-hidden">"Actions"</span></th> }.into_any();
            }
            view! { <th scope="col" class=class>{text}</th> }.into_any()
        })
        .collect();
    view! {
        <div class="table-scroll" tabindex="0" role="region" aria-labelledby=labelled>
            <table class=class>
                <caption id=id class="visually-hidden">{caption}</caption>
                <thead><tr>{headings}</tr></thead>
                <tbody>{rows}</tbody>
            </table>
        </div>
    }
    .into_any()
}

/// The cell that says what became of one of several, with every reason why it was refused. Where a fault came between, it says that nobody is certain.
#[must_use]
pub fn outcome_cell(class: &'static str, words: impl Into<String>, refused: &[String]) -> AnyView {
    let words = if several::is_uncertain(refused) { "Not certain".to_owned() } else { words.into() };
    let why: Vec<AnyView> =
        refused.iter().map(|reason| view! { <span class="table__sub">{reason.clone()}</span> }.into_any()).collect();
    view! { <td class="wrap-cell"><span class=class>{words}</span>{why}</td> }.into_any()
}

/// Bundles, one a row.
#[must_use]
pub fn bundle_table(caption: &str, id: &'static str, bundles: &[Bundle]) -> AnyView {
    let rows = bundles.iter().map(bundle_row).collect();
    stacked_table(
        caption,
        id,
        &[("Bundle", false), ("State", false), ("Publishes", false), ("Items", true), ("Last edited by", false)],
        rows,
    )
}

fn bundle_row(bundle: &Bundle) -> AnyView {
    let at = bundle.state.published_at().or_else(|| bundle.state.schedule().map(|s| s.publication_date));
    let when = at.map_or_else(|| view! { <span class="muted">"not set"</span> }.into_any(), short_moment);
    let (href, title) = (bundle.admin_path(), bundle.details.title.clone());
    let (items, editor) = (bundle.item_count, bundle.last_edited_by.name.clone());
    view! {
        <tr>
            <th scope="row"><a href=href>{title}</a></th>
            <td data-label="State">{state_tag(bundle.stage().as_str())}</td>
            <td data-label="Publishes">{when}</td>
            <td data-label="Items" class="num">{items}</td>
            <td data-label="Last edited by">{editor}</td>
        </tr>
    }
    .into_any()
}

/// What to show where a list is empty: what it would hold, and the next step.
#[must_use]
pub fn empty(title: &str, text: &str, link: Option<(&str, &str)>) -> AnyView {
    let (title, text) = (title.to_owned(), text.to_owned());
    let link = link.map(|(words, href)| {
        let (words, href) = (words.to_owned(), href.to_owned());
        view! { <p class="cluster"><a class="button button--secondary" href=href>{words}</a></p> }
    });
    view! { <div class="empty-state"><h2>{title}</h2><p>{text}</p>{link}</div> }.into_any()
}

/// Links to the pages before and after; `address` makes the address of a page.
#[must_use]
pub fn pagination(total: u64, limit: u32, offset: u32, address: impl Fn(u64) -> String) -> AnyView {
    let limit = u64::from(limit.max(1));
    let pages = total.div_ceil(limit);
    if pages < 2 {
        return ().into_any();
    }
    let current = u64::from(offset) / limit + 1;
    let previous = (current > 1).then(|| view! { <a rel="prev" href=address(current - 1)>"Previous"</a> });
    let next = (current < pages).then(|| view! { <a rel="next" href=address(current + 1)>"Next"</a> });
    let from = current.saturating_sub(3).max(1);
    let links: Vec<AnyView> = (from..=pages.min(from + 6))
        .map(|page| {
            let here = (page == current).then_some("page");
            view! { <li><a href=address(page) aria-current=here>{page}</a></li> }.into_any()
        })
        .collect();
    view! { <nav class="pagination" aria-label="Pages">{previous}<ol>{links}</ol>{next}</nav> }.into_any()
}
