//! Alerts and corrections on a public version, and its way to the archive.

use domain::version::{Alert, Version, VersionAction};
use domain::views::VersionAdminPage;
use leptos::prelude::*;
use rpc::Visit;

use super::version_steps::{identity, offer};
use crate::components::form::{Form, hidden};
use crate::components::portal::{Confirmed, alert_kinds, alert_name, panel, severities};

/// What readers are told about a public version, with the forms to tell more or no longer.
pub(super) fn alerts(page: &VersionAdminPage, visit: &Visit) -> AnyView {
    let alerts = &page.version.metadata.alerts;
    if !page.version.is_public() || (alerts.is_empty() && !page.can_correct) {
        return ().into_any();
    }
    let items: Vec<AnyView> = alerts.iter().map(|alert| item(page, alert)).collect();
    let list = if items.is_empty() {
        view! { <p class="muted">"None. A public version is never edited; an alert or a correction says what readers should know."</p> }
            .into_any()
    } else {
        view! { <dl class="metadata">{items}</dl> }.into_any()
    };
    let new = page.can_correct.then(|| new_alert(page, visit));
    panel("Alerts and corrections", false, None, view! { <div class="stack">{list}{new}</div> }.into_any())
}

fn item(page: &VersionAdminPage, alert: &Alert) -> AnyView {
    let name = alert_name(alert.kind);
    let title = alert.date.map_or_else(|| name.to_owned(), |at| format!("{name}, {}", domain::uk_time::date(at)));
    let withdraw = page.can_correct.then(|| {
        let withdraw = Confirmed {
            words: "Withdraw",
            about: &title,
            note: "Readers no longer find it, at once. That it was there stays in the history.",
            action: "/rpc/versions/withdraw-alert",
            fields: view! { {identity(page)}{hidden("alert", &alert.id)} }.into_any(),
        };
        withdraw.view()
    });
    let welsh = alert.description_cy.clone().map(|text| view! { <p lang="cy">{text}</p> });
    view! { <div><dt>{title}</dt><dd><p>{alert.description.clone()}</p>{welsh}{withdraw}</dd></div> }.into_any()
}

fn new_alert(page: &VersionAdminPage, visit: &Visit) -> AnyView {
    let form = Form::of(visit, "versions/add-alert");
    let guided = correction_path(&page.version);
    view! {
        <details class="details" open=form.was_refused()>
            <summary>"New alert or correction"</summary>
            <form class="details__body stack stack--tight" method="post" action=form.action() novalidate=true>
                {identity(page)}
                <p><a href=guided>"Step by step, with how readers will see it and who is told"</a></p>
                {form.field("kind", "Kind").short().select(alert_kinds())}
                {form.field("severity", "Severity").short().select(severities())}
                {form.field("description", "What readers should know").hint("It is public at once.").textarea()}
                {form.field("description_cy", "The same in Welsh").optional().textarea()}
                <button class="button">"Publish alert"</button>
            </form>
        </details>
    }
    .into_any()
}

/// Where a version is corrected step by step.
#[must_use]
pub fn correction_path(version: &Version) -> String {
    let Version { dataset_id, edition, version, .. } = version;
    format!("/admin/corrections/new?dataset={dataset_id}&edition={edition}&version={version}")
}

/// Archiving, or the way back.
pub(super) fn archive(page: &VersionAdminPage, visit: &Visit) -> Option<AnyView> {
    let known = [
        (
            VersionAction::Archive,
            "versions/archive",
            "Archive",
            "Its page and downloads stay; its files are kept more cheaply.",
        ),
        (
            VersionAction::Restore,
            "versions/restore",
            "Restore from the archive",
            "Its files come back from the archive.",
        ),
    ];
    known.into_iter().find_map(|(action, endpoint, words, hint)| {
        offer(page, action)?;
        let form = Form::of(visit, endpoint);
        let view = view! {
            <details class="details" open=form.was_refused()>
                <summary>{words}</summary>
                <form class="details__body stack stack--tight" method="post" action=form.action() novalidate=true>
                    {identity(page)}
                    {form.field("reason", "Reason").optional().hint(hint).textarea()}
                    <button class="button button--secondary">{words}</button>
                </form>
            </details>
        };
        Some(view.into_any())
    })
}
