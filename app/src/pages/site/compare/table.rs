//! The tables of a comparison: rows that came or went, the largest moves, and every revised value page by page.

use domain::changes::{Changes, Revision, RowChanges};
use domain::comparison::{ComparePage, Earlier, LAST_PAGE, PAGE_REVISIONS, Reading, reading};
use leptos::prelude::*;

use crate::components::portal::grouped;
use crate::components::written::{Written, of_tables};
use crate::i18n::{t, ta, text};
use crate::layout::site::Frame;
use crate::pages::site::dataset::row_name;
use crate::pages::site::{laid_out, paging};

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
    if changes.figures_revised <= 10 || changes.largest.is_empty() {
        return None;
    }
    let caption = t(frame.lang, "compare-largest");
    let rows: Vec<&Revision> = changes.largest.iter().take(10).collect();
    Some(table(frame, "largest-caption", caption, &rows, rows.len()))
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
    let count = |n: u64| text(grouped(n));
    let (figures, labels) = (changes.figures_revised, changes.labels_revised());
    let caption = match (figures, labels) {
        (_, 0) => ta(lang, "compare-revised", &[("n", count(figures))]),
        (0, _) => ta(lang, "compare-relabelled", &[("n", count(labels))]),
        _ => ta(lang, "compare-revised-both", &[("figures", count(figures)), ("labels", count(labels))]),
    };
    let rows: Vec<&Revision> = changes.revised.iter().collect();
    let figures = figures_on(page.page, figures);
    let navigation = paging::pagination(frame, page.page, pages, href);
    Some(view! { {table(frame, "revised-caption", caption, &rows, figures)}{navigation} }.into_any())
}

/// How many of the revised values of a page, from its first on, are figures: labels come after all of these.
fn figures_on(page: u32, figures: u64) -> usize {
    let before = u64::from(page.saturating_sub(1)) * u64::from(PAGE_REVISIONS);
    usize::try_from(figures.saturating_sub(before)).unwrap_or(usize::MAX)
}

/// The column that all of them are in, where there is one: it is told above them instead of in each row.
fn only_column<'a>(revisions: &[&'a Revision]) -> Option<&'a str> {
    let (first, others) = revisions.split_first()?;
    others.iter().all(|other| other.column == first.column).then_some(first.column.as_str())
}

/// The table of revised values, of which so many from the first on are figures.
fn table(frame: &Frame, id: &'static str, caption: String, revisions: &[&Revision], figures: usize) -> AnyView {
    let lang = frame.lang;
    let only = only_column(revisions);
    let rows: Vec<AnyView> = revisions
        .iter()
        .enumerate()
        .map(|(at, revision)| {
            let Revision { before, after, .. } = revision;
            let read = if at < figures { reading(before, after) } else { Reading::of_label(before, after) };
            row(revision, read, only.is_none())
        })
        .collect();
    let column = only.is_none().then(|| view! { <th scope="col">{t(lang, "compare-column")}</th> });
    let told = only.map(|name| {
        let name = Written::english(lang, name).marked();
        view! { <span class="table__sub">{t(lang, "compare-column")}": "{name}</span> }.into_any()
    });
    view! {
        <div class="table-scroll" tabindex="0" role="region" aria-labelledby=id>
            <table class="table table--dense" aria-labelledby=id>
                {laid_out::caption(id, caption.into_any(), told)}
                <thead>
                    <tr>
                        <th scope="col">{t(lang, "compare-row")}</th>{column}
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

fn row(revision: &Revision, read: Reading, names_column: bool) -> AnyView {
    let percent = read.percent.map(|percent| format!(" ({percent})")).unwrap_or_default();
    let difference = read.difference.map(|difference| format!("{difference}{percent}"));
    // What was rounded for the eye is told exactly to whoever points at it.
    let exact = |shown: &str, cell: &str| {
        let plain = |text: &str| text.trim().replace(',', "").replace('−', "-");
        (plain(shown) != plain(cell)).then(|| cell.to_owned())
    };
    let (before, after) = (exact(&read.before, &revision.before), exact(&read.after, &revision.after));
    let column = names_column.then(|| view! { <td>{revision.column.clone()}</td> });
    view! {
        <tr>
            <th scope="row">{row_name(revision)}</th>{column}
            <td class="num" title=before>{read.before}</td><td class="num" title=after>{read.after}</td>
            <td class="num compare__moved">{difference}</td>
        </tr>
    }
    .into_any()
}

#[cfg(test)]
mod tests {
    use domain::changes::Revision;
    use domain::language::Language;
    use leptos::prelude::*;

    use super::{figures_on, table};
    use crate::layout::site::Frame;

    #[test]
    fn labels_come_after_the_figures_of_all_pages() {
        assert_eq!([1, 2, 3].map(|page| figures_on(page, 70)), [70, 20, 0]);
        assert_eq!(figures_on(0, 3), 3);
    }

    #[test]
    fn a_label_that_is_a_year_is_not_written_as_a_figure() {
        let (path, site_name, site) = ("/".to_owned(), String::new(), String::new());
        let frame = Frame { lang: Language::En, path, site_name, site, with_search: false, ahead: None };
        let of = |column: &str| {
            let (before, after) = ("2015".to_owned(), "2016".to_owned());
            Revision { key: Vec::new(), column: column.to_owned(), before, after }
        };
        let (figure, label) = (of("Value"), of("Base year"));
        let html = table(&frame, "revised-caption", "Revised".to_owned(), &[&figure, &label], 1).to_html();
        let (figures, labels) = html.split_once("Base year").unwrap_or_default();
        assert!(figures.contains(">2,015<") && figures.contains("+1 ("), "{html}");
        assert!(labels.contains(">2015<") && labels.contains(">2016<") && !labels.contains("+1"), "{html}");
    }
}
