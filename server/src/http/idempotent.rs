//! `Idempotency-Key`: a POST that is sent twice is done once (ADR 14).

mod answering;
mod passing;
mod recognising;

use axum::extract::{Request, State};
use axum::http::{Method, StatusCode};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use chrono::TimeDelta;
use persistence::idempotency::{self, Attempt};
use services::Ctx;
use tracing::Instrument;

use self::passing::Passing;
use self::recognising::Recognised;
use super::places::Place;
use crate::api::ctx::UnsoundKey;
use crate::api::problem::Problem;
use crate::state::AppState;

/// How long an answer is kept.
pub const KEPT_HOURS: i64 = 24;

/// The most bytes that a body may have beside an upload's: the fields of its form, or the rest that nobody had to read.
const BESIDE: u64 = 1 << 20;

/// Carries out a request with a key once, and answers every repetition with the very same answer.
///
/// It is the same one if caller, address, key and content are the same. The content is hashed while it passes, so that it
/// may be as large as an upload.
pub async fn once(State(state): State<AppState>, mut request: Request, next: Next) -> Response {
    let place = Place::of(request.uri().path());
    let keyed = request.headers().contains_key(recognising::KEY) && *request.method() == Method::POST;
    if !keyed || !place.is_api() {
        return next.run(request).await;
    }
    let Some(ctx) = request.extensions().get::<Ctx>().cloned() else {
        return next.run(request).await;
    };
    let key = match recognising::key_of(request.headers()) {
        Ok(key) => key,
        // Told in its turn: after who may not ask and what is not there (product contract, "Order of refusals").
        Err(problem) => {
            request.extensions_mut().insert(UnsoundKey(problem));
            return next.run(request).await;
        }
    };
    match attempt(&state, &ctx, &key, request, next).await {
        Ok(answer) => answer,
        Err(problem) => Problem::new(&ctx, problem).into_response(),
    }
}

async fn attempt(state: &AppState, ctx: &Ctx, key: &str, request: Request, next: Next) -> Result<Response, Problem> {
    let known = Recognised::of(ctx, key, &request);
    let (parts, body) = request.into_parts();
    let passing = Passing::new(&parts.headers, body);
    let db = state.services.db.pool();
    let until = ctx.now + longest(state, parts.uri.path());
    let forgotten = ctx.now - TimeDelta::hours(KEPT_HOURS);
    if !idempotency::begin(db, &known.id, &known.head, ctx.now, until, forgotten).await? {
        let Some(before) = idempotency::find(db, &known.id).await? else {
            return Err(answering::under_way());
        };
        let most = state.config.max_upload_bytes.saturating_add(BESIDE);
        if let Some(answer) = answering::repeated(ctx, &known, &before, &passing, most).await? {
            return Ok(answer);
        }
        take_over(state, ctx, &known, &before, until).await?;
    }
    let request = Request::from_parts(parts, passing.body());
    Ok(carry_out(state.clone(), known, passing, request, next).await)
}

/// An earlier attempt was cut off before anything of it was committed, so this one begins anew.
async fn take_over(
    state: &AppState,
    ctx: &Ctx,
    known: &Recognised,
    before: &Attempt,
    until: chrono::DateTime<chrono::Utc>,
) -> Result<(), Problem> {
    let ours = idempotency::take_over(state.services.db.pool(), &known.id, before, ctx.now, until).await?;
    if ours { Ok(()) } else { Err(answering::under_way()) }
}

/// How long an attempt may run before it counts as cut off.
fn longest(state: &AppState, path: &str) -> TimeDelta {
    if super::takes_its_time(path) {
        return TimeDelta::hours(KEPT_HOURS);
    }
    // Work goes on for a while after the caller was told that it takes too long.
    TimeDelta::from_std(state.config.request_timeout * 2).unwrap_or(TimeDelta::hours(1))
}

/// Does the work in a task of its own, so that it and its answer are kept even when the caller hangs up.
async fn carry_out(state: AppState, known: Recognised, passing: Passing, request: Request, next: Next) -> Response {
    let work = async move {
        let answer = idempotency::within(known.id.clone(), next.run(request)).await;
        // Whoever was served has sent all of it but for an ending; whoever was refused may not have got that far.
        let content = if answer.status().is_success() {
            passing.read_on(BESIDE).await.unwrap_or_default()
        } else {
            passing.digest()
        };
        answering::kept(&state, &known, content.as_deref(), answer).await
    };
    match tokio::spawn(work.in_current_span()).await {
        Ok(answer) => answer,
        // The panic goes on to where panics are answered; the key stays until its time is up.
        Err(error) if error.is_panic() => std::panic::resume_unwind(error.into_panic()),
        Err(_) => StatusCode::SERVICE_UNAVAILABLE.into_response(),
    }
}
