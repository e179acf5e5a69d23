//! `/files/{id}`.

use axum::extract::State;
use domain::policy::Permission;
use services::files;

use super::Answer;
use super::answer;
use super::ctx::{Asked, Path};
use super::guards::dataset_to_change;
use super::v1::{FileBody, FileStatusBody};
use crate::state::AppState;

/// `GET /files/{id}`
pub async fn read(State(state): State<AppState>, asked: Asked, Path(id): Path<String>) -> Answer {
    asked.ctx.caller()?;
    let file = files::find(&state.services, &asked.ctx, &id).await?;
    asked.no_params()?;
    answer::read(&asked, None, &FileBody::from(&file))
}

/// `GET /files/{id}/status`
pub async fn status(State(state): State<AppState>, asked: Asked, Path(id): Path<String>) -> Answer {
    asked.ctx.caller()?;
    let file = files::find(&state.services, &asked.ctx, &id).await?;
    asked.no_params()?;
    answer::read(&asked, None, &FileStatusBody::from(&file))
}

/// `DELETE /files/{id}`
pub async fn delete(State(state): State<AppState>, asked: Asked, Path(id): Path<String>) -> Answer {
    asked.ctx.caller()?;
    let file = files::find(&state.services, &asked.ctx, &id).await?;
    dataset_to_change(&state, &asked.ctx, Permission::DatasetsWrite, &file.dataset_id).await?;
    files::delete(&state.services, &asked.ctx, &id).await?;
    Ok(answer::deleted())
}
