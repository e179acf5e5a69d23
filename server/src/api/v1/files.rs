//! Files, which versions list as their distributions.

use chrono::{DateTime, Utc};
use domain::file::{File, FileJob, FileJobState, FileState};
use domain::refusal::Refusal;
use domain::table::Problem;
use domain::upload::UploadState;
use serde::Serialize;
use services::files::Queue;
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

/// How far a file has come: received whole, and looked into at once or, if it is large, afterwards.
#[derive(Debug, Serialize, ToSchema)]
pub struct FileStatusBody {
    id: String,
    state: FileState,
    bytes_received: u64,
    size: u64,
    /// How far the looking has come, from 0 to 1.
    progress: f32,
    attempts: u32,
    last_error: Option<String>,
    /// The encoding that its text was read in.
    #[serde(skip_serializing_if = "Option::is_none")]
    encoding: Option<String>,
    /// Whether something was found in it that has to be confirmed before its version goes on.
    to_confirm: bool,
    /// Why what was found is meant, as it was confirmed; not once the file is public, as that was said among those who work on it.
    #[serde(skip_serializing_if = "Option::is_none")]
    confirmed: Option<String>,
    /// When it is tried again after a fault.
    #[serde(skip_serializing_if = "Option::is_none")]
    next_attempt_at: Option<DateTime<Utc>>,
    /// What was found in it, with the line where there is one.
    problems: Vec<Problem>,
    links: Links,
}

impl FileStatusBody {
    /// Of a file and the job that looks into it, if there is one.
    #[must_use]
    pub fn new(file: &File, job: Option<&FileJob>) -> Self {
        let found = file.profile.as_ref().map(|profile| profile.problems.clone()).unwrap_or_default();
        Self {
            id: file.id.clone(),
            state: file.state,
            bytes_received: file.size,
            size: file.size,
            progress: job.map_or(1.0, |job| job.progress),
            attempts: job.map_or(1, |job| job.attempts),
            last_error: job.and_then(|job| job.last_error.clone()),
            encoding: file.profile.as_ref().map(|profile| profile.encoding.clone()),
            to_confirm: file.waits_to_be_confirmed(),
            confirmed: file
                .confirmed
                .clone()
                .filter(|_| !matches!(file.state, FileState::Published | FileState::Moved)),
            next_attempt_at: job.and_then(next_attempt),
            problems: job.map(|job| job.problems.clone()).filter(|problems| !problems.is_empty()).unwrap_or(found),
            links: Links::from([("self", format!("{}/status", file_path(&file.id))), ("file", file_path(&file.id))]),
        }
    }
}

fn next_attempt(job: &FileJob) -> Option<DateTime<Utc>> {
    (job.state == FileJobState::Queued && job.attempts > 0).then_some(job.available_at)
}

/// The files that wait to be looked into, are looked into, or have failed.
#[derive(Debug, Serialize, ToSchema)]
pub struct FileQueueBody {
    queued: u64,
    running: u64,
    failed: u64,
    /// How long the oldest has waited that is neither ready nor failed.
    oldest_age_seconds: i64,
    /// The first thousand of them, oldest first.
    items: Vec<QueuedFileBody>,
}

/// One of them.
#[derive(Debug, Serialize, ToSchema)]
pub struct QueuedFileBody {
    id: String,
    dataset_id: String,
    edition: String,
    version: String,
    filename: String,
    size: u64,
    state: FileJobState,
    progress: f32,
    attempts: u32,
    last_error: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    next_attempt_at: Option<DateTime<Utc>>,
    created_at: DateTime<Utc>,
    links: Links,
}

impl FileQueueBody {
    /// Of these files, as they stand now.
    #[must_use]
    pub fn new(queue: &Queue, now: DateTime<Utc>) -> Self {
        let count = |state| queue.counts.get(&state).map_or(0, |(number, _)| *number);
        let since = |state| queue.counts.get(&state).map(|(_, oldest)| *oldest);
        let open = [FileJobState::Queued, FileJobState::Running].map(since);
        let oldest = open.into_iter().flatten().min();
        let item = |(file, job): &(File, FileJob)| QueuedFileBody {
            id: file.id.clone(),
            dataset_id: file.dataset_id.clone(),
            edition: file.edition.clone(),
            version: file.version.to_string(),
            filename: file.filename.clone(),
            size: file.size,
            state: job.state,
            progress: job.progress,
            attempts: job.attempts,
            last_error: job.last_error.clone(),
            next_attempt_at: next_attempt(job),
            created_at: job.created_at,
            links: Links::from([("self", file_path(&file.id)), ("status", format!("{}/status", file_path(&file.id)))]),
        };
        Self {
            queued: count(FileJobState::Queued),
            running: count(FileJobState::Running),
            failed: count(FileJobState::Failed),
            oldest_age_seconds: oldest.map_or(0, |since| (now - since).num_seconds().max(0)),
            items: queue.items.iter().map(item).collect(),
        }
    }
}

/// How many failed files were taken off the queue.
#[derive(Debug, Serialize, ToSchema)]
pub struct ClearedBody {
    /// How many.
    pub cleared: u64,
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
