//! The tables of a comparison: rows that came or went, the largest moves, and every revised value page by page.

use domain::changes::{Changes, Revision, RowChanges};
use domain::comparison::{ComparePage, Earlier, LAST_PAGE, PAGE_REVISIONS, moved};
use leptos::prelude::*;

use crate::components::portal::grouped;
use crate::components::written::of_tables;
use crate::i18n::{t, ta, text};
use crate::layout::site::Frame;
use crate::pages::site::dataset::{row_name, signed};
use crate::pages::site::paging;

/// The first rows that came and that went.
pub fn keys(frame: &Frame, changes: &Changes) -> AnyView {
    // Of rows that could not be matched none is known to have come or gone.
    if changes.rows_unmatched {
        return ().into_any();
    }
    let list = |key: &str, rows: &RowChanges| {
        let items: Vec<_> = rows
            .first
            .iter()
            .map(|key| key.iter().map(|(_, value)| value.as_str()).collect::<Vec<_>>().join(", "))
            .map(|words| view! { <li>{words}</li> })
            .collect();
        let shown = grouped(u64::try_from(items.len()).unwrap_or_default());
        (!items.is_empty()).then(|| {
            let summary = ta(frame.lang, key, &[("shown", text(shown)), ("n", text(grouped(rows.count)))]);
            view! { <details class="details"><summary>{summary}</summary><ul class="small" lang=of_tables(frame.lang)>{items}</ul></details> }
        })
    };
    view! { {list("compare-rows-added", &changes.rows_added)}{list("compare-rows-removed", &changes.rows_removed)} }
        .into_any()
}

/// The figures that moved most.
pub fn largest(frame: &Frame, changes: &Changes) -> Option<AnyView> {
    // Where all of them fit below, they are seen there.
    if changes.cells_revised <= 10 || changes.largest.is_empty() {
        return None;
    }
    let caption = t(frame.lang, "compare-largest");
    let rows: Vec<&Revision> = changes.largest.iter().take(10).collect();
    Some(table(frame, "largest-caption", caption, &rows))
}

/// A page of the revised values.
pub fn revised(frame: &Frame, page: &ComparePage, from: &Earlier, changes: &Changes) -> Option<AnyView> {
    let lang = frame.lang;
    if changes.cells_revised == 0 {
        return None;
    }
    let pages = paging::count(changes.cells_revised, PAGE_REVISIONS).min(LAST_PAGE);
    let to = &page.to.version;
    let href = |n: u32| {
        let base = format!("/catalogue/{}/editions/{}/compare", to.dataset_id, to.edition);
        frame.href(&format!("{base}?from={}&to={}&page={n}", from.version.version, to.version))
    };
    if let Some(beyond) = paging::beyond(frame, page.page, pages, href) {
        return Some(beyond);
    }
    let caption = ta(lang, "compare-revised", &[("n", text(grouped(changes.cells_revised)))]);
    let rows: Vec<&Revision> = changes.revised.iter().collect();
    let navigation = paging::pagination(frame, page.page, pages, href);
    Some(view! { {table(frame, "revised-caption", caption, &rows)}{navigation} }.into_any())
}

fn table(frame: &Frame, id: &'static str, caption: String, revisions: &[&Revision]) -> AnyView {
    let lang = frame.lang;
    let rows: Vec<AnyView> = revisions.iter().map(|revision| row(revision)).collect();
    view! {
        <div class="table-scroll" tabindex="0" role="region" aria-labelledby=id>
            <table class="table table--dense">
                <caption id=id>{caption}</caption>
                <thead>
                    <tr>
                        <th scope="col">{t(lang, "compare-row")}</th><th scope="col">{t(lang, "compare-column")}</th>
                        <th scope="col" class="num">{t(lang, "compare-before")}</th><th scope="col" class="num">{t(lang, "compare-after")}</th>
                        <th scope="col" class="num">{t(lang, "compare-difference")}</th>
                    </tr>
                </thead>
                <tbody lang=of_tables(lang)>{rows}</tbody>
            </table>
        </div>
    }
    .into_any()
}

fn row(revision: &Revision) -> AnyView {
    let difference = moved(&revision.before, &revision.after).map(|(by, percent)| {
        let percent = percent.map(|percent| format!(" ({}%)", signed(percent))).unwrap_or_default();
        format!("{}{percent}", signed(by))
    });
    view! {
        <tr>
            <th scope="row">{row_name(revision)}</th><td>{revision.column.clone()}</td>
            <td class="num">{revision.before.clone()}</td><td class="num">{revision.after.clone()}</td>
            <td class="num">{difference}</td>
        </tr>
    }
    .into_any()
}
