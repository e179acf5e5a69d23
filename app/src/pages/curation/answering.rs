//! Who deals with what a reader told, the correction that came of it, and an answer by letter.

use domain::feedback::{Feedback, Inbox};
use leptos::prelude::*;
use rpc::Visit;

use crate::components::form::{Form, hidden};

/// What is known so far, and the forms that say more; `title` tells the items of the list apart.
pub(super) fn answering(told: &Feedback, inbox: &Inbox, title: &str, visit: &Visit) -> AnyView {
    let correction = told.correction.clone().map(|path| {
        let href = path.clone();
        view! { <p>"Corrected: "<a href=href>{path}</a></p> }
    });
    let by = told.assigned_to_name.clone().map(|name| view! { <p>"Dealt with by "<strong>{name}</strong>"."</p> });
    let history = format!("/admin/audit?resource_type=feedback&resource_id={}", told.id);
    let reply = (told.address.is_some() && inbox.by_mail).then(|| reply(told, title, visit));
    view! {
        {by}{correction}
        {assign(told, inbox, title, visit)}
        {link(told, title, visit)}
        {reply}
        <p class="small"><a class="link-button" href=history>"History"<span class="visually-hidden">": "{title.to_owned()}</span></a></p>
    }
    .into_any()
}

/// A form of one item, closed until it is wanted or was refused.
fn folded(form: &Form, told: &Feedback, words: &'static str, title: &str, fields: AnyView) -> AnyView {
    let about = view! { <span class="visually-hidden">": "{title.to_owned()}</span> };
    view! {
        <details class="details" open=form.was_refused()>
            <summary>{words}{about}</summary>
            <form class="details__body stack stack--tight" method="post" action=form.action() novalidate=true>
                {hidden("id", &told.id)}{fields}
            </form>
        </details>
    }
    .into_any()
}

fn assign(told: &Feedback, inbox: &Inbox, title: &str, visit: &Visit) -> AnyView {
    let form = Form::of(visit, "inbox/assign").where_is("id", &told.id);
    let mut people = vec![(String::new(), "Nobody in particular".to_owned())];
    people.extend(inbox.people.iter().cloned());
    let present = told.assigned_to.clone().unwrap_or_default();
    let fields = view! {
        {form.field("to", "Who deals with it").value(&present).short().select(people)}
        <p><button class="button button--secondary button--small">"Give it to them"</button></p>
    };
    folded(&form, told, "Say who deals with it", title, fields.into_any())
}

fn link(told: &Feedback, title: &str, visit: &Visit) -> AnyView {
    let form = Form::of(visit, "inbox/link").where_is("id", &told.id);
    let present = told.correction.clone().unwrap_or_default();
    let fields = view! {
        {form.field("correction", "Page of the corrected version").optional().value(&present).hint("Its address, such as /catalogue/rainfall/editions/2026/versions/2. Leave it empty to take the link away.").input()}
        <p><button class="button button--secondary button--small">"Keep the link"</button></p>
    };
    folded(&form, told, "Link a correction", title, fields.into_any())
}

fn reply(told: &Feedback, title: &str, visit: &Visit) -> AnyView {
    let form = Form::of(visit, "inbox/reply").where_is("id", &told.id);
    let fields = view! {
        {form.field("text", "Answer").hint("Sent by letter to the address that was left, with what was told under it. It is kept in the audit trail.").textarea()}
        <p><button class="button button--secondary button--small">"Send the answer"</button></p>
    };
    folded(&form, told, "Answer by letter", title, fields.into_any())
}
