//! `/teams` and `/teams/{id}`.

use axum::extract::State;
use domain::people::Team;
use domain::policy::Permission;
use serde::{Deserialize, Serialize};
use services::teams::{self, NewTeam};
use utoipa::ToSchema;

use super::Answer;
use super::answer;
use super::body::{Body, decode_beside, merged_beside};
use super::ctx::{Asked, Path};
use super::described::{PageOf, Paging, TeamPath};
use super::v1::{TeamBody, team_path};
use crate::state::AppState;

/// Lists the teams.
///
/// By name, with their members.
#[utoipa::path(
    get, path = "/teams", tag = "teams",
    params(
        Paging,
        ("q" = Option<String>, Query, description = "Part of the name", example = "press"),
        ("member" = Option<String>, Query, description = "Only teams that this account is in", example = "0198f3b0-5c1e-7d3a-9b1e-2f6d0c4a7e51"),
    ),
    responses((status = 200, description = "A page of teams", body = PageOf<TeamBody>)),
    security(("bearer" = [Permission::UsersManage]), ("session" = [Permission::UsersManage])),
)]
pub async fn list(State(state): State<AppState>, asked: Asked) -> Answer {
    asked.ctx.caller_with(Permission::UsersManage)?;
    let mut params = asked.params();
    let (name, member, paging) = (params.text("q"), params.text("member"), params.paging());
    params.finish()?;
    let found = teams::list(&state.services, &asked.ctx, name.as_deref(), member.as_deref(), paging).await?;
    answer::page(&asked, found.map(|team| TeamBody::from(&team)))
}

/// Reads a team.
#[utoipa::path(
    get, path = "/teams/{id}", tag = "teams",
    params(TeamPath),
    responses((status = 200, description = "The team", body = TeamBody)),
    security(("bearer" = [Permission::UsersManage]), ("session" = [Permission::UsersManage])),
)]
pub async fn read(State(state): State<AppState>, asked: Asked, Path(id): Path<String>) -> Answer {
    let team = teams::find(&state.services, &asked.ctx, &id).await?;
    asked.no_params()?;
    answer::read(&asked, Some(team.revision), &TeamBody::from(&team))
}

/// A team as it is sent.
#[derive(Debug, Default, Serialize, Deserialize, ToSchema)]
#[serde(default, deny_unknown_fields)]
struct TeamInput {
    /// The id, which never changes; made of the name where it is left out.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(pattern = "^[a-z0-9]+(-[a-z0-9]+)*$", max_length = 100)]
    id: Option<String>,
    /// The name.
    #[schema(required = true, min_length = 1, max_length = 200)]
    name: String,
    /// The members' user ids.
    members: Vec<String>,
}

impl From<TeamInput> for NewTeam {
    fn from(sent: TeamInput) -> Self {
        Self { id: sent.id, name: sent.name, members: sent.members }
    }
}

impl From<&Team> for TeamInput {
    fn from(team: &Team) -> Self {
        Self { id: None, name: team.name.clone(), members: team.members.clone() }
    }
}

/// Makes a team.
#[utoipa::path(
    post, path = "/teams", tag = "teams",
    request_body(content = TeamInput, content_type = "application/json", example = json!({"name": "Press office", "members": []})),
    responses((status = 201, description = "The new team", body = TeamBody)),
    security(("bearer" = [Permission::UsersManage]), ("session" = [Permission::UsersManage])),
)]
pub async fn create(State(state): State<AppState>, asked: Asked, body: Body) -> Answer {
    asked.ctx.caller_with(Permission::UsersManage)?;
    let sent: TeamInput = body.read().await?;
    let team = teams::create(&state.services, &asked.ctx, sent.into()).await?;
    answer::created(&team_path(&team.id), Some(team.revision), &TeamBody::from(&team))
}

/// Replaces a team's name and members.
///
/// Whoever is taken out loses at once what the team was granted and what is shared with it.
#[utoipa::path(
    put, path = "/teams/{id}", tag = "teams",
    params(TeamPath),
    request_body(content = TeamInput, content_type = "application/json", example = json!({"name": "Press office", "members": []})),
    responses((status = 200, description = "The team as it is now", body = TeamBody)),
    security(("bearer" = [Permission::UsersManage]), ("session" = [Permission::UsersManage])),
)]
pub async fn replace(State(state): State<AppState>, asked: Asked, Path(id): Path<String>, body: Body) -> Answer {
    let before = teams::find(&state.services, &asked.ctx, &id).await?;
    let object = body.read_object().await?;
    save(&state, &asked, &before, decode_beside(object, &[("id", &before.id)])?).await
}

/// Changes a team's name or members.
#[utoipa::path(
    patch, path = "/teams/{id}", tag = "teams",
    params(TeamPath),
    request_body(content = TeamInput, content_type = "application/json", example = json!({"name": "Press and briefing"})),
    responses((status = 200, description = "The team as it is now", body = TeamBody)),
    security(("bearer" = [Permission::UsersManage]), ("session" = [Permission::UsersManage])),
)]
pub async fn merge(State(state): State<AppState>, asked: Asked, Path(id): Path<String>, body: Body) -> Answer {
    let before = teams::find(&state.services, &asked.ctx, &id).await?;
    let object = body.read_object().await?;
    save(&state, &asked, &before, merged_beside(&TeamInput::from(&before), object, &[("id", &before.id)])?).await
}

async fn save(state: &AppState, asked: &Asked, before: &Team, sent: TeamInput) -> Answer {
    let if_match = asked.if_match();
    let expected = if_match.required(before.revision);
    let edited = teams::edit(&state.services, &asked.ctx, &before.id, expected, sent.into()).await;
    let team = edited.map_err(|error| if_match.explain(error))?;
    answer::changed(Some(team.revision), &TeamBody::from(&team))
}

/// Deletes a team.
///
/// Not while a bundle is shared with it: that is 409 and names the bundles.
#[utoipa::path(
    delete, path = "/teams/{id}", tag = "teams",
    params(TeamPath),
    responses((status = 204, description = "Deleted")),
    security(("bearer" = [Permission::UsersManage]), ("session" = [Permission::UsersManage])),
)]
pub async fn delete(State(state): State<AppState>, asked: Asked, Path(id): Path<String>) -> Answer {
    let before = teams::find(&state.services, &asked.ctx, &id).await?;
    asked.no_params()?;
    let if_match = asked.if_match();
    let deleted = teams::delete(&state.services, &asked.ctx, &id, if_match.required(before.revision)).await;
    deleted.map_err(|error| if_match.explain(error))?;
    Ok(answer::deleted())
}
