//! Who may read from other origins, and what each address takes (`OPTIONS`).

use axum::body::Body;
use axum::http::{HeaderMap, HeaderName, HeaderValue, Method, StatusCode, header};
use axum::response::Response;

use super::places::Place;

const EXPOSED: &str = "ETag, Link, Location, RateLimit, RateLimit-Policy, Retry-After, X-Request-Id, traceparent, \
                       Content-Disposition, Content-Range, Repr-Digest, Idempotent-Replayed, Allow, \
                       Tus-Resumable, Tus-Version, Tus-Extension, Tus-Max-Size, Upload-Offset, Upload-Length, \
                       Upload-Expires";
/// What pages of any origin may send along with a public read.
const OF_ANYBODY: &str = "Accept, Content-Type, If-None-Match, If-Modified-Since, If-Range, Range, traceparent";
/// What pages of configured origins may send besides.
const OF_CONFIGURED: &str = "Accept, Authorization, Content-Type, Idempotency-Key, If-Match, If-None-Match, \
                             If-Modified-Since, If-Range, Range, traceparent, Tus-Resumable, Upload-Offset, \
                             Upload-Length, Upload-Metadata, Upload-Checksum, X-HTTP-Method-Override";
/// Seconds for which a browser may remember a permission.
const REMEMBERED: &str = "600";

/// What an asking page says of itself.
#[derive(Clone, Debug)]
pub struct Asking {
    place: Place,
    method: Method,
    origin: Option<String>,
    preflight_for: Option<String>,
}

impl Asking {
    /// Reads the head of a request.
    #[must_use]
    pub fn of(place: Place, method: &Method, headers: &HeaderMap) -> Self {
        let text = |name: HeaderName| headers.get(name).and_then(|v| v.to_str().ok()).map(str::to_owned);
        Self {
            place,
            method: method.clone(),
            origin: text(header::ORIGIN).map(|origin| origin.to_ascii_lowercase()),
            preflight_for: text(header::ACCESS_CONTROL_REQUEST_METHOD),
        }
    }

    /// Completes the answer: `OPTIONS` of a known address, `Allow`, and the permission to read from elsewhere.
    pub fn complete(&self, answer: &mut Response, configured: &[String]) {
        complete_allow(answer.headers_mut());
        if self.method == Method::OPTIONS && answer.status() == StatusCode::METHOD_NOT_ALLOWED {
            *answer.status_mut() = StatusCode::NO_CONTENT;
            *answer.body_mut() = Body::empty();
            for name in [header::CONTENT_TYPE, header::CONTENT_LENGTH, header::CONTENT_ENCODING] {
                answer.headers_mut().remove(name);
            }
        }
        if self.place.is_api() {
            self.grant(answer.headers_mut(), configured);
        }
    }

    /// Permits pages of other origins to read an answer of the API.
    pub fn grant(&self, headers: &mut HeaderMap, configured: &[String]) {
        if !configured.is_empty() {
            headers.append(header::VARY, HeaderValue::from_static("Origin"));
        }
        let known = self.origin.as_ref().filter(|origin| configured.contains(origin));
        let wanted = self.preflight_for.as_deref().unwrap_or(self.method.as_str());
        let reading = matches!(wanted, "GET" | "HEAD" | "OPTIONS");
        let public = self.place == Place::PublicApi && reading;
        let origin = match known {
            Some(origin) => HeaderValue::from_str(origin).ok(),
            None => public.then(|| HeaderValue::from_static("*")),
        };
        let Some(origin) = origin else { return };
        headers.insert(header::ACCESS_CONTROL_ALLOW_ORIGIN, origin);
        headers.insert(header::ACCESS_CONTROL_EXPOSE_HEADERS, HeaderValue::from_static(EXPOSED));
        if self.method == Method::OPTIONS && self.preflight_for.is_some() {
            let methods = match (known, headers.get(header::ALLOW)) {
                (Some(_), Some(allowed)) => allowed.clone(),
                _ => HeaderValue::from_static("GET, HEAD, OPTIONS"),
            };
            let sent = if known.is_some() { OF_CONFIGURED } else { OF_ANYBODY };
            headers.insert(header::ACCESS_CONTROL_ALLOW_METHODS, methods);
            headers.insert(header::ACCESS_CONTROL_ALLOW_HEADERS, HeaderValue::from_static(sent));
            headers.insert(header::ACCESS_CONTROL_MAX_AGE, HeaderValue::from_static(REMEMBERED));
        }
    }
}

/// Every address that takes anything takes `OPTIONS` too.
fn complete_allow(headers: &mut HeaderMap) {
    let Some(allowed) = headers.get(header::ALLOW).and_then(|value| value.to_str().ok()) else { return };
    let mut methods: Vec<&str> = allowed.split(',').map(str::trim).filter(|method| !method.is_empty()).collect();
    if !methods.contains(&"OPTIONS") {
        methods.push("OPTIONS");
    }
    if let Ok(value) = HeaderValue::from_str(&methods.join(", ")) {
        headers.insert(header::ALLOW, value);
    }
}
