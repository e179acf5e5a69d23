//! Live progress of a bundle: Server-Sent Events (WHATWG HTML, section 9.2).

use std::convert::Infallible;
use std::time::Duration;

use axum::extract::State;
use axum::http::HeaderMap;
use axum::response::sse::{Event, KeepAlive, Sse};
use axum::response::{IntoResponse, Response};
use domain::bundle::BundleStage;
use domain::policy::Permission;
use futures::Stream;
use futures::stream::unfold;
use services::bundles;

use super::Answer;
use super::answer::caching;
use super::ctx::{Asked, Path};
use super::described::BundlePath;
use super::problem::Problem;
use super::v1::StatusBody;
use crate::clock::Stopwatch;
use crate::live::takes_events;
use crate::state::AppState;

/// How often this process's own commits are looked for.
const LOOK: Duration = Duration::from_millis(100);
/// How long a stream rests between two reads, however much is committed.
const AT_LEAST: Duration = Duration::from_millis(250);
/// How often the bundle is read all the same, for what other nodes do and for its lateness.
const AGAIN: Duration = Duration::from_secs(1);
/// How long one stream lasts; the reader comes back by itself, and its rights are asked about anew.
const LONGEST: Duration = Duration::from_secs(60);
/// How long a reader waits before it comes back.
const COME_BACK: Duration = Duration::from_secs(2);
/// How often a silent stream shows that it is alive.
const ALIVE: Duration = Duration::from_secs(15);

/// Follows the publication of a bundle.
///
/// With `Accept: text/event-stream` an event `status` comes at once and at every change, its data the same as that of the
/// status, and an event `end` when nothing more is to come. Without it the present status comes, and the `end`. A stream
/// lasts a minute; come back for more, as browsers do by themselves.
#[utoipa::path(
    get, path = "/bundles/{id}/events", tag = "bundles",
    params(BundlePath),
    responses((status = 200, description = "The events", content_type = "text/event-stream", body = serde_json::Value)),
    security(("bearer" = [Permission::BundlesRead]), ("session" = [Permission::BundlesRead]), ("bearer" = [Permission::BundlesPreview]), ("session" = [Permission::BundlesPreview])),
)]
pub async fn events(State(state): State<AppState>, asked: Asked, Path(id): Path<String>) -> Answer {
    let first = status(&state, &asked, &id).await?;
    asked.no_params()?;
    let follows = takes_events(&asked.headers) && first.goes_on;
    let headers = caching(&asked.ctx);
    let told =
        Told { state, asked, id, last: None, next: Some(first), began: Stopwatch::start(), follows, over: false };
    Ok(answer(headers, unfold(told, Told::next)))
}

fn answer(headers: HeaderMap, events: impl Stream<Item = Result<Event, Infallible>> + Send + 'static) -> Response {
    let mut answer = Sse::new(events).keep_alive(KeepAlive::new().interval(ALIVE)).into_response();
    for (name, value) in &headers {
        answer.headers_mut().insert(name, value.clone());
    }
    answer
}

/// How a bundle stands, as text, and whether that can still change by itself.
#[derive(Debug)]
struct Status {
    text: String,
    goes_on: bool,
}

async fn status(state: &AppState, asked: &Asked, id: &str) -> Result<Status, Problem> {
    let mut ctx = asked.ctx.clone();
    ctx.now = state.services.clock.now();
    let status = bundles::status(&state.services, &ctx, id).await?;
    let open = status.steps.iter().any(|step| step.finished_at.is_none() && step.given_up_at.is_none());
    let goes_on = open || matches!(status.bundle.stage(), BundleStage::Scheduled | BundleStage::Publishing);
    Ok(Status { text: serde_json::to_string(&StatusBody::from(status))?, goes_on })
}

/// A stream that is under way.
struct Told {
    state: AppState,
    asked: Asked,
    id: String,
    last: Option<String>,
    next: Option<Status>,
    began: Stopwatch,
    follows: bool,
    over: bool,
}

impl Told {
    /// The next event, when there is one; `None` at the end.
    async fn next(mut self) -> Option<(Result<Event, Infallible>, Self)> {
        if self.over {
            return None;
        }
        loop {
            let status = match self.next.take() {
                Some(status) => status,
                None => match self.changed().await {
                    Some(status) => status,
                    // Without a word: whoever comes back hears what is the matter.
                    None => return None,
                },
            };
            if self.last.as_ref() != Some(&status.text) {
                self.follows = self.follows && status.goes_on;
                self.last = Some(status.text.clone());
                let event = Event::default().event("status").retry(COME_BACK).data(status.text);
                return Some((Ok(event), self));
            }
            if !self.follows {
                self.over = true;
                return Some((Ok(Event::default().event("end").data("{}")), self));
            }
        }
    }

    /// How the bundle stands after a commit of this process or a second; `None` where the stream has to end.
    async fn changed(&mut self) -> Option<Status> {
        if !self.follows {
            let text = self.last.clone().unwrap_or_default();
            return Some(Status { text, goes_on: false });
        }
        let (commits, waited) = (persistence::db::commits(), Stopwatch::start());
        while waited.elapsed() < AT_LEAST || (persistence::db::commits() == commits && waited.elapsed() < AGAIN) {
            tokio::select! {
                () = self.state.ending.cancelled() => return None,
                () = tokio::time::sleep(LOOK) => {}
            }
        }
        if self.began.elapsed() > LONGEST {
            return None;
        }
        match status(&self.state, &self.asked, &self.id).await {
            Ok(status) => Some(status),
            Err(problem) => {
                tracing::debug!(bundle.id = %self.id, status = %problem.status(), "a stream of events ends");
                None
            }
        }
    }
}
