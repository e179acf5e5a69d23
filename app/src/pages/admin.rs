//! The portal.

mod bundle;
mod bundle_approve;
mod bundle_deliveries;
mod bundle_edit;
mod bundle_new;
mod bundle_order;
mod bundle_other_steps;
mod bundle_picker;
mod bundle_preview;
mod bundle_remarks;
mod bundle_repeat;
mod bundle_reschedule;
mod bundle_schedule;
mod bundle_steps;
mod bundle_timeline;
mod bundle_undo;
mod bundles;
mod bundles_board;
mod bundles_calendar;
mod bundles_share;
mod bundles_week;
mod dashboard;
mod dataset;
mod dataset_card;
mod dataset_editions;
mod dataset_fields;
mod dataset_links;
mod datasets;
mod datasets_several;
mod edition;
mod files;
mod leave_out;
mod publication;
mod publication_steps;
mod queue;
mod review;
mod version;
mod version_alerts;
mod version_bundling;
mod version_columns;
mod version_compared;
mod version_details;
mod version_figures;
mod version_files;
mod version_images;
mod version_new;
mod version_origins;
mod version_particulars;
mod version_recall;
mod version_remarks;
mod version_steps;
mod version_wizard;

pub use bundle::BundlePage;
pub use bundle_approve::BundleApprove;
pub use bundle_new::NewBundle;
pub use bundle_picker::BundleContentsAdd;
pub use bundle_preview::BundlePreviewPage;
pub use bundle_reschedule::BundlesReschedule;
pub use bundle_schedule::BundleSchedule;
pub(crate) use bundle_steps::{public_reason, which_hour};
pub use bundle_timeline::BundleTimeline;
pub use bundles::Bundles;
pub use bundles_share::BundlesShare;
pub use dashboard::Dashboard;
pub use dataset::DatasetPage;
pub use datasets::{Datasets, NewDataset};
pub use edition::EditionPage;
pub use files::Files;
pub use leave_out::leave_out_ahead;
pub use publication::BundlePublication;
pub use queue::{Queue, after_instant_words, again_in, lateness_words, missing_releases, queue_words};
pub use review::ReviewQueue;
pub use version::VersionPage;
pub(crate) use version_alerts::correction_path;
pub use version_new::NewVersion;
pub use version_wizard::VersionWizard;

use leptos::prelude::*;
use leptos_router::hooks::{use_params_map, use_query_map};

/// A part of the page's address.
fn param(name: &str) -> String {
    use_params_map().read_untracked().get(name).unwrap_or_default()
}

/// A value of the page's query.
fn query(name: &str) -> String {
    use_query_map().read_untracked().get(name).unwrap_or_default()
}
