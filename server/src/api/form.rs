//! Forms with a file in them: their fields, and what is wrong with them.

use std::collections::BTreeMap;

use axum::extract::multipart::{Field, MultipartError};
use axum::http::StatusCode;
use domain::refusal::{FieldProblem, Refusal, all_valid};
use services::versions::VersionKey;

use super::ctx::version_number;
use super::problem::Problem;

/// The longest field beside the file, in bytes.
const MAX_FIELD: usize = 8 * 1024;

/// The fields beside the file, by name.
pub(super) type Fields = BTreeMap<String, String>;

/// A field as text, without the space around it.
pub(super) async fn read_text(name: &str, mut field: Field<'_>) -> Result<String, Problem> {
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
pub(super) fn key_of(fields: &Fields) -> Result<VersionKey, Refusal> {
    let mut problems = Vec::new();
    let mut text = |name: &str| match fields.get(name).filter(|text| !text.is_empty()) {
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

/// What somebody is told who sends something else.
pub(super) fn not_a_form() -> Problem {
    let message = "Send a form with Content-Type: multipart/form-data.";
    Problem::of(StatusCode::UNSUPPORTED_MEDIA_TYPE, "UNSUPPORTED_MEDIA_TYPE", message)
}

/// What is told of a form that cannot be read.
pub(super) fn broken(error: &MultipartError) -> Problem {
    unreadable("", "broken_form", &format!("The form cannot be read: {}.", error.body_text()))
}

/// A field that cannot be taken as it is.
pub(super) fn unreadable(field: &str, code: &str, message: &str) -> Problem {
    Refusal::Unreadable { problems: vec![FieldProblem::new(field, code, message)] }.into()
}
