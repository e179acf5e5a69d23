//! Requests to other systems: one client with limits, and what an answer means for whoever sends.

use std::time::Duration;

use opentelemetry::trace::TraceContextExt;
use reqwest::header::{DATE, HeaderMap, RETRY_AFTER};
use reqwest::{Client, RequestBuilder, StatusCode, Url};
use serde_json::Value;
use tracing::Span;
use tracing_opentelemetry::OpenTelemetrySpanExt;

/// The most bytes of an answer that are read.
const LONGEST_ANSWER: usize = 64 * 1024;
/// How much of an answer is told, in characters.
const TOLD: usize = 300;

/// Why something was not delivered.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum DeliveryError {
    /// The receiver cannot be reached, is too slow, or says that it cannot work now (429, 5xx).
    #[error("{message}")]
    Unavailable {
        /// What happened.
        message: String,
        /// The HTTP status, where it answered.
        status: Option<u16>,
        /// How long it asks to be left in peace (RFC 9110, section 10.2.3).
        retry_after: Option<Duration>,
    },
    /// The receiver is up and does not take this.
    #[error("{message}")]
    Refused {
        /// What it said.
        message: String,
        /// The HTTP status, where it answered.
        status: Option<u16>,
    },
}

impl DeliveryError {
    /// The receiver could not be reached.
    pub fn unavailable(message: impl Into<String>) -> Self {
        Self::Unavailable { message: message.into(), status: None, retry_after: None }
    }

    /// The receiver does not take this.
    pub fn refused(message: impl Into<String>) -> Self {
        Self::Refused { message: message.into(), status: None }
    }

    /// The HTTP status answered.
    #[must_use]
    pub const fn status(&self) -> Option<u16> {
        match self {
            Self::Unavailable { status, .. } | Self::Refused { status, .. } => *status,
        }
    }
}

/// A client that follows no redirects and waits no longer than `patience`, connecting included.
pub(crate) fn client(patience: Duration) -> Result<Client, DeliveryError> {
    let builder = Client::builder().redirect(reqwest::redirect::Policy::none()).timeout(patience);
    builder.build().map_err(|error| DeliveryError::unavailable(format!("no client can be made: {error}")))
}

/// An address that requests can be sent to.
pub(crate) fn address(text: &str) -> Result<Url, DeliveryError> {
    Url::parse(text).map_err(|error| DeliveryError::refused(format!("the address cannot be read: {error}")))
}

/// An answer that was understood.
#[derive(Clone, Debug)]
pub(crate) struct Answer {
    pub status: u16,
    pub body: Vec<u8>,
}

impl Answer {
    /// The body as JSON.
    pub fn json(&self) -> Result<Value, DeliveryError> {
        serde_json::from_slice(&self.body)
            .map_err(|error| DeliveryError::unavailable(format!("the answer is not JSON: {error}")))
    }
}

/// The trace that is under way, for whoever is told something within it (W3C Trace Context, version 00); `None` where traces go
/// nowhere, as nobody could look it up.
pub(crate) fn trace_parent() -> Option<String> {
    let context = Span::current().context();
    let at = context.span().span_context().clone();
    at.is_valid().then(|| format!("00-{}-{}-{:02x}", at.trace_id(), at.span_id(), u8::from(at.is_sampled())))
}

/// Sends a request; anything but 2xx is an error.
pub(crate) async fn send(request: RequestBuilder) -> Result<Answer, DeliveryError> {
    let request = match trace_parent() {
        Some(trace) => request.header("traceparent", trace),
        None => request,
    };
    let mut answer = request.send().await.map_err(|error| unreachable(&error))?;
    let status = answer.status();
    let retry_after = retry_after(answer.headers());
    let mut body = Vec::new();
    while let Some(part) = answer.chunk().await.map_err(|error| unreachable(&error))? {
        body.extend_from_slice(part.get(..LONGEST_ANSWER.saturating_sub(body.len())).unwrap_or(&part));
        if body.len() >= LONGEST_ANSWER {
            break;
        }
    }
    if status.is_success() {
        return Ok(Answer { status: status.as_u16(), body });
    }
    let message = format!("it answered {}{}", status.as_u16(), told(&body));
    let status_code = Some(status.as_u16());
    let later = status.is_server_error()
        || matches!(status, StatusCode::TOO_MANY_REQUESTS | StatusCode::REQUEST_TIMEOUT | StatusCode::TOO_EARLY);
    Err(if later {
        DeliveryError::Unavailable { message, status: status_code, retry_after }
    } else {
        DeliveryError::Refused { message, status: status_code }
    })
}

/// How long the answer asks to wait (RFC 9110, section 10.2.3); a date is taken by the clock of whoever answered.
fn retry_after(headers: &HeaderMap) -> Option<Duration> {
    let text = |name| headers.get(name).and_then(|value| value.to_str().ok()).map(str::trim);
    let asked = text(RETRY_AFTER)?;
    if let Ok(seconds) = asked.parse() {
        return Some(Duration::from_secs(seconds));
    }
    let then = httpdate::parse_http_date(asked).ok()?;
    let now = httpdate::parse_http_date(text(DATE)?).ok()?;
    Some(then.duration_since(now).unwrap_or_default())
}

/// The beginning of an answer, on one line.
fn told(body: &[u8]) -> String {
    let text = String::from_utf8_lossy(body).replace(char::is_control, " ");
    let plain: String = text.split_whitespace().collect::<Vec<_>>().join(" ").chars().take(TOLD).collect();
    if plain.is_empty() { String::new() } else { format!(": {plain}") }
}

/// What went wrong, without the address, which may hold a secret.
fn unreachable(error: &reqwest::Error) -> DeliveryError {
    let what = if error.is_timeout() {
        "it did not answer in time"
    } else if error.is_connect() {
        "no connection"
    } else {
        "the connection was lost"
    };
    let mut cause = std::error::Error::source(error);
    let mut last = None;
    while let Some(deeper) = cause {
        last = Some(deeper);
        cause = deeper.source();
    }
    DeliveryError::unavailable(last.map_or_else(|| what.to_owned(), |last| format!("{what}: {last}")))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn waits(headers: &[(&'static str, &'static str)]) -> Option<u64> {
        let headers = headers.iter().map(|(name, value)| (name.parse().unwrap(), value.parse().unwrap()));
        retry_after(&headers.collect()).map(|wait| wait.as_secs())
    }

    #[test]
    fn an_answer_asks_to_wait_by_seconds_or_by_a_date_of_its_own_clock() {
        let date = ("date", "Sun, 06 Nov 1994 08:49:37 GMT");
        assert_eq!(waits(&[("retry-after", " 120 ")]), Some(120));
        assert_eq!(waits(&[date, ("retry-after", "Sun, 06 Nov 1994 08:51:37 GMT")]), Some(120));
        assert_eq!(waits(&[date, ("retry-after", "Sun, 06 Nov 1994 08:40:00 GMT")]), Some(0));
        assert_eq!(waits(&[("retry-after", "Sun, 06 Nov 1994 08:51:37 GMT")]), None);
        assert_eq!((waits(&[date]), waits(&[("retry-after", "soon")])), (None, None));
    }
}
