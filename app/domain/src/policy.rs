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
        /// Edit the topic taxonomy, synonyms of the search and what comes first in it.
        TopicsWrite => "topics:write",
        /// See entries of the release calendar that are not announced yet.
        ReleasesRead => "releases:read",
        /// Prepare and announce entries of the release calendar.
        ReleasesWrite => "releases:write",
        /// Confirm, postpone and cancel releases, and change a confirmed date.
        ReleasesApprove => "releases:approve",
        /// Manage people, teams and service tokens.
        UsersManage => "users:manage",
        /// Mend the running program, such as its connections to the database.
        SystemOperate => "system:operate",
        /// Change the office's settings: the site's banner, maintenance, four eyes and the like.
        SettingsWrite => "settings:write",
    }
}

impl Permission {
    /// Whether the right is about datasets or bundles, so that a grant limited to some of them can give it.
    ///
    /// The taxonomy, people, the office's settings and the program itself belong to no department: only an unlimited grant gives those.
    #[must_use]
    pub const fn is_of_datasets(self) -> bool {
        !matches!(self, Self::TopicsWrite | Self::UsersManage | Self::SystemOperate | Self::SettingsWrite)
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
                P::SystemOperate,
            ],
            Self::Admin => &[
                P::DatasetsRead,
                P::BundlesRead,
                P::ReleasesRead,
                P::AuditRead,
                P::TopicsWrite,
                P::UsersManage,
                P::SettingsWrite,
            ],
        }
    }
}

/// A role given to somebody, perhaps for some departments or datasets only, perhaps for a time.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(not(target_family = "wasm"), derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct Grant {
    /// By which it is known as a policy; given when it is stored.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub id: Option<String>,
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
        Self { id: None, role, departments: Vec::new(), datasets: Vec::new(), expires_at: None }
    }

    /// Whether the grant gives the permission, at least for some datasets.
    #[must_use]
    pub fn holds(&self, permission: Permission) -> bool {
        self.role.permissions().contains(&permission) && (permission.is_of_datasets() || self.is_unlimited())
    }

    /// Whether it is limited to no department and no dataset.
    #[must_use]
    pub const fn is_unlimited(&self) -> bool {
        self.departments.is_empty() && self.datasets.is_empty()
    }

    /// Whether it gives nothing that `other` does not: the same role, no wider, no longer.
    #[must_use]
    pub fn is_within(&self, other: &Self) -> bool {
        let inside = |mine: &[String], theirs: &[String]| mine.iter().all(|id| theirs.contains(id));
        let no_wider = other.is_unlimited()
            || (!self.is_unlimited()
                && inside(&self.departments, &other.departments)
                && inside(&self.datasets, &other.datasets));
        let no_longer = other.expires_at.is_none_or(|end| self.expires_at.is_some_and(|mine| mine <= end));
        self.role == other.role && no_wider && no_longer
    }

    /// What of it is left beside what is held now: all of it where some of that gives as much, else the parts that give no more.
    #[must_use]
    pub fn left_of(&self, held: &[Self]) -> Vec<Self> {
        if held.iter().any(|other| self.is_within(other)) {
            return vec![self.clone()];
        }
        held.iter().filter(|other| other.is_within(self)).cloned().collect()
    }

    /// The same for these departments alone, or as it is where none is named; `None` where it reaches none of them.
    #[must_use]
    pub fn only_for(&self, departments: &[String]) -> Option<Self> {
        if departments.is_empty() {
            return Some(self.clone());
        }
        let reached = |id: &&String| self.is_unlimited() || self.departments.contains(*id);
        let departments: Vec<String> = departments.iter().filter(reached).cloned().collect();
        (!departments.is_empty()).then(|| Self { departments, datasets: Vec::new(), ..self.clone() })
    }

    /// Names it in a form: role and reach, by which somebody's own grants are told apart.
    #[must_use]
    pub fn key(&self) -> String {
        format!("{}:{}:{}", self.role, self.departments.join(","), self.datasets.join(","))
    }

    /// Whether the grant reaches this dataset of this department.
    #[must_use]
    pub fn covers(&self, department: &str, dataset: &str) -> bool {
        self.is_unlimited()
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
        /// What is shared with the teams of the viewer.
        previews: Option<Preview>,
    },
    /// Everything.
    All,
}

/// What is shared with somebody's teams: the versions in the bundles that name one of them.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash)]
pub struct Preview {
    /// The teams.
    pub teams: Vec<String>,
    /// One bundle alone, whichever teams it names, in place of theirs.
    pub bundle: Option<String>,
    /// One version alone, by its row id, in place of both.
    pub version: Option<String>,
    /// Departments that it is limited to; without these and datasets there is no limit.
    pub departments: Vec<String>,
    /// Datasets that it is limited to.
    pub datasets: Vec<String>,
}

impl Preview {
    /// Whether everything in a shared bundle may be seen.
    #[must_use]
    pub const fn is_unlimited(&self) -> bool {
        self.departments.is_empty() && self.datasets.is_empty()
    }
}

impl Reach {
    /// What is published, and what a bundle makes public: for those who were found to see the bundle, and for nobody else.
    #[must_use]
    pub fn with_bundle(id: &str) -> Self {
        Self::PublishedOnly.with_previews(Some(Preview { bundle: Some(id.to_owned()), ..Preview::default() }))
    }

    /// What is published, and one version, by its row id: for those who were found to read its dataset, and for nobody else.
    #[must_use]
    pub fn with_version(id: &str) -> Self {
        Self::PublishedOnly.with_previews(Some(Preview { version: Some(id.to_owned()), ..Preview::default() }))
    }

    pub(crate) fn of<'a>(grants: impl Iterator<Item = &'a Grant>) -> Self {
        let mut departments = Vec::new();
        let mut datasets = Vec::new();
        let mut any = false;
        for grant in grants {
            any = true;
            if grant.is_unlimited() {
                return Self::All;
            }
            departments.extend(grant.departments.iter().cloned());
            datasets.extend(grant.datasets.iter().cloned());
        }
        if any { Self::Limited { departments, datasets, previews: None } } else { Self::PublishedOnly }
    }

    /// The same reach with what is shared with the viewer's teams.
    #[must_use]
    pub fn with_previews(self, shared: Option<Preview>) -> Self {
        match (self, shared) {
            (reach, None) | (reach @ Self::All, _) => reach,
            (Self::PublishedOnly, previews) => {
                Self::Limited { departments: Vec::new(), datasets: Vec::new(), previews }
            }
            (Self::Limited { departments, datasets, .. }, previews) => {
                Self::Limited { departments, datasets, previews }
            }
        }
    }

    /// Whether the unpublished of this dataset is reached as a whole, previews apart.
    #[must_use]
    pub fn covers(&self, department: &str, dataset: &str) -> bool {
        match self {
            Self::PublishedOnly => false,
            Self::All => true,
            Self::Limited { departments, datasets, .. } => {
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

    #[test]
    fn a_limited_grant_gives_no_right_that_spans_departments() {
        for role in Role::ALL {
            let limited = Grant { departments: vec!["economy".into()], ..Grant::of(*role) };
            for permission in Permission::ALL {
                let expected = role.permissions().contains(permission) && permission.is_of_datasets();
                assert_eq!(limited.holds(*permission), expected, "{role} {permission}");
                assert_eq!(Grant::of(*role).holds(*permission), role.permissions().contains(permission));
            }
        }
    }

    #[test]
    fn a_grant_is_within_another_if_it_is_no_wider_and_no_longer() {
        let at = |seconds| DateTime::from_timestamp(seconds, 0);
        let of = |departments: &[&str], datasets: &[&str], expires_at| Grant {
            departments: departments.iter().map(|&d| d.to_owned()).collect(),
            datasets: datasets.iter().map(|&d| d.to_owned()).collect(),
            expires_at,
            ..Grant::of(Role::Editor)
        };
        let whole = of(&[], &[], None);
        let part = of(&["economy", "prices"], &["cpi"], at(9));
        for (mine, theirs, expected) in [
            (&whole, &whole, true),
            (&part, &whole, true),
            (&whole, &part, false),
            (&of(&["economy"], &[], at(9)), &part, true),
            (&of(&["economy"], &[], at(8)), &part, true),
            (&of(&["economy"], &[], at(10)), &part, false),
            (&of(&["economy"], &[], None), &part, false),
            (&of(&["economy"], &["gdp"], at(9)), &part, false),
            (&of(&["health"], &[], at(9)), &part, false),
            (&of(&[], &[], at(9)), &part, false),
            (&Grant::of(Role::Approver), &whole, false),
        ] {
            assert_eq!(mine.is_within(theirs), expected, "{mine:?} in {theirs:?}");
        }
    }

    #[test]
    fn of_a_grant_stays_what_is_still_held() {
        let of = |departments: &[&str]| Grant {
            departments: departments.iter().map(|&d| d.to_owned()).collect(),
            ..Grant::of(Role::Editor)
        };
        let (whole, economy, health) = (of(&[]), of(&["economy"]), of(&["health"]));
        assert_eq!(economy.left_of(&[Grant::of(Role::Approver), whole.clone()]), std::slice::from_ref(&economy));
        assert_eq!(whole.left_of(&[economy.clone(), Grant::of(Role::Approver)]), std::slice::from_ref(&economy));
        assert!(economy.left_of(&[health, Grant::of(Role::Approver)]).is_empty());
        assert_eq!(whole.only_for(&["economy".to_owned()]), Some(economy.clone()));
        assert_eq!(economy.only_for(&["health".to_owned()]), None);
        assert_eq!(economy.only_for(&[]), Some(economy.clone()));
        assert_ne!(whole.key(), economy.key());
    }

    #[test]
    fn previews_widen_a_reach_that_does_not_hold_everything() {
        let shared = Preview { teams: vec!["press".into()], ..Preview::default() };
        assert_eq!(Reach::All.with_previews(Some(shared.clone())), Reach::All);
        assert_eq!(Reach::PublishedOnly.with_previews(None), Reach::PublishedOnly);
        let seen = Reach::PublishedOnly.with_previews(Some(shared.clone()));
        assert!(matches!(&seen, Reach::Limited { previews: Some(held), .. } if *held == shared));
        assert!(!seen.covers("economy", "gdp"));
    }

    #[test]
    fn a_bundle_is_seen_without_any_team_department_or_dataset() {
        let Reach::Limited { departments, datasets, previews: Some(seen) } = Reach::with_bundle("spring") else {
            panic!("it sees more than what is published, and not everything");
        };
        assert!(departments.is_empty() && datasets.is_empty() && seen.teams.is_empty() && seen.is_unlimited());
        assert_eq!(seen.bundle.as_deref(), Some("spring"));
    }
}
