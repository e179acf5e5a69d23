//! What is said about a version: the form, or the text where nobody may edit it.

use domain::review::WizardStep;
use domain::version::{Alert, AlertKind, AlertSeverity, LatestChange, UsageNote, VersionState};
use domain::views::VersionAdminPage;
use leptos::prelude::*;
use rpc::Visit;

use super::version_origins::Origins;
use super::version_particulars as particulars;
use super::version_steps::identity;
use crate::components::form::{Form, hidden_at};
use crate::components::portal::{alert_kinds, designations, kinds_of_change, panel, severities};

/// Empty rows offered after those that are filled.
const SPARE_ROWS: usize = 2;

/// The details of a version, to edit where the viewer may; as a step with where each field comes from.
pub(super) fn details(page: &VersionAdminPage, visit: &Visit, origins: Option<&Origins>) -> AnyView {
    if !page.can_edit {
        return panel("Details", false, None, read_only(page));
    }
    let form = Form::of(visit, "versions/edit");
    let metadata = &page.version.metadata;
    let day = metadata.release_date.map(|at| domain::uk_time::fields(at).0).unwrap_or_default();
    let mut designation = vec![(String::new(), "As the dataset".to_owned())];
    designation.extend(designations());
    let chosen = metadata.quality_designation.map_or("", |designation| designation.as_str());
    let coverage = metadata.temporal_coverage.clone().unwrap_or_default();
    let geography = metadata.lowest_geography.clone().unwrap_or_default();
    let origin = |label: &str, field: &str| origins.and_then(|origins| origins.of(label, field));
    let content = view! {
        <form class="stack" method="post" action=form.action() novalidate=true>
            {identity(page)}
            <div class="field-row">
                {form.field("release_date", "Release date").kind("date").value(&day).short().hint("The date that readers see.").input()}
                {form.field("temporal_coverage", "Time covered").value(&coverage).optional().input()}
            </div>
            {origin("Release date", "release_date")}
            {origin("Time covered", "temporal_coverage")}
            <div class="field-row">
                {form.field("quality_designation", "Quality designation").value(chosen).select(designation)}
                {form.field("lowest_geography", "Lowest geography").value(&geography).optional().hint("A code such as ltla, or words.").input()}
            </div>
            {origin("Quality designation", "quality_designation")}
            {origin("Lowest geography", "lowest_geography")}
            {particulars::periods(&form, &metadata.temporal)}
            {origin("Periods", "temporal")}
            {draft_alerts(&form, &metadata.alerts)}
            {origin("Alerts and corrections", "alerts")}
            {changes(&form, &metadata.latest_changes)}
            {origin("What changed", "latest_changes")}
            {notes(&form, &metadata.usage_notes)}
            {origin("Notes", "usage_notes")}
            {particulars::column_notes(&form, page)}
            {origin("Columns", "column_notes")}
            {buttons(origins.is_some())}
        </form>
    };
    panel("Details", false, None, content.into_any())
}

/// The button that saves; of a step those that go on or stay.
fn buttons(as_step: bool) -> AnyView {
    if !as_step {
        return view! { <button class="button">"Save details"</button> }.into_any();
    }
    let (next, same) = (WizardStep::Checks.as_str(), WizardStep::Details.as_str());
    view! {
        <p class="cluster">
            <button class="button" name="step" value=next>"Save and go on to the checks"</button>
            <button class="button button--secondary" name="step" value=same>"Save"</button>
        </p>
    }
    .into_any()
}

/// Alerts that go public with the version.
fn draft_alerts(form: &Form, alerts: &[Alert]) -> AnyView {
    let rows: Vec<AnyView> = in_rows(form, alerts)
        .into_iter()
        .enumerate()
        .map(|(i, alert)| {
            let (welsh, severity) =
                (alert.description_cy.unwrap_or_default(), alert.severity.map_or("", AlertSeverity::as_str));
            let at = |part: &str| format!("alerts.{i}.{part}");
            let n = i + 1;
            view! {
                <div class="field-row">
                    {hidden_at(&at("id"), &alert.id)}
                    {form.field(&at("kind"), &format!("Kind of alert {n}")).value(alert.kind.as_str()).short().select(alert_kinds())}
                    {form.field(&at("severity"), &format!("Severity of alert {n}")).value(severity).short().select(severities())}
                    {form.field(&at("description"), &format!("Alert {n}")).value(&alert.description).optional().textarea()}
                    {form.field(&at("description_cy"), &format!("Alert {n} in Welsh")).value(&welsh).optional().textarea()}
                </div>
            }
            .into_any()
        })
        .collect();
    view! { <fieldset class="stack stack--tight"><legend class="field__label">"Alerts and corrections that readers see with it"</legend>{rows}</fieldset> }.into_any()
}

/// The alerts in the order in which they were sent, if they were, then all others, and an empty one: what was typed is about the alert that
/// it was typed for, wherever that stands by now and whether or not it is still there.
fn in_rows(form: &Form, alerts: &[Alert]) -> Vec<Alert> {
    let blank = |id: String| Alert { id, ..Alert::new(AlertKind::Alert, "") };
    let known = |id: &str| alerts.iter().find(|alert| !id.is_empty() && alert.id == id).cloned();
    let sent = (0..form.rows_sent("alerts")).map(|i| form.value(&format!("alerts.{i}.id"), ""));
    let mut rows: Vec<Alert> = sent.map(|id| known(&id).unwrap_or_else(|| blank(id))).collect();
    let is_new = |alert: &&Alert| alert.id.is_empty() || rows.iter().all(|row| row.id != alert.id);
    let others: Vec<Alert> = alerts.iter().filter(is_new).cloned().collect();
    rows.extend(others);
    if rows.iter().all(|row| !row.id.is_empty()) {
        rows.push(blank(String::new()));
    }
    rows
}

fn changes(form: &Form, changes: &[LatestChange]) -> AnyView {
    let rows: Vec<AnyView> = (0..form.rows("latest_changes", changes.len() + SPARE_ROWS))
        .map(|i| {
            let change = changes.get(i).cloned().unwrap_or_default();
            let at = |part: &str| format!("latest_changes.{i}.{part}");
            let n = i + 1;
            view! {
                <div class="field-row">
                    {form.field(&at("name"), &format!("Change {n}")).value(&change.name).optional().input()}
                    {form.field(&at("type"), &format!("Kind of change {n}")).value(&change.kind).short().select(kinds_of_change())}
                    {form.field(&at("description"), &format!("What changed and why {n}")).value(&change.description).optional().input()}
                </div>
            }
            .into_any()
        })
        .collect();
    view! { <fieldset class="stack stack--tight"><legend class="field__label">"What changed since the version before"</legend>{rows}</fieldset> }.into_any()
}

fn notes(form: &Form, notes: &[UsageNote]) -> AnyView {
    let rows: Vec<AnyView> = (0..form.rows("usage_notes", notes.len() + SPARE_ROWS))
        .map(|i| {
            let note = notes.get(i).cloned().unwrap_or_default();
            let n = i + 1;
            view! {
                <div class="field-row">
                    {form.field(&format!("usage_notes.{i}.title"), &format!("Heading of note {n}")).value(&note.title).optional().input()}
                    {form.field(&format!("usage_notes.{i}.note"), &format!("Note {n}")).value(&note.note).optional().textarea()}
                </div>
            }
            .into_any()
        })
        .collect();
    view! { <fieldset class="stack stack--tight"><legend class="field__label">"Notes on how to use the figures"</legend>{rows}</fieldset> }.into_any()
}

fn read_only(page: &VersionAdminPage) -> AnyView {
    let metadata = &page.version.metadata;
    let release = metadata.release_date.map_or_else(|| "not set".to_owned(), domain::uk_time::date);
    let coverage =
        metadata.temporal_coverage.clone().map(|text| view! { <div><dt>"Time covered"</dt><dd>{text}</dd></div> });
    let geography =
        metadata.lowest_geography.clone().map(|text| view! { <div><dt>"Lowest geography"</dt><dd>{text}</dd></div> });
    let particulars = particulars::read_only(&metadata.temporal, &metadata.column_notes);
    let changes: Vec<AnyView> = metadata
        .latest_changes
        .iter()
        .map(|change| {
            let (name, text) = (change.name.clone(), change.description.clone());
            view! { <div><dt>{name}</dt><dd>{text}</dd></div> }.into_any()
        })
        .collect();
    let notes: Vec<AnyView> = metadata
        .usage_notes
        .iter()
        .map(|note| {
            let (title, text) = (note.title.clone(), note.note.clone());
            let title = if title.is_empty() { "Note".to_owned() } else { title };
            view! { <div><dt>{title}</dt><dd>{text}</dd></div> }.into_any()
        })
        .collect();
    let why = match page.version.state {
        VersionState::Published | VersionState::Archived => "A published version is never edited.",
        _ => "Only a version in preparation can be edited.",
    };
    view! {
        <dl class="metadata"><div><dt>"Release date"</dt><dd>{release}</dd></div>{coverage}{geography}{changes}{notes}{particulars}</dl>
        <p class="muted">{why}</p>
    }
    .into_any()
}

#[cfg(test)]
mod tests {
    use domain::refusal::Refusal;
    use rpc::visit::{Flash, Visit};

    use super::*;

    #[test]
    fn an_alert_keeps_what_was_typed_for_it_wherever_it_stands_by_now() {
        let alert = |id: &str| Alert { id: id.into(), ..Alert::new(AlertKind::Alert, id) };
        let ids = |rows: Vec<Alert>| rows.into_iter().map(|row| (row.id, row.description)).collect::<Vec<_>>();
        let row = |id: &str, said: &str| (id.to_owned(), said.to_owned());
        let fresh = Form::of(&Visit::default(), "versions/edit");
        assert_eq!(ids(in_rows(&fresh, &[alert("a")])), [row("a", "a"), row("", "")]);

        let sent = [("alerts[0][id]", "a"), ("alerts[1][id]", "b"), ("alerts[2][id]", "")];
        let values = sent.iter().map(|(name, id)| ((*name).to_owned(), vec![(*id).to_owned()])).collect();
        let flash = Flash { form: "versions/edit".into(), values, refusal: Some(Refusal::Stale), notice: None };
        let form = Form::of(&Visit { flash: Some(flash), ..Visit::default() }, "versions/edit");
        // Others took the first away and added one.
        let rows = ids(in_rows(&form, &[alert("b"), alert("c")]));
        assert_eq!(rows, [row("a", ""), row("b", "b"), row("", ""), row("c", "c")]);
    }
}
