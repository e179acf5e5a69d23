//! One span, one log line and one measurement for every request.

use std::time::Duration;

use axum::extract::{MatchedPath, Request, State};
use axum::http::{HeaderName, HeaderValue, Method};
use axum::middleware::Next;
use axum::response::Response;
use services::Ctx;
use tracing::{Instrument, Span, field};

use super::client::ClientAddress;
use super::places::Place;
use super::trace_parent::{TraceIds, TraceParent};
use crate::clock::Stopwatch;
use crate::state::AppState;

/// The request's id: the trace id of a W3C `traceparent`, or a new one of the same form.
#[derive(Clone, Debug)]
pub struct RequestId(pub String);

/// The template of the address, such as `/v1/datasets/{id}`, which an answer takes with it to be measured.
#[derive(Clone, Debug)]
struct Route(String);

/// Gives the request an id, logs how it was answered and counts it.
pub async fn request(State(state): State<AppState>, mut request: Request, next: Next) -> Response {
    let began = state.services.clock.now();
    let watch = Stopwatch::start();
    let place = Place::of(request.uri().path());
    let client = ClientAddress::find(&request, &state.config.edge.trusted_proxies);
    let method = method_of(request.method());
    // Of the highest level, so that warnings and errors have their trace whatever level is logged.
    let span = tracing::error_span!(
        "request",
        otel.name = method,
        otel.kind = "server",
        http.request.method = method,
        http.route = field::Empty,
        http.response.status_code = field::Empty,
        trace_id = field::Empty,
        request_id = field::Empty,
    );
    let ids = TraceIds::of(&span, TraceParent::read(request.headers()));
    span.record("trace_id", &ids.trace_id).record("request_id", &ids.trace_id);
    request.extensions_mut().insert(RequestId(ids.trace_id.clone()));
    request.extensions_mut().insert(Ctx::public(began, ids.trace_id.clone()));
    request.extensions_mut().insert(client);
    let path = loggable(request.uri().path());
    let under_way = UnderWay::begin();
    let mut answer = next.run(request).instrument(span.clone()).await;
    drop(under_way);
    let route = answer.extensions().get::<Route>().map_or_else(|| page_route(place, &path), |route| route.0.clone());
    for (name, value) in [("x-request-id", &ids.trace_id), ("traceparent", &ids.header())] {
        if let Ok(value) = HeaderValue::from_str(value) {
            answer.headers_mut().insert(HeaderName::from_static(name), value);
        }
    }
    Answered { place, method, route, path, client, status: answer.status().as_u16(), took: watch.elapsed() }
        .tell(&span);
    answer
}

/// Lets the answer of a routed request take its template with it; belongs inside the router.
pub async fn note_route(request: Request, next: Next) -> Response {
    let route = request.extensions().get::<MatchedPath>().map(|path| Route(path.as_str().to_owned()));
    let mut answer = next.run(request).await;
    if let Some(route) = route {
        answer.extensions_mut().insert(route);
    }
    answer
}

/// How a request was answered.
struct Answered {
    place: Place,
    method: &'static str,
    route: String,
    path: String,
    client: ClientAddress,
    status: u16,
    took: Duration,
}

impl Answered {
    fn tell(self, span: &Span) {
        let Self { place, method, route, path, client, status, took } = self;
        span.record("http.route", &route).record("http.response.status_code", status);
        let labels = [
            ("method", method.to_owned()),
            ("kind", place.kind().to_owned()),
            ("route", route.clone()),
            ("status", status.to_string()),
        ];
        metrics::counter!("http_requests_total", &labels).increment(1);
        if status >= 400 {
            let class = if status >= 500 { "5xx" } else { "4xx" };
            metrics::counter!("http_request_errors_total", "class" => class, "route" => route.clone()).increment(1);
        }
        let timed = [("method", method.to_owned()), ("kind", place.kind().to_owned()), ("route", route)];
        metrics::histogram!("http_request_duration_seconds", &timed).record(took.as_secs_f64());
        let ms = took.as_secs_f64() * 1000.0;
        let client = client.0.map_or_else(|| "unknown".to_owned(), |address| address.to_string());
        span.in_scope(|| {
            if status >= 500 {
                tracing::error!(method, path, status, ms, client, "answered");
            } else if matches!(place, Place::Asset | Place::Health) {
                tracing::debug!(method, path, status, ms, client, "answered");
            } else {
                tracing::info!(method, path, status, ms, client, "answered");
            }
        });
    }
}

/// Counts a request among those under way until it is dropped, however it ends.
struct UnderWay;

impl UnderWay {
    fn begin() -> Self {
        metrics::gauge!("http_requests_in_flight").increment(1.0);
        Self
    }
}

impl Drop for UnderWay {
    fn drop(&mut self) {
        metrics::gauge!("http_requests_in_flight").decrement(1.0);
    }
}

/// The method as a label: made-up ones must not make new time series.
fn method_of(method: &Method) -> &'static str {
    match method.as_str() {
        "GET" => "GET",
        "HEAD" => "HEAD",
        "POST" => "POST",
        "PUT" => "PUT",
        "PATCH" => "PATCH",
        "DELETE" => "DELETE",
        "OPTIONS" => "OPTIONS",
        _ => "OTHER",
    }
}

/// The template of an address that no route of the API has: the first word of a page, so that labels stay few.
fn page_route(place: Place, path: &str) -> String {
    let page = path.strip_prefix("/cy").filter(|rest| rest.is_empty() || rest.starts_with('/')).unwrap_or(path);
    match (place, page.trim_start_matches('/').split('/').next().unwrap_or("")) {
        (Place::Page, "") => "/".to_owned(),
        (Place::Page | Place::Portal, word @ ("search" | "topics" | "releases" | "catalogue" | "developers")) => {
            format!("/{word}/…")
        }
        (Place::Portal, word @ ("admin" | "account" | "ops")) => format!("/{word}/…"),
        (Place::Page, _) => "(other page)".to_owned(),
        _ => "(unknown)".to_owned(),
    }
}

/// The path for the log, without words that open something: secrets of accounts and tokens may stand in addresses.
fn loggable(path: &str) -> String {
    let words: Vec<&str> = path.split('/').collect();
    let account = words.contains(&"account");
    let shown = words.into_iter().map(|word| {
        let secret = word.starts_with("cat_") || (account && word.len() >= 20);
        if secret { "…" } else { word }
    });
    shown.collect::<Vec<_>>().join("/")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn secrets_in_addresses_are_not_logged() {
        assert_eq!(loggable("/account/reset/abcdefghijklmnopqrstuvwxyz"), "/account/reset/…");
        assert_eq!(loggable("/x/cat_12345"), "/x/…");
        assert_eq!(
            loggable("/datasets/a-name-that-is-rather-long-for-a-word"),
            "/datasets/a-name-that-is-rather-long-for-a-word"
        );
    }

    #[test]
    fn pages_have_few_labels() {
        assert_eq!(page_route(Place::Page, "/cy"), "/");
        assert_eq!(page_route(Place::Page, "/cy/catalogue/a"), "/catalogue/…");
        assert_eq!(page_route(Place::Portal, "/admin/bundles/1"), "/admin/…");
        assert_eq!(page_route(Place::Page, "/wp-login.php"), "(other page)");
        assert_eq!(page_route(Place::PublicApi, "/v1/none"), "(unknown)");
    }
}
