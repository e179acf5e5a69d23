//! `/service-tokens` and `/service-tokens/{id}`.

use axum::extract::State;
use chrono::{DateTime, Utc};
use domain::policy::Permission;
use serde::Deserialize;
use services::accounts::{self, NewToken};
use utoipa::ToSchema;

use super::Answer;
use super::answer;
use super::body::Body;
use super::ctx::{Asked, Path};
use super::described::{PageOf, Paging, ServiceTokenPath};
use super::grants::{GrantInput, read_all};
use super::v1::{NewServiceTokenBody, ServiceTokenBody, token_path};
use crate::state::AppState;

/// Lists the service tokens.
///
/// The newest first, with their last use; never with their secrets.
#[utoipa::path(
    get, path = "/service-tokens", tag = "tokens",
    params(
        Paging,
        ("q" = Option<String>, Query, description = "Part of the name", example = "loader"),
        ("live" = Option<bool>, Query, description = "Only tokens that can be used, or only those that have ended", example = true),
    ),
    responses((status = 200, description = "A page of service tokens", body = PageOf<ServiceTokenBody>)),
    security(("bearer" = [Permission::UsersManage]), ("session" = [Permission::UsersManage])),
)]
pub async fn list(State(state): State<AppState>, asked: Asked) -> Answer {
    asked.ctx.caller_with(Permission::UsersManage)?;
    let mut params = asked.params();
    let name = params.text("q");
    let live = params.one("live", "true or false", |word| word.parse().ok());
    let paging = params.paging();
    params.finish()?;
    let found = accounts::list_tokens(&state.services, &asked.ctx, name.as_deref(), live, paging).await?;
    answer::page(&asked, found.map(|token| ServiceTokenBody::new(&token, asked.ctx.now)))
}

/// Reads a service token.
#[utoipa::path(
    get, path = "/service-tokens/{id}", tag = "tokens",
    params(ServiceTokenPath),
    responses((status = 200, description = "The service token", body = ServiceTokenBody)),
    security(("bearer" = [Permission::UsersManage]), ("session" = [Permission::UsersManage])),
)]
pub async fn read(State(state): State<AppState>, asked: Asked, Path(id): Path<String>) -> Answer {
    let token = accounts::find_token(&state.services, &asked.ctx, &id).await?;
    asked.no_params()?;
    answer::read(&asked, None, &ServiceTokenBody::new(&token, asked.ctx.now))
}

/// A service token to make.
#[derive(Debug, Default, Deserialize, ToSchema)]
#[serde(default, deny_unknown_fields)]
struct NewTokenInput {
    /// What it is for.
    #[schema(required = true, min_length = 1, max_length = 200)]
    name: String,
    /// What it may do.
    #[schema(required = true, min_items = 1)]
    grants: Vec<GrantInput>,
    /// Whether it may approve what it prepared itself; such approvals are marked in the audit trail.
    approve_own: bool,
    /// When it ends.
    expires_at: Option<DateTime<Utc>>,
}

/// Makes a service token.
///
/// The answer holds its secret in `token`. It is kept as a hash only and never shown again.
#[utoipa::path(
    post, path = "/service-tokens", tag = "tokens",
    request_body(content = NewTokenInput, content_type = "application/json", example = json!({
        "name": "nightly-loader", "grants": [{"role": "editor", "departments": ["economy"]}], "expires_at": "2030-12-31T00:00:00Z"
    })),
    responses((status = 201, description = "The new service token with its secret", body = NewServiceTokenBody)),
    security(("bearer" = [Permission::UsersManage]), ("session" = [Permission::UsersManage])),
)]
pub async fn create(State(state): State<AppState>, asked: Asked, body: Body) -> Answer {
    asked.ctx.caller_with(Permission::UsersManage)?;
    let sent: NewTokenInput = body.read().await?;
    let mut problems = Vec::new();
    let grants = read_all("grants", sent.grants, &mut problems);
    let new = NewToken { name: sent.name, grants, approve_own: sent.approve_own, expires_at: sent.expires_at };
    let (token, secret) = accounts::create_token_unless(&state.services, &asked.ctx, new, problems).await?;
    let body = NewServiceTokenBody::new(secret, ServiceTokenBody::new(&token, asked.ctx.now));
    answer::created(&token_path(&token.id), None, &body)
}

/// Revokes a service token.
///
/// It cannot be used from now on; it stays in the list with the time at which it ended.
#[utoipa::path(
    delete, path = "/service-tokens/{id}", tag = "tokens",
    params(ServiceTokenPath),
    responses((status = 204, description = "Revoked")),
    security(("bearer" = [Permission::UsersManage]), ("session" = [Permission::UsersManage])),
    extensions(("x-if-match" = json!("none"))),
)]
pub async fn revoke(State(state): State<AppState>, asked: Asked, Path(id): Path<String>) -> Answer {
    let token = accounts::find_token(&state.services, &asked.ctx, &id).await?;
    asked.no_params()?;
    accounts::revoke_token(&state.services, &asked.ctx, &token.id).await?;
    Ok(answer::deleted())
}
