//! Bundles: versions to be published at one instant.

pub mod blockers;
pub mod desk;
pub mod missing;
pub mod plan;
pub mod preview;
pub mod readiness;
pub mod remarks;
pub mod reminder;
pub mod repeat;
pub mod reschedule;
pub mod share;
pub mod state;
pub mod transitions;

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};

use crate::actor::Actor;
use crate::refusal::FieldProblem;
use crate::text::{check_line, check_optional};
use crate::version::VersionState;
use crate::wire::wire_enum;

pub use blockers::{preflight, step_ahead};
pub use preview::{BundlePreview, Look, PreviewItem, PreviewOf, Previewed};
pub use state::{BundleStage, BundleState, Failure, Mark, Schedule};
pub use transitions::{BundleAction, BundleCommand};

wire_enum! {
    /// How a bundle is published.
    BundleKind {
        /// At an instant, by the scheduler.
        Scheduled => "scheduled",
        /// By an operator's hand.
        Manual => "manual",
    }
}

wire_enum! {
    /// Where people are told of a publication.
    Channel {
        /// E-mail.
        Email => "email",
        /// Webhooks.
        Webhook => "webhook",
        /// Slack.
        Slack => "slack",
    }
}

/// What editors say about a bundle.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct BundleDetails {
    /// The title, unique among bundles not yet published.
    pub title: String,
    /// What it is.
    pub description: String,
    /// Scheduled or manual.
    pub kind: BundleKind,
    /// Teams that may preview it.
    pub preview_teams: Vec<String>,
}

impl BundleDetails {
    /// Every problem at once.
    #[must_use]
    pub fn problems(&self) -> Vec<FieldProblem> {
        let mut problems = Vec::new();
        check_line(&mut problems, "title", &self.title, 200);
        check_optional(&mut problems, "description", &self.description, 5000, true);
        problems
    }
}

/// A bundle.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Bundle {
    /// A UUIDv7.
    pub id: String,
    /// What editors say about it.
    pub details: BundleDetails,
    /// Where it stands, with the evidence for it.
    pub state: BundleState,
    /// How many versions it holds.
    pub item_count: u32,
    /// Who made it.
    pub created_by: Actor,
    /// When.
    pub created_at: DateTime<Utc>,
    /// Who edited it last.
    pub last_edited_by: Actor,
    /// When anything about it last changed.
    pub last_modified: DateTime<Utc>,
    /// How often publication was tried.
    pub attempts: u32,
    /// Goes up with every change.
    pub revision: i64,
}

impl Bundle {
    /// The state's name without its evidence.
    #[must_use]
    pub const fn stage(&self) -> BundleStage {
        self.state.stage()
    }

    /// The portal's page for it.
    #[must_use]
    pub fn admin_path(&self) -> String {
        format!("/admin/bundles/{}", self.id)
    }

    /// Where a page of an item is to be seen as readers will find it: its `page`, `explore`, `compare` or `quality`.
    #[must_use]
    pub fn preview_path(&self, item: &str, part: &str) -> String {
        format!("{}/preview/{item}/{part}", self.admin_path())
    }

    /// Where its release is to be seen as readers will find it: the `release`, or the `calendar` with it.
    #[must_use]
    pub fn release_preview_path(&self, part: &str) -> String {
        format!("{}/preview/{part}", self.admin_path())
    }
}

/// Where the page of a bundle shows one of its items.
#[must_use]
pub fn item_anchor(item: &str) -> String {
    format!("item-{item}")
}

/// A version in a bundle, with what publication needs to know about it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ContentItem {
    /// A UUIDv7.
    pub id: String,
    /// The bundle's id.
    pub bundle_id: String,
    /// The version's row id.
    pub version_id: String,
    /// The dataset's slug.
    pub dataset_id: String,
    /// The owning department's slug.
    pub department: String,
    /// The edition's slug.
    pub edition: String,
    /// The version's number.
    pub version: u32,
    /// The dataset's title.
    pub title: String,
    /// The edition's title.
    pub edition_title: String,
    /// The version's state.
    pub state: VersionState,
    /// The version's revision now.
    pub version_revision: i64,
    /// The version's revision when it was last found fit.
    pub validated_revision: i64,
    /// When it was last found fit.
    pub last_validated: DateTime<Utc>,
    /// How often the dataset's draft was edited by now; it becomes public with the version.
    pub draft_revision: i64,
    /// The same at the approval of the bundle; `None` where it is not approved.
    pub approved_draft: Option<i64>,
    /// Who edited the dataset's draft last.
    pub draft_edited_by: Actor,
    /// Whether that draft says other than what is public of the dataset, so that it becomes public with the version.
    pub draft_is_news: bool,
    /// Who gave the edition its titles last, while these become public with the version; `None` once they are public, and where it is
    /// not known.
    pub edition_titled_by: Option<Actor>,
    /// Files that are fit to be published.
    pub sound_files: u32,
    /// Files that are not.
    pub unsound_files: u32,
    /// The first of these.
    pub unsound_file: Option<String>,
    /// What the dataset's metadata lacks.
    pub gaps: Vec<String>,
    /// The version before it that is neither public nor in this bundle.
    pub missing_predecessor: Option<u32>,
}

impl ContentItem {
    /// `dataset/edition/version`, as refusals name it.
    #[must_use]
    pub fn reference(&self) -> String {
        format!("{}/{}/{}", self.dataset_id, self.edition, self.version)
    }
}
