//! The states of a bundle, each with the evidence that it was reached properly.

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};

use super::Channel;
use crate::actor::Actor;
use crate::refusal::Blocker;
use crate::release::PublicReason;
use crate::wire::wire_enum;

wire_enum! {
    /// The name of a bundle's state (product contract, section 2).
    BundleStage {
        /// Empty.
        Created => "created",
        /// Being filled.
        InProgress => "in_progress",
        /// Waiting for approval.
        ReadyForReview => "ready_for_review",
        /// Approved, without an instant.
        Approved => "approved",
        /// Will be published at its instant.
        Scheduled => "scheduled",
        /// Being published now.
        Publishing => "publishing",
        /// Public.
        Published => "published",
        /// Publication was refused; nothing became public.
        Failed => "failed",
    }
}

/// Who did a step, and when.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Mark {
    /// Who.
    pub by: Actor,
    /// When.
    pub at: DateTime<Utc>,
}

/// When to publish, and whom to tell.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Schedule {
    /// The instant.
    pub publication_date: DateTime<Utc>,
    /// Whom to tell.
    pub notification_channels: Vec<Channel>,
}

/// Why publication failed.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Failure {
    /// A stable word.
    pub code: String,
    /// A sentence in the runbook's form.
    pub message: String,
    /// Every reason.
    pub blockers: Vec<Blocker>,
    /// When.
    pub at: DateTime<Utc>,
}

/// Where a bundle stands.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum BundleState {
    /// Empty.
    Created,
    /// Being filled.
    InProgress,
    /// Waiting for approval.
    ReadyForReview {
        /// Who asked for approval.
        submitted: Mark,
    },
    /// Approved, without an instant.
    Approved {
        /// Who approved.
        approval: Mark,
        /// Whom its last schedule told, where it had one that was taken away: the next tells them too, unless it says otherwise.
        #[serde(default, skip_serializing_if = "Vec::is_empty")]
        kept_channels: Vec<Channel>,
    },
    /// Will be published at its instant.
    Scheduled {
        /// Who approved.
        approval: Mark,
        /// When and whom to tell.
        schedule: Schedule,
    },
    /// Being published now, under a node's lease.
    Publishing {
        /// Who approved.
        approval: Mark,
        /// When it was meant to be; none for a manual bundle.
        schedule: Option<Schedule>,
        /// When publication began.
        started_at: DateTime<Utc>,
        /// What the public is told with it, where the release calendar had promised another time.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        told: Option<PublicReason>,
    },
    /// Public.
    Published {
        /// Who approved.
        approval: Mark,
        /// When it was meant to be; none for a manual bundle.
        schedule: Option<Schedule>,
        /// When publication began.
        started_at: DateTime<Utc>,
        /// When it became public.
        published_at: DateTime<Utc>,
    },
    /// Publication was refused; nothing became public.
    Failed {
        /// Who approved.
        approval: Mark,
        /// When it was meant to be; none for a manual bundle.
        schedule: Option<Schedule>,
        /// Why.
        failure: Failure,
    },
}

impl BundleState {
    /// The name without the evidence.
    #[must_use]
    pub const fn stage(&self) -> BundleStage {
        match self {
            Self::Created => BundleStage::Created,
            Self::InProgress => BundleStage::InProgress,
            Self::ReadyForReview { .. } => BundleStage::ReadyForReview,
            Self::Approved { .. } => BundleStage::Approved,
            Self::Scheduled { .. } => BundleStage::Scheduled,
            Self::Publishing { .. } => BundleStage::Publishing,
            Self::Published { .. } => BundleStage::Published,
            Self::Failed { .. } => BundleStage::Failed,
        }
    }

    /// Who approved, where somebody did.
    #[must_use]
    pub const fn approval(&self) -> Option<&Mark> {
        match self {
            Self::Approved { approval, .. }
            | Self::Scheduled { approval, .. }
            | Self::Publishing { approval, .. }
            | Self::Published { approval, .. }
            | Self::Failed { approval, .. } => Some(approval),
            Self::Created | Self::InProgress | Self::ReadyForReview { .. } => None,
        }
    }

    /// The schedule, where there is one.
    #[must_use]
    pub const fn schedule(&self) -> Option<&Schedule> {
        match self {
            Self::Scheduled { schedule, .. } => Some(schedule),
            Self::Publishing { schedule, .. } | Self::Published { schedule, .. } | Self::Failed { schedule, .. } => {
                schedule.as_ref()
            }
            Self::Created | Self::InProgress | Self::ReadyForReview { .. } | Self::Approved { .. } => None,
        }
    }

    /// Whom its schedule tells, or told where it was taken away.
    #[must_use]
    pub fn channels(&self) -> &[Channel] {
        match self {
            Self::Approved { kept_channels, .. } => kept_channels.as_slice(),
            _ => self.schedule().map(|schedule| schedule.notification_channels.as_slice()).unwrap_or_default(),
        }
    }

    /// When it became public.
    #[must_use]
    pub const fn published_at(&self) -> Option<DateTime<Utc>> {
        match self {
            Self::Published { published_at, .. } => Some(*published_at),
            _ => None,
        }
    }

    /// When publication began.
    #[must_use]
    pub const fn started_at(&self) -> Option<DateTime<Utc>> {
        match self {
            Self::Publishing { started_at, .. } | Self::Published { started_at, .. } => Some(*started_at),
            _ => None,
        }
    }

    /// What the public is told with the publication, where it comes at another time than was promised.
    #[must_use]
    pub const fn told(&self) -> Option<&PublicReason> {
        match self {
            Self::Publishing { told, .. } => told.as_ref(),
            _ => None,
        }
    }

    /// The same state, with what the public is told with the publication; no other state than being published keeps it.
    #[must_use]
    pub fn telling(self, told: Option<PublicReason>) -> Self {
        match self {
            Self::Publishing { approval, schedule, started_at, .. } => {
                Self::Publishing { approval, schedule, started_at, told }
            }
            other => other,
        }
    }

    /// Why publication failed.
    #[must_use]
    pub const fn failure(&self) -> Option<&Failure> {
        match self {
            Self::Failed { failure, .. } => Some(failure),
            _ => None,
        }
    }
}
