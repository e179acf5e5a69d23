//! Files, which versions list as their distributions.

use chrono::{DateTime, Utc};
use domain::file::{File, FileState};
use domain::refusal::Refusal;
use domain::table::Problem;
use domain::upload::UploadState;
use serde::Serialize;
use services::uploads::Upload;
use utoipa::ToSchema;

use super::{Links, segment, version_path};

/// A file, or a distribution of a version.
#[derive(Debug, Serialize, ToSchema)]
pub struct FileBody {
    id: String,
    dataset_id: String,
    edition: String,
    version: String,
    filename: String,
    title: String,
    media_type: String,
    format: String,
    size: u64,
    sha256: String,
    state: FileState,
    #[serde(skip_serializing_if = "Option::is_none")]
    rows: Option<u64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    columns: Option<usize>,
    #[serde(skip_serializing_if = "Option::is_none")]
    licence: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    licence_url: Option<String>,
    created_at: DateTime<Utc>,
    links: Links,
}

impl From<&File> for FileBody {
    fn from(file: &File) -> Self {
        let path = file_path(&file.id);
        let links = Links::from([
            ("status", format!("{path}/status")),
            ("download", download_path(file)),
            ("version", version_path(&file.dataset_id, &file.edition, file.version)),
            ("self", path),
        ]);
        Self {
            id: file.id.clone(),
            dataset_id: file.dataset_id.clone(),
            edition: file.edition.clone(),
            version: file.version.to_string(),
            filename: file.filename.clone(),
            title: file.title.clone(),
            media_type: file.media_type.clone(),
            format: file.format.clone(),
            size: file.size,
            sha256: file.sha256.clone(),
            state: file.state,
            rows: file.profile.as_ref().map(|profile| profile.rows),
            columns: file.profile.as_ref().map(|profile| profile.columns.len()),
            licence: file.licence.clone(),
            licence_url: file.licence_url.clone(),
            created_at: file.created_at,
            links,
        }
    }
}

/// The address of what is known of a file.
#[must_use]
pub fn file_path(id: &str) -> String {
    format!("/v1/files/{}", segment(id))
}

/// The address of these very bytes, whatever is released later.
fn download_path(file: &File) -> String {
    let (dataset, name) = (segment(&file.dataset_id), segment(&file.filename));
    format!("/v1/files/downloads/{dataset}/{name}?edition={}&version={}", segment(&file.edition), file.version)
}

/// How far a file has come. Uploads are looked into before they are answered, so what is here has arrived whole.
#[derive(Debug, Serialize, ToSchema)]
pub struct FileStatusBody {
    id: String,
    state: FileState,
    bytes_received: u64,
    size: u64,
    progress: f32,
    attempts: u32,
    last_error: Option<String>,
    problems: Vec<Problem>,
    links: Links,
}

impl From<&File> for FileStatusBody {
    fn from(file: &File) -> Self {
        Self {
            id: file.id.clone(),
            state: file.state,
            bytes_received: file.size,
            size: file.size,
            progress: 1.0,
            attempts: 1,
            last_error: None,
            problems: file.profile.as_ref().map(|profile| profile.problems.clone()).unwrap_or_default(),
            links: Links::from([("self", format!("{}/status", file_path(&file.id))), ("file", file_path(&file.id))]),
        }
    }
}

/// The address of an upload.
#[must_use]
pub fn upload_path(id: &str) -> String {
    format!("/v1/files/uploads/{}", segment(id))
}

/// An upload that comes in several requests.
#[derive(Debug, Serialize, ToSchema)]
pub struct UploadBody {
    id: String,
    state: UploadState,
    dataset_id: String,
    edition: String,
    version: String,
    filename: String,
    /// How many bytes are kept.
    offset: u64,
    /// How many bytes it will have.
    length: u64,
    /// Why it became no file.
    problems: Vec<String>,
    created_at: DateTime<Utc>,
    /// When it ends unless more arrives.
    expires_at: DateTime<Utc>,
    links: Links,
}

impl From<&Upload> for UploadBody {
    fn from(upload: &Upload) -> Self {
        let meant = &upload.meant;
        let mut links = Links::from([
            ("self", upload_path(&upload.id)),
            ("version", version_path(&meant.dataset_id, &meant.edition, meant.version)),
        ]);
        if upload.state == UploadState::Finished {
            links.insert("file", file_path(&upload.id));
        }
        let problems = match &upload.problem {
            None => Vec::new(),
            Some(Refusal::Invalid { problems }) => problems.iter().map(|problem| problem.message.clone()).collect(),
            Some(refusal) => vec![refusal.to_string()],
        };
        Self {
            id: upload.id.clone(),
            state: upload.state,
            dataset_id: meant.dataset_id.clone(),
            edition: meant.edition.clone(),
            version: meant.version.to_string(),
            filename: meant.filename.clone(),
            offset: upload.received,
            length: upload.length,
            problems,
            created_at: upload.created_at,
            expires_at: upload.expires_at,
            links,
        }
    }
}
