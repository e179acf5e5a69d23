//! Roles, permissions and how far a grant reaches.

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};

use crate::wire::wire_enum;

wire_enum! {
    /// A role of the editorial workflow (product contract, section 6).
    Role {
        /// Sees bundles shared with a team.
        Previewer => "previewer",
        /// Prepares datasets, versions and bundles.
        Editor => "editor",
        /// Reviews what editors prepared.
        Reviewer => "reviewer",
        /// Approves and schedules.
        Approver => "approver",
        /// Runs publication and mends what failed.
        Operator => "operator",
        /// Manages people and rights.
        Admin => "admin",
    }
}

wire_enum! {
    /// One right, as `resource:verb`.
    Permission {
        /// See unpublished datasets and versions.
        DatasetsRead => "datasets:read",
        /// Create and edit datasets, editions, versions and files; submit versions.
        DatasetsWrite => "datasets:write",
        /// Change what is public apart from a publication: a draft of metadata, an edition's title, an alert.
        DatasetsCorrect => "datasets:correct",
        /// Move the bytes of published versions to the archive, and back.
        VersionsArchive => "versions:archive",
        /// Approve or return submitted versions; reopen approved ones.
        VersionsApprove => "versions:approve",
        /// See bundles.
        BundlesRead => "bundles:read",
        /// See bundles shared with one's teams.
        BundlesPreview => "bundles:preview",
        /// Create, fill, edit and submit bundles.
        BundlesWrite => "bundles:write",
        /// Send a bundle back to its editors.
        BundlesReview => "bundles:review",
        /// Approve bundles and schedule them.
        BundlesApprove => "bundles:approve",
        /// Ask for changes to an approved bundle.
        BundlesRequestChanges => "bundles:request-changes",
        /// Cancel a schedule.
        BundlesCancel => "bundles:cancel",
        /// Publish by hand.
        BundlesPublish => "bundles:publish",
        /// Retry a failed publication.
        BundlesRetry => "bundles:retry",
        /// Reset a bundle to approved.
        BundlesReset => "bundles:reset",
        /// Read the audit trail.
        AuditRead => "audit:read",
        /// Edit the topic taxonomy.
        TopicsWrite => "topics:write",
        /// See entries of the release calendar that are not announced yet.
        ReleasesRead => "releases:read",
        /// Prepare and announce entries of the release calendar.
        ReleasesWrite => "releases:write",
        /// Confirm, postpone and cancel releases, and change a confirmed date.
        ReleasesApprove => "releases:approve",
        /// Manage people, teams and service tokens.
        UsersManage => "users:manage",
    }
}

impl Role {
    /// The permissions of the role.
    #[must_use]
    pub const fn permissions(self) -> &'static [Permission] {
        use Permission as P;
        match self {
            Self::Previewer => &[P::BundlesPreview],
            Self::Editor => &[
                P::DatasetsRead,
                P::DatasetsWrite,
                P::BundlesRead,
                P::BundlesWrite,
                P::BundlesRequestChanges,
                P::ReleasesRead,
                P::ReleasesWrite,
            ],
            Self::Reviewer => &[P::DatasetsRead, P::VersionsApprove, P::BundlesRead, P::BundlesReview, P::ReleasesRead],
            Self::Approver => &[
                P::DatasetsRead,
                P::DatasetsCorrect,
                P::VersionsApprove,
                P::BundlesRead,
                P::BundlesReview,
                P::BundlesApprove,
                P::BundlesRequestChanges,
                P::BundlesCancel,
                P::BundlesRetry,
                P::ReleasesRead,
                P::ReleasesApprove,
                P::AuditRead,
            ],
            Self::Operator => &[
                P::DatasetsRead,
                P::VersionsArchive,
                P::BundlesRead,
                P::BundlesCancel,
                P::BundlesPublish,
                P::BundlesRetry,
                P::BundlesReset,
                P::ReleasesRead,
                P::AuditRead,
            ],
            Self::Admin => {
                &[P::DatasetsRead, P::BundlesRead, P::ReleasesRead, P::AuditRead, P::TopicsWrite, P::UsersManage]
            }
        }
    }
}

/// A role given to somebody, perhaps for some departments or datasets only, perhaps for a time.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Grant {
    /// The role.
    pub role: Role,
    /// Departments it is limited to; empty means no such limit.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub departments: Vec<String>,
    /// Datasets it is limited to; empty means no such limit.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub datasets: Vec<String>,
    /// When it ends.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub expires_at: Option<DateTime<Utc>>,
}

impl Grant {
    /// An unlimited grant of the role.
    #[must_use]
    pub const fn of(role: Role) -> Self {
        Self { role, departments: Vec::new(), datasets: Vec::new(), expires_at: None }
    }

    /// Whether the role holds the permission.
    #[must_use]
    pub fn holds(&self, permission: Permission) -> bool {
        self.role.permissions().contains(&permission)
    }

    /// Whether the grant reaches this dataset of this department.
    #[must_use]
    pub fn covers(&self, department: &str, dataset: &str) -> bool {
        (self.departments.is_empty() && self.datasets.is_empty())
            || self.departments.iter().any(|d| d == department)
            || self.datasets.iter().any(|d| d == dataset)
    }

    /// Whether the grant still holds at `now`.
    #[must_use]
    pub fn is_live(&self, now: DateTime<Utc>) -> bool {
        self.expires_at.is_none_or(|end| now < end)
    }
}

/// Which datasets somebody may see beyond what is public.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum Reach {
    /// Only what is published.
    PublishedOnly,
    /// Also the unpublished of these departments and datasets.
    Limited {
        /// Departments reached.
        departments: Vec<String>,
        /// Datasets reached.
        datasets: Vec<String>,
    },
    /// Everything.
    All,
}

impl Reach {
    pub(crate) fn of<'a>(grants: impl Iterator<Item = &'a Grant>) -> Self {
        let mut departments = Vec::new();
        let mut datasets = Vec::new();
        let mut any = false;
        for grant in grants {
            any = true;
            if grant.departments.is_empty() && grant.datasets.is_empty() {
                return Self::All;
            }
            departments.extend(grant.departments.iter().cloned());
            datasets.extend(grant.datasets.iter().cloned());
        }
        if any { Self::Limited { departments, datasets } } else { Self::PublishedOnly }
    }

    /// Whether the unpublished of this dataset is reached.
    #[must_use]
    pub fn covers(&self, department: &str, dataset: &str) -> bool {
        match self {
            Self::PublishedOnly => false,
            Self::All => true,
            Self::Limited { departments, datasets } => {
                departments.iter().any(|d| d == department) || datasets.iter().any(|d| d == dataset)
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nobody_both_prepares_and_approves() {
        for role in Role::ALL {
            let held = role.permissions();
            assert!(
                !(held.contains(&Permission::BundlesWrite) && held.contains(&Permission::BundlesApprove)),
                "{role}"
            );
        }
    }

    #[test]
    fn a_limited_grant_reaches_its_departments_and_datasets_only() {
        let mut grant = Grant::of(Role::Editor);
        assert!(grant.covers("prices", "cpi"));
        grant.departments = vec!["economy".into()];
        assert!(!grant.covers("prices", "cpi"));
        grant.datasets = vec!["cpi".into()];
        assert!(grant.covers("prices", "cpi"));
        assert!(matches!(Reach::of([grant].iter()), Reach::Limited { .. }));
        assert_eq!(Reach::of([].iter()), Reach::PublishedOnly);
    }
}
