//! `/admin/database/reset-connections`.

use axum::extract::State;
use domain::policy::Permission;
use serde::Serialize;
use services::maintenance;
use utoipa::ToSchema;

use super::Answer;
use super::answer;
use super::ctx::Asked;
use crate::state::AppState;

/// What became of the connections to the database.
#[derive(Debug, Serialize, ToSchema)]
struct ConnectionsBody {
    /// `SQLite` or `PostgreSQL`.
    database: &'static str,
    /// Idle connections that were closed; the next use opens new ones.
    closed: u32,
    /// Connections that others were using, which were left alone.
    in_use: u32,
}

/// Renews the connections to the database.
///
/// Closes the idle ones and tries a new one. Nobody's work is cut off.
#[utoipa::path(
    post, path = "/admin/database/reset-connections", tag = "operations",
    responses((status = 200, description = "What was done", body = ConnectionsBody)),
    security(("bearer" = [Permission::SystemOperate]), ("session" = [Permission::SystemOperate])),
)]
pub async fn reset_connections(State(state): State<AppState>, asked: Asked) -> Answer {
    asked.ctx.caller_with(Permission::SystemOperate)?;
    asked.no_params()?;
    let renewed = maintenance::reset_connections(&state.services, &asked.ctx).await?;
    let body = ConnectionsBody { database: state.services.db.kind(), closed: renewed.closed, in_use: renewed.in_use };
    answer::changed(None, &body)
}
