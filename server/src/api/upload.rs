//! `POST /files/upload`: a form whose file is stored while it arrives, wherever it stands among the fields.

use std::collections::BTreeMap;
use std::io;

use axum::extract::multipart::{Field, MultipartError};
use axum::extract::{FromRequest, Multipart, Request, State};
use axum::http::StatusCode;
use domain::policy::Permission;
use domain::refusal::{FieldProblem, Refusal, all_valid};
use futures::TryStreamExt;
use services::files::{self, NewFile, Received};
use services::versions::VersionKey;

use super::Answer;
use super::answer;
use super::ctx::{Asked, version_number};
use super::described::{ErrorEnvelope, UploadForm};
use super::guards::version_to_change;
use super::problem::Problem;
use super::v1::{FileBody, file_path};
use crate::state::AppState;

const FIELDS: [&str; 6] = ["dataset_id", "edition", "version", "title", "licence", "licence_url"];
/// The longest field beside the file, in bytes.
const MAX_FIELD: usize = 8 * 1024;

/// What has arrived of the form.
#[derive(Debug, Default)]
struct Form {
    fields: BTreeMap<String, String>,
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
    let key = match outcome.and_then(|()| Ok(key_of(&form)?)) {
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
            if let Ok(key) = key_of(form) {
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

async fn read_text(name: &str, mut field: Field<'_>) -> Result<String, Problem> {
    let mut bytes = Vec::new();
    while let Some(chunk) = field.chunk().await.map_err(|error| broken(&error))? {
        bytes.extend_from_slice(&chunk);
        if bytes.len() > MAX_FIELD {
            return Err(Refusal::TooLarge { limit: MAX_FIELD as u64 }.into());
        }
    }
    let text = String::from_utf8(bytes).map_err(|_| unreadable(name, "encoding", "Send this as UTF-8."))?;
    if text.contains('\0') {
        return Err(Refusal::field(name, "control_characters", "Leave out control characters.").into());
    }
    Ok(text.trim().to_owned())
}

/// The version that the form names, or everything that is missing.
fn key_of(form: &Form) -> Result<VersionKey, Refusal> {
    let mut problems = Vec::new();
    let mut text = |name: &str| match form.fields.get(name).filter(|text| !text.is_empty()) {
        Some(text) => text.clone(),
        None => {
            problems.push(FieldProblem::required(name));
            String::new()
        }
    };
    let (dataset_id, edition, version) = (text("dataset_id"), text("edition"), text("version"));
    let number = version_number(&version);
    if number.is_none() && !version.is_empty() {
        problems.push(FieldProblem::new("version", "invalid_value", "Give a version's number, such as 1."));
    }
    all_valid(problems)?;
    Ok(VersionKey { dataset_id, edition, version: number.unwrap_or_default() })
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

fn not_a_form() -> Problem {
    let message = "Send a form with Content-Type: multipart/form-data.";
    Problem::of(StatusCode::UNSUPPORTED_MEDIA_TYPE, "UNSUPPORTED_MEDIA_TYPE", message)
}

fn broken(error: &MultipartError) -> Problem {
    unreadable("", "broken_form", &format!("The form cannot be read: {}.", error.body_text()))
}

fn unreadable(field: &str, code: &str, message: &str) -> Problem {
    Refusal::Unreadable { problems: vec![FieldProblem::new(field, code, message)] }.into()
}
