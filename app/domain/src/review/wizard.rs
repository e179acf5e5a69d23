//! The steps that lead an editor through a version, and what of it was carried over from the one before.

use serde_json::Value;

use crate::bundle::preview::Change;
use crate::version::{VersionMetadata, VersionState};
use crate::views::{Check, Outcome};
use crate::wire::wire_enum;

wire_enum! {
    /// A step of preparing a version, each with an address.
    WizardStep {
        /// Its files.
        Files => "files",
        /// What is said about it.
        Details => "details",
        /// What was checked, and what differs from the version before.
        Checks => "checks",
        /// Sending it for approval.
        Submit => "submit",
    }
}

impl WizardStep {
    /// Where the step is, for a version's page.
    #[must_use]
    pub fn path(self, version_page: &str) -> String {
        format!("{version_page}/prepare/{self}")
    }

    /// The step after it.
    #[must_use]
    pub fn next(self) -> Option<Self> {
        let after = Self::ALL.iter().position(|step| *step == self)? + 1;
        Self::ALL.get(after).copied()
    }

    /// The step before it.
    #[must_use]
    pub fn previous(self) -> Option<Self> {
        let before = Self::ALL.iter().position(|step| *step == self)?.checked_sub(1)?;
        Self::ALL.get(before).copied()
    }

    /// How far the step is, by what was checked of the version.
    #[must_use]
    pub fn progress(self, state: VersionState, has_files: bool, checks: &[Check]) -> Progress {
        let worst = |names: &[&str]| {
            checks.iter().filter(|check| names.contains(&check.name.as_str())).map(|check| check.outcome).max()
        };
        match self {
            Self::Files | Self::Checks if !has_files => Progress::Todo,
            Self::Files => Progress::of(worst(&["files_present", "files_ready", "files_confirmed"])),
            Self::Details => Progress::of(worst(&["release_date", "changes_said"])),
            Self::Checks => Progress::of(checks.iter().map(|check| check.outcome).max()),
            Self::Submit if state == VersionState::Created => Progress::Todo,
            Self::Submit => Progress::Done,
        }
    }
}

/// How far a step is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Progress {
    /// Nothing was done yet.
    Todo,
    /// All is well.
    Done,
    /// Something should be looked at.
    ToLookAt,
    /// Something has to be mended.
    ToMend,
}

impl Progress {
    fn of(worst: Option<Outcome>) -> Self {
        match worst {
            Some(Outcome::Fail) => Self::ToMend,
            Some(Outcome::Warn) => Self::ToLookAt,
            Some(Outcome::Pass) | None => Self::Done,
        }
    }
}

/// Where what stands in a field of a version comes from.
#[derive(Clone, Debug, PartialEq)]
pub enum Origin {
    /// The version before says the same.
    Copied,
    /// The version before says this instead.
    Changed(Value),
    /// The version before says nothing.
    New,
    /// The version before says this, and nothing is said now.
    LeftOut(Value),
    /// Neither says anything.
    Nothing,
}

impl Origin {
    /// Where a field comes from, by all that differs from the version before.
    #[must_use]
    pub fn of(differences: &[Change], now: &VersionMetadata, field: &str) -> Self {
        if let Some(change) = differences.iter().find(|change| change.field == field) {
            return match (&change.public, &change.becoming) {
                (Value::Null, _) => Self::New,
                (was, Value::Null) => Self::LeftOut(was.clone()),
                (was, _) => Self::Changed(was.clone()),
            };
        }
        let said = serde_json::to_value(now).ok().and_then(|now| now.get(field).cloned());
        match said {
            None | Some(Value::Null) => Self::Nothing,
            Some(Value::Array(items)) if items.is_empty() => Self::Nothing,
            Some(Value::String(text)) if text.is_empty() => Self::Nothing,
            Some(_) => Self::Copied,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::bundle::preview::changes;
    use crate::version::{LatestChange, UsageNote};

    fn check(name: &str, outcome: Outcome) -> Check {
        Check { name: name.to_owned(), outcome, message: String::new(), fix_url: None }
    }

    #[test]
    fn the_steps_follow_each_other() {
        let mut walked = vec![WizardStep::Files];
        while let Some(next) = walked.last().and_then(|step| step.next()) {
            assert_eq!(next.previous(), walked.last().copied());
            walked.push(next);
        }
        assert_eq!(walked, WizardStep::ALL);
        assert_eq!(WizardStep::Files.previous(), None);
        assert_eq!(WizardStep::Checks.path("/v/2"), "/v/2/prepare/checks");
    }

    #[test]
    fn a_step_is_as_far_as_its_worst_check() {
        let checks = [
            check("files_present", Outcome::Pass),
            check("files_ready", Outcome::Fail),
            check("release_date", Outcome::Pass),
            check("changes_said", Outcome::Warn),
        ];
        let created = VersionState::Created;
        let of = |step: WizardStep, has_files| step.progress(created, has_files, &checks);
        assert_eq!(of(WizardStep::Files, true), Progress::ToMend);
        assert_eq!(of(WizardStep::Details, true), Progress::ToLookAt);
        assert_eq!(of(WizardStep::Checks, true), Progress::ToMend);
        assert_eq!((of(WizardStep::Files, false), of(WizardStep::Checks, false)), (Progress::Todo, Progress::Todo));
        assert_eq!(of(WizardStep::Submit, true), Progress::Todo);
        assert_eq!(WizardStep::Submit.progress(VersionState::Submitted, true, &checks), Progress::Done);
        assert_eq!(WizardStep::Checks.progress(created, true, &checks[..1]), Progress::Done);
    }

    #[test]
    fn every_field_tells_where_it_comes_from() {
        let note = UsageNote { title: String::new(), note: "Rounded.".into() };
        let change = LatestChange { name: "Base".into(), ..LatestChange::default() };
        let before = VersionMetadata {
            release_date: chrono::DateTime::from_timestamp(0, 0),
            usage_notes: vec![note],
            latest_changes: vec![change],
            ..VersionMetadata::default()
        };
        let now = VersionMetadata {
            release_date: chrono::DateTime::from_timestamp(86_400, 0),
            temporal_coverage: Some("2026".into()),
            ..before.carried_forward()
        };
        let differences = changes(Some(&before), &now);
        let of = |field: &str| Origin::of(&differences, &now, field);
        assert!(matches!(of("release_date"), Origin::Changed(Value::String(_))));
        assert_eq!(of("usage_notes"), Origin::Copied);
        assert_eq!(of("temporal_coverage"), Origin::New);
        assert!(matches!(of("latest_changes"), Origin::LeftOut(Value::Array(_))));
        assert_eq!((of("alerts"), of("quality_designation")), (Origin::Nothing, Origin::Nothing));
    }
}
