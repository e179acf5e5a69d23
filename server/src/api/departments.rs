//! `/departments` and `/departments/{id}`.

use axum::extract::State;
use domain::policy::Permission;
use domain::topic::Department;
use serde::Deserialize;
use services::departments;
use utoipa::ToSchema;

use super::Answer;
use super::answer;
use super::body::{Body, decode_beside};
use super::ctx::{Asked, Path};
use super::described::{DepartmentPath, PageOf, Paging};
use super::v1::{DepartmentBody, department_path};
use crate::state::AppState;

/// Lists the departments.
///
/// By title. Every dataset belongs to one, and grants can be limited to some.
#[utoipa::path(
    get, path = "/departments", tag = "departments",
    params(Paging, ("q" = Option<String>, Query, description = "Part of the title", example = "economy")),
    responses((status = 200, description = "A page of departments", body = PageOf<DepartmentBody>)),
)]
pub async fn list(State(state): State<AppState>, asked: Asked) -> Answer {
    let mut params = asked.params();
    let (title, paging) = (params.text("q"), params.paging());
    params.finish()?;
    let found = departments::list(&state.services, title.as_deref(), paging).await?;
    answer::page(&asked, found.map(|department| DepartmentBody::from(&department)))
}

/// Reads a department.
#[utoipa::path(
    get, path = "/departments/{id}", tag = "departments",
    params(DepartmentPath),
    responses((status = 200, description = "The department", body = DepartmentBody)),
)]
pub async fn read(State(state): State<AppState>, asked: Asked, Path(id): Path<String>) -> Answer {
    let (department, revision) = departments::find(&state.services, &id).await?;
    asked.no_params()?;
    answer::read(&asked, Some(revision), &DepartmentBody::from(&department))
}

/// A department as it is sent.
#[derive(Debug, Default, Deserialize, ToSchema)]
#[serde(default, deny_unknown_fields)]
struct DepartmentInput {
    /// The id, which never changes.
    #[schema(pattern = "^[a-z0-9]+(-[a-z0-9]+)*$", max_length = 100)]
    id: String,
    /// The English title.
    #[schema(required = true, min_length = 1, max_length = 200)]
    title: String,
    /// The Welsh title.
    title_cy: Option<String>,
}

impl From<DepartmentInput> for Department {
    fn from(sent: DepartmentInput) -> Self {
        Self { id: sent.id, title: sent.title, title_cy: sent.title_cy }
    }
}

/// Makes a department.
#[utoipa::path(
    post, path = "/departments", tag = "departments",
    request_body(content = DepartmentInput, content_type = "application/json", example = json!({"id": "health", "title": "Health", "title_cy": "Iechyd"})),
    responses((status = 201, description = "The new department", body = DepartmentBody)),
    security(("bearer" = [Permission::UsersManage]), ("session" = [Permission::UsersManage])),
)]
pub async fn create(State(state): State<AppState>, asked: Asked, body: Body) -> Answer {
    asked.ctx.caller_with(Permission::UsersManage)?;
    let sent: DepartmentInput = body.read().await?;
    let department = departments::create(&state.services, &asked.ctx, sent.into()).await?;
    answer::created(&department_path(&department.id), Some(1), &DepartmentBody::from(&department))
}

/// Replaces a department's titles.
#[utoipa::path(
    put, path = "/departments/{id}", tag = "departments",
    params(DepartmentPath),
    request_body(content = DepartmentInput, content_type = "application/json", example = json!({"title": "Health and care", "title_cy": "Iechyd a gofal"})),
    responses((status = 200, description = "The department as it is now", body = DepartmentBody)),
    security(("bearer" = [Permission::UsersManage]), ("session" = [Permission::UsersManage])),
)]
pub async fn replace(State(state): State<AppState>, asked: Asked, Path(id): Path<String>, body: Body) -> Answer {
    asked.ctx.caller()?;
    let (before, revision) = departments::find(&state.services, &id).await?;
    asked.ctx.caller_with(Permission::UsersManage)?;
    let sent: DepartmentInput = decode_beside(body.read_object().await?, &[("id", &before.id)])?;
    let wanted = Department { id, ..sent.into() };
    let if_match = asked.if_match();
    let edited = departments::edit(&state.services, &asked.ctx, if_match.required(revision), wanted).await;
    let (department, revision) = edited.map_err(|error| if_match.explain(error))?;
    answer::changed(Some(revision), &DepartmentBody::from(&department))
}

/// Deletes a department.
///
/// Not while datasets belong to it, or entries of the release calendar or grants name it: 409 with every reason.
#[utoipa::path(
    delete, path = "/departments/{id}", tag = "departments",
    params(DepartmentPath),
    responses((status = 204, description = "Deleted")),
    security(("bearer" = [Permission::UsersManage]), ("session" = [Permission::UsersManage])),
)]
pub async fn delete(State(state): State<AppState>, asked: Asked, Path(id): Path<String>) -> Answer {
    asked.ctx.caller()?;
    let (_, revision) = departments::find(&state.services, &id).await?;
    asked.ctx.caller_with(Permission::UsersManage)?;
    asked.no_params()?;
    let if_match = asked.if_match();
    let deleted = departments::delete(&state.services, &asked.ctx, &id, if_match.required(revision)).await;
    deleted.map_err(|error| if_match.explain(error))?;
    Ok(answer::deleted())
}
