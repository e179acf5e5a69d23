//! `/admin/events`: what an open page of the portal is told of others, as Server-Sent Events or once as JSON (ADR 30).

mod streams;
mod told;

pub use streams::Streams;

use axum::Extension;
use axum::extract::{Query, State};
use axum::http::{HeaderMap, HeaderName, HeaderValue, StatusCode, header};
use axum::response::sse::{KeepAlive, Sse};
use axum::response::{IntoResponse, Response};
use domain::event::ViaKind;
use domain::presence::{Drawn, Watched};
use domain::refusal::Refusal;
use futures::stream::unfold;
use serde::Deserialize;
use services::Ctx;
use tower_sessions::Session;

use self::streams::{Full, RETRY_AFTER};
use self::told::{ALIVE, OpenPage, Told};
use crate::api::problem::Problem;
use crate::faults;
use crate::state::AppState;

/// Where it is asked.
pub const PATH: &str = "/admin/events";
/// What a script of a page says with a request that nobody made: the page draws itself anew.
pub const BY_ITSELF: &str = "x-by-itself";

/// Whether an open page asks by itself, which is no sign of a person.
#[must_use]
pub fn is_by_itself(path: &str, headers: &HeaderMap) -> bool {
    let follows = path.starts_with("/v1/bundles/") && path.ends_with("/events");
    path == PATH || path == faults::PATH || follows || headers.contains_key(BY_ITSELF)
}

/// What a page says of itself.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub struct Page {
    /// Its path.
    at: String,
    /// The last change that it knows of.
    since: String,
    /// Anything where its reader is typing in a form.
    typing: String,
}

/// Tells a page about others: with `Accept: text/event-stream` as it goes on, otherwise once.
pub async fn events(
    State(state): State<AppState>,
    Extension(ctx): Extension<Ctx>,
    session: Session,
    headers: HeaderMap,
    Query(page): Query<Page>,
) -> Response {
    let mut answer = match answer(state, &ctx, &session, &headers, page).await {
        Ok(answer) => answer,
        Err(problem) => Problem::new(&ctx, problem).into_response(),
    };
    answer.headers_mut().insert(header::CACHE_CONTROL, HeaderValue::from_static("private, no-store"));
    answer
}

async fn answer(
    state: AppState,
    ctx: &Ctx,
    session: &Session,
    headers: &HeaderMap,
    page: Page,
) -> Result<Response, Problem> {
    if !from_here(headers) {
        return Err(Problem::of_status(StatusCode::FORBIDDEN));
    }
    let by_session = ctx.via.as_ref().is_some_and(|via| via.kind == ViaKind::Session);
    let session = session.id().filter(|_| by_session).ok_or(Refusal::Unauthenticated)?.to_string();
    let (at, drawn) = (Watched::at(&page.at), Drawn::at(&page.at));
    let open = OpenPage { at, drawn, mark: page.since, typing: !page.typing.is_empty() };
    if !takes_events(headers) {
        return Ok(told::once(&state, ctx, &open).await?.into_response());
    }
    let person = ctx.caller()?.actor.id.clone();
    let seat = state.streams.take(&person).map_err(|full| refused(&person, full))?;
    let told = Told::begin(state, ctx.clone(), session, open, seat).await?;
    let mut answer = Sse::new(unfold(told, Told::next)).keep_alive(KeepAlive::new().interval(ALIVE)).into_response();
    // Proxies that gather an answer before they pass it on would keep all of this back.
    answer.headers_mut().insert(HeaderName::from_static("x-accel-buffering"), HeaderValue::from_static("no"));
    Ok(answer)
}

/// Asking is noting that somebody is there, so no other site may have a browser ask.
fn from_here(headers: &HeaderMap) -> bool {
    headers.get("sec-fetch-site").is_none_or(|site| site == "same-origin")
}

/// Whether the reader says that it takes a stream of events.
pub(crate) fn takes_events(headers: &HeaderMap) -> bool {
    let accepted = headers.get_all(header::ACCEPT).iter().filter_map(|value| value.to_str().ok());
    accepted.flat_map(|line| line.split(',')).any(|kind| kind.trim().starts_with("text/event-stream"))
}

fn refused(person: &str, full: Full) -> Problem {
    let reason = full.as_str();
    tracing::warn!(user.id = person, reason, "a stream of events was refused");
    metrics::counter!("live_streams_refused_total", "reason" => reason).increment(1);
    let status = match full {
        Full::Person => StatusCode::TOO_MANY_REQUESTS,
        Full::Node => StatusCode::SERVICE_UNAVAILABLE,
    };
    Problem::of_status(status).with_header(header::RETRY_AFTER, RETRY_AFTER)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_a_page_asks_by_itself_is_told_apart() {
        let (plain, marked) =
            (HeaderMap::new(), HeaderMap::from_iter([(BY_ITSELF.parse().unwrap(), "yes".parse().unwrap())]));
        for path in [PATH, faults::PATH, "/v1/bundles/b/events"] {
            assert!(is_by_itself(path, &plain), "{path}");
        }
        assert!(is_by_itself("/ops/queue", &marked) && !is_by_itself("/ops/queue", &plain));
        assert!(!is_by_itself("/v1/bundles/b", &plain));
    }

    #[test]
    fn only_pages_of_this_site_ask() {
        let of =
            |site: &'static str| HeaderMap::from_iter([("sec-fetch-site".parse().unwrap(), site.parse().unwrap())]);
        assert!(from_here(&HeaderMap::new()) && from_here(&of("same-origin")));
        for site in ["cross-site", "same-site", "none"] {
            assert!(!from_here(&of(site)), "{site}");
        }
    }
}
