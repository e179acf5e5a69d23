//! The five root causes of failed publications that the runbook names, found by test.

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};

use crate::bundle::BundleStage;
use crate::progress::PublicationProgress;
use crate::refusal::Blocker;
use crate::views::{Check, Outcome};
use crate::wire::wire_enum;

/// The check whether the bytes of every file are there.
pub const FILES_STORED: &str = "files_stored";

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

/// Whether a reason of a failure is history: bytes that were missing then, where the storage holds those of every file now.
#[must_use]
pub fn is_over(blocker: &Blocker, checks: &[Check]) -> bool {
    let is_stored = |check: &Check| check.name == FILES_STORED && check.outcome == Outcome::Pass;
    blocker.code == "bytes_missing" && checks.iter().any(is_stored)
}

impl Finding {
    /// Whether all that shows it is history.
    #[must_use]
    pub fn is_over(&self, checks: &[Check]) -> bool {
        self.evidence.iter().all(|blocker| is_over(blocker, checks))
    }
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
    fn missing_bytes_are_history_once_the_storage_has_them() {
        let check = |name: &str, outcome| Check { name: name.into(), outcome, message: String::new(), fix_url: None };
        let (back, gone) = ([check(FILES_STORED, Outcome::Pass)], [check(FILES_STORED, Outcome::Fail)]);
        let unknown = [check(FILES_STORED, Outcome::Warn), check("queue", Outcome::Pass)];
        let bytes = Blocker::new("bytes_missing", "The bytes of a.csv are missing.");
        let mut finding = Finding { cause: RootCause::StateCorruption, evidence: vec![bytes] };
        assert!(finding.is_over(&back));
        assert!(!finding.is_over(&gone) && !finding.is_over(&unknown) && !finding.is_over(&[]));
        finding.evidence.push(Blocker::new("rehearsal_failed", "It could not be rehearsed."));
        assert!(!finding.is_over(&back), "something else stands in the way");
    }

    #[test]
    fn the_runbook_has_a_resolution_for_each() {
        assert_eq!(RootCause::ALL.len(), 5);
        assert!(RootCause::ALL.iter().all(|cause| cause.resolution().ends_with('.')));
    }
}
