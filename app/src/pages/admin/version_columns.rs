//! What was found in the tables of a version: how they were written, their columns, and problems line by line.

use domain::file::File;
use domain::table::{Column, ColumnKind, ColumnRole, ColumnStatistics, Problem, Profile, Severity};
use domain::views::VersionAdminPage;
use leptos::prelude::*;

use crate::components::portal::{grouped, panel, table};

/// Every table of the version with its columns and problems.
pub(super) fn columns(page: &VersionAdminPage) -> AnyView {
    let tables = page.files.iter().filter_map(|(file, _)| Some((file, file.profile.as_ref()?)));
    let tables: Vec<AnyView> = tables.map(|(file, profile)| one(file, profile)).collect();
    if tables.is_empty() {
        let text = "None of the files is a table that was read, so there are no columns to show.";
        return panel("Columns", false, None, view! { <p class="muted">{text}</p> }.into_any());
    }
    tables.into_any()
}

fn one(file: &File, profile: &Profile) -> AnyView {
    let title = format!("Columns of {}", file.filename);
    let body = view! {
        <p class="meta">{written(profile)}</p>
        {statistics(&file.id, profile)}
        {problems(&file.id, &profile.problems)}
    };
    panel(&title, false, None, body.into_any())
}

/// How the table was written.
fn written(profile: &Profile) -> Vec<AnyView> {
    let mut said = vec![
        format!("{} rows", grouped(profile.rows)),
        format!("{} columns", profile.columns.len()),
        profile.encoding.clone(),
    ];
    match (&profile.sheet, profile.delimiter) {
        (Some(sheet), _) => said.push(format!("Sheet {sheet}")),
        (None, '\t') => said.push("Cells between tabs".to_owned()),
        (None, delimiter) => said.push(format!("Cells between {delimiter}")),
    }
    if profile.preamble_rows > 0 {
        said.push(format!("{} rows before the headings", profile.preamble_rows));
    }
    if !profile.header {
        said.push("No headings".to_owned());
    }
    if profile.decimal_comma {
        said.push("Decimal commas".to_owned());
    }
    said.into_iter().map(|text| view! { <span>{text}</span> }.into_any()).collect()
}

fn statistics(id: &str, profile: &Profile) -> AnyView {
    let rows = profile
        .columns
        .iter()
        .enumerate()
        .map(|(i, column)| row(column, profile.statistics.get(i), profile.rows))
        .collect();
    let headings = [
        ("Column", false),
        ("Holds", false),
        ("Role", false),
        ("Different", true),
        ("Missing", true),
        ("Least", true),
        ("Greatest", true),
        ("Samples", false),
    ];
    table("Columns", format!("columns-{id}"), &headings, rows)
}

fn row(column: &Column, counted: Option<&ColumnStatistics>, rows: u64) -> AnyView {
    let (label, name) = (column.label.clone(), column.name.clone());
    let shown_name = (label != name).then(|| view! { <span class="table__sub mono">{name}</span> });
    let dash = || "-".to_owned();
    let distinct = counted.map_or_else(dash, |found| {
        let more = if found.exact { "" } else { "over " };
        format!("{more}{}", grouped(found.distinct))
    });
    let missing = counted.map_or_else(dash, |found| match found.missing {
        0 => "none".to_owned(),
        n if rows > 0 => format!("{} ({:.1}%)", grouped(n), n as f64 / rows as f64 * 100.0),
        n => grouped(n),
    });
    let of = |value: Option<&String>| value.cloned().unwrap_or_else(dash);
    let least = of(counted.and_then(|found| found.least.as_ref()));
    let greatest = of(counted.and_then(|found| found.greatest.as_ref()));
    let samples = counted.map(|found| found.samples.join(", ")).unwrap_or_default();
    view! {
        <tr>
            <th scope="row">{label}{shown_name}</th>
            <td>{kind(column.kind)}</td>
            <td>{role(column.role)}</td>
            <td class="num">{distinct}</td>
            <td class="num">{missing}</td>
            <td class="num">{least}</td>
            <td class="num">{greatest}</td>
            <td class="wrap-cell">{samples}</td>
        </tr>
    }
    .into_any()
}

/// What a column holds, in words.
pub(super) const fn kind(kind: ColumnKind) -> &'static str {
    match kind {
        ColumnKind::Number => "numbers",
        ColumnKind::Integer => "whole numbers",
        ColumnKind::Text => "text",
        ColumnKind::Time => "dates or periods",
    }
}

const fn role(role: ColumnRole) -> &'static str {
    match role {
        ColumnRole::Dimension => "dimension",
        ColumnRole::Measure => "figures",
        ColumnRole::Attribute => "attribute",
    }
}

fn problems(id: &str, problems: &[Problem]) -> AnyView {
    if problems.is_empty() {
        return view! { <p class="muted">"Nothing in the table needs a second look."</p> }.into_any();
    }
    let mut sorted = problems.to_vec();
    sorted.sort_by_key(|problem| (std::cmp::Reverse(problem.severity), problem.line));
    let rows = sorted
        .into_iter()
        .map(|problem| {
            let line = problem.line.map_or_else(|| "-".to_owned(), |line| line.to_string());
            let weight = match problem.severity {
                Severity::Note => "Note",
                Severity::Warning => "Warning",
                Severity::Blocking => "To be confirmed",
                Severity::Error => "Error",
            };
            view! {
                <tr>
                    <td class="num">{line}</td>
                    <td>{problem.column.unwrap_or_default()}</td>
                    <td>{weight}</td>
                    <td class="wrap-cell">{problem.message}</td>
                </tr>
            }
            .into_any()
        })
        .collect();
    let headings = [("Line", true), ("Column", false), ("Weight", false), ("What was found", false)];
    table("Problems", format!("problems-{id}"), &headings, rows)
}
