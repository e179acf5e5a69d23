//! One record of the audit trail.

use domain::event::{Event, Record};
use domain::text::escaped;
use leptos::prelude::*;

use crate::components::portal::{difference, in_brief, moment, sentence, words};

/// A record: who did what to what, when and from where, with what differs before and after. Who reads the log gets on to what it says of the
/// same request, as the log itself names nobody.
pub(super) fn record(record: &Record, reads_log: bool) -> AnyView {
    let event = &record.event;
    let mark = event.to_state.clone().unwrap_or_else(|| "created".to_owned());
    let (id, number) = (format!("record-{}", record.sequence), record.sequence);
    let by = format!("/admin/audit?actor={}", escaped(&event.actor.id));
    let reason =
        event.reason.clone().map(|reason| view! { <blockquote class="timeline__reason">{reason}</blockquote> });
    let states = event.from_state.clone().zip(event.to_state.clone()).map(|(from, to)| format!(", {from} to {to}"));
    let who = event.actor.name.clone();
    let brief = in_brief(event.before.as_ref(), event.after.as_ref());
    let brief = brief.map(|told| view! { <p class="small">{told}</p> });
    view! {
        <li class=format!("timeline__event state--{mark}") id=id>
            <p class="timeline__title"><a href=by><strong>{who}</strong></a>" "{words(event)}{states}": "{object(event)}</p>
            {brief}
            {moment(event.timestamp, "timeline__time")}
            {reason}
            <details class="details">
                <summary>"Record "{number}</summary>
                <div class="details__body">{difference(event.before.as_ref(), event.after.as_ref())}{more(record, reads_log)}</div>
            </details>
        </li>
    }
    .into_any()
}

/// From where, through what, under which request, and the hashes.
fn more(record: &Record, reads_log: bool) -> AnyView {
    let event = &record.event;
    let details = event.details.as_object().is_some_and(|fields| !fields.is_empty()).then(|| event.details.to_string());
    let rows = [
        ("Kind", Some(event.event_type.clone())),
        ("Actor", Some(format!("{} {}", event.actor.kind, event.actor.id))),
        ("From", event.client.clone()),
        ("Through", event.via.as_ref().map(ToString::to_string)),
        ("Trace", Some(event.trace_id.clone()).filter(|id| !id.is_empty())),
        ("Details", details),
        ("Hash", Some(record.hash.clone())),
        ("Hash before", Some(record.previous_hash.clone())),
    ];
    let rows: Vec<AnyView> = rows
        .into_iter()
        .filter_map(|(name, value)| {
            value.map(|value| {
                view! { <div class="difference__row"><dt>{name}</dt><dd class="mono">{value}</dd></div> }.into_any()
            })
        })
        .collect();
    let lines = (reads_log && !event.trace_id.is_empty()).then(|| {
        let (href, about) =
            (format!("/ops/logs?trace={}", escaped(&event.trace_id)), format!(" of record {}", record.sequence));
        view! { <p class="small"><a href=href>"Lines of the log"<span class="visually-hidden">{about}</span></a></p> }
    });
    view! { <dl class="difference">{rows}</dl>{lines} }.into_any()
}

/// The thing that a record is about, linked to its page where it has one, and to its own records.
fn object(event: &Event) -> AnyView {
    let (kind, id) = (&event.resource_type, event.resource_id.clone());
    let name = format!("{} {id}", sentence(&kind.replace('_', " ")));
    let records = format!("/admin/audit?resource_type={}&resource_id={}", escaped(kind), escaped(&id));
    let all = view! { " ("<a class="small" href=records>"all its records"</a>")" };
    match page_of(event) {
        Some(href) => view! { <a href=href>{name}</a>{all} }.into_any(),
        None => view! { {name}{all} }.into_any(),
    }
}

/// The portal's page of what a record is about.
pub(in crate::pages) fn page_of(event: &Event) -> Option<String> {
    let id = &event.resource_id;
    Some(match event.resource_type.as_str() {
        "bundle" => format!("/admin/bundles/{id}"),
        "dataset" => format!("/admin/datasets/{id}"),
        "user" => format!("/admin/users/{id}"),
        "team" => format!("/admin/teams/{id}"),
        "department" => format!("/admin/departments/{id}"),
        "webhook" => format!("/admin/webhooks/{id}"),
        "topic" => format!("/admin/topics/{id}"),
        "release" => format!("/admin/releases/{id}"),
        "import" => format!("/admin/imports/{id}"),
        "search_synonym" => format!("/admin/search/synonyms/{id}"),
        "search_pin" => "/admin/search".to_owned(),
        "incident" => format!("/ops/incidents/{id}"),
        "service_token" => "/admin/service-tokens".to_owned(),
        "version" => {
            let mut parts = id.split('/');
            let (dataset, edition, version) = (parts.next()?, parts.next()?, parts.next()?);
            format!("/admin/datasets/{dataset}/editions/{edition}/versions/{version}")
        }
        _ => return None,
    })
}
