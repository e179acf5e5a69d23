//! Datasets and editions.

use chrono::{DateTime, Utc};
use domain::dataset::{Dataset, DatasetMetadata, Edition};
use domain::views::DatasetSummary;
use serde::Serialize;
use utoipa::ToSchema;

use super::{Links, dataset_path, edition_path, segment, version_path};

/// The one type of dataset there is today.
pub const STATIC: &str = "static";

/// A dataset.
#[derive(Debug, Serialize, ToSchema)]
pub struct DatasetBody {
    id: String,
    #[serde(rename = "type")]
    kind: String,
    state: String,
    department: String,
    #[serde(flatten)]
    metadata: DatasetMetadata,
    last_updated: DateTime<Utc>,
    #[serde(skip_serializing_if = "Option::is_none")]
    published_at: Option<DateTime<Utc>>,
    /// The editors' copy, for those who may see it.
    #[serde(skip_serializing_if = "Option::is_none")]
    draft: Option<DatasetMetadata>,
    links: Links,
}

impl DatasetBody {
    /// The dataset as somebody sees it who sees these editions.
    #[must_use]
    pub fn new(dataset: &Dataset, editions: &[Edition]) -> Self {
        Self {
            id: dataset.id.clone(),
            kind: dataset.kind.clone(),
            state: dataset.state().to_owned(),
            department: dataset.department.clone(),
            metadata: dataset.shown(),
            last_updated: dataset.last_updated,
            published_at: dataset.published_at,
            draft: dataset.draft.clone(),
            links: links_of(&dataset.id, editions),
        }
    }

    /// A dataset in a list, for somebody who sees these editions.
    #[must_use]
    pub fn listed(summary: DatasetSummary, editions: &[Edition]) -> Self {
        Self {
            kind: STATIC.to_owned(),
            state: summary.state,
            department: summary.department,
            metadata: summary.metadata,
            last_updated: summary.last_updated,
            published_at: None,
            draft: None,
            links: links_of(&summary.id, editions),
            id: summary.id,
        }
    }
}

fn links_of(id: &str, editions: &[Edition]) -> Links {
    let path = dataset_path(id);
    let mut links = Links::from([
        ("editions", format!("{path}/editions")),
        ("page", format!("/catalogue/{}", segment(id))),
        ("self", path),
    ]);
    let latest = editions.iter().find_map(|e| Some((e, e.latest_version?)));
    if let Some((edition, version)) = latest {
        links.insert("latest_version", version_path(id, &edition.edition, version));
    }
    links
}

/// An edition.
#[derive(Debug, Serialize, ToSchema)]
pub struct EditionBody {
    dataset_id: String,
    edition: String,
    title: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    title_cy: Option<String>,
    state: &'static str,
    latest_version: Option<String>,
    release_date: Option<DateTime<Utc>>,
    links: Links,
}

impl From<&Edition> for EditionBody {
    fn from(edition: &Edition) -> Self {
        let path = edition_path(&edition.dataset_id, &edition.edition);
        let page = format!("/catalogue/{}/editions/{}", segment(&edition.dataset_id), segment(&edition.edition));
        let mut links = Links::from([
            ("dataset", dataset_path(&edition.dataset_id)),
            ("versions", format!("{path}/versions")),
            ("page", page),
            ("self", path),
        ]);
        if let Some(version) = edition.latest_version {
            links.insert("latest_version", version_path(&edition.dataset_id, &edition.edition, version));
        }
        Self {
            dataset_id: edition.dataset_id.clone(),
            edition: edition.edition.clone(),
            title: edition.title.clone(),
            title_cy: edition.title_cy.clone(),
            state: if edition.published_at.is_some() { "published" } else { "created" },
            latest_version: edition.latest_version.map(|version| version.to_string()),
            release_date: edition.latest_release,
            links,
        }
    }
}
