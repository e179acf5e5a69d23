//! `POST /files/upload`: a form whose file is stored while it arrives, wherever it stands among the fields.

use std::io;

use axum::extract::{FromRequest, Multipart, Request, State};
use domain::policy::Permission;
use domain::refusal::{FieldProblem, Refusal};
use futures::TryStreamExt;
use services::files::{self, NewFile, Received};
use services::versions::VersionKey;

use super::Answer;
use super::answer;
use super::ctx::Asked;
use super::described::{ErrorEnvelope, UploadForm};
use super::form::{Fields, broken, key_of, not_a_form, read_text, unreadable};
use super::guards::version_to_change;
use super::problem::Problem;
use super::v1::{FileBody, file_path};
use crate::state::AppState;

const FIELDS: [&str; 6] = ["dataset_id", "edition", "version", "title", "licence", "licence_url"];

/// What has arrived of the form.
#[derive(Debug, Default)]
struct Form {
    fields: Fields,
    file: Option<(String, Received)>,
}

/// Uploads a file to a version.
///
/// The version must be `created`. Names are kept as sent or refused; a CSV is read at once, and what is wrong with it
/// is told line by line. The answer comes when the file is stored safely.
#[utoipa::path(
    post, path = "/files/upload", tag = "files",
    request_body(content = UploadForm, content_type = "multipart/form-data", example = json!({
            "dataset_id": "gdp-monthly", "edition": "time-series", "version": "1", "file": "month,growth\\n2025-10,0.1\\n"
        })),
    responses(
        (status = 201, description = "The new file", body = FileBody),
        (status = 404, description = "There is no such version, or the caller may not know that there is", body = ErrorEnvelope),
    ),
    security(("bearer" = [Permission::DatasetsWrite]), ("session" = [Permission::DatasetsWrite])),
)]
pub async fn upload(State(state): State<AppState>, asked: Asked, request: Request) -> Answer {
    asked.ctx.caller_with(Permission::DatasetsWrite)?;
    asked.no_params()?;
    let mut parts = Multipart::from_request(request, &()).await.map_err(|_| not_a_form())?;
    let mut form = Form::default();
    let outcome = read_form(&state, &asked, &mut parts, &mut form).await;
    let key = match outcome.and_then(|()| Ok(key_of(&form.fields)?)) {
        Ok(key) => key,
        Err(problem) => {
            forget(&state, &asked, form).await;
            return Err(problem);
        }
    };
    let Some((filename, received)) = form.file else {
        version_to_change(&state, &asked.ctx, Permission::DatasetsWrite, &key).await?;
        return Err(Refusal::Invalid { problems: vec![FieldProblem::required("file")] }.into());
    };
    let mut text = |name: &str| form.fields.remove(name).filter(|text| !text.trim().is_empty());
    let new = NewFile {
        version: key,
        filename,
        title: text("title"),
        licence: text("licence"),
        licence_url: text("licence_url"),
    };
    let file = files::attach(&state.services, &asked.ctx, received, new).await?;
    answer::created(&file_path(&file.id), None, &FileBody::from(&file))
}

async fn read_form(state: &AppState, asked: &Asked, parts: &mut Multipart, form: &mut Form) -> Result<(), Problem> {
    while let Some(field) = parts.next_field().await.map_err(|error| broken(&error))? {
        let name = field.name().unwrap_or_default().to_owned();
        if name == "file" && form.file.is_none() {
            // Where the version is known already, nothing is taken in for one that cannot have it.
            if let Ok(key) = key_of(&form.fields) {
                version_to_change(state, &asked.ctx, Permission::DatasetsWrite, &key).await?;
            }
            let filename = field.file_name().unwrap_or_default().to_owned();
            let received = files::receive(&state.services, &asked.ctx, field.map_err(io::Error::other)).await?;
            form.file = Some((filename, received));
        } else if !FIELDS.contains(&name.as_str()) && name != "file" {
            return Err(unreadable(&name, "unknown_field", "There is no such field here."));
        } else if name == "file" || form.fields.contains_key(&name) {
            return Err(unreadable(&name, "repeated", "Send this once."));
        } else {
            let text = read_text(&name, field).await?;
            form.fields.insert(name, text);
        }
    }
    Ok(())
}

/// Lets go of bytes that became nobody's file: no version has this name, so they are refused and removed.
async fn forget(state: &AppState, asked: &Asked, form: Form) {
    let Some((filename, received)) = form.file else { return };
    let nowhere = VersionKey { dataset_id: String::new(), edition: String::new(), version: 0 };
    let new = NewFile { version: nowhere, filename, title: None, licence: None, licence_url: None };
    if files::attach(&state.services, &asked.ctx, received, new).await.is_ok() {
        tracing::error!("an upload was attached to a version without a name");
    }
}
