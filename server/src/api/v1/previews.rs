//! What a bundle will make public.

use chrono::{DateTime, Utc};
use domain::bundle::preview::{BundlePreview, Change, PreviewItem};
use domain::bundle::{BundleStage, blockers::preflight};
use domain::dataset::DatasetMetadata;
use domain::version::admin_version_path;
use serde::Serialize;
use serde_json::Value;
use services::bundles::Outlook;
use utoipa::ToSchema;

use super::{Links, VersionBody, bundle_path, segment};
use crate::api::problem::reasons;

/// A bundle's contents as readers will find them.
#[derive(Debug, Serialize, ToSchema)]
pub struct PreviewBody {
    bundle_id: String,
    title: String,
    state: BundleStage,
    #[serde(skip_serializing_if = "Option::is_none")]
    publication_date: Option<DateTime<Utc>>,
    /// What would come of its publication; absent once it is public.
    #[serde(skip_serializing_if = "Option::is_none")]
    rehearsal: Option<RehearsalBody>,
    items: Vec<PreviewItemBody>,
    links: Links,
}

/// What would come of a publication.
#[derive(Debug, Serialize, ToSchema)]
pub struct RehearsalBody {
    /// Whether nothing stands in the way.
    ready: bool,
    /// Every missing approval, the instant where there is none, and whatever else stands in the way.
    blockers: Value,
    /// How long writing it takes, in milliseconds: an estimate from the number of versions, about twice what is usually measured.
    /// It is begun so long before its instant, and only its commit is left for then.
    expected_ms: i64,
}

/// One version as readers will find it.
#[derive(Debug, Serialize, ToSchema)]
pub struct PreviewItemBody {
    id: String,
    dataset_is_new: bool,
    edition_is_new: bool,
    /// The version that readers find now.
    replaces: Option<String>,
    dataset: DatasetMetadata,
    version: VersionBody,
    changes: ChangesBody,
    problems: Value,
    links: Links,
}

/// What differs from what is public now.
#[derive(Debug, Serialize, ToSchema)]
pub struct ChangesBody {
    dataset: Vec<Change>,
    version: Vec<Change>,
    files_added: Vec<String>,
    files_dropped: Vec<String>,
}

impl From<Outlook> for RehearsalBody {
    fn from(outlook: Outlook) -> Self {
        Self {
            ready: outlook.blockers.is_empty(),
            blockers: reasons(&outlook.blockers),
            expected_ms: outlook.expected.num_milliseconds(),
        }
    }
}

impl PreviewBody {
    /// The answer of what a bundle will make public, and of what would come of it.
    pub fn new(preview: BundlePreview, outlook: Option<Outlook>) -> Self {
        let bundle = preview.bundle;
        let path = bundle_path(&bundle.id);
        Self {
            state: bundle.stage(),
            publication_date: bundle.state.schedule().map(|s| s.publication_date),
            rehearsal: outlook.map(RehearsalBody::from),
            items: preview.items.into_iter().map(PreviewItemBody::from).collect(),
            links: Links::from([
                ("page", bundle.admin_path()),
                ("self", format!("{path}/preview")),
                ("readiness", format!("{path}/readiness")),
                ("bundle", path),
            ]),
            title: bundle.details.title,
            bundle_id: bundle.id,
        }
    }
}

impl From<PreviewItem> for PreviewItemBody {
    fn from(shown: PreviewItem) -> Self {
        let item = &shown.item;
        let blockers =
            if shown.version.is_public() { Vec::new() } else { preflight(&item.bundle_id, std::slice::from_ref(item)) };
        Self {
            id: item.id.clone(),
            dataset_is_new: shown.dataset_is_new,
            edition_is_new: shown.edition_is_new,
            replaces: shown.replaces.map(|version| version.to_string()),
            version: VersionBody::new(&shown.version, &shown.files, &shown.dataset),
            dataset: shown.dataset,
            changes: ChangesBody {
                dataset: shown.dataset_changes,
                version: shown.version_changes,
                files_added: shown.files_added,
                files_dropped: shown.files_dropped,
            },
            problems: reasons(&blockers),
            links: Links::from([
                ("content", format!("{}/contents/{}", bundle_path(&item.bundle_id), segment(&item.id))),
                ("edit", admin_version_path(&item.dataset_id, &item.edition, item.version)),
            ]),
        }
    }
}
