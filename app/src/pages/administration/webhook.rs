//! One webhook: its log of calls with replay, its secret, and its settings.

use domain::administration::WebhookPage as Data;
use domain::delivery::{Webhook, WebhookCall, WebhookEvent};
use leptos::prelude::*;
use rpc::Visit;

use super::webhooks::{state, webhook_fields};
use super::{page_number, param};
use crate::components::form::{Form, hidden};
use crate::components::portal::{
    Confirmed, empty, moment, object_header, pagination, panel, secret_once, table, timeline,
};
use crate::layout::portal::{Section, Shown, portal};

/// One webhook.
#[component]
pub fn WebhookPage() -> impl IntoView {
    let load = rpc::webhooks::webhook_read(param("id"), page_number());
    portal(Section::Webhooks, load, |data, visit| shown(&data, visit))
}

fn shown(data: &Data, visit: &Visit) -> Shown {
    let webhook = &data.webhook;
    let by = webhook.created_by.name.clone();
    let meta = view! { {state(webhook.enabled)}<span>"made by "{by}</span>{moment(webhook.created_at, "")} };
    let history = data.history.as_ref().map(|events| {
        let all = format!("/admin/audit?resource_type=webhook&resource_id={}", webhook.id);
        panel("History", false, Some(("All of it", &all)), timeline(events))
    });
    let content = view! {
        {object_header("Webhook", &webhook.url, meta.into_any(), None)}
        {secret_once(data.secret.as_ref(), "The secret of this webhook")}
        <div class="portal__body">
            <div class="portal__content stack">{calls(data)}{edit(webhook, visit)}</div>
            <aside class="portal__aside stack">{secret(data)}{delete(webhook)}{history}</aside>
        </div>
    };
    Shown::new(webhook.url.clone(), content.into_any()).under("Webhooks", "/admin/webhooks")
}

fn calls(data: &Data) -> AnyView {
    let (page, id) = (&data.calls, &data.webhook.id);
    if page.items.is_empty() {
        let text = "Each call is listed here with what was answered, and can be replayed.";
        let content = view! { {empty("Nothing was sent yet", text, None)}{test_form(&data.webhook)} };
        return panel("Deliveries", true, None, content.into_any());
    }
    let headings =
        [("Message", false), ("Sent", false), ("Answer", false), ("Took", true), ("Try", true), ("Action", false)];
    let rows = page.items.iter().map(|call| call_row(call, data)).collect();
    let pages = pagination(page.total_count, page.limit, page.offset, |n| format!("/admin/webhooks/{id}?page={n}"));
    let content = view! { {test_form(&data.webhook)}{table("Deliveries", "calls-table", &headings, rows)}{pages} };
    panel("Deliveries", true, None, content.into_any())
}

/// The button that tries a webhook out while it is switched on.
fn test_form(webhook: &Webhook) -> Option<AnyView> {
    webhook.enabled.then(|| {
        view! {
            <form class="cluster small" method="post" action="/rpc/webhooks/test">
                {hidden("id", &webhook.id)}
                <button class="button button--secondary button--small">"Send a test"</button>
                <span class="muted">"It is sent once, signed like every message, and says that nothing happened."</span>
            </form>
        }
        .into_any()
    })
}

fn call_row(call: &WebhookCall, data: &Data) -> AnyView {
    let about = call.bundle_id.clone().map(|id| {
        let href = format!("/admin/bundles/{id}");
        view! { <span class="table__sub"><a href=href>"its bundle"</a></span> }
    });
    let sent = data.sent.get(&call.message_id).cloned().map(|body| {
        view! {
            <details class="details">
                <summary>"What was sent"<span class="visually-hidden">": "{call.event.clone()}", "{moment(call.called_at, "")}</span></summary>
                <pre class="command" tabindex="0"><code>{body}</code></pre>
            </details>
        }
    });
    let sound = call.error.is_none() && call.status.is_some_and(|status| (200..300).contains(&status));
    let tag = if sound { "tag state--published" } else { "tag state--failed" };
    let answer = call.status.map_or_else(|| "no answer".to_owned(), |status| status.to_string());
    let error = call.error.clone().map(|error| view! { <span class="table__sub">{error}</span> });
    let may_replay = data.webhook.enabled && call.event != WebhookEvent::Test.as_str();
    let replay = may_replay.then(|| {
        view! {
            <form method="post" action="/rpc/webhooks/replay">
                {hidden("id", &call.webhook_id)}{hidden("call", &call.id)}
                <button class="link-button">"Replay"<span class="visually-hidden">": "{call.event.clone()}", "{moment(call.called_at, "")}</span></button>
            </form>
        }
    });
    view! {
        <tr>
            <th scope="row">{call.event.clone()}<span class="table__sub mono">{call.message_id.clone()}</span>{about}</th>
            <td>{moment(call.called_at, "")}</td>
            <td class="wrap-cell"><span class=tag>{answer}</span>{error}{sent}</td>
            <td class="num">{call.took_ms}" ms"</td>
            <td class="num">{call.attempt}</td>
            <td>{replay}</td>
        </tr>
    }
    .into_any()
}

fn edit(webhook: &Webhook, visit: &Visit) -> AnyView {
    let form = Form::of(visit, "webhooks/edit");
    let content = view! {
        <form class="stack" method="post" action=form.action() novalidate=true>
            {hidden("id", &webhook.id)}{hidden("revision", webhook.revision)}
            {webhook_fields(&form, Some(webhook))}
            <button class="button">"Save"</button>
        </form>
    };
    panel("Settings", false, None, content.into_any())
}

fn secret(data: &Data) -> AnyView {
    let both = data.webhook.previous_until.filter(|until| *until > data.now).map(|until| {
        view! { <p class="small">"Until "{moment(until, "")}" messages are signed with the secret before as well."</p> }
    });
    let rotate = Confirmed {
        words: "Make a new secret",
        about: "",
        note: "The receiver has to know the new one; for a day messages are signed with both.",
        action: "/rpc/webhooks/rotate-secret",
        fields: hidden("id", &data.webhook.id),
    };
    let content = view! {
        <p class="small muted">"Messages are signed after the Standard Webhooks rules. The secret is shown once, when it is made."</p>
        {both}
        {rotate.view()}
    };
    panel("Secret", false, None, content.into_any())
}

fn delete(webhook: &Webhook) -> AnyView {
    let remove = Confirmed {
        words: "Remove the webhook",
        about: "",
        note: "Its log goes with it, and what it is owed is left out. To stop it for a while, switch it off.",
        action: "/rpc/webhooks/delete",
        fields: view! { {hidden("id", &webhook.id)}{hidden("revision", webhook.revision)} }.into_any(),
    };
    panel("Remove", false, None, remove.view())
}
