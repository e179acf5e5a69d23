//! The outermost layer: what is too long is refused, and every answer leaves with the headers it owes.

use axum::body::Body;
use axum::extract::{Request, State};
use axum::http::{HeaderMap, Method, StatusCode, Uri, header};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use services::Ctx;

use super::cors::Asking;
use super::places::Place;
use super::{headers, variants};
use crate::api::prefers_html;
use crate::api::problem::Problem;
use crate::pages::{self, TooLarge};
use crate::state::AppState;

/// The longest address, in bytes of path and query.
pub const LONGEST_ADDRESS: usize = 8 * 1024;
/// The largest head, in bytes of header names and values.
const LARGEST_HEAD: usize = 32 * 1024;

/// Refuses heads that are too large and completes every answer.
pub async fn complete(State(state): State<AppState>, mut request: Request, next: Next) -> Response {
    let place = Place::of(request.uri().path());
    let is_upload = super::tus::is_upload(request.uri().path());
    if is_upload && let Some(method) = super::tus::meant(request.method(), request.headers()) {
        *request.method_mut() = method;
    }
    let asking = Asking::of(place, request.method(), request.headers());
    let uploads = is_upload.then(|| request.method().clone());
    let head_only = *request.method() == Method::HEAD;
    let compressed = (place != Place::Asset).then(|| variants::take_off(request.headers_mut())).flatten();
    let mut answer = match too_large(request.uri(), request.headers()) {
        Some(what) => refused(what, place, &request),
        None => next.run(request).await,
    };
    if place != Place::Asset {
        let status = answer.status();
        variants::put_on(status, answer.headers_mut(), compressed);
    }
    asking.complete(&mut answer, &state.config.edge.cors_origins);
    if let Some(method) = uploads {
        super::tus::complete(&method, answer.headers_mut(), state.config.max_upload_bytes);
    }
    // What is not there takes no method; the router would tell of those that are merely hidden.
    if answer.status() == StatusCode::NOT_FOUND {
        answer.headers_mut().remove(header::ALLOW);
    }
    headers::harden(answer.headers_mut(), place, state.config.public_url.starts_with("https://"));
    if head_only && !answer.headers().contains_key(header::CONTENT_LENGTH) {
        // A body of unknown length, so that no length of zero is claimed for what a GET would bring.
        *answer.body_mut() = Body::from_stream(futures::stream::empty::<Result<bytes::Bytes, std::io::Error>>());
    }
    answer
}

/// Completes the headers of a remembered answer as [`complete`] would for a plain GET without an origin.
pub fn complete_remembered(state: &AppState, place: Place, headers: &mut HeaderMap) {
    variants::put_on(StatusCode::OK, headers, None);
    if place.is_api() {
        Asking::of(place, &Method::GET, &HeaderMap::new()).grant(headers, &state.config.edge.cors_origins);
    }
    headers::harden(headers, place, state.config.public_url.starts_with("https://"));
}

/// What of a request is larger than is read, if anything is.
fn too_large(uri: &Uri, headers: &HeaderMap) -> Option<TooLarge> {
    let address = uri.path_and_query().map_or(0, |text| text.as_str().len());
    if address > LONGEST_ADDRESS {
        return Some(TooLarge::Address);
    }
    let head: usize = headers.iter().map(|(name, value)| name.as_str().len() + value.len()).sum();
    (head > LARGEST_HEAD).then_some(TooLarge::Head)
}

/// The refusal: the envelope for machines, a page for people.
fn refused(what: TooLarge, place: Place, request: &Request) -> Response {
    if place.is_page() || (!place.is_api() && prefers_html(request.headers())) {
        return pages::too_large(&pages::Asked::of(request), what);
    }
    let message = match what {
        TooLarge::Address => "This address is longer than 8 kB.",
        TooLarge::Head => "The headers of the request are larger than 32 kB.",
    };
    let problem = Problem::of(StatusCode::BAD_REQUEST, "VALIDATION_ERROR", message);
    match request.extensions().get::<Ctx>() {
        Some(ctx) => Problem::new(ctx, problem).into_response(),
        None => StatusCode::BAD_REQUEST.into_response(),
    }
}
