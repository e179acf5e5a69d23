//! Versions and their merged metadata.

use chrono::{DateTime, Utc};
use domain::dataset::{DatasetMetadata, Period, QualityDesignation};
use domain::file::File;
use domain::table::{Column, ColumnKind, ColumnRole};
use domain::version::{Alert, ColumnNote, LatestChange, UsageNote, Version, VersionState};
use serde::Serialize;
use serde_json::{Map, Value};
use utoipa::ToSchema;

use super::{ActorBody, DatasetBody, FileBody, Links, dataset_path, edition_path, segment, version_path};

/// A version.
#[derive(Debug, Serialize, ToSchema)]
pub struct VersionBody {
    dataset_id: String,
    edition: String,
    edition_title: String,
    version: String,
    state: VersionState,
    /// The date of release; of a public version never later than `published_at`.
    release_date: Option<DateTime<Utc>>,
    distributions: Vec<FileBody>,
    alerts: Vec<Alert>,
    usage_notes: Vec<UsageNote>,
    latest_changes: Vec<LatestChange>,
    quality_designation: QualityDesignation,
    dimensions: Vec<DimensionBody>,
    #[serde(skip_serializing_if = "Option::is_none")]
    temporal_coverage: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    lowest_geography: Option<String>,
    temporal: Vec<Period>,
    column_notes: Vec<ColumnNote>,
    #[serde(skip_serializing_if = "Option::is_none")]
    published_at: Option<DateTime<Utc>>,
    created_by: ActorBody,
    last_edited_by: ActorBody,
    #[serde(skip_serializing_if = "Option::is_none")]
    approved_by: Option<ActorBody>,
    last_updated: DateTime<Utc>,
    links: Links,
}

/// A dimension of a version's table.
#[derive(Debug, Serialize, ToSchema)]
pub struct DimensionBody {
    name: String,
    /// What readers are to call it: the label that editors gave or, without one, the table's heading.
    label: String,
    /// What stands over it in the table.
    heading: String,
    #[serde(rename = "type")]
    kind: ColumnKind,
    /// What it holds, where editors say it.
    #[serde(skip_serializing_if = "String::is_empty")]
    description: String,
    /// How far it can be trusted, where editors say it.
    #[serde(skip_serializing_if = "String::is_empty")]
    quality_statement_text: String,
    /// Where more is said about that.
    #[serde(skip_serializing_if = "String::is_empty")]
    quality_statement_url: String,
    /// Where the list of its codes is, where editors say it.
    #[serde(skip_serializing_if = "String::is_empty")]
    code_list_url: String,
    links: Links,
}

impl DimensionBody {
    /// The column with what is said about it in a version at this path, of whose tables a file may be named; a label that editors gave
    /// counts before the table's heading.
    #[must_use]
    pub fn new(column: &Column, notes: &[ColumnNote], version: &str, file: Option<&str>) -> Self {
        let note = ColumnNote::about(notes, &column.name).cloned().unwrap_or_default();
        let of_file = file.map(|name| format!("?file={}", segment(name))).unwrap_or_default();
        let options = format!("{version}/dimensions/{}/options{of_file}", segment(&column.name));
        Self {
            name: column.name.clone(),
            label: if note.label.is_empty() { column.label.clone() } else { note.label },
            heading: column.label.clone(),
            kind: column.kind,
            description: note.description,
            quality_statement_text: note.quality_statement_text,
            quality_statement_url: note.quality_statement_url,
            code_list_url: note.code_list_url,
            links: Links::from([("options", options), ("version", version.to_owned())]),
        }
    }
}

impl VersionBody {
    /// The version with its files; what it does not say itself is the dataset's.
    #[must_use]
    pub fn new(version: &Version, files: &[File], dataset: &DatasetMetadata) -> Self {
        let metadata = version.metadata.clone();
        Self {
            dataset_id: version.dataset_id.clone(),
            edition: version.edition.clone(),
            edition_title: version.edition_title.clone(),
            version: version.version.to_string(),
            state: version.state,
            release_date: metadata.release_date,
            distributions: files.iter().map(FileBody::from).collect(),
            alerts: metadata.alerts,
            usage_notes: metadata.usage_notes,
            latest_changes: metadata.latest_changes,
            quality_designation: metadata.quality_designation.unwrap_or(dataset.quality_designation),
            dimensions: dimensions_of(version, files),
            temporal_coverage: metadata.temporal_coverage.or_else(|| dataset.temporal_coverage.clone()),
            lowest_geography: metadata.lowest_geography,
            temporal: metadata.temporal,
            column_notes: metadata.column_notes,
            published_at: version.published_at,
            created_by: (&version.created_by).into(),
            last_edited_by: (&version.last_edited_by).into(),
            approved_by: version.approved_by.as_ref().map(Into::into),
            last_updated: version.last_updated,
            links: links_of(version),
        }
    }
}

/// The dimensions of the first table among the files.
fn dimensions_of(version: &Version, files: &[File]) -> Vec<DimensionBody> {
    let path = version_path(&version.dataset_id, &version.edition, version.version);
    let profile = files.iter().find_map(|file| file.profile.as_ref());
    let columns = profile.map(|profile| profile.columns.as_slice()).unwrap_or_default();
    columns
        .iter()
        .filter(|column| column.role == ColumnRole::Dimension)
        .map(|column| DimensionBody::new(column, &version.metadata.column_notes, &path, None))
        .collect()
}

fn links_of(version: &Version) -> Links {
    let (id, edition) = (&version.dataset_id, &version.edition);
    let path = version_path(id, edition, version.version);
    let page = format!("/catalogue/{}/editions/{}/versions/{}", segment(id), segment(edition), version.version);
    Links::from([
        ("dataset", dataset_path(id)),
        ("edition", edition_path(id, edition)),
        ("metadata", format!("{path}/metadata")),
        ("page", if version.is_public() { page } else { version.admin_path() }),
        ("self", path),
    ])
}

/// One document of dataset and version; where both say something the version counts.
pub fn metadata_document(
    dataset: &DatasetBody,
    version: &VersionBody,
) -> Result<Map<String, Value>, serde_json::Error> {
    let mut document = object(dataset)?;
    document.remove("draft");
    document.remove("id");
    let dataset_links = document.remove("links");
    for (name, value) in object(version)? {
        if name != "links" && !value.is_null() {
            document.insert(name, value);
        }
    }
    let mut links = object(&version.links)?;
    if let Some(Value::Object(others)) = dataset_links {
        for (name, value) in others {
            links.entry(name).or_insert(value);
        }
    }
    if let Some(path) = version.links.get("self") {
        links.insert("version".to_owned(), path.clone().into());
        links.insert("self".to_owned(), format!("{path}/metadata").into());
    }
    links.remove("metadata");
    document.insert("links".to_owned(), Value::Object(links));
    Ok(document)
}

fn object(value: &impl Serialize) -> Result<Map<String, Value>, serde_json::Error> {
    match serde_json::to_value(value)? {
        Value::Object(object) => Ok(object),
        _ => Ok(Map::new()),
    }
}
