//! The rows of a version's form about periods and columns, and both as text.

use domain::dataset::Period;
use domain::table::{Column, ColumnRole};
use domain::version::ColumnNote;
use domain::views::VersionAdminPage;
use leptos::prelude::*;

use crate::components::form::{Form, hidden_at};

/// The most columns for which rows are offered beside those about which something is said; the API takes more.
const MOST_OFFERED: usize = 20;

/// The time the figures cover, as programs read it, with an empty row.
pub(super) fn periods(form: &Form, periods: &[Period]) -> AnyView {
    let rows: Vec<AnyView> = (0..form.rows("temporal", periods.len() + 1))
        .map(|i| {
            let period = periods.get(i).cloned().unwrap_or_default();
            let at = |part: &str| format!("temporal.{i}.{part}");
            let n = i + 1;
            let hint = "Such as 1997, 1997-01 or 1997-01-31.";
            view! {
                <div class="field-row">
                    {form.field(&at("start_date"), &format!("Start of period {n}")).value(&period.start_date).optional().hint(hint).input()}
                    {form.field(&at("end_date"), &format!("End of period {n}")).value(&period.end_date).optional().hint("Empty while figures are still added.").input()}
                    {form.field(&at("frequency"), &format!("How often in period {n}")).value(&period.frequency).optional().hint("Such as Monthly.").input()}
                </div>
            }
            .into_any()
        })
        .collect();
    view! { <fieldset class="stack stack--tight"><legend class="field__label">"Periods of the figures, for programs"</legend>{rows}</fieldset> }.into_any()
}

/// What is said about each column; nothing before there is a table.
pub(super) fn column_notes(form: &Form, page: &VersionAdminPage) -> Option<AnyView> {
    let columns = page.files.iter().find_map(|(file, _)| file.profile.as_ref()).map(|profile| &profile.columns);
    let notes = offered(&page.version.metadata.column_notes, columns.map(Vec::as_slice).unwrap_or_default());
    let notes = in_rows(form, &notes);
    if notes.is_empty() {
        return None;
    }
    let rows: Vec<AnyView> = notes.iter().enumerate().map(|(i, note)| column_note(form, i, note)).collect();
    Some(
        view! {
            <details class="details" open=form.was_refused()>
                <summary>"What the columns hold"</summary>
                <div class="stack">{rows}</div>
            </details>
        }
        .into_any(),
    )
}

/// The notes in the order in which their columns were sent, if they were, and then all others.
fn in_rows(form: &Form, notes: &[ColumnNote]) -> Vec<ColumnNote> {
    let sent = (0..form.rows_sent("column_notes")).map(|i| form.value(&format!("column_notes.{i}.name"), ""));
    let known = |name: String| {
        let saved = ColumnNote::about(notes, &name).cloned();
        saved.unwrap_or_else(|| ColumnNote { name, ..ColumnNote::default() })
    };
    let mut rows: Vec<ColumnNote> = sent.map(known).collect();
    let others: Vec<ColumnNote> =
        notes.iter().filter(|note| ColumnNote::about(&rows, &note.name).is_none()).cloned().collect();
    rows.extend(others);
    rows
}

fn column_note(form: &Form, i: usize, note: &ColumnNote) -> AnyView {
    let at = |part: &str| format!("column_notes.{i}.{part}");
    let name = note.name.clone();
    let field = |part: &str, label: &str| form.field(&at(part), &format!("{label}: {name}")).optional();
    view! {
        <fieldset class="stack stack--tight">
            <legend class="field__label">{format!("Column {name}")}</legend>
            {hidden_at(&at("name"), &name)}
            <div class="field-row">
                {field("label", "Label").value(&note.label).hint("Where the heading in the table does not say it.").input()}
                {field("code_list_url", "Address of the list of codes").value(&note.code_list_url).input()}
                {field("quality_statement_url", "Address of the quality statement").value(&note.quality_statement_url).input()}
            </div>
            <div class="field-row">
                {field("description", "What it holds").value(&note.description).textarea()}
                {field("quality_statement_text", "How far it can be trusted").value(&note.quality_statement_text).textarea()}
            </div>
        </fieldset>
    }
    .into_any()
}

/// What is said already, and empty notes for other columns of the table, its dimensions first.
fn offered(said: &[ColumnNote], columns: &[Column]) -> Vec<ColumnNote> {
    let dimensions = columns.iter().filter(|column| column.role == ColumnRole::Dimension);
    let others = columns.iter().filter(|column| column.role != ColumnRole::Dimension);
    let missing = dimensions.chain(others).filter(|column| ColumnNote::about(said, &column.name).is_none());
    let empty = missing.map(|column| ColumnNote { name: column.name.clone(), ..ColumnNote::default() });
    said.iter().cloned().chain(empty.take(MOST_OFFERED)).collect()
}

/// Periods and columns as rows of a list of facts.
pub(super) fn read_only(periods: &[Period], notes: &[ColumnNote]) -> Vec<AnyView> {
    let fact = |title: String, text: String| view! { <div><dt>{title}</dt><dd>{text}</dd></div> }.into_any();
    let periods = periods.iter().map(|period| fact("Period".to_owned(), period_words(period)));
    let notes = notes.iter().map(|note| {
        let texts = [&note.label, &note.description, &note.quality_statement_text];
        let said = texts.into_iter().chain([&note.quality_statement_url, &note.code_list_url]).map(String::as_str);
        fact(format!("Column {}", note.name), filled(&said.collect::<Vec<_>>(), ". "))
    });
    periods.chain(notes).collect()
}

fn period_words(period: &Period) -> String {
    let (start, end) = (period.start_date.trim(), period.end_date.trim());
    let span = if end.is_empty() { format!("{start} onwards") } else { format!("{start} to {end}") };
    filled(&[&span, &period.frequency], ", ")
}

/// The texts that are not empty, one after the other.
fn filled(texts: &[&str], between: &str) -> String {
    texts.iter().filter(|text| !text.is_empty()).copied().collect::<Vec<_>>().join(between)
}

#[cfg(test)]
mod tests {
    use domain::refusal::Refusal;
    use domain::table::ColumnKind;
    use rpc::visit::{Flash, Visit};

    use super::*;

    #[test]
    fn columns_of_which_nothing_is_said_follow_dimensions_first() {
        let column = |name: &str, role: ColumnRole| Column {
            name: name.to_owned(),
            label: String::new(),
            kind: ColumnKind::Text,
            role,
        };
        let columns = [
            column("plots", ColumnRole::Measure),
            column("year", ColumnRole::Dimension),
            column("council", ColumnRole::Dimension),
        ];
        let said = [ColumnNote { name: "council".to_owned(), label: "Council".to_owned(), ..ColumnNote::default() }];
        let names: Vec<String> = offered(&said, &columns).into_iter().map(|note| note.name).collect();
        assert_eq!(names, ["council", "year", "plots"]);
        assert!(offered(&[], &[]).is_empty());
    }

    #[test]
    fn what_was_typed_about_a_column_stays_with_it_although_the_order_is_another_by_now() {
        let note =
            |name: &str, label: &str| ColumnNote { name: name.into(), label: label.into(), ..ColumnNote::default() };
        let names = ["year", "plots"].iter().enumerate();
        let values = names.map(|(i, name)| (format!("column_notes[{i}][name]"), vec![(*name).to_owned()])).collect();
        let flash = Flash { form: "versions/edit".into(), values, refusal: Some(Refusal::Stale), notice: None };
        let visit = Visit { flash: Some(flash), ..Visit::default() };
        let saved = [note("plots", "Plots let"), note("year", ""), note("council", "")];
        let rows = in_rows(&Form::of(&visit, "versions/edit"), &saved);
        assert_eq!(rows, [note("year", ""), note("plots", "Plots let"), note("council", "")]);
        assert_eq!(in_rows(&Form::of(&Visit::default(), "versions/edit"), &saved), saved);
    }

    #[test]
    fn an_open_end_is_said_in_words() {
        let period = Period { start_date: "1997".to_owned(), frequency: "Monthly".to_owned(), ..Period::default() };
        assert_eq!(period_words(&period), "1997 onwards, Monthly");
    }
}
