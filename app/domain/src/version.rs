//! Versions: one release of an edition, and the machine that takes it to the public.

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};

use crate::actor::{Actor, Caller};
use crate::dataset::{Period, QualityDesignation};
use crate::event::Happened;
use crate::policy::Permission;
use crate::refusal::Refusal;
use crate::wire::wire_enum;

mod column_note;
mod comment;
mod neighbours;
mod rules;

pub use column_note::ColumnNote;
pub use comment::VersionComment;
pub use neighbours::Neighbours;

wire_enum! {
    /// Where a version stands (product contract, section 3).
    VersionState {
        /// Being prepared; the only editable state.
        Created => "created",
        /// Waiting for somebody else's approval.
        Submitted => "submitted",
        /// Fit to go into a bundle.
        Approved => "approved",
        /// Public.
        Published => "published",
        /// Public page, bytes in the archive.
        Archived => "archived",
    }
}

wire_enum! {
    /// What can be done to a version.
    VersionAction {
        /// Ask for approval.
        Submit => "submit",
        /// Send back to its editor, with a reason.
        Return => "return",
        /// Approve, as somebody other than its last editor.
        Approve => "approve",
        /// Take approval back, with a reason.
        Reopen => "reopen",
        /// Make public; only as part of a bundle.
        Publish => "publish",
        /// Move the bytes to the archive.
        Archive => "archive",
        /// Bring them back.
        Restore => "restore",
    }
}

impl VersionAction {
    /// The table: from where, to where, with which right, recorded as what.
    #[must_use]
    pub const fn rule(self) -> (VersionState, VersionState, Permission, &'static str) {
        use Permission as P;
        use VersionState as S;
        match self {
            Self::Submit => (S::Created, S::Submitted, P::DatasetsWrite, "submitted"),
            Self::Return => (S::Submitted, S::Created, P::VersionsApprove, "returned"),
            Self::Approve => (S::Submitted, S::Approved, P::VersionsApprove, "approved"),
            Self::Reopen => (S::Approved, S::Submitted, P::VersionsApprove, "reopened"),
            Self::Publish => (S::Approved, S::Published, P::BundlesPublish, "published"),
            Self::Archive => (S::Published, S::Archived, P::VersionsArchive, "archived"),
            Self::Restore => (S::Archived, S::Published, P::VersionsArchive, "restored"),
        }
    }

    /// Whether a reason must be given.
    #[must_use]
    pub const fn needs_reason(self) -> bool {
        matches!(self, Self::Return | Self::Reopen)
    }
}

wire_enum! {
    /// What an alert on a published version is.
    AlertKind {
        /// Something to know.
        Alert => "alert",
        /// Something that was wrong.
        Correction => "correction",
    }
}

wire_enum! {
    /// How much what was wrong changes of what can be concluded from the figures.
    AlertSeverity {
        /// What the figures show stays the same.
        Minor => "minor",
        /// What the figures show is another thing.
        Major => "major",
    }
}

/// A notice on a version.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(not(target_family = "wasm"), derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct Alert {
    /// Names it for withdrawing it; the catalogue gives it.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub id: String,
    /// Alert or correction.
    #[serde(rename = "type")]
    pub kind: AlertKind,
    /// Since when.
    pub date: Option<DateTime<Utc>>,
    /// What readers should know.
    pub description: String,
    /// The same in Welsh.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub description_cy: Option<String>,
    /// How much it changes, where that is said.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub severity: Option<AlertSeverity>,
}

impl Alert {
    /// What is told in English alone, from when it is put on a version.
    #[must_use]
    pub fn new(kind: AlertKind, description: impl Into<String>) -> Self {
        let description = description.into();
        Self { id: String::new(), kind, date: None, description, description_cy: None, severity: None }
    }
}

/// A note on how to use the figures.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(not(target_family = "wasm"), derive(utoipa::ToSchema))]
#[serde(default, deny_unknown_fields)]
pub struct UsageNote {
    /// A short heading.
    pub title: String,
    /// The note.
    pub note: String,
}

/// Something that changed since the version before.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(not(target_family = "wasm"), derive(utoipa::ToSchema))]
#[serde(default, deny_unknown_fields)]
pub struct LatestChange {
    /// A short heading.
    pub name: String,
    /// What changed and why.
    pub description: String,
    /// Such as `revision`, `addition`, `correction`.
    #[serde(rename = "type")]
    pub kind: String,
}

/// What editors say about a version.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(not(target_family = "wasm"), derive(utoipa::ToSchema))]
#[serde(default, deny_unknown_fields)]
pub struct VersionMetadata {
    /// The date of release that readers see. A version that becomes public before it was released when it became public.
    #[cfg_attr(not(target_family = "wasm"), schema(value_type = DateTime<Utc>, required = true))]
    pub release_date: Option<DateTime<Utc>>,
    /// How far the figures are trusted, where it differs from the dataset.
    pub quality_designation: Option<QualityDesignation>,
    /// Notes on how to use the figures.
    pub usage_notes: Vec<UsageNote>,
    /// What changed since the version before.
    pub latest_changes: Vec<LatestChange>,
    /// Alerts and corrections.
    pub alerts: Vec<Alert>,
    /// The time the figures cover.
    pub temporal_coverage: Option<String>,
    /// The lowest level of geography of the figures: a code such as `oa`, `lsoa`, `msoa`, `wpc`, `ltla` or `rgn`, or words.
    #[cfg_attr(not(target_family = "wasm"), schema(example = "ltla"))]
    pub lowest_geography: Option<String>,
    /// The time the figures cover, as programs read it.
    pub temporal: Vec<Period>,
    /// What is said about the columns of the table.
    pub column_notes: Vec<ColumnNote>,
}

impl VersionMetadata {
    /// The same for a version that corrects the one before: what was wrong goes public with it, as a correction and among what changed.
    #[must_use]
    pub fn correcting(mut self, correction: Alert) -> Self {
        self.latest_changes.push(LatestChange {
            name: "Correction".to_owned(),
            description: correction.description.clone(),
            kind: AlertKind::Correction.as_str().to_owned(),
        });
        let date = correction.date.or(self.release_date);
        self.alerts.push(Alert { kind: AlertKind::Correction, date, ..correction });
        self
    }

    /// What the next version begins with: what is true of every release, not what was said of this one.
    #[must_use]
    pub fn carried_forward(&self) -> Self {
        Self {
            quality_designation: self.quality_designation,
            usage_notes: self.usage_notes.clone(),
            temporal_coverage: self.temporal_coverage.clone(),
            lowest_geography: self.lowest_geography.clone(),
            temporal: self.temporal.clone(),
            column_notes: self.column_notes.clone(),
            ..Self::default()
        }
    }
}

/// A version as somebody may see it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Version {
    /// The row's id, a UUIDv7.
    pub id: String,
    /// The dataset's slug.
    pub dataset_id: String,
    /// The edition's slug.
    pub edition: String,
    /// The edition's title.
    pub edition_title: String,
    /// 1, 2, 3 …
    pub version: u32,
    /// Where it stands.
    pub state: VersionState,
    /// What editors say about it.
    pub metadata: VersionMetadata,
    /// Who made it.
    pub created_by: Actor,
    /// Who edited it last.
    pub last_edited_by: Actor,
    /// Who approved it.
    pub approved_by: Option<Actor>,
    /// When.
    pub approved_at: Option<DateTime<Utc>>,
    /// When it became public.
    pub published_at: Option<DateTime<Utc>>,
    /// When it last changed.
    pub last_updated: DateTime<Utc>,
    /// Goes up with every change.
    pub revision: i64,
}

impl Version {
    /// Whether the public may see it.
    #[must_use]
    pub const fn is_public(&self) -> bool {
        matches!(self.state, VersionState::Published | VersionState::Archived)
    }

    /// The version as the public sees it once it is public at `at`; one that is public stays as it is.
    #[must_use]
    pub fn published_at_instant(self, at: DateTime<Utc>) -> Self {
        if self.is_public() {
            return self;
        }
        Self { state: VersionState::Published, published_at: Some(at), last_updated: at, ..self }.dated()
    }

    /// The same with the date on which it was released: nothing was released after it became public.
    ///
    /// Editors say the date while they prepare a version, and the instant of its bundle may be another one in the end. An earlier
    /// date stays, since the catalogue also takes in what was released elsewhere before. A correction that carries the version's
    /// date goes with it.
    #[must_use]
    pub fn dated(mut self) -> Self {
        let said = self.metadata.release_date;
        let Some(at) = self.published_at.filter(|at| said.is_some_and(|said| *at < said)) else { return self };
        self.metadata.release_date = Some(at);
        for alert in self.metadata.alerts.iter_mut().filter(|alert| alert.date == said) {
            alert.date = Some(at);
        }
        self
    }

    /// `dataset/edition/version`, as refusals name it.
    #[must_use]
    pub fn reference(&self) -> String {
        format!("{}/{}/{}", self.dataset_id, self.edition, self.version)
    }

    /// The portal's page for it.
    #[must_use]
    pub fn admin_path(&self) -> String {
        admin_version_path(&self.dataset_id, &self.edition, self.version)
    }

    /// Refuses an approval by the version's last editor.
    pub fn check_four_eyes(&self, by: &Caller) -> Result<(), Refusal> {
        if !by.is_same_person(&self.last_edited_by) {
            return Ok(());
        }
        let message = "You edited this version last, so somebody else has to approve it.".to_owned();
        Err(Refusal::FourEyes { message })
    }

    /// The public page for it.
    #[must_use]
    pub fn page_path(&self) -> String {
        format!("/catalogue/{}/editions/{}/versions/{}", self.dataset_id, self.edition, self.version)
    }

    /// Takes the action, or says why not; the old value is consumed.
    pub fn apply(
        mut self,
        action: VersionAction,
        by: &Caller,
        now: DateTime<Utc>,
        reason: Option<String>,
    ) -> Result<(Self, Happened), Refusal> {
        let (from, to, _, event_type) = action.rule();
        if action.needs_reason() && reason.as_deref().is_none_or(|r| r.trim().is_empty()) {
            return Err(Refusal::field("reason", "required", "Say why, so that the editor knows what to change."));
        }
        if self.state != from {
            return Err(Refusal::InvalidTransition {
                action: format!("{action} a version"),
                from: self.state.to_string(),
                allowed: vec![from.to_string()],
            });
        }
        if action == VersionAction::Approve {
            self.check_four_eyes(by)?;
            self.approved_by = Some(by.actor.clone());
            self.approved_at = Some(now);
        }
        if matches!(action, VersionAction::Reopen | VersionAction::Return) {
            self.approved_by = None;
            self.approved_at = None;
        }
        if action == VersionAction::Publish {
            self.published_at = Some(now);
        }
        self.state = to;
        self.last_updated = now;
        let happened = Happened { event_type, from_state: from.as_str(), to_state: to.as_str(), reason };
        Ok((self, happened))
    }
}

/// The portal's page for a version.
#[must_use]
pub fn admin_version_path(dataset: &str, edition: &str, version: u32) -> String {
    format!("/admin/datasets/{dataset}/editions/{edition}/versions/{version}")
}

/// Where a page of a version is to be seen as readers will find it, in whatever bundle it will be: its `page`, `explore`, `compare` or
/// `quality`.
#[must_use]
pub fn version_preview_path(dataset: &str, edition: &str, version: u32, part: &str) -> String {
    format!("{}/preview/{part}", admin_version_path(dataset, edition, version))
}

/// The place of a file on the portal's page of its version; that of all its files where none is named.
#[must_use]
pub fn admin_file_path(dataset: &str, edition: &str, version: u32, file_id: Option<&str>) -> String {
    let page = admin_version_path(dataset, edition, version);
    file_id.map_or_else(|| format!("{page}#files"), |id| format!("{page}#file-{id}"))
}
