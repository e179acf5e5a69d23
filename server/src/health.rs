//! Health: checked in the background, answered from memory.

use std::sync::{Arc, PoisonError, RwLock};

use axum::Json;
use axum::extract::State;
use axum::http::{StatusCode, header};
use axum::response::{IntoResponse, Response};
use chrono::{DateTime, Utc};
use serde::Serialize;
use services::Services;
use utoipa::ToSchema;

use crate::state::AppState;

/// How something is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, ToSchema)]
#[serde(rename_all = "UPPERCASE")]
#[schema(as = HealthStatus)]
pub enum Status {
    /// In order.
    Ok,
    /// Failing, but not for long, or not needed to serve.
    Warning,
    /// Unable to operate.
    Critical,
}

/// The latest result of checking one component.
#[derive(Clone, Debug, Serialize, ToSchema)]
#[schema(as = HealthCheck)]
pub struct Check {
    /// The component.
    pub name: String,
    /// How it is.
    pub status: Status,
    /// A sentence.
    pub message: String,
    /// When it was last looked at.
    pub last_checked: DateTime<Utc>,
    /// When it was last in order.
    pub last_success: Option<DateTime<Utc>>,
    /// When it last failed.
    pub last_failure: Option<DateTime<Utc>>,
    /// How long looking took, in milliseconds.
    pub duration_ms: i64,
}

/// The latest results of all checks; cheap to clone.
#[derive(Clone, Debug)]
pub struct HealthBoard {
    started_at: DateTime<Utc>,
    checks: Arc<RwLock<Vec<Check>>>,
}

impl HealthBoard {
    /// An empty board of a process that started at `started_at`.
    #[must_use]
    pub fn new(started_at: DateTime<Utc>) -> Self {
        Self { started_at, checks: Arc::default() }
    }

    /// The worst status.
    #[must_use]
    pub fn status(&self) -> Status {
        self.checks().iter().map(|check| check.status).max().unwrap_or(Status::Ok)
    }

    fn checks(&self) -> Vec<Check> {
        self.checks.read().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// Looks at every component once; a failure is critical once it has lasted for `patience`.
    pub async fn look(&self, services: &Services, patience: chrono::Duration) {
        let before = self.checks();
        let mut after = Vec::new();
        for name in ["database", "storage", "search index"] {
            let began = services.clock.now();
            let outcome = match name {
                "database" => services.db.check().await.map_err(|e| e.to_string()),
                "storage" => services.storage.check().await.map_err(|e| e.to_string()),
                _ => services::catalogue::search(services, domain::catalogue::SearchQuery::default())
                    .await
                    .map(|_| ())
                    .map_err(|e| e.to_string()),
            };
            let ended = services.clock.now();
            let known = before.iter().find(|check| check.name == name);
            let last_success = known.and_then(|check| check.last_success);
            let status = match &outcome {
                Ok(()) => Status::Ok,
                Err(_) if ended - last_success.unwrap_or(self.started_at) < patience => Status::Warning,
                Err(_) => Status::Critical,
            };
            let kind = if name == "database" { format!(" ({})", services.db.kind()) } else { String::new() };
            metrics::gauge!("health_status", "component" => name).set(match status {
                Status::Ok => 1.0,
                Status::Warning => 0.5,
                Status::Critical => 0.0,
            });
            after.push(Check {
                name: name.to_owned(),
                status,
                last_checked: ended,
                last_success: if outcome.is_ok() { Some(ended) } else { last_success },
                last_failure: if outcome.is_err() { Some(ended) } else { known.and_then(|check| check.last_failure) },
                message: outcome.map_or_else(|e| e, |()| format!("{name} is in order{kind}")),
                duration_ms: (ended - began).num_milliseconds(),
            });
        }
        *self.checks.write().unwrap_or_else(PoisonError::into_inner) = after;
    }
}

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
/// In the Prometheus text format.
#[utoipa::path(
    get, path = "/metrics", tag = "health",
    responses((status = 200, description = "The figures", body = String, content_type = "text/plain")),
)]
pub async fn metrics(State(state): State<AppState>) -> Response {
    ([(header::CONTENT_TYPE, "text/plain; version=0.0.4; charset=utf-8")], state.metrics.render()).into_response()
}

fn answer(state: &AppState, shown: impl Fn(&Check) -> bool) -> Response {
    let status = state.health.status();
    let report = Report {
        status,
        version: Version {
            build_time: env!("BUILD_TIME"),
            git_commit: env!("BUILD_COMMIT"),
            language: "rust",
            language_version: env!("BUILD_RUSTC"),
            version: env!("CARGO_PKG_VERSION"),
        },
        uptime: (state.services.clock.now() - state.health.started_at).num_milliseconds(),
        start_time: state.health.started_at,
        checks: state.health.checks().into_iter().filter(shown).collect(),
    };
    let code = if status == Status::Critical { StatusCode::SERVICE_UNAVAILABLE } else { StatusCode::OK };
    (code, [(header::CACHE_CONTROL, "no-store")], Json(report)).into_response()
}
