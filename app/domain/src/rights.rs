//! Roles and permissions in words, and how a single grant answers a question about rights.

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};

use crate::policy::{Grant, Permission, Role};
use crate::wire::wire_enum;

impl Role {
    /// The role's name for people.
    #[must_use]
    pub const fn title(self) -> &'static str {
        match self {
            Self::Previewer => "Previewer",
            Self::Editor => "Editor",
            Self::Reviewer => "Reviewer",
            Self::Approver => "Approver",
            Self::Operator => "Operator",
            Self::Admin => "Administrator",
        }
    }

    /// What the role is for, in one sentence.
    #[must_use]
    pub const fn description(self) -> &'static str {
        match self {
            Self::Previewer => {
                "Sees the bundles shared with one of the person's teams before they are public, and nothing else."
            }
            Self::Editor => "Prepares datasets, versions, files and bundles, and sends them for approval.",
            Self::Reviewer => "Reads everything in preparation, approves or returns versions, and sends bundles back.",
            Self::Approver => "Approves versions and bundles that somebody else prepared, and schedules bundles.",
            Self::Operator => "Runs publication: publishes by hand, retries, resets, and mends the running program.",
            Self::Admin => {
                "Manages people, teams, departments, service tokens and topics; prepares and approves nothing."
            }
        }
    }
}

impl Permission {
    /// What the permission allows, in one sentence.
    #[must_use]
    pub const fn description(self) -> &'static str {
        match self {
            Self::DatasetsRead => "See unpublished datasets and versions.",
            Self::DatasetsWrite => "Create and edit datasets, editions, versions and files; submit versions.",
            Self::DatasetsCorrect => {
                "Change what is public apart from a publication: metadata, titles of editions, alerts."
            }
            Self::VersionsArchive => "Move the bytes of published versions to the archive, and back.",
            Self::VersionsApprove => "Approve or return submitted versions; reopen approved ones.",
            Self::BundlesRead => "See bundles.",
            Self::BundlesPreview => "See the bundles shared with one's teams.",
            Self::BundlesWrite => "Create, fill, edit and submit bundles.",
            Self::BundlesReview => "Send a bundle back to its editors.",
            Self::BundlesApprove => "Approve bundles and schedule them.",
            Self::BundlesRequestChanges => "Ask for changes to an approved bundle.",
            Self::BundlesCancel => "Cancel a schedule.",
            Self::BundlesPublish => "Publish by hand.",
            Self::BundlesRetry => "Retry a failed publication.",
            Self::BundlesReset => "Reset a bundle to approved.",
            Self::AuditRead => "Read the audit trail; with a limited grant, who may see a bundle.",
            Self::TopicsWrite => "Edit the topic taxonomy and what the search goes by.",
            Self::UsersManage => "Manage people, teams, departments and service tokens.",
            Self::ReleasesRead => "See the calendar's drafts.",
            Self::ReleasesWrite => "Prepare and announce entries of the release calendar.",
            Self::ReleasesApprove => "Confirm, postpone and cancel releases.",
            Self::SystemOperate => {
                "Mend the running program, such as its connections to the database, and change its limits of rate."
            }
            Self::SettingsWrite => {
                "Change the office's settings: banner, maintenance, four eyes, times, sessions, rate limits."
            }
        }
    }
}

wire_enum! {
    /// How one grant answers whether something is allowed.
    Outcome {
        /// It allows it.
        Allows => "allows",
        /// Its role does not hold the permission.
        LacksPermission => "lacks_permission",
        /// It is limited, and the permission or the dataset lies outside.
        OutOfReach => "out_of_reach",
        /// It would allow it, but has ended.
        Expired => "expired",
    }
}

wire_enum! {
    /// What can hold grants.
    SubjectKind {
        /// A person.
        User => "user",
        /// A team; its members hold what it holds.
        Team => "team",
        /// A service token.
        Service => "service",
    }
}

/// Whoever holds a grant.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Subject {
    /// A person, a team or a service token.
    pub kind: SubjectKind,
    /// Its id.
    pub id: String,
    /// Its name.
    pub name: String,
}

/// One grant together with its holder.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Policy {
    /// The grant's id.
    pub id: String,
    /// Who holds it.
    pub subject: Subject,
    /// What is granted.
    pub grant: Grant,
    /// The holder's revision: goes up with every change of what it holds.
    pub revision: i64,
    /// Whether the holder's groups at the sign-in service bring it, so that nobody gave it here and nobody takes it back here.
    pub of_groups: bool,
}

/// Whether the grant allows the permission at `now`: for a dataset given with its department, else for any at all.
#[must_use]
pub fn weigh(grant: &Grant, permission: Permission, about: Option<(&str, &str)>, now: DateTime<Utc>) -> Outcome {
    if !grant.role.permissions().contains(&permission) {
        Outcome::LacksPermission
    } else if !grant.holds(permission) || about.is_some_and(|(department, dataset)| !grant.covers(department, dataset))
    {
        Outcome::OutOfReach
    } else if !grant.is_live(now) {
        Outcome::Expired
    } else {
        Outcome::Allows
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_grant_says_why_it_does_not_allow_something() {
        let now = DateTime::UNIX_EPOCH;
        let limited = Grant { departments: vec!["prices".into()], ..Grant::of(Role::Approver) };
        let ended = Grant { expires_at: Some(now), ..limited.clone() };
        let asked = |grant: &Grant, permission, about| weigh(grant, permission, about, now);
        let (cpi, gdp) = (Some(("prices", "cpi")), Some(("economy", "gdp")));
        assert_eq!(asked(&limited, Permission::BundlesApprove, cpi), Outcome::Allows);
        assert_eq!(asked(&limited, Permission::BundlesApprove, None), Outcome::Allows);
        assert_eq!(asked(&limited, Permission::BundlesApprove, gdp), Outcome::OutOfReach);
        let admin = Grant { departments: vec!["prices".into()], ..Grant::of(Role::Admin) };
        assert_eq!(asked(&admin, Permission::UsersManage, None), Outcome::OutOfReach);
        assert_eq!(asked(&limited, Permission::BundlesWrite, cpi), Outcome::LacksPermission);
        assert_eq!(asked(&ended, Permission::BundlesApprove, cpi), Outcome::Expired);
    }
}
