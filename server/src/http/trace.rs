//! One span, one log line and one measurement for every request.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use axum::extract::{MatchedPath, Request, State};
use axum::http::{Extensions, HeaderMap, HeaderName, HeaderValue, Method, StatusCode};
use axum::middleware::Next;
use axum::response::Response;
use services::Ctx;
use tracing::{Instrument, Span, field};

use super::client::ClientAddress;
use super::places::Place;
use super::trace_parent::{TraceIds, TraceParent};
use crate::clock::Stopwatch;
use crate::state::AppState;
use crate::telemetry;

/// The request's id: the trace id of a W3C `traceparent`, or a new one of the same form.
#[derive(Clone, Debug)]
pub struct RequestId(pub String);

/// Whether the request was refused because the office has switched maintenance on: that is planned, and no fault.
///
/// It goes with the request, not with the answer, which other layers may make anew.
#[derive(Clone, Debug, Default)]
pub struct Planned(Arc<AtomicBool>);

impl Planned {
    /// Notes that the request of these extensions is refused as planned.
    pub fn note(extensions: &Extensions) {
        if let Some(planned) = extensions.get::<Self>() {
            planned.0.store(true, Ordering::Relaxed);
        }
    }

    fn is_noted(&self) -> bool {
        self.0.load(Ordering::Relaxed)
    }
}

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
    let (span, ids) = begin(method, request.headers());
    request.extensions_mut().insert(RequestId(ids.trace_id.clone()));
    request.extensions_mut().insert(Ctx::public(began, ids.trace_id.clone()));
    request.extensions_mut().insert(client);
    let planned = Planned::default();
    request.extensions_mut().insert(planned.clone());
    let path = loggable(request.uri().path());
    let under_way = UnderWay::begin();
    let mut answer = next.run(request).instrument(span.clone()).await;
    drop(under_way);
    let route = answer.extensions().get::<Route>().map_or_else(|| page_route(place, &path), |route| route.0.clone());
    name(answer.headers_mut(), &ids);
    let (status, took, planned) = (answer.status().as_u16(), watch.elapsed(), planned.is_noted());
    Answered { place, method, route, path, client, status, planned, took }.tell(&span);
    answer
}

/// Notes a request that was answered from memory, under an id as any other.
pub fn remembered(asked: &Remembered<'_>, watch: &Stopwatch, answer: &mut Response) {
    let Remembered { request, place, path, meters, client, exported } = asked;
    // A span costs as much as the rest of such an answer; without an export its only use would be the trace id.
    let (span, ids) = if *exported {
        begin("GET", request.headers())
    } else {
        (Span::none(), TraceIds::of(&Span::none(), TraceParent::read(request.headers())))
    };
    name(answer.headers_mut(), &ids);
    let (status, took) = (answer.status(), watch.elapsed());
    let count = if status == StatusCode::OK { &meters.whole } else { &meters.not_modified };
    count.increment(1);
    meters.duration.record(took.as_secs_f64());
    if *exported {
        span.record("http.route", &meters.route).record("http.response.status_code", status.as_u16());
        let status = status.as_u16();
        let line = Line { place: *place, method: "GET", path, client: *client, status, is_fault: status >= 500, took };
        return line.write(&span);
    }
    let ms = took.as_secs_f64() * 1000.0;
    let status = status.as_u16();
    let client = client.0.map(field::display);
    tracing::info!(target: telemetry::CLEAN, trace_id = ids.trace_id, method = "GET", path, status, ms, client, route = meters.route, "answered");
}

/// A GET that is answered from memory.
#[derive(Debug)]
pub struct Remembered<'a> {
    /// The request.
    pub request: &'a Request,
    /// The sort of its address.
    pub place: Place,
    /// Who asks.
    pub client: ClientAddress,
    /// Its path, as it may stand in the log.
    pub path: &'a str,
    /// What counts it.
    pub meters: &'a Meters,
    /// Whether traces are exported.
    pub exported: bool,
}

/// What counts answers to a GET of one address, looked up once for all of them.
pub struct Meters {
    route: String,
    whole: metrics::Counter,
    not_modified: metrics::Counter,
    duration: metrics::Histogram,
}

impl Meters {
    /// The meters of an address: by its template, else by the sort of page.
    #[must_use]
    pub fn of(place: Place, route: Option<&str>, path: &str) -> Self {
        let route = &route.map_or_else(|| page_route(place, path), str::to_owned);
        let labels = |status: StatusCode| labels("GET", place, route, status.as_str());
        Self {
            route: route.to_owned(),
            whole: metrics::counter!("http_requests_total", &labels(StatusCode::OK)),
            not_modified: metrics::counter!("http_requests_total", &labels(StatusCode::NOT_MODIFIED)),
            duration: metrics::histogram!("http_request_duration_seconds", &labels(StatusCode::OK)[..3]),
        }
    }
}

impl std::fmt::Debug for Meters {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_tuple("Meters").field(&self.route).finish()
    }
}

/// By what requests are told apart in the metrics, the status last.
fn labels(method: &str, place: Place, route: &str, status: &str) -> [(&'static str, String); 4] {
    [
        ("method", method.to_owned()),
        ("kind", place.kind().to_owned()),
        ("route", route.to_owned()),
        ("status", status.to_owned()),
    ]
}

/// The span of a request and its ids.
fn begin(method: &'static str, headers: &HeaderMap) -> (Span, TraceIds) {
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
    let ids = TraceIds::of(&span, TraceParent::read(headers));
    span.record("trace_id", &ids.trace_id).record("request_id", &ids.trace_id);
    (span, ids)
}

/// Writes the ids into the head of an answer.
fn name(headers: &mut HeaderMap, ids: &TraceIds) {
    for (name, value) in [("x-request-id", &ids.trace_id), ("traceparent", &ids.header())] {
        if let Ok(value) = HeaderValue::from_str(value) {
            headers.insert(HeaderName::from_static(name), value);
        }
    }
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
    planned: bool,
    took: Duration,
}

/// What stands for the status in the figures where a request was refused as planned.
const MAINTENANCE: &str = "maintenance";

impl Answered {
    fn tell(self, span: &Span) {
        let Self { place, method, route, path, client, status, planned, took } = self;
        span.record("http.route", &route).record("http.response.status_code", status);
        let labels = if planned {
            labels(method, place, &route, MAINTENANCE)
        } else {
            labels(method, place, &route, &status.to_string())
        };
        metrics::counter!("http_requests_total", &labels).increment(1);
        metrics::histogram!("http_request_duration_seconds", &labels[..3]).record(took.as_secs_f64());
        if status >= 400 && !planned {
            let class = if status >= 500 { "5xx" } else { "4xx" };
            metrics::counter!("http_request_errors_total", "class" => class, "route" => route).increment(1);
        }
        Line { place, method, path: &path, client, status, is_fault: status >= 500 && !planned, took }.write(span);
    }
}

/// The line of a request in the log.
struct Line<'a> {
    place: Place,
    method: &'a str,
    path: &'a str,
    client: ClientAddress,
    status: u16,
    is_fault: bool,
    took: Duration,
}

impl Line<'_> {
    fn write(self, span: &Span) {
        let Self { place, method, path, client, status, is_fault, took } = self;
        let ms = took.as_secs_f64() * 1000.0;
        let client = client.0.map_or_else(|| "unknown".to_owned(), |address| address.to_string());
        span.in_scope(|| {
            if is_fault {
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
        (
            Place::Page | Place::Portal,
            word @ ("search" | "topics" | "releases" | "publication-log" | "catalogue" | "developers"),
        ) => format!("/{word}/…"),
        (Place::Portal, word @ ("admin" | "account" | "ops")) => format!("/{word}/…"),
        (Place::Page, _) => "(other page)".to_owned(),
        _ => "(unknown)".to_owned(),
    }
}

/// The path as it may stand in the log: without words that open something: secrets of accounts and tokens may stand in addresses.
#[must_use]
pub fn loggable(path: &str) -> String {
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
    fn what_maintenance_refuses_is_no_fault_in_the_figures() {
        let counted = |planned: bool| {
            let recorder = metrics_exporter_prometheus::PrometheusBuilder::new().build_recorder();
            metrics::with_local_recorder(&recorder, || {
                let (route, path) = ("/v1/datasets".to_owned(), "/v1/datasets".to_owned());
                let (place, client, took) = (Place::PublicApi, ClientAddress::default(), Duration::from_millis(1));
                Answered { place, method: "POST", route, path, client, status: 503, planned, took }.tell(&Span::none());
            });
            recorder.handle().render()
        };
        let fault = counted(false);
        assert!(fault.contains("status=\"503\"") && fault.contains("class=\"5xx\""), "{fault}");
        let planned = counted(true);
        assert!(
            planned.contains("status=\"maintenance\"") && !planned.contains("http_request_errors_total"),
            "{planned}"
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
