//! The list of webhooks, and the fields of one.

use domain::delivery::{Webhook, WebhookEvent};
use domain::page::Page;
use leptos::prelude::*;
use rpc::Visit;

use super::page_number;
use crate::components::form::Form;
use crate::components::portal::{empty, moment, object_header, pagination, panel, table};
use crate::layout::portal::{Section, Shown, portal};

/// The webhooks, oldest first.
#[component]
pub fn Webhooks() -> impl IntoView {
    portal(Section::Webhooks, rpc::webhooks::webhook_list_read(page_number()), |page, visit| shown(&page, visit))
}

fn shown(page: &Page<Webhook>, visit: &Visit) -> Shown {
    let total = page.total_count;
    let noun = if total == 1 { "webhook" } else { "webhooks" };
    let meta = view! { <span>{total}" "{noun}</span> }.into_any();
    let rows = if page.items.is_empty() {
        empty("No webhooks yet", "A webhook tells another program of publications as they happen.", None)
    } else {
        let headings = [("Address", false), ("State", false), ("Told of", false), ("Last changed", false)];
        table("Webhooks", "webhooks-table", &headings, page.items.iter().map(row).collect())
    };
    let pages = pagination(total, page.limit, page.offset, |n| format!("/admin/webhooks?page={n}"));
    let form = Form::of(visit, "webhooks/create");
    let create = view! {
        <form class="stack" method="post" action=form.action() novalidate=true>
            {webhook_fields(&form, None)}
            <button class="button">"Make the webhook"</button>
        </form>
    };
    let content = view! {
        {object_header("", "Webhooks", meta, None)}
        {rows}{pages}
        <div class="panels">{panel("Make a webhook", false, None, create.into_any())}</div>
    };
    Shown::new("Webhooks", content.into_any())
}

fn row(webhook: &Webhook) -> AnyView {
    let (href, url) = (format!("/admin/webhooks/{}", webhook.id), webhook.url.clone());
    let told: Vec<&str> = webhook.events.iter().map(|event| event.as_str()).collect();
    view! {
        <tr>
            <th scope="row"><a href=href>{url}</a><span class="table__sub">{webhook.description.clone()}</span></th>
            <td>{state(webhook.enabled)}</td>
            <td class="wrap-cell">{told.join(", ")}</td>
            <td>{moment(webhook.last_modified, "")}</td>
        </tr>
    }
    .into_any()
}

/// Whether a webhook is told, with its own shape.
pub(super) fn state(enabled: bool) -> AnyView {
    let (class, words) = if enabled { ("tag state--published", "On") } else { ("tag state--archived", "Off") };
    view! { <span class=class>{words}</span> }.into_any()
}

/// The fields of a webhook.
pub(super) fn webhook_fields(form: &Form, present: Option<&Webhook>) -> AnyView {
    let told: Vec<String> = present.map_or_else(
        || vec![WebhookEvent::Published.as_str().to_owned()],
        |webhook| webhook.events.iter().map(|event| event.as_str().to_owned()).collect(),
    );
    let chosen = WebhookEvent::ALL.iter().filter(|event| **event != WebhookEvent::Test);
    let options = chosen.map(|event| {
        let hint = match event {
            WebhookEvent::Published => "A bundle became public.",
            WebhookEvent::Failed => "A publication failed.",
            WebhookEvent::AtRisk => "A bundle is due soon and will fail unless mended.",
            WebhookEvent::IncidentOpened => "An incident was opened, by a condition or by an operator.",
            WebhookEvent::Test => "It is tried out.",
        };
        (event.as_str().to_owned(), event.as_str().to_owned(), hint.to_owned())
    });
    let on = [("on", "On", ""), ("off", "Off", "It is told nothing, and what it is owed is left out.")];
    let on = on.map(|(value, words, hint)| (value.to_owned(), words.to_owned(), hint.to_owned())).to_vec();
    let enabled = if present.is_none_or(|webhook| webhook.enabled) { "on" } else { "off" };
    view! {
        {form.field("url", "Address").value(present.map_or("", |w| &w.url)).hint("Where messages are sent, with https.").input()}
        {form.field("description", "What it is for").value(present.map_or("", |w| &w.description)).optional().input()}
        {form.tick_boxes("events", "Told of", options.collect(), &told)}
        {form.radios("enabled", "State", on, enabled)}
    }
    .into_any()
}
