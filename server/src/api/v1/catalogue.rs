//! Search.

use std::collections::BTreeMap;

use chrono::{DateTime, SecondsFormat, Utc};
use domain::catalogue::{DepartmentRef, FacetCount, FormatSize, Highlight, Hit, SearchPage, Suggestion, TopicRef};
use domain::page::{Page, Paging};
use http::Uri;
use serde::Serialize;
use utoipa::ToSchema;

use super::{Links, dataset_path, segment};
use crate::api::{PageBody, csv};

/// What a search found, with what would narrow it.
#[derive(Debug, Serialize, ToSchema)]
pub struct SearchBody {
    #[serde(flatten)]
    page: PageBody<HitBody>,
    facets: BTreeMap<String, Vec<FacetCount>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    suggestion: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    broader: Option<String>,
}

impl SearchBody {
    /// The answer to the question under `uri`.
    #[must_use]
    pub fn new(uri: &Uri, found: SearchPage) -> Self {
        let paging = Paging { limit: found.limit, offset: found.offset };
        let items = found.items.into_iter().map(HitBody::from).collect();
        Self {
            page: PageBody::new(uri, Page::new(items, found.total_count, paging)),
            facets: found.facets,
            suggestion: found.suggestion,
            broader: found.broader,
        }
    }
}

/// A dataset that a search found.
#[derive(Debug, Serialize, ToSchema)]
pub struct HitBody {
    dataset_id: String,
    title: String,
    summary: String,
    highlights: Vec<Highlight>,
    topics: Vec<TopicRef>,
    formats: Vec<String>,
    release_date: DateTime<Utc>,
    department: DepartmentRef,
    publisher: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    frequency: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    designation: Option<String>,
    /// Columns of its tables: those that the words name, or else the first.
    columns: Vec<String>,
    /// The title of its latest edition.
    edition: String,
    /// What its latest version comes as, with the bytes of its files in each format.
    sizes: Vec<FormatSize>,
    /// Whether one of its latest tables is drawn as a chart.
    has_chart: bool,
    /// When its latest version was last corrected, if it was.
    #[serde(skip_serializing_if = "Option::is_none")]
    corrected_at: Option<DateTime<Utc>>,
    /// Words of the question that stand in its data and nowhere in its description.
    in_data: Vec<String>,
    links: Links,
}

impl From<Hit> for HitBody {
    fn from(hit: Hit) -> Self {
        Self {
            links: links_of(&hit.dataset_id),
            dataset_id: hit.dataset_id,
            title: hit.title,
            summary: hit.summary,
            highlights: hit.highlights,
            topics: hit.topics,
            formats: hit.formats,
            release_date: hit.release_date,
            department: hit.department,
            publisher: hit.publisher,
            frequency: hit.frequency,
            designation: hit.designation,
            columns: hit.columns,
            edition: hit.edition,
            sizes: hit.sizes,
            has_chart: hit.has_chart,
            corrected_at: hit.corrected_at,
            in_data: hit.in_data,
        }
    }
}

/// The heading of the table of what a search found.
#[must_use]
pub const fn hit_csv_head() -> [&'static str; 10] {
    [
        "dataset_id",
        "title",
        "publisher",
        "department",
        "topics",
        "formats",
        "frequency",
        "designation",
        "release_date",
        "page",
    ]
}

/// A dataset that a search found, as a line of CSV.
#[must_use]
pub fn hit_csv_line(hit: &Hit) -> String {
    let topics: Vec<&str> = hit.topics.iter().map(|topic| topic.title.as_str()).collect();
    csv::line([
        hit.dataset_id.as_str(),
        &hit.title,
        &hit.publisher,
        &hit.department.title,
        &topics.join("; "),
        &hit.formats.join("; "),
        hit.frequency.as_deref().unwrap_or_default(),
        hit.designation.as_deref().unwrap_or_default(),
        &hit.release_date.to_rfc3339_opts(SecondsFormat::Secs, true),
        &format!("/catalogue/{}", segment(&hit.dataset_id)),
    ])
}

/// A dataset offered while somebody is typing.
#[derive(Debug, Serialize, ToSchema)]
pub struct SuggestionBody {
    dataset_id: String,
    title: String,
    links: Links,
}

impl From<Suggestion> for SuggestionBody {
    fn from(suggestion: Suggestion) -> Self {
        Self { links: links_of(&suggestion.dataset_id), dataset_id: suggestion.dataset_id, title: suggestion.title }
    }
}

fn links_of(dataset_id: &str) -> Links {
    Links::from([("self", dataset_path(dataset_id)), ("page", format!("/catalogue/{}", segment(dataset_id)))])
}
