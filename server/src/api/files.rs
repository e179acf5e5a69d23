//! `/files/{id}`.

use axum::extract::State;
use axum::http::StatusCode;
use axum::response::Response;
use domain::file::{File, FileState};
use domain::policy::Permission;
use domain::refusal::Refusal;
use domain::version::admin_file_path;
use persistence::files::StoredFile;
use serde::{Deserialize, Serialize};
use services::audit;
use services::files::{self, FileNames, Recall};
use services::versions::VersionKey;

use super::Answer;
use super::accept::{page_of_version_instead, version_page};
use super::answer;
use super::body::{Body, merged};
use super::bundle_steps::ReasonInput;
use super::ctx::{Asked, Path};
use super::described::FilePath;
use super::guards::dataset_to_change;
use super::problem::Problem;
use super::v1::{ClearedBody, FileBody, FileQueueBody, FileStatusBody, file_path};
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
    let stored = files::find_stored(&state.services, &asked.ctx, &id).await?;
    if let Some(page) = shown_instead(&state, &asked, &stored).await? {
        return Ok(page);
    }
    asked.no_params()?;
    let sent = answer::read(&asked, None, &FileBody::from(&stored.file))?;
    looked_at(&state, &asked, &stored, sent).await
}

/// The way to where a file is shown, for whoever would rather have HTML.
async fn shown_instead(state: &AppState, asked: &Asked, stored: &StoredFile) -> Result<Option<Response>, Problem> {
    let File { dataset_id, edition, version, .. } = &stored.file;
    let key = VersionKey { dataset_id: dataset_id.clone(), edition: edition.clone(), version: *version };
    page_of_version_instead(state, asked, key, || page_of(stored)).await
}

/// Where a file is shown: on the public page of its version, or among the portal's files while nobody outside gets it.
fn page_of(stored: &StoredFile) -> String {
    let file = &stored.file;
    if stored.is_public && file.state != FileState::Withdrawn {
        return version_page(&file.dataset_id, &file.edition, file.version);
    }
    admin_file_path(&file.dataset_id, &file.edition, file.version, Some(&file.id))
}

/// An answer that tells what was found in a file, once the look at one that is not public yet is recorded; whoever has it already looks at
/// nothing.
async fn looked_at(state: &AppState, asked: &Asked, stored: &StoredFile, sent: Response) -> Answer {
    if sent.status() != StatusCode::NOT_MODIFIED {
        audit::preview_of_findings(&state.services, &asked.ctx, stored).await?;
    }
    Ok(sent)
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
    let stored = files::find_stored(&state.services, &asked.ctx, &id).await?;
    if let Some(page) = shown_instead(&state, &asked, &stored).await? {
        return Ok(page);
    }
    let job = files::job_of(&state.services, &id).await?;
    asked.no_params()?;
    let sent = answer::read(&asked, None, &FileStatusBody::new(&stored.file, job.as_ref()))?;
    looked_at(&state, &asked, &stored, sent).await
}

/// Has a file looked into again.
///
/// Only one that failed. Large tables are looked into after they were received; what is wrong with them stands in the
/// status.
#[utoipa::path(
    post, path = "/files/{id}/retry", tag = "files",
    params(FilePath),
    responses((status = 202, description = "How it stands", body = FileStatusBody)),
    security(("bearer" = [Permission::DatasetsWrite]), ("session" = [Permission::DatasetsWrite])),
)]
pub async fn retry(State(state): State<AppState>, asked: Asked, Path(id): Path<String>) -> Answer {
    asked.ctx.caller()?;
    let file = files::find(&state.services, &asked.ctx, &id).await?;
    dataset_to_change(&state, &asked.ctx, Permission::DatasetsWrite, &file.dataset_id).await?;
    asked.no_params()?;
    let (file, job) = files::retry(&state.services, &asked.ctx, &id).await?;
    let body = FileStatusBody::new(&file, job.as_ref());
    answer::accepted(&format!("{}/status", file_path(&file.id)), None, &body)
}

/// Tells which files wait to be looked into.
///
/// With those that are looked into now and those that failed; only files that the caller may see.
#[utoipa::path(
    get, path = "/files/queue/status", tag = "files",
    responses((status = 200, description = "The queue", body = FileQueueBody)),
    security(("bearer" = [Permission::DatasetsRead]), ("session" = [Permission::DatasetsRead])),
)]
pub async fn queue(State(state): State<AppState>, asked: Asked) -> Answer {
    asked.ctx.caller()?;
    asked.no_params()?;
    let queue = files::queue(&state.services, &asked.ctx).await?;
    answer::read(&asked, None, &FileQueueBody::new(&queue, asked.ctx.now))
}

/// Takes failed files off the queue.
///
/// The files stay failed until they are deleted or looked into again.
#[utoipa::path(
    delete, path = "/files/queue/clear-failed", tag = "files",
    responses((status = 200, description = "How many were taken off", body = ClearedBody)),
    security(("bearer" = [Permission::SystemOperate]), ("session" = [Permission::SystemOperate])),
)]
pub async fn clear_failed(State(state): State<AppState>, asked: Asked) -> Answer {
    asked.ctx.caller_with(Permission::SystemOperate)?;
    asked.no_params()?;
    let cleared = files::clear_failed(&state.services, &asked.ctx).await?;
    answer::changed(None, &ClearedBody { cleared })
}

/// Why a file or an image is recalled, as it is sent.
#[derive(Debug, Default, Deserialize, utoipa::ToSchema)]
#[serde(default, deny_unknown_fields)]
pub(super) struct RecallInput {
    /// Why, for the audit trail.
    #[schema(max_length = 5000)]
    reason: Option<String>,
    /// What readers of the version's page are told, as an alert.
    notice: Option<String>,
}

impl RecallInput {
    pub(super) fn checked(self) -> Result<Recall, Refusal> {
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

/// Confirms what was found in a file.
///
/// Such as headings without rows: until somebody says why that is meant, the version is neither submitted nor approved. Only while
/// it is `created` and in no bundle that is being prepared.
#[utoipa::path(
    put, path = "/files/{id}/confirm", tag = "files",
    params(FilePath),
    request_body(content = ReasonInput, content_type = "application/json", example = json!({"reason": "No deaths were registered this month."})),
    responses((status = 200, description = "How the file stands", body = FileStatusBody)),
    security(("bearer" = [Permission::DatasetsWrite]), ("session" = [Permission::DatasetsWrite])),
    extensions(("x-if-match" = json!("none"))),
)]
pub async fn confirm(State(state): State<AppState>, asked: Asked, Path(id): Path<String>, body: Body) -> Answer {
    must_write(&state, &asked, &id).await?;
    let reason = body.read::<ReasonInput>().await?.checked(true)?.unwrap_or_default();
    let file = files::confirm(&state.services, &asked.ctx, &id, &reason).await?;
    answer::changed(None, &FileStatusBody::new(&file, None))
}

/// How a text is encoded, as it is sent.
#[derive(Debug, Default, Deserialize, utoipa::ToSchema)]
#[serde(default, deny_unknown_fields)]
struct EncodingInput {
    /// Its name: UTF-8, windows-1252, ISO-8859-14, ISO-8859-15, macintosh, windows-1250, ISO-8859-2, windows-1254, windows-1257,
    /// IBM866, UTF-16LE or UTF-16BE.
    encoding: String,
}

/// Chooses the encoding of a CSV file.
///
/// Where it was guessed wrong. The file is looked into again in that encoding, large ones afterwards, as the status tells. The bytes
/// stay as sent. Only while its version is `created` and in no bundle that is being prepared.
#[utoipa::path(
    put, path = "/files/{id}/encoding", tag = "files",
    params(FilePath),
    request_body(content = EncodingInput, content_type = "application/json", example = json!({"encoding": "macintosh"})),
    responses((status = 200, description = "How the file stands", body = FileStatusBody)),
    security(("bearer" = [Permission::DatasetsWrite]), ("session" = [Permission::DatasetsWrite])),
    extensions(("x-if-match" = json!("none"))),
)]
pub async fn read_as(State(state): State<AppState>, asked: Asked, Path(id): Path<String>, body: Body) -> Answer {
    must_write(&state, &asked, &id).await?;
    let sent: EncodingInput = body.read().await?;
    let (file, job) = files::read_as(&state.services, &asked.ctx, &id, &sent.encoding).await?;
    answer::changed(None, &FileStatusBody::new(&file, job.as_ref()))
}

/// What a file is called, as it is sent.
#[derive(Debug, Default, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(default, deny_unknown_fields)]
struct FileNamesInput {
    /// The name under which it is downloaded. Its ending stays, as that says what kind of file it is.
    #[schema(required = true, min_length = 1, max_length = 200)]
    filename: String,
    /// A title for people; the name where there is none.
    #[schema(max_length = 300)]
    #[serde(skip_serializing_if = "Option::is_none")]
    title: Option<String>,
}

/// Renames a file.
///
/// Its bytes and what kind of file it is stay. Only while its version is `created` and in no bundle that is being prepared; whoever
/// renames it counts as the version's last editor. No two files of a version have the same name.
#[utoipa::path(
    patch, path = "/files/{id}", tag = "files",
    params(FilePath),
    request_body(content = FileNamesInput, content_type = "application/json",
        example = json!({"filename": "deaths-by-age.csv", "title": "Deaths by age"})),
    responses((status = 200, description = "The file as it is now", body = FileBody)),
    security(("bearer" = [Permission::DatasetsWrite]), ("session" = [Permission::DatasetsWrite])),
    extensions(("x-if-match" = json!("none"))),
)]
pub async fn rename(State(state): State<AppState>, asked: Asked, Path(id): Path<String>, body: Body) -> Answer {
    let file = must_write(&state, &asked, &id).await?;
    let object = body.read_object().await?;
    // A title that nobody gave follows the name.
    let title = (file.title != file.filename).then_some(file.title);
    let FileNamesInput { filename, title } = merged(&FileNamesInput { filename: file.filename, title }, object)?;
    let file = files::rename(&state.services, &asked.ctx, &id, FileNames { filename, title }).await?;
    answer::changed(None, &FileBody::from(&file))
}

/// The file, for somebody who may change it; before a body is read.
async fn must_write(state: &AppState, asked: &Asked, id: &str) -> Result<File, Problem> {
    asked.ctx.caller()?;
    let file = files::find(&state.services, &asked.ctx, id).await?;
    dataset_to_change(state, &asked.ctx, Permission::DatasetsWrite, &file.dataset_id).await?;
    asked.no_params()?;
    Ok(file)
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
