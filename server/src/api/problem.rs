//! The error envelope of every API path (product contract, "Conventions").

mod faults;
mod refusals;
mod rendering;

pub(crate) use refusals::{missing_items, reasons};
pub use rendering::{method_not_allowed, not_found, panicked, render};

use axum::http::{HeaderMap, HeaderName, HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use chrono::{DateTime, SecondsFormat, Utc};
use serde_json::{Map, Value, json};
use services::Ctx;

use crate::http::refused::Marker;

/// An error as the API tells it; without a stamp it is completed by [`render`] on the way out.
#[derive(Clone, Debug)]
pub struct Problem {
    status: StatusCode,
    code: &'static str,
    message: String,
    details: Map<String, Value>,
    headers: Vec<(HeaderName, HeaderValue)>,
}

impl Problem {
    /// The problem of `error`, stamped with the time and id of the request.
    pub fn new(ctx: &Ctx, error: impl Into<Self>) -> Self {
        error.into().stamped(ctx.now, &ctx.request_id)
    }

    /// A problem without details.
    pub(crate) fn of(status: StatusCode, code: &'static str, message: impl Into<String>) -> Self {
        Self { status, code, message: message.into(), details: Map::new(), headers: Vec::new() }
    }

    /// The problem that a bare status stands for.
    pub(crate) fn of_status(status: StatusCode) -> Self {
        let (code, message) = match status {
            StatusCode::UNAUTHORIZED => ("UNAUTHORIZED", "Sign in to do this."),
            StatusCode::FORBIDDEN => ("FORBIDDEN", "You may not do this."),
            StatusCode::NOT_FOUND => ("NOT_FOUND", "Not found."),
            StatusCode::METHOD_NOT_ALLOWED => ("METHOD_NOT_ALLOWED", "This address does not take this method."),
            StatusCode::NOT_ACCEPTABLE => ("NOT_ACCEPTABLE", "There is no answer of the type asked for."),
            StatusCode::CONFLICT => ("CONFLICT", "The present state does not allow this."),
            StatusCode::PRECONDITION_FAILED => ("PRECONDITION_FAILED", "A condition of the request does not hold."),
            StatusCode::PAYLOAD_TOO_LARGE => ("PAYLOAD_TOO_LARGE", "This is larger than allowed."),
            StatusCode::UNSUPPORTED_MEDIA_TYPE => {
                ("UNSUPPORTED_MEDIA_TYPE", "Send JSON with Content-Type: application/json.")
            }
            StatusCode::PRECONDITION_REQUIRED => {
                ("PRECONDITION_REQUIRED", "Say which revision you are changing, with If-Match.")
            }
            StatusCode::TOO_MANY_REQUESTS => ("RATE_LIMITED", "Too many requests. Wait and try again."),
            StatusCode::SERVICE_UNAVAILABLE => {
                ("DEPENDENCY_UNAVAILABLE", "Something that this needs cannot be reached now.")
            }
            StatusCode::REQUEST_TIMEOUT | StatusCode::GATEWAY_TIMEOUT => ("TIMEOUT", "This took too long. Try again."),
            other if other.is_server_error() => {
                ("INTERNAL_ERROR", "Something went wrong on our side. It has been noted.")
            }
            _ => ("VALIDATION_ERROR", "The request could not be read."),
        };
        Self::of(status, code, message)
    }

    /// The same problem with one more detail.
    #[must_use]
    pub(crate) fn with(mut self, name: &str, value: impl Into<Value>) -> Self {
        self.details.insert(name.to_owned(), value.into());
        self
    }

    /// The same problem with a header.
    #[must_use]
    pub(crate) fn with_header(mut self, name: HeaderName, value: &str) -> Self {
        if let Ok(value) = HeaderValue::from_str(value) {
            self.headers.push((name, value));
        }
        self
    }

    /// The status it will be answered with.
    #[must_use]
    pub const fn status(&self) -> StatusCode {
        self.status
    }

    /// What the audit trail has to know of it: only that a right was missing.
    fn refused_right(&self) -> Option<Marker> {
        let permission = || self.details.get("permission").and_then(Value::as_str).map(ToOwned::to_owned);
        matches!(self.code, "FORBIDDEN" | "FOUR_EYES_REQUIRED").then(|| Marker {
            code: self.code,
            message: self.message.clone(),
            permission: permission(),
        })
    }

    fn stamped(self, now: DateTime<Utc>, trace_id: &str) -> Self {
        self.with("timestamp", now.to_rfc3339_opts(SecondsFormat::AutoSi, true)).with("trace_id", trace_id)
    }

    fn is_stamped(&self) -> bool {
        self.details.contains_key("timestamp")
    }
}

impl IntoResponse for Problem {
    fn into_response(self) -> Response {
        let mut headers: HeaderMap = self.headers.iter().cloned().collect();
        headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
        if !self.is_stamped() {
            let mut answer = (self.status, headers).into_response();
            answer.extensions_mut().insert(self);
            return answer;
        }
        headers.insert(header::CONTENT_TYPE, HeaderValue::from_static("application/json"));
        let envelope = json!({"error": {"code": self.code, "message": self.message, "details": self.details}});
        (self.status, headers, envelope.to_string()).into_response()
    }
}
