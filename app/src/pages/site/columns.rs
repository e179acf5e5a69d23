//! What the columns of a public table hold, counted when it was read.

use domain::file::File;
use domain::language::Language;
use domain::table::{Column, ColumnKind, ColumnRole, ColumnStatistics};
use domain::version::ColumnNote;
use leptos::prelude::*;

use super::laid_out;
use super::particulars::column_notes;
use crate::components::portal::grouped;
use crate::components::written::{Written, mark};
use crate::i18n::{t, ta, text};
use crate::layout::site::Frame;

/// Every column of a file with what was counted in it, and what editors say about them; nothing where that was never counted.
pub(super) fn columns(frame: &Frame, file: &File, notes: &[ColumnNote]) -> Option<AnyView> {
    let profile = file.profile.as_ref()?;
    if profile.statistics.len() != profile.columns.len() {
        return None;
    }
    let lang = frame.lang;
    let counted = profile.columns.iter().zip(&profile.statistics);
    let rows: Vec<AnyView> = counted.map(|(column, counted)| row(frame, column, counted)).collect();
    let caption =
        ta(lang, "quality-table", &[("file", text(file.filename.clone())), ("rows", text(grouped(profile.rows)))]);
    let head =
        ["quality-column", "quality-holds", "quality-role"].map(|key| view! { <th scope="col">{t(lang, key)}</th> });
    let numbers = ["quality-different", "quality-missing", "quality-least", "quality-greatest"]
        .map(|key| view! { <th scope="col" class="num">{t(lang, key)}</th> });
    Some(
        view! {
            <div class="table-scroll" tabindex="0" role="region" aria-labelledby="columns-caption">
                <table class="table table--dense">
                    {laid_out::caption("columns-caption", caption.into_any(), None)}
                    <thead><tr>{head}{numbers}</tr></thead>
                    <tbody>{rows}</tbody>
                </table>
            </div>
            {column_notes(frame, &profile.columns, notes)}
        }
        .into_any(),
    )
}

fn row(frame: &Frame, column: &Column, counted: &ColumnStatistics) -> AnyView {
    let lang = frame.lang;
    let holds = match column.kind {
        ColumnKind::Number => "quality-number",
        ColumnKind::Integer => "quality-integer",
        ColumnKind::Text => "quality-text",
        ColumnKind::Time => "quality-time",
    };
    let role = match column.role {
        ColumnRole::Dimension => "quality-dimension",
        ColumnRole::Measure => "quality-measure",
        ColumnRole::Attribute => "quality-attribute",
    };
    let name =
        (column.name != column.heading()).then(|| view! { <span class="table__sub mono">{column.name.clone()}</span> });
    let end = |value: &Option<String>| value.clone().map(|value| Written::english(lang, value).marked());
    let distinct = grouped(counted.distinct);
    let distinct = if counted.exact { distinct } else { ta(lang, "quality-more-than", &[("n", text(distinct))]) };
    view! {
        <tr>
            <th scope="row" lang=mark(lang, column.heading(), Language::En)>{column.heading().to_owned()}{name}</th><td>{t(lang, holds)}</td><td>{t(lang, role)}</td>
            <td class="num">{distinct}</td><td class="num">{grouped(counted.missing)}</td>
            <td class="num">{end(&counted.least)}</td><td class="num">{end(&counted.greatest)}</td>
        </tr>
    }
    .into_any()
}
