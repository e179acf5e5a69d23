//! `POST /files/upload`: a form whose fields are judged before its file is read, which is stored while it arrives.

use std::io;

use axum::extract::{FromRequest, Multipart, Request, State};
use domain::policy::Permission;
use domain::refusal::{FieldProblem, Refusal};
use futures::TryStreamExt;
use services::files::{self, NewFile, Received};

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
    file: Option<(NewFile, Received)>,
}

/// Uploads a file to a version.
///
/// The version must be `created`. The fields come before the file, so that who sends what where is judged before its bytes are
/// read: a file that comes first, or a field after it, is refused. Names are kept as sent or refused; a file has to be what its
/// name says; a CSV is read at once, and what is wrong with it is told line by line. The answer comes when the file is stored safely.
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
    if let Err(problem) = read_form(&state, &asked, &mut parts, &mut form).await {
        if let Some((_, received)) = form.file {
            files::forget(&state.services, received).await;
        }
        return Err(problem);
    }
    let Some((new, received)) = form.file else {
        let key = key_of(&form.fields)?;
        version_to_change(&state, &asked.ctx, Permission::DatasetsWrite, &key).await?;
        return Err(Refusal::Invalid { problems: vec![FieldProblem::required("file")] }.into());
    };
    let file = files::attach(&state.services, &asked.ctx, received, new).await?;
    answer::created(&file_path(&file.id), None, &FileBody::from(&file))
}

async fn read_form(state: &AppState, asked: &Asked, parts: &mut Multipart, form: &mut Form) -> Result<(), Problem> {
    while let Some(field) = parts.next_field().await.map_err(|error| broken(&error))? {
        let name = field.name().unwrap_or_default().to_owned();
        if name == "file" && form.file.is_none() {
            let new = new_file(&form.fields, field.file_name().unwrap_or_default())?;
            version_to_change(state, &asked.ctx, Permission::DatasetsWrite, &new.version).await?;
            files::expect(&state.services, &asked.ctx, &new).await?;
            let received = files::receive(&state.services, &asked.ctx, field.map_err(io::Error::other)).await?;
            form.file = Some((new, received));
        } else if !FIELDS.contains(&name.as_str()) && name != "file" {
            return Err(unreadable(&name, "unknown_field", "There is no such field here."));
        } else if name == "file" || form.fields.contains_key(&name) {
            return Err(unreadable(&name, "repeated", "Send this once."));
        } else if form.file.is_some() {
            return Err(Refusal::field(&name, "after_file", "Send this before the file.").into());
        } else {
            let text = read_text(&name, field).await?;
            form.fields.insert(name, text);
        }
    }
    Ok(())
}

/// What the fields say of the file that follows them.
fn new_file(fields: &Fields, filename: &str) -> Result<NewFile, Refusal> {
    let version = key_of(fields).map_err(before_the_file)?;
    let text = |name: &str| fields.get(name).filter(|text| !text.trim().is_empty()).cloned();
    let (title, licence, licence_url) = (text("title"), text("licence"), text("licence_url"));
    Ok(NewFile { version, filename: filename.to_owned(), title, licence, licence_url })
}

/// The same refusal, saying of what is missing that it has to come first.
fn before_the_file(refusal: Refusal) -> Refusal {
    let Refusal::Invalid { problems } = refusal else { return refusal };
    let told = |problem: FieldProblem| match problem.code.as_str() {
        "required" => FieldProblem { message: "Send this before the file.".to_owned(), ..problem },
        _ => problem,
    };
    Refusal::Invalid { problems: problems.into_iter().map(told).collect() }
}
