//! Requests to other systems: one client with limits, and what an answer means for whoever sends.

use std::time::Duration;

use reqwest::{Client, RequestBuilder, StatusCode, Url};
use serde_json::Value;

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

/// Sends a request; anything but 2xx is an error.
pub(crate) async fn send(request: RequestBuilder) -> Result<Answer, DeliveryError> {
    let mut answer = request.send().await.map_err(|error| unreachable(&error))?;
    let status = answer.status();
    let retry_after = answer.headers().get(reqwest::header::RETRY_AFTER).and_then(|value| value.to_str().ok());
    let retry_after = retry_after.and_then(|text| text.trim().parse().ok()).map(Duration::from_secs);
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
