//! Reads a posted form once more than the server function does, so that a refused form keeps what was typed.

use axum::body::{Body, to_bytes};
use axum::extract::Request;
use axum::http::{StatusCode, header};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};

/// The largest form without files, in bytes.
const MAX_FORM: usize = 1 << 20;

/// The fields of the form as posted.
#[derive(Clone, Debug, Default)]
pub struct Submitted(pub Vec<(String, String)>);

/// Puts the fields of a URL-encoded form into the request's extensions.
pub async fn remember(request: Request, next: Next) -> Response {
    let is_form = request
        .headers()
        .get(header::CONTENT_TYPE)
        .and_then(|value| value.to_str().ok())
        .is_some_and(|value| value.starts_with("application/x-www-form-urlencoded"));
    if !is_form {
        return next.run(request).await;
    }
    let (mut parts, body) = request.into_parts();
    let Ok(bytes) = to_bytes(body, MAX_FORM).await else {
        return (StatusCode::PAYLOAD_TOO_LARGE, "This form is larger than 1 MB.").into_response();
    };
    let fields = serde_urlencoded::from_bytes::<Vec<(String, String)>>(&bytes).unwrap_or_default();
    parts.extensions.insert(Submitted(fields));
    next.run(Request::from_parts(parts, Body::from(bytes))).await
}
