//! The five root causes of failed publications that the runbook names, found by test.

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};

use crate::bundle::BundleStage;
use crate::progress::PublicationProgress;
use crate::refusal::Blocker;
use crate::views::Outcome;
use crate::wire::wire_enum;

wire_enum! {
    /// A root cause, in the order of the runbook.
    RootCause {
        /// The bundle holds versions that are not approved, or not fit any more.
        UnapprovedContent => "unapproved_content",
        /// The bundle holds nothing.
        MissingContent => "missing_content",
        /// The bundle is not where it should be.
        StateCorruption => "state_corruption",
        /// A receiver outside of the catalogue is down.
        ExternalService => "external_service",
        /// Another node holds the bundle.
        Lock => "lock",
    }
}

impl RootCause {
    /// What the runbook calls it.
    #[must_use]
    pub const fn title(self) -> &'static str {
        match self {
            Self::UnapprovedContent => "Unapproved content items",
            Self::MissingContent => "Missing content items",
            Self::StateCorruption => "Bundle state corruption",
            Self::ExternalService => "External service failure",
            Self::Lock => "Database lock",
        }
    }

    /// What the runbook tells to do about it.
    #[must_use]
    pub const fn resolution(self) -> &'static str {
        match self {
            Self::UnapprovedContent => {
                "Have the versions named here approved, then schedule the bundle again. What changed after approval is taken out and added anew."
            }
            Self::MissingContent => "Ask for changes, add the content items again, and have the bundle approved.",
            Self::StateCorruption => {
                "Bring back what is named here as missing, then reset the bundle to approved and schedule it again."
            }
            Self::ExternalService => {
                "Try again once the receiver is back, or leave it out for this bundle with a reason."
            }
            Self::Lock => {
                "Wait until the other node lets go: its lease runs out by itself. Then the publication is taken up, or the bundle can be reset."
            }
        }
    }
}

/// What a root cause comes to for one bundle.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Finding {
    /// The cause.
    pub cause: RootCause,
    /// What shows it, each with where it can be mended.
    pub evidence: Vec<Blocker>,
}

/// The root causes that are found in a publication, in the order of the runbook; `lease` is the node that holds it, and until when.
#[must_use]
pub fn causes_of(progress: &PublicationProgress, lease: Option<&(String, DateTime<Utc>)>) -> Vec<Finding> {
    let mut findings: Vec<Finding> = Vec::new();
    let mut add = |cause: RootCause, blocker: Blocker| match findings.iter_mut().find(|found| found.cause == cause) {
        Some(found) => found.evidence.push(blocker),
        None => findings.push(Finding { cause, evidence: vec![blocker] }),
    };
    let stage = progress.bundle.stage();
    if let Some(failure) = progress.bundle.state.failure() {
        for blocker in &failure.blockers {
            add(cause_of(&blocker.code), blocker.clone());
        }
    }
    // What waits until the queue is resumed is where it should be.
    let waits = progress.paused.is_some();
    let overdue = progress.bundle.state.schedule().is_some_and(|schedule| schedule.publication_date < progress.now);
    if overdue && !waits && stage == BundleStage::Scheduled {
        let message = "It is scheduled, and its instant has passed.";
        add(RootCause::StateCorruption, Blocker::new("overdue", message));
    }
    match (stage, lease) {
        (BundleStage::Publishing, Some((node, until))) if *until > progress.now => {
            let message = format!("The node {node} holds it until {}.", crate::uk_time::date_time(*until));
            add(RootCause::Lock, Blocker::new("held", message));
        }
        (BundleStage::Publishing, _) if !waits => {
            let message = "It is being published, and no live node holds it.";
            add(RootCause::StateCorruption, Blocker::new("abandoned", message));
        }
        _ => {}
    }
    for step in progress.steps.iter().filter(|step| step.is_owed() && step.given_up_at.is_some()) {
        let error = step.last_error.clone().unwrap_or_else(|| "it was given up".to_owned());
        add(RootCause::ExternalService, Blocker::new("given_up", format!("{}: {error}", step.name)));
    }
    findings.sort_by_key(|found| found.cause);
    findings
}

/// Whether what was found stands in the way no more.
#[must_use]
pub fn is_mended(progress: &PublicationProgress) -> bool {
    progress.bundle.stage() == BundleStage::Failed && progress.checks.iter().all(|check| check.outcome != Outcome::Fail)
}

fn cause_of(code: &str) -> RootCause {
    match code {
        "no_content" => RootCause::MissingContent,
        "integration_down" => RootCause::ExternalService,
        "held" | "locked" => RootCause::Lock,
        // What the catalogue believes and what the storage holds differ.
        "rehearsal_failed" | "bytes_missing" => RootCause::StateCorruption,
        _ => RootCause::UnapprovedContent,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_reason_of_a_failure_belongs_to_a_root_cause() {
        for (code, cause) in [
            ("not_approved", RootCause::UnapprovedContent),
            ("changed", RootCause::UnapprovedContent),
            ("files_not_ready", RootCause::UnapprovedContent),
            ("no_content", RootCause::MissingContent),
            ("integration_down", RootCause::ExternalService),
            ("bytes_missing", RootCause::StateCorruption),
        ] {
            assert_eq!(cause_of(code), cause, "{code}");
        }
    }

    #[test]
    fn the_runbook_has_a_resolution_for_each() {
        assert_eq!(RootCause::ALL.len(), 5);
        assert!(RootCause::ALL.iter().all(|cause| cause.resolution().ends_with('.')));
    }
}
