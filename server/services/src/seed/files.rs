//! The files of the content, as they are written.

use std::path::Path;

use chrono::{DateTime, Utc};
use domain::dataset::{DatasetMetadata, Period};
use domain::policy::Grant;
use domain::version::{Alert, ColumnNote, LatestChange, UsageNote, VersionState};
use serde::Deserialize;
use serde::de::DeserializeOwned;

use super::fault;
use crate::Result;

#[derive(Deserialize)]
pub(super) struct TopicFile {
    pub id: String,
    pub title: String,
    pub title_cy: Option<String>,
    #[serde(default)]
    pub description: String,
    pub description_cy: Option<String>,
    pub parent: Option<String>,
}

#[derive(Deserialize)]
pub(super) struct PeopleFile {
    pub people: Vec<PersonFile>,
    pub teams: Vec<TeamFile>,
}

#[derive(Deserialize)]
pub(super) struct PersonFile {
    pub email: String,
    pub name: String,
    pub grants: Vec<Grant>,
}

#[derive(Deserialize)]
pub(super) struct TeamFile {
    pub id: String,
    pub name: String,
    pub members: Vec<String>,
}

#[derive(Deserialize)]
pub(super) struct DatasetFile {
    pub id: String,
    #[serde(rename = "type")]
    pub kind: String,
    pub department: String,
    pub editions: Vec<EditionFile>,
}

#[derive(Deserialize)]
pub(super) struct EditionFile {
    pub edition: String,
    pub title: String,
    pub title_cy: Option<String>,
    pub versions: Vec<VersionFile>,
}

#[derive(Deserialize)]
pub(super) struct VersionFile {
    pub version: u32,
    pub release_date: DateTime<Utc>,
    pub state: VersionState,
    #[serde(default)]
    pub usage_notes: Vec<UsageNote>,
    #[serde(default)]
    pub latest_changes: Vec<LatestChange>,
    #[serde(default)]
    pub alerts: Vec<Alert>,
    pub temporal_coverage: Option<String>,
    pub lowest_geography: Option<String>,
    #[serde(default)]
    pub temporal: Vec<Period>,
    #[serde(default)]
    pub column_notes: Vec<ColumnNote>,
    pub files: Vec<FileEntry>,
}

#[derive(Deserialize)]
pub(super) struct FileEntry {
    pub filename: String,
    pub title: String,
    pub path: String,
}

#[derive(Deserialize)]
pub(super) struct BundleFile {
    pub title: String,
    pub description: String,
    #[serde(rename = "type")]
    pub kind: domain::bundle::BundleKind,
    pub state: domain::bundle::BundleStage,
    pub preview_teams: Vec<String>,
    pub contents: Vec<ItemFile>,
    pub publication_offset_minutes: Option<i64>,
    pub created_by: String,
    pub approved_by: Option<String>,
}

#[derive(Deserialize)]
pub(super) struct ItemFile {
    pub dataset_id: String,
    pub edition: String,
    pub version: u32,
}

#[derive(Deserialize)]
pub(super) struct ReleaseFile {
    pub id: String,
    pub title: String,
    pub title_cy: Option<String>,
    pub summary: String,
    pub summary_cy: Option<String>,
    pub department: Option<String>,
    pub state: domain::release::ReleaseState,
    /// The title of the bundle that publishes it.
    pub bundle: Option<String>,
    /// Days from now, for an exact date.
    pub in_days: Option<i64>,
    /// Months from now, where only the month is known.
    pub in_months: Option<u32>,
    /// Days by which a confirmed date was moved.
    pub moved_days: Option<i64>,
    pub reason: Option<String>,
    pub reason_cy: Option<String>,
    #[serde(default)]
    pub pre_release_access: Vec<domain::release::PreReleaseAccess>,
}

/// Reads one file.
pub(super) fn read<T: DeserializeOwned>(path: &Path) -> Result<T> {
    let text = std::fs::read(path).map_err(|e| fault(&format!("{} cannot be read: {e}", path.display())))?;
    serde_json::from_slice(&text).map_err(|e| fault(&format!("{} is not as expected: {e}", path.display())))
}

/// Reads a dataset's file: its structure, and what editors say about it.
pub(super) fn read_dataset(path: &Path) -> Result<(DatasetFile, DatasetMetadata)> {
    let mut value: serde_json::Value = read(path)?;
    let wrong = |e: serde_json::Error| fault(&format!("{} is not as expected: {e}", path.display()));
    let file = serde_json::from_value(value.clone()).map_err(wrong)?;
    if let Some(fields) = value.as_object_mut() {
        for structural in ["id", "type", "department", "editions"] {
            fields.remove(structural);
        }
    }
    Ok((file, serde_json::from_value(value).map_err(wrong)?))
}
