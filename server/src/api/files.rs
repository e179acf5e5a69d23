//! `/files/{id}`.

use axum::extract::State;
use domain::policy::Permission;
use services::files;

use super::Answer;
use super::answer;
use super::ctx::{Asked, Path};
use super::described::FilePath;
use super::guards::dataset_to_change;
use super::v1::{FileBody, FileStatusBody};
use crate::state::AppState;

/// Reads what is known of a file.
#[utoipa::path(
    get, path = "/files/{id}", tag = "files",
    params(FilePath),
    responses((status = 200, description = "The file", body = FileBody)),
    security(("bearer" = [Permission::DatasetsRead]), ("session" = [Permission::DatasetsRead])),
)]
pub async fn read(State(state): State<AppState>, asked: Asked, Path(id): Path<String>) -> Answer {
    asked.ctx.caller()?;
    let file = files::find(&state.services, &asked.ctx, &id).await?;
    asked.no_params()?;
    answer::read(&asked, None, &FileBody::from(&file))
}

/// Tells how far a file has come.
///
/// With everything that was found in it.
#[utoipa::path(
    get, path = "/files/{id}/status", tag = "files",
    params(FilePath),
    responses((status = 200, description = "How it stands", body = FileStatusBody)),
    security(("bearer" = [Permission::DatasetsRead]), ("session" = [Permission::DatasetsRead])),
)]
pub async fn status(State(state): State<AppState>, asked: Asked, Path(id): Path<String>) -> Answer {
    asked.ctx.caller()?;
    let file = files::find(&state.services, &asked.ctx, &id).await?;
    asked.no_params()?;
    answer::read(&asked, None, &FileStatusBody::from(&file))
}

/// Deletes a file.
///
/// Only while its version is `created` and in no bundle that is being prepared.
#[utoipa::path(
    delete, path = "/files/{id}", tag = "files",
    params(FilePath),
    responses((status = 204, description = "Deleted")),
    security(("bearer" = [Permission::DatasetsWrite]), ("session" = [Permission::DatasetsWrite])),
    extensions(("x-if-match" = json!("none"))),
)]
pub async fn delete(State(state): State<AppState>, asked: Asked, Path(id): Path<String>) -> Answer {
    asked.ctx.caller()?;
    let file = files::find(&state.services, &asked.ctx, &id).await?;
    dataset_to_change(&state, &asked.ctx, Permission::DatasetsWrite, &file.dataset_id).await?;
    asked.no_params()?;
    files::delete(&state.services, &asked.ctx, &id).await?;
    Ok(answer::deleted())
}
