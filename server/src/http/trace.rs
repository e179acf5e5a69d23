//! One span, one log line and one measurement for every request.

use std::time::Duration;

use axum::extract::{Request, State};
use axum::http::{HeaderMap, HeaderName, HeaderValue};
use axum::middleware::Next;
use axum::response::Response;
use services::Ctx;
use tracing::Instrument;
use uuid::Uuid;

use crate::state::AppState;

/// The request's id: the trace id of a W3C `traceparent`, or a new one of the same form.
#[derive(Clone, Debug)]
pub struct RequestId(pub String);

/// Gives the request an id, logs how it was answered and counts it.
pub async fn request(State(state): State<AppState>, mut request: Request, next: Next) -> Response {
    let clock = state.services.clock.clone();
    let began = clock.now();
    let id = trace_id(request.headers()).unwrap_or_else(new_trace_id);
    request.extensions_mut().insert(RequestId(id.clone()));
    request.extensions_mut().insert(Ctx::public(began, id.clone()));
    let method = request.method().clone();
    let path = request.uri().path().to_owned();
    let kind = kind_of(&path);
    let span = tracing::info_span!("request", request_id = %id);
    let mut answer = next.run(request).instrument(span.clone()).await;
    let took = (clock.now() - began).to_std().unwrap_or(Duration::ZERO);
    let status = answer.status().as_u16();
    if let Ok(value) = HeaderValue::from_str(&id) {
        answer.headers_mut().insert(HeaderName::from_static("x-request-id"), value);
    }
    let labels = [("method", method.to_string()), ("kind", kind.to_owned()), ("status", status.to_string())];
    metrics::counter!("http_requests_total", &labels).increment(1);
    metrics::histogram!("http_request_duration_seconds", "kind" => kind).record(took.as_secs_f64());
    let ms = took.as_secs_f64() * 1000.0;
    span.in_scope(|| {
        if matches!(kind, "asset" | "health") {
            tracing::debug!(%method, path, status, ms, "answered");
        } else if status >= 500 {
            tracing::error!(%method, path, status, ms, "answered");
        } else {
            tracing::info!(%method, path, status, ms, "answered");
        }
    });
    answer
}

/// What sort of address it is, for metrics with few labels.
fn kind_of(path: &str) -> &'static str {
    match path.trim_start_matches('/').split('/').next().unwrap_or("") {
        "assets" | "pkg" | "favicon.ico" => "asset",
        "health" | "healthcheck" | "metrics" => "health",
        "v1" | "datasets" | "bundles" | "publish-queue" | "audit" => "api",
        "files" => "file",
        "rpc" => "form",
        "admin" | "account" => "portal",
        _ => "page",
    }
}

/// The trace id of a sound `traceparent` (W3C Trace Context, version 00).
fn trace_id(headers: &HeaderMap) -> Option<String> {
    let text = headers.get("traceparent")?.to_str().ok()?;
    let id = text.split('-').nth(1)?;
    let sound = id.len() == 32
        && id.bytes().all(|b| b.is_ascii_hexdigit() && !b.is_ascii_uppercase())
        && id.bytes().any(|b| b != b'0');
    sound.then(|| id.to_owned())
}

#[expect(clippy::disallowed_methods, reason = "the edge at which a request gets its id")]
fn new_trace_id() -> String {
    Uuid::now_v7().simple().to_string()
}
