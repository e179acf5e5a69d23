//! What differs in the figures of two versions.

use domain::changes::{Changes, Revision, RowChanges, RowKey};
use domain::comparison;
use domain::review::{REVISED_CELLS, VersionReview};
use leptos::prelude::*;

use crate::components::portal::{empty, grouped, pagination, panel, table};

/// Columns, rows and cells that differ, the largest moves first.
pub(super) fn figures(review: &VersionReview) -> AnyView {
    let Some(before) = &review.before else {
        return ().into_any();
    };
    let Some(changes) = &review.data else {
        let text = review.not_compared.clone().unwrap_or_else(|| {
            "One of the versions has no table that was read, so there are no figures to compare.".to_owned()
        });
        return panel("Figures that differ", false, None, empty("Not compared", &text, None));
    };
    let same = *changes == Changes::default();
    let body = if same {
        empty("The figures are the same", "Every row and every cell is as in the earlier version.", None)
    } else {
        view! {
            {counts(changes)}
            {columns(changes)}
            {came_and_went(changes)}
        }
        .into_any()
    };
    let from = before.version;
    view! {
        {panel("Figures that differ", false, None, body)}
        {(!changes.largest.is_empty()).then(|| panel("Largest moves", false, None, revisions("Largest moves", "largest-moves", &changes.largest)))}
        {revised(review, changes, from)}
    }
    .into_any()
}

/// Rows that are new and that are gone; where none could be matched, that.
fn came_and_went(changes: &Changes) -> AnyView {
    if changes.rows_unmatched {
        return view! {
            <p>"The rows could not be matched with those of the earlier version, as the columns that name them differ. Give a column the heading that it had, or compare by hand."</p>
        }
        .into_any();
    }
    view! { {rows("Rows that are new", &changes.rows_added)}{rows("Rows that are gone", &changes.rows_removed)} }
        .into_any()
}

fn counts(changes: &Changes) -> AnyView {
    let (added, removed) = match changes.rows_unmatched {
        true => ("Rows now", "Rows before"),
        false => ("Rows added", "Rows removed"),
    };
    let tile = |text: &'static str, n: u64| {
        let n = grouped(n);
        view! { <div class="kpi"><dt>{text}</dt><dd class="num">{n}</dd></div> }
    };
    let columns = changes.columns_added.len()
        + changes.columns_removed.len()
        + changes.columns_renamed.len()
        + changes.columns_retyped.len();
    view! {
        <dl class="kpis">
            {tile(added, changes.rows_added.count)}
            {tile(removed, changes.rows_removed.count)}
            {tile("Figures revised", changes.figures_revised)}
            {tile("Labels changed", changes.labels_revised())}
            {tile("Columns changed", columns as u64)}
        </dl>
    }
    .into_any()
}

fn columns(changes: &Changes) -> AnyView {
    let mut said: Vec<String> = Vec::new();
    said.extend(changes.columns_added.iter().map(|name| format!("The column {name} is new.")));
    said.extend(changes.columns_removed.iter().map(|name| format!("The column {name} is gone.")));
    said.extend(
        changes.columns_renamed.iter().map(|column| format!("The column {} is now {}.", column.before, column.after)),
    );
    said.extend(changes.columns_retyped.iter().map(|column| {
        let (before, after) = (super::version_columns::kind(column.before), super::version_columns::kind(column.after));
        format!("The column {} holds {after} where it held {before}.", column.name)
    }));
    said.extend(
        changes.columns_relabelled.iter().map(|column| {
            format!("The column {} is headed {} instead of {}.", column.name, column.after, column.before)
        }),
    );
    if said.is_empty() {
        return view! { <p>"The columns are the same."</p> }.into_any();
    }
    let items: Vec<AnyView> = said.into_iter().map(|text| view! { <li>{text}</li> }.into_any()).collect();
    view! { <h3>"Columns"</h3><ul>{items}</ul> }.into_any()
}

fn rows(title: &'static str, rows: &RowChanges) -> AnyView {
    if rows.count == 0 {
        return ().into_any();
    }
    let shown = rows.first.len() as u64;
    let more = rows.count.saturating_sub(shown);
    let items: Vec<AnyView> = rows.first.iter().map(|key| view! { <li>{key_words(key)}</li> }.into_any()).collect();
    let more = (more > 0).then(|| view! { <p class="muted">{format!("and {} more", grouped(more))}</p> });
    let summary = format!("{title}: {}", grouped(rows.count));
    view! {
        <details class="details">
            <summary>{summary}</summary>
            <div class="details__body"><ul>{items}</ul>{more}</div>
        </details>
    }
    .into_any()
}

fn revised(review: &VersionReview, changes: &Changes, from: u32) -> AnyView {
    if changes.cells_revised == 0 {
        return ().into_any();
    }
    let path = review.page.version.admin_path();
    let part = review.part;
    let offset = review.data_page.saturating_sub(1).saturating_mul(REVISED_CELLS);
    let pages = pagination(changes.cells_revised, REVISED_CELLS, offset, |n| {
        format!("{path}?tab={part}&against={from}&page={n}")
    });
    let title = format!("Revised cells: {}", grouped(changes.cells_revised));
    let list = if changes.revised.is_empty() {
        view! { <p class="muted">"There is no such page."</p> }.into_any()
    } else {
        revisions("Revised cells", "revised-cells", &changes.revised)
    };
    panel(&title, false, None, view! { {list}{pages} }.into_any())
}

fn revisions(caption: &str, id: &'static str, list: &[Revision]) -> AnyView {
    let rows = list
        .iter()
        .map(|revision| {
            let (key, column) = (key_words(&revision.key), revision.column.clone());
            let (before, after) = (or_empty(&revision.before), or_empty(&revision.after));
            view! {
                <tr>
                    <th scope="row">{key}</th>
                    <td>{column}</td>
                    <td class="num">{before}</td>
                    <td class="num">{after}</td>
                    <td class="num">{moved(&revision.before, &revision.after)}</td>
                </tr>
            }
            .into_any()
        })
        .collect();
    let headings = [("Row", false), ("Column", false), ("Before", true), ("After", true), ("Change", true)];
    table(caption, id, &headings, rows)
}

fn or_empty(cell: &str) -> String {
    if cell.is_empty() { "(empty)".to_owned() } else { cell.to_owned() }
}

fn key_words(key: &RowKey) -> String {
    if key.is_empty() {
        return "The only row".to_owned();
    }
    key.iter().map(|(_, value)| value.as_str()).collect::<Vec<_>>().join(", ")
}

/// How far a figure moved, in percent of what it was; nothing where that says nothing.
fn moved(before: &str, after: &str) -> String {
    let percent = comparison::moved(before, after).and_then(|(_, percent)| percent);
    percent.map(|percent| format!("{percent:+.1}%")).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::{key_words, moved};

    #[test]
    fn moves_are_told_where_they_say_something() {
        assert_eq!(moved("100", "110"), "+10.0%");
        assert_eq!(moved("-4", "-5"), "-25.0%");
        assert_eq!(moved("0", "5"), "");
        assert_eq!(moved(":", "5"), "");
        assert_eq!(moved("12,5", "12,75"), "", "nobody can tell what that comma is for");
        assert_eq!(key_words(&vec![("Area".into(), "Wales".into()), ("Year".into(), "2024".into())]), "Wales, 2024");
    }
}
