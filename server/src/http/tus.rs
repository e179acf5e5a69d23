//! What every answer of resumable uploads owes to the protocol (tus 1.0), and what `OPTIONS` tells of it.

use axum::http::{HeaderMap, HeaderName, HeaderValue, Method};

/// The version spoken.
pub const VERSION: &str = "1.0.0";
const EXTENSIONS: &str = "creation,creation-with-upload,checksum,expiration,termination";
const ALGORITHMS: &str = "sha256,sha1";

/// Whether it is an address of resumable uploads.
#[must_use]
pub fn is_upload(path: &str) -> bool {
    let path = path.strip_prefix("/v1").unwrap_or(path);
    path == "/files/uploads" || path.starts_with("/files/uploads/")
}

/// Completes the headers of an answer.
pub fn complete(method: &Method, headers: &mut HeaderMap, most: u64) {
    let mut tell = |name: &'static str, value: HeaderValue| headers.insert(HeaderName::from_static(name), value);
    tell("tus-resumable", HeaderValue::from_static(VERSION));
    if *method == Method::OPTIONS {
        tell("tus-version", HeaderValue::from_static(VERSION));
        tell("tus-extension", HeaderValue::from_static(EXTENSIONS));
        tell("tus-checksum-algorithm", HeaderValue::from_static(ALGORITHMS));
        tell("tus-max-size", HeaderValue::from(most));
    }
}
