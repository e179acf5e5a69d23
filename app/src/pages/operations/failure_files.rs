//! Files of a failed publication whose bytes are gone: which, where they belong, how to bring them back, and only then the reset.

use domain::operations::{Casualty, LostFile};
use domain::progress::NextStep;
use leptos::prelude::*;
use rpc::Visit;

use super::clocks::incident_item;
use crate::components::form::{Form, hidden};

/// The incidents that tell of the same; nothing where there are none.
pub(super) fn incidents(one: &Casualty) -> Option<AnyView> {
    let items: Vec<AnyView> = one.incidents.iter().map(|incident| incident_item(incident, one.progress.now)).collect();
    (!items.is_empty()).then(|| view! { <h3>"Its incident"</h3><ul class="checklist">{items}</ul> }.into_any())
}

/// What is to be done first where bytes are missing; nothing where they are not.
pub(super) fn first(one: &Casualty, visit: &Visit) -> Option<AnyView> {
    if one.lost.is_empty() {
        return None;
    }
    let bundle = &one.progress.bundle;
    let page = bundle.admin_path();
    let files: Vec<AnyView> = one.lost.iter().map(file).collect();
    let reset = (one.progress.next_step() == NextStep::Reset).then(|| reset(one, visit));
    Some(
        view! {
            <div class="stack stack--tight">
                <h3>"Bring the bytes back first"</h3>
                <p>"While they are missing, the publication fails again however often it is tried."</p>
                <ul>{files}</ul>
                <ol>
                    <li>"From a backup: put the object back under its key. With the embedded storage it is the file of that name below objects in the newest backup, and belongs to the same place below objects in the data folder, with what lies beside it under its name. With S3 it is the version of the object before, or the one in the copy of the bucket."</li>
                    <li>"Without a backup: have the file uploaded anew. "<a href=page>"The bundle"</a>" is reset and taken back for changes, the version is reopened by an approver, its editor replaces the file, and version and bundle are approved again."</li>
                    <li>"Then have the files checked again, half a minute later at the earliest. Once they are found, trying again is offered here."</li>
                </ol>
                <p><a class="button" href="/ops/failures">"Check the files again"</a></p>
                {reset}
            </div>
        }
        .into_any(),
    )
}

fn file(lost: &LostFile) -> AnyView {
    let (href, filename, reference) = (lost.page.clone(), lost.filename.clone(), lost.reference.clone());
    let about = format!("{} bytes, SHA-256 {}", lost.size, lost.sha256);
    let key = lost
        .object_key
        .clone()
        .map(|key| view! { <span class="table__sub">"Key in the storage: "<code>{key}</code></span> });
    view! {
        <li><a href=href>{filename}</a>" of "{reference}<span class="table__sub">{about}</span>{key}</li>
    }
    .into_any()
}

/// The reset, for whoever has the file uploaded anew.
fn reset(one: &Casualty, visit: &Visit) -> AnyView {
    let bundle = &one.progress.bundle;
    let form = Form::of(visit, "bundles/reset").where_is("id", &bundle.id);
    let hint =
        "It becomes approved, and cannot be published until the bytes are there. The reason is kept in the history.";
    view! {
        <details class="details" open=form.was_refused()>
            <summary>"Reset it to approved without the bytes, to have the file uploaded anew"</summary>
            <form class="details__body stack stack--tight" method="post" action=form.action() novalidate=true>
                {hidden("id", &bundle.id)}{hidden("revision", bundle.revision)}
                {form.field("reason", "Reason").hint(hint).input()}
                <button class="button button--secondary">"Reset to approved"</button>
            </form>
        </details>
    }
    .into_any()
}
