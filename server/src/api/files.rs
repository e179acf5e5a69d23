//! `/files/{id}`.

use axum::extract::State;
use domain::policy::Permission;
use domain::refusal::Refusal;
use serde::Deserialize;
use services::files::{self, Recall};

use super::Answer;
use super::answer;
use super::body::Body;
use super::bundle_steps::ReasonInput;
use super::ctx::{Asked, Path};
use super::described::FilePath;
use super::guards::dataset_to_change;
use super::problem::Problem;
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

/// Why a file is recalled, as it is sent.
#[derive(Debug, Default, Deserialize, utoipa::ToSchema)]
#[serde(default, deny_unknown_fields)]
struct RecallInput {
    /// Why, for the audit trail.
    #[schema(max_length = 5000)]
    reason: Option<String>,
    /// What readers of the version's page are told, as an alert.
    #[schema(max_length = 2000)]
    notice: Option<String>,
}

impl RecallInput {
    fn checked(self) -> Result<Recall, Refusal> {
        let reason = ReasonInput::of(self.reason).checked(true)?.unwrap_or_default();
        Ok(Recall { reason, notice: self.notice })
    }
}

/// Recalls a public file.
///
/// From then on nobody gets it, and its copy in the public bucket is removed. With a `notice` readers of the version's page are told.
#[utoipa::path(
    put, path = "/files/{id}/withdraw", tag = "files",
    params(FilePath),
    request_body(content = RecallInput, content_type = "application/json",
        example = json!({"reason": "Table 3 names persons.", "notice": "The file is being corrected."})),
    responses((status = 200, description = "The file", body = FileBody)),
    security(("bearer" = [Permission::DatasetsCorrect]), ("session" = [Permission::DatasetsCorrect])),
    extensions(("x-if-match" = json!("none"))),
)]
pub async fn withdraw(State(state): State<AppState>, asked: Asked, Path(id): Path<String>, body: Body) -> Answer {
    let recall = recall(&state, &asked, &id, body).await?;
    answer::changed(None, &FileBody::from(&files::withdraw(&state.services, &asked.ctx, &id, recall).await?))
}

/// Gives a recalled file out again.
#[utoipa::path(
    put, path = "/files/{id}/reinstate", tag = "files",
    params(FilePath),
    request_body(content = RecallInput, content_type = "application/json",
        example = json!({"reason": "The table names nobody.", "notice": "The file is here again, unchanged."})),
    responses((status = 200, description = "The file", body = FileBody)),
    security(("bearer" = [Permission::DatasetsCorrect]), ("session" = [Permission::DatasetsCorrect])),
    extensions(("x-if-match" = json!("none"))),
)]
pub async fn reinstate(State(state): State<AppState>, asked: Asked, Path(id): Path<String>, body: Body) -> Answer {
    let recall = recall(&state, &asked, &id, body).await?;
    answer::changed(None, &FileBody::from(&files::reinstate(&state.services, &asked.ctx, &id, recall).await?))
}

async fn recall(state: &AppState, asked: &Asked, id: &str, body: Body) -> Result<Recall, Problem> {
    asked.ctx.caller()?;
    let file = files::find(&state.services, &asked.ctx, id).await?;
    dataset_to_change(state, &asked.ctx, Permission::DatasetsCorrect, &file.dataset_id).await?;
    asked.no_params()?;
    Ok(body.read::<RecallInput>().await?.checked()?)
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
