//! `/health`, `/healthcheck` and `/metrics`: written from memory.

use axum::Json;
use axum::extract::{Request, State};
use axum::http::request::Parts;
use axum::http::{StatusCode, header};
use axum::response::{IntoResponse, Response};
use chrono::{DateTime, TimeDelta, Utc};
use domain::policy::Permission;
use serde::Serialize;
use services::{Ctx, accounts};
use utoipa::ToSchema;

use super::{Check, HealthBoard, Status};
use crate::api::described::ErrorEnvelope;
use crate::api::problem;
use crate::http::client::{self, ClientAddress};
use crate::http::identify::bearer_of;
use crate::http::trace::RequestId;
use crate::state::AppState;

#[derive(Serialize, ToSchema)]
#[schema(as = ProgramVersion)]
struct Version {
    build_time: &'static str,
    git_commit: &'static str,
    language: &'static str,
    language_version: &'static str,
    version: &'static str,
}

#[derive(Serialize, ToSchema)]
#[schema(as = HealthReport)]
struct Report {
    status: Status,
    version: Version,
    uptime: i64,
    start_time: DateTime<Utc>,
    checks: Vec<Check>,
}

/// Tells whether the service can operate.
///
/// Checks are made in the background; those that are not in order are listed. `OK` and `WARNING` are answered with 200, `CRITICAL` with
/// 503.
#[utoipa::path(
    get, path = "/health", tag = "health",
    responses(
        (status = 200, description = "It can operate", body = Report),
        (status = 503, description = "It cannot operate", body = Report),
    ),
)]
pub async fn health(State(state): State<AppState>) -> Response {
    answer(&state, |check| check.status != Status::Ok)
}

/// Tells how every component is.
///
/// The same as `/health`, with every check.
#[utoipa::path(
    get, path = "/healthcheck", tag = "health",
    responses(
        (status = 200, description = "It can operate", body = Report),
        (status = 503, description = "It cannot operate", body = Report),
    ),
)]
pub async fn healthcheck(State(state): State<AppState>) -> Response {
    answer(&state, |_| true)
}

/// Gives everything that is measured.
///
/// In the Prometheus text format, to those who connect from the networks of `METRICS_ALLOW` (this machine unless set) and to bearers with
/// `system:operate`. The figures tell how much waits to be published, so to everybody else it is as if there were none.
#[utoipa::path(
    get, path = "/metrics", tag = "health",
    responses(
        (status = 200, description = "The figures", body = String, content_type = "text/plain"),
        (status = 404, description = "Not for the caller", body = ErrorEnvelope),
    ),
)]
pub async fn metrics(State(state): State<AppState>, request: Request) -> Response {
    let (parts, _) = request.into_parts();
    let near = client::comes_straight_from(&state.config.edge.metrics_allow, &parts.extensions, &parts.headers);
    if !near && !is_operator(&state, &parts).await {
        return problem::not_found().await.into_response();
    }
    ([(header::CONTENT_TYPE, "text/plain; version=0.0.4; charset=utf-8")], state.metrics.render()).into_response()
}

/// Whether a token with the right to operate was sent; one that is not known counts as none.
async fn is_operator(state: &AppState, parts: &Parts) -> bool {
    let Some(token) = bearer_of(&parts.headers) else { return false };
    let request_id = parts.extensions.get::<RequestId>().map(|id| id.0.clone()).unwrap_or_default();
    let ctx =
        Ctx { client: ClientAddress::of(&parts.extensions).0, ..Ctx::public(state.services.clock.now(), request_id) };
    let caller = accounts::by_bearer(&state.services, &ctx, &token).await.ok().flatten();
    caller.is_some_and(|(caller, _)| caller.may(Permission::SystemOperate))
}

/// Every check as it stands now, and how all of it stands.
pub(super) fn standing(state: &AppState) -> (Status, Vec<Check>) {
    let (board, now) = (&state.health, state.services.clock.now());
    let span = |duration| TimeDelta::from_std(duration).unwrap_or_default();
    let usual = span(state.config.healthcheck_interval) * 3 + TimeDelta::seconds(15);
    let mut checks = board.checks();
    checks.extend(looks_ceased(board, &checks, now, (usual, span(state.config.healthcheck_critical_timeout))));
    (checks.iter().map(|check| check.status).max().unwrap_or(Status::Ok), checks)
}

fn answer(state: &AppState, shown: impl Fn(&Check) -> bool) -> Response {
    let (status, checks) = standing(state);
    let (board, now) = (&state.health, state.services.clock.now());
    let report = Report {
        status,
        version: Version {
            build_time: env!("BUILD_TIME"),
            git_commit: env!("BUILD_COMMIT"),
            language: "rust",
            language_version: env!("BUILD_RUSTC"),
            version: env!("CARGO_PKG_VERSION"),
        },
        uptime: (now - board.started_at).num_milliseconds(),
        start_time: board.started_at,
        checks: checks.into_iter().filter(shown).collect(),
    };
    let code = if status == Status::Critical { StatusCode::SERVICE_UNAVAILABLE } else { StatusCode::OK };
    (code, [(header::CACHE_CONTROL, "no-store")], Json(report)).into_response()
}

/// What is remembered is worth nothing once nobody looks any more: after the usual time between looks that warns, and once it has lasted as
/// long as a vital component may fail it is as grave, for one of those may have failed unseen.
fn looks_ceased(
    board: &HealthBoard,
    checks: &[Check],
    now: DateTime<Utc>,
    (usual, patience): (TimeDelta, TimeDelta),
) -> Option<Check> {
    let looked = checks.iter().map(|check| check.last_checked).max();
    let last = looked.unwrap_or(board.started_at);
    let missed = now - last - usual;
    (board.is_watched() && missed > TimeDelta::zero()).then(|| Check {
        name: "Health checks",
        status: if missed >= patience { Status::Critical } else { Status::Warning },
        message: "nobody has looked for some time".to_owned(),
        last_checked: last,
        last_success: looked,
        last_failure: Some(now),
        duration_ms: 0,
        recent: Vec::new(),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn looks_that_cease_warn_first_and_are_critical_once_that_lasts() {
        let start = DateTime::UNIX_EPOCH;
        let told = |board: &HealthBoard, seconds| {
            let spans = (TimeDelta::seconds(105), TimeDelta::seconds(90));
            looks_ceased(board, &board.checks(), start + TimeDelta::seconds(seconds), spans).map(|check| check.status)
        };
        let board = HealthBoard::new(start);
        assert_eq!(told(&board, 1000), None, "nobody was to look yet");
        // One that never came to the end of its first look is missed, too.
        board.watch();
        assert_eq!(told(&board, 105), None);
        assert_eq!((told(&board, 106), told(&board, 194)), (Some(Status::Warning), Some(Status::Warning)));
        assert_eq!(told(&board, 195), Some(Status::Critical));
    }
}
