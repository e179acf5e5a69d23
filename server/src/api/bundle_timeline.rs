//! `/admin/bundles/{id}/timeline.csv`: the history of a bundle as a file.

use axum::extract::{OriginalUri, State};
use axum::response::Response;
use chrono::SecondsFormat;
use domain::event::{Event, HistoryAsked};
use futures::stream;
use serde_json::Value;

use super::csv;
use super::ctx::{Path, RequestCtx};
use super::export::{asked, portal_list};
use crate::state::AppState;

/// The columns of the file.
const COLUMNS: [&str; 11] = [
    "timestamp",
    "event_type",
    "actor_id",
    "actor_name",
    "from_state",
    "to_state",
    "reason",
    "details",
    "before",
    "after",
    "id",
];

/// `GET /admin/bundles/{id}/timeline.csv`: what its page finds by the same address; who takes it is recorded.
pub async fn timeline(
    State(state): State<AppState>,
    uri: OriginalUri,
    RequestCtx(ctx): RequestCtx,
    Path(id): Path<String>,
) -> Response {
    let found = HistoryAsked::read(asked(&uri));
    let events = services::bundles::export_history(&state.services, &ctx, &id, &found).await;
    let parts = events.map(|events| stream::iter([Ok(events)]));
    let page = format!("/admin/bundles/{id}/timeline?{}", found.query());
    portal_list(&ctx, ("bundle-history", &page), COLUMNS, parts, line)
}

fn line(event: &Event) -> String {
    let text = |value: Option<&Value>| value.map(ToString::to_string).unwrap_or_default();
    csv::line([
        event.timestamp.to_rfc3339_opts(SecondsFormat::Micros, true).as_str(),
        &event.event_type,
        &event.actor.id,
        &event.actor.name,
        event.from_state.as_deref().unwrap_or_default(),
        event.to_state.as_deref().unwrap_or_default(),
        event.reason.as_deref().unwrap_or_default(),
        &event.details.to_string(),
        &text(event.before.as_ref()),
        &text(event.after.as_ref()),
        &event.id,
    ])
}

#[cfg(test)]
mod tests {
    use domain::actor::Actor;
    use serde_json::json;

    use super::*;

    #[test]
    fn an_event_is_a_line() {
        let event = Event {
            id: "e-1".into(),
            event_type: "rejected".into(),
            resource_type: "bundle".into(),
            resource_id: "b-1".into(),
            actor: Actor::system("test"),
            from_state: Some("ready_for_review".into()),
            to_state: Some("in_progress".into()),
            reason: Some("=A table, wrong".into()),
            timestamp: "2026-11-23T09:30:00Z".parse().unwrap(),
            details: json!({}),
            before: None,
            after: Some(json!(1)),
            bundle_id: None,
            via: None,
            client: None,
            trace_id: String::new(),
        };
        let expected = "2026-11-23T09:30:00.000000Z,rejected,system:test,test,ready_for_review,in_progress,\"'=A table, wrong\",{},,1,e-1\r\n";
        assert_eq!(line(&event), expected);
    }
}
