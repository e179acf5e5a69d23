//! Search.

use std::collections::BTreeMap;

use chrono::{DateTime, Utc};
use domain::catalogue::{DepartmentRef, FacetCount, Highlight, Hit, SearchPage, Suggestion, TopicRef};
use domain::page::{Page, Paging};
use http::Uri;
use serde::Serialize;
use utoipa::ToSchema;

use super::{Links, dataset_path, segment};
use crate::api::PageBody;

/// What a search found, with what would narrow it.
#[derive(Debug, Serialize, ToSchema)]
pub struct SearchBody {
    #[serde(flatten)]
    page: PageBody<HitBody>,
    facets: BTreeMap<String, Vec<FacetCount>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    suggestion: Option<String>,
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
        }
    }
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
