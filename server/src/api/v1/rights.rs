//! Roles, policies, and the answer of the tester of rights.

use std::collections::BTreeMap;

use chrono::{DateTime, Utc};
use domain::policy::{Permission, Role};
use domain::rights::{Outcome, Policy, Subject, SubjectKind};
use serde::Serialize;
use services::policies::Verdict;
use utoipa::ToSchema;

use super::{Links, segment};

/// A role.
#[derive(Debug, Serialize, ToSchema)]
pub struct RoleBody {
    id: Role,
    title: &'static str,
    description: &'static str,
    permissions: Vec<Permission>,
    /// What each of these permissions allows.
    permission_descriptions: BTreeMap<&'static str, &'static str>,
    links: Links,
}

impl From<Role> for RoleBody {
    fn from(role: Role) -> Self {
        let held = role.permissions();
        Self {
            id: role,
            title: role.title(),
            description: role.description(),
            permissions: held.to_vec(),
            permission_descriptions: held.iter().map(|p| (p.as_str(), p.description())).collect(),
            links: Links::from([
                ("self", format!("/v1/roles/{role}")),
                ("policies", format!("/v1/policies?role={role}")),
            ]),
        }
    }
}

/// Whoever holds a grant.
#[derive(Debug, Serialize, ToSchema)]
pub struct SubjectBody {
    kind: SubjectKind,
    id: String,
    name: String,
}

impl From<Subject> for SubjectBody {
    fn from(subject: Subject) -> Self {
        Self { kind: subject.kind, id: subject.id, name: subject.name }
    }
}

/// One grant with its holder.
#[derive(Debug, Serialize, ToSchema)]
pub struct PolicyBody {
    id: String,
    subject: SubjectBody,
    role: Role,
    /// What it gives: within its limits, and only while it is live.
    permissions: Vec<Permission>,
    /// Departments that it is limited to.
    departments: Vec<String>,
    /// Datasets that it is limited to.
    datasets: Vec<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    expires_at: Option<DateTime<Utc>>,
    /// Whether it holds now.
    live: bool,
    /// Whether the holder's groups at the sign-in service bring it: it was not given here, and has no address of its own.
    of_groups: bool,
    links: Links,
}

impl PolicyBody {
    /// The policy as it stands at `now`.
    #[must_use]
    pub fn new(policy: Policy, now: DateTime<Utc>) -> Self {
        let grant = policy.grant;
        let holder = match policy.subject.kind {
            SubjectKind::User => super::user_path(&policy.subject.id),
            SubjectKind::Team => super::team_path(&policy.subject.id),
            SubjectKind::Service => super::token_path(&policy.subject.id),
        };
        let mut links = Links::from([("subject", holder), ("role", format!("/v1/roles/{}", grant.role))]);
        if !policy.of_groups {
            links.insert("self", policy_path(&policy.id));
        }
        Self {
            links,
            of_groups: policy.of_groups,
            id: policy.id,
            subject: policy.subject.into(),
            role: grant.role,
            permissions: Permission::ALL.iter().copied().filter(|permission| grant.holds(*permission)).collect(),
            live: grant.is_live(now),
            departments: grant.departments,
            datasets: grant.datasets,
            expires_at: grant.expires_at,
        }
    }
}

/// The address of a policy.
#[must_use]
pub fn policy_path(id: &str) -> String {
    format!("/v1/policies/{}", segment(id))
}

/// What the tester of rights answers.
#[derive(Debug, Serialize, ToSchema)]
pub struct RightsVerdictBody {
    allowed: bool,
    /// Why, in a sentence.
    message: String,
    /// The grants that allow it.
    granted_by: Vec<PolicyBody>,
    /// Every other grant that was looked at, and what it lacks.
    others: Vec<ConsideredBody>,
}

/// A grant that does not allow it.
#[derive(Debug, Serialize, ToSchema)]
pub struct ConsideredBody {
    policy: PolicyBody,
    outcome: Outcome,
}

impl RightsVerdictBody {
    /// The answer as it is told at `now`.
    #[must_use]
    pub fn new(verdict: Verdict, now: DateTime<Utc>) -> Self {
        let (allowing, others): (Vec<_>, Vec<_>) =
            verdict.grants.into_iter().partition(|(_, outcome)| *outcome == Outcome::Allows);
        Self {
            allowed: verdict.allowed,
            message: verdict.message,
            granted_by: allowing.into_iter().map(|(policy, _)| PolicyBody::new(policy, now)).collect(),
            others: others
                .into_iter()
                .map(|(policy, outcome)| ConsideredBody { policy: PolicyBody::new(policy, now), outcome })
                .collect(),
        }
    }
}
