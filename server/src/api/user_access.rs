//! `/users/{id}/password`, `/users/{id}/second-factor`, `/users/{id}/passkeys` and `/users/{id}/sessions`.

use axum::extract::State;
use domain::policy::Permission;
use domain::refusal::Refusal;
use serde::Deserialize;
use services::{accounts, people};
use utoipa::ToSchema;

use super::Answer;
use super::answer;
use super::body::Body;
use super::ctx::{Asked, Path};
use super::described::{PageOf, Paging, PasskeyPath, UserPath};
use super::params::part_of;
use super::v1::{PasskeyBody, UserSessionBody};
use crate::state::AppState;

/// A new password.
#[derive(Debug, Default, Deserialize, ToSchema)]
#[serde(default, deny_unknown_fields)]
struct PasswordInput {
    /// 14 to 200 characters; several words are better than odd signs.
    #[schema(required = true, min_length = 14, max_length = 200)]
    password: String,
}

/// Gives somebody a new password.
///
/// All sessions of the account, and the tokens that the person made for themselves, end at once, and devices that they had remembered
/// are forgotten.
#[utoipa::path(
    put, path = "/users/{id}/password", tag = "users",
    params(UserPath),
    request_body(content = PasswordInput, content_type = "application/json", example = json!({"password": "three other words"})),
    responses((status = 204, description = "The password is set")),
    security(("bearer" = [Permission::UsersManage]), ("session" = [Permission::UsersManage])),
    extensions(("x-if-match" = json!("none"))),
)]
pub async fn set_password(State(state): State<AppState>, asked: Asked, Path(id): Path<String>, body: Body) -> Answer {
    people::find(&state.services, &asked.ctx, &id).await?;
    let sent: PasswordInput = body.read().await?;
    people::set_password(&state.services, &asked.ctx, &id, &sent.password).await?;
    Ok(answer::deleted())
}

/// Lists somebody's sessions.
///
/// Those that have not ended. Their ids cannot be used to take them over.
#[utoipa::path(
    get, path = "/users/{id}/sessions", tag = "users",
    params(UserPath, Paging),
    responses((status = 200, description = "A page of sessions", body = PageOf<UserSessionBody>)),
    security(("bearer" = [Permission::UsersManage]), ("session" = [Permission::UsersManage])),
)]
pub async fn list_sessions(State(state): State<AppState>, asked: Asked, Path(id): Path<String>) -> Answer {
    let sessions = people::list_sessions(&state.services, &asked.ctx, &id).await?;
    let mut params = asked.params();
    let paging = params.paging();
    params.finish()?;
    answer::page(&asked, part_of(&sessions, paging).map(UserSessionBody::from))
}

/// Ends all sessions of somebody.
///
/// The tokens that the person made for themselves end with them, and devices that they had remembered are forgotten.
#[utoipa::path(
    delete, path = "/users/{id}/sessions", tag = "users",
    params(UserPath),
    responses((status = 204, description = "All have ended")),
    security(("bearer" = [Permission::UsersManage]), ("session" = [Permission::UsersManage])),
    extensions(("x-if-match" = json!("none"))),
)]
pub async fn end_sessions(State(state): State<AppState>, asked: Asked, Path(id): Path<String>) -> Answer {
    people::find(&state.services, &asked.ctx, &id).await?;
    asked.no_params()?;
    people::end_sessions(&state.services, &asked.ctx, &id).await?;
    Ok(answer::deleted())
}

/// Takes somebody's second factors away.
///
/// For people who lost them together with their recovery codes: the authenticator app and all passkeys. 409 where there is none.
#[utoipa::path(
    delete, path = "/users/{id}/second-factor", tag = "users",
    params(UserPath),
    responses((status = 204, description = "Taken away")),
    security(("bearer" = [Permission::UsersManage]), ("session" = [Permission::UsersManage])),
    extensions(("x-if-match" = json!("none"))),
)]
pub async fn reset_second_factor(State(state): State<AppState>, asked: Asked, Path(id): Path<String>) -> Answer {
    people::find(&state.services, &asked.ctx, &id).await?;
    asked.no_params()?;
    accounts::reset_second_factor(&state.services, &asked.ctx, &id).await?;
    Ok(answer::deleted())
}

/// Lists somebody's passkeys.
///
/// The newest first. What checks them is not told.
#[utoipa::path(
    get, path = "/users/{id}/passkeys", tag = "users",
    params(UserPath, Paging),
    responses((status = 200, description = "A page of passkeys", body = PageOf<PasskeyBody>)),
    security(("bearer" = [Permission::UsersManage]), ("session" = [Permission::UsersManage])),
)]
pub async fn list_passkeys(State(state): State<AppState>, asked: Asked, Path(id): Path<String>) -> Answer {
    let passkeys = people::list_passkeys(&state.services, &asked.ctx, &id).await?;
    let mut params = asked.params();
    let paging = params.paging();
    params.finish()?;
    answer::page(&asked, part_of(&passkeys, paging).map(PasskeyBody::from))
}

/// Takes one passkey of somebody away.
///
/// For people who lost it and can sign in by something else. With their last second factor their recovery codes end; devices that they
/// had remembered are forgotten.
#[utoipa::path(
    delete, path = "/users/{id}/passkeys/{passkey}", tag = "users",
    params(PasskeyPath),
    responses((status = 204, description = "Taken away")),
    security(("bearer" = [Permission::UsersManage]), ("session" = [Permission::UsersManage])),
    extensions(("x-if-match" = json!("none"))),
)]
pub async fn remove_passkey(
    State(state): State<AppState>,
    asked: Asked,
    Path((id, passkey)): Path<(String, String)>,
) -> Answer {
    let known = people::list_passkeys(&state.services, &asked.ctx, &id).await?;
    known.iter().find(|known| known.id == passkey).ok_or(Refusal::NotFound)?;
    asked.no_params()?;
    people::remove_passkey(&state.services, &asked.ctx, &id, &passkey).await?;
    Ok(answer::deleted())
}
