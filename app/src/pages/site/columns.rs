//! What the columns of a public table hold, counted when it was read.

use domain::table::{Column, ColumnKind, ColumnStatistics, Profile};
use leptos::prelude::*;

use crate::components::portal::grouped;
use crate::i18n::{t, ta, text};
use crate::layout::site::Frame;

/// Every column with what was counted in it, folded away; nothing where that was never counted.
pub(super) fn columns(frame: &Frame, profile: &Profile) -> Option<AnyView> {
    let lang = frame.lang;
    if profile.columns.is_empty() || profile.statistics.len() != profile.columns.len() {
        return None;
    }
    let counted = profile.columns.iter().zip(&profile.statistics);
    let rows: Vec<AnyView> = counted.map(|(column, counted)| row(frame, column, counted)).collect();
    let number = |key: &str| view! { <th scope="col" class="num">{t(lang, key)}</th> };
    Some(
        view! {
            <details class="details">
                <summary>{t(lang, "columns-title")}</summary>
                <div class="table-scroll" tabindex="0" role="region" aria-labelledby="columns-caption">
                    <table class="table table--dense">
                        <caption id="columns-caption" class="visually-hidden">{t(lang, "columns-title")}</caption>
                        <thead>
                            <tr>
                                <th scope="col">{t(lang, "columns-column")}</th>
                                <th scope="col">{t(lang, "columns-holds")}</th>
                                {number("columns-different")}
                                {number("columns-missing")}
                                {number("columns-least")}
                                {number("columns-greatest")}
                            </tr>
                        </thead>
                        <tbody>{rows}</tbody>
                    </table>
                </div>
            </details>
        }
        .into_any(),
    )
}

fn row(frame: &Frame, column: &Column, counted: &ColumnStatistics) -> AnyView {
    let lang = frame.lang;
    let name =
        (column.name != column.heading()).then(|| view! { <span class="table__sub mono">{column.name.clone()}</span> });
    let distinct = grouped(counted.distinct);
    let distinct = if counted.exact { distinct } else { ta(lang, "columns-more-than", &[("n", text(distinct))]) };
    let bound = |value: &Option<String>| value.clone().unwrap_or_else(|| "–".to_owned());
    view! {
        <tr>
            <th scope="row">{column.heading().to_owned()}{name}</th>
            <td>{t(lang, kind(column.kind))}</td>
            <td class="num">{distinct}</td>
            <td class="num">{grouped(counted.missing)}</td>
            <td class="num">{bound(&counted.least)}</td>
            <td class="num">{bound(&counted.greatest)}</td>
        </tr>
    }
    .into_any()
}

/// The message that says what a column holds.
const fn kind(kind: ColumnKind) -> &'static str {
    match kind {
        ColumnKind::Number => "columns-numbers",
        ColumnKind::Integer => "columns-integers",
        ColumnKind::Text => "columns-text",
        ColumnKind::Time => "columns-times",
    }
}
