//! The answers that are kept, and what a repetition gets.

use axum::body::{Body, to_bytes};
use axum::http::{HeaderMap, HeaderName, HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use domain::refusal::{FieldProblem, Refusal};
use persistence::idempotency::{self, Attempt, KeptAnswer};
use serde_json::Value;
use services::Ctx;

use super::passing::Passing;
use super::recognising::Recognised;
use crate::api::problem::Problem;
use crate::state::AppState;

/// The largest answer that is kept.
const MAX_ANSWER: usize = 4 << 20;
/// The headers that belong to the answer itself.
const REPEATED: [HeaderName; 5] =
    [header::CONTENT_TYPE, header::ETAG, header::LOCATION, header::CACHE_CONTROL, header::LINK];
/// Fields that hold a secret which is shown once and never kept.
const SECRETS: [&str; 7] = ["token", "secret", "link", "password", "recovery_codes", "client_secret", "signing_secret"];

/// The answer of an attempt that came before; `None` where it was cut off without effect.
///
/// The body, of at most so many bytes, is read only where there is an answer to give.
pub async fn repeated(
    ctx: &Ctx,
    known: &Recognised,
    before: &Attempt,
    passing: &Passing,
    most: u64,
) -> Result<Option<Response>, Problem> {
    let another = || conflict("This key was used with another body. Send a new key with a new request.");
    if !before.fingerprint.starts_with(&known.head) {
        return Err(another());
    }
    match &before.answer {
        Some(answer) => {
            let content = passing.read_on(most).await.map_err(|_| interrupted())?;
            let same = content.is_some_and(|content| before.fingerprint == known.with(&content));
            if same { replay(answer).map(Some) } else { Err(another()) }
        }
        None if before.locked_until > ctx.now => Err(under_way()),
        None if before.committed => Err(conflict(
            "The first request with this key took effect, but its answer was lost. Read what is there now before you \
             send anything with a new key.",
        )),
        None => Ok(None),
    }
}

/// The refusal while the first request has not been answered yet.
pub fn under_way() -> Problem {
    conflict("The first request with this key is still being carried out. Send it again in a moment.")
        .with_header(header::RETRY_AFTER, "1")
}

fn interrupted() -> Problem {
    let problem = FieldProblem::new("", "interrupted", "The body did not arrive whole.");
    Refusal::Unreadable { problems: vec![problem] }.into()
}

fn conflict(message: &str) -> Problem {
    Problem::of(StatusCode::CONFLICT, "CONFLICT", message).with("header", "Idempotency-Key")
}

fn replay(kept: &KeptAnswer) -> Result<Response, Problem> {
    let Some(body) = &kept.body else {
        return Err(conflict(
            "This was done with the first request. Its answer held a secret, which is shown once and not kept.",
        ));
    };
    let pairs: Vec<(String, String)> = serde_json::from_str(&kept.headers)?;
    let mut headers = HeaderMap::new();
    for (name, value) in pairs {
        if let (Ok(name), Ok(value)) = (HeaderName::try_from(name), HeaderValue::try_from(value)) {
            headers.insert(name, value);
        }
    }
    headers.insert(HeaderName::from_static("idempotent-replayed"), HeaderValue::from_static("true"));
    let status = StatusCode::from_u16(kept.status).unwrap_or(StatusCode::OK);
    Ok((status, headers, body.clone()).into_response())
}

/// Keeps the answer of what was carried out or refused by a rule; frees the key of anything else, and of what was refused
/// before all of its content was there to be recognised by.
pub async fn kept(state: &AppState, known: &Recognised, content: Option<&str>, answer: Response) -> Response {
    let id = &known.id;
    let status = answer.status();
    let ruled = matches!(status, StatusCode::CONFLICT | StatusCode::UNPROCESSABLE_ENTITY);
    let lasting = status.is_success() || (ruled && content.is_some());
    let db = state.services.db.pool();
    if !lasting {
        if let Err(error) = idempotency::release(db, id).await {
            tracing::warn!(error = &error as &dyn std::error::Error, "a key could not be freed; it frees itself");
        }
        return answer;
    }
    let (parts, body) = answer.into_parts();
    let Ok(bytes) = to_bytes(body, MAX_ANSWER).await else {
        tracing::error!("an answer was too large to be kept");
        return StatusCode::INTERNAL_SERVER_ERROR.into_response();
    };
    let headers: Vec<(&str, &str)> =
        REPEATED.iter().filter_map(|name| Some((name.as_str(), parts.headers.get(name)?.to_str().ok()?))).collect();
    let body = String::from_utf8(bytes.to_vec()).ok().filter(|text| !holds_a_secret(text));
    let kept = KeptAnswer {
        status: status.as_u16(),
        headers: serde_json::to_string(&headers).unwrap_or_else(|_| "[]".to_owned()),
        body,
    };
    if let Err(error) = idempotency::keep(db, id, &known.with(content.unwrap_or_default()), &kept).await {
        // What was done is noted beside the key already, so that nobody does it again.
        tracing::error!(error = &error as &dyn std::error::Error, "an answer could not be kept for its repetition");
    }
    Response::from_parts(parts, Body::from(bytes))
}

fn holds_a_secret(body: &str) -> bool {
    match serde_json::from_str::<Value>(body) {
        Ok(Value::Object(object)) => SECRETS.iter().any(|name| object.contains_key(*name)),
        _ => false,
    }
}
