//! The last thing before an answer leaves: every error becomes the envelope.

use std::any::Any;

use axum::extract::Request;
use axum::http::{HeaderName, StatusCode, header};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use services::Ctx;

use super::Problem;
use crate::http::trace::RequestId;

/// Completes problems with time and trace id, and turns any other error without a JSON body into the envelope.
///
/// The API's own routers carry it already; it belongs around the layers that can answer instead of them, too.
pub async fn render(request: Request, next: Next) -> Response {
    let ctx = request.extensions().get::<Ctx>().cloned();
    let id = request.extensions().get::<RequestId>().map(|id| id.0.clone()).unwrap_or_default();
    let mut answer = next.run(request).await;
    if !answer.status().is_client_error() && !answer.status().is_server_error() {
        return answer;
    }
    let problem = match answer.extensions_mut().remove::<Problem>() {
        Some(problem) => problem,
        None if is_json(&answer) => return answer,
        None => Problem::of_status(answer.status()),
    };
    let problem = match ctx {
        Some(ctx) => problem.stamped(ctx.now, &ctx.request_id),
        None => stamped_without_context(problem, &id),
    };
    let refused = problem.refused_right();
    let mut rendered = problem.into_response();
    if let Some(refused) = refused {
        rendered.extensions_mut().insert(refused);
    }
    let embedding = HeaderName::from_static("cross-origin-resource-policy");
    for name in [header::ALLOW, header::WWW_AUTHENTICATE, header::RETRY_AFTER, header::SET_COOKIE, embedding] {
        if let Some(value) = answer.headers_mut().remove(&name) {
            rendered.headers_mut().entry(name).or_insert(value);
        }
    }
    rendered
}

fn stamped_without_context(problem: Problem, id: &str) -> Problem {
    problem.stamped(crate::clock::system().now(), id)
}

fn is_json(answer: &Response) -> bool {
    let media_type = answer.headers().get(header::CONTENT_TYPE).and_then(|value| value.to_str().ok());
    media_type.is_some_and(|text| text.starts_with("application/json"))
}

/// The answer of an unknown API path.
pub async fn not_found() -> Problem {
    Problem::of_status(StatusCode::NOT_FOUND)
}

/// The answer of a known path to a method it does not take; `Allow` is added by the router.
pub async fn method_not_allowed() -> Problem {
    Problem::of_status(StatusCode::METHOD_NOT_ALLOWED)
}

/// The answer after a panic, for `CatchPanicLayer::custom` with [`render`] around it.
#[must_use]
pub fn panicked(payload: Box<dyn Any + Send + 'static>) -> Response {
    let text = payload
        .downcast_ref::<String>()
        .map(String::as_str)
        .or_else(|| payload.downcast_ref::<&str>().copied())
        .unwrap_or("unknown payload");
    tracing::error!(panic = text, "a request panicked");
    Problem::of_status(StatusCode::INTERNAL_SERVER_ERROR).into_response()
}

#[cfg(test)]
#[path = "tests.rs"]
mod tests;
