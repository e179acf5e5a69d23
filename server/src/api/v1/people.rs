//! People, teams, service tokens and departments.

use chrono::{DateTime, Utc};
use domain::account::Passkey;
use domain::actor::{ActorKind, Caller};
use domain::people::{ServiceToken, Team, User};
use domain::policy::{Grant, Permission};
use domain::topic::Department;
use serde::Serialize;
use services::people::SessionSeen;
use utoipa::ToSchema;

use super::{Links, segment};

/// An account.
#[derive(Debug, Serialize, ToSchema)]
pub struct UserBody {
    id: String,
    email: String,
    name: String,
    disabled: bool,
    grants: Vec<Grant>,
    created_at: DateTime<Utc>,
    last_edited: DateTime<Utc>,
    links: Links,
}

impl From<&User> for UserBody {
    fn from(user: &User) -> Self {
        let path = user_path(&user.id);
        Self {
            id: user.id.clone(),
            email: user.email.clone(),
            name: user.name.clone(),
            disabled: user.disabled,
            grants: user.grants.clone(),
            created_at: user.created_at,
            last_edited: user.last_edited,
            links: Links::from([
                ("sessions", format!("{path}/sessions")),
                ("policies", format!("/v1/policies?subject={}", segment(&user.id))),
                ("self", path),
            ]),
        }
    }
}

/// The address of an account.
#[must_use]
pub fn user_path(id: &str) -> String {
    format!("/v1/users/{}", segment(id))
}

/// The caller, with everything it may do.
#[derive(Debug, Serialize, ToSchema)]
pub struct MeBody {
    id: String,
    name: String,
    kind: ActorKind,
    /// The address to sign in with; people only.
    #[serde(skip_serializing_if = "Option::is_none")]
    email: Option<String>,
    /// What holds now, through teams too.
    grants: Vec<Grant>,
    /// The permissions that these grants give, at least for some datasets.
    permissions: Vec<Permission>,
    teams: Vec<TeamRef>,
    /// Whether four eyes are waived: for a service token made so, and for everybody while the office has switched them off.
    approve_own: bool,
}

/// A team somebody is in.
#[derive(Debug, Serialize, ToSchema)]
pub struct TeamRef {
    id: String,
    name: String,
}

impl MeBody {
    /// The caller with its account and teams.
    #[must_use]
    pub fn new(caller: &Caller, user: Option<&User>, teams: Vec<Team>) -> Self {
        Self {
            id: caller.actor.id.clone(),
            name: caller.actor.name.clone(),
            kind: caller.actor.kind,
            email: user.map(|user| user.email.clone()),
            grants: caller.grants.clone(),
            permissions: Permission::ALL.iter().copied().filter(|permission| caller.may(*permission)).collect(),
            teams: teams.into_iter().map(|team| TeamRef { id: team.id, name: team.name }).collect(),
            approve_own: caller.approve_own,
        }
    }
}

/// A session of somebody.
#[derive(Debug, Serialize, ToSchema)]
pub struct UserSessionBody {
    id: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    browser: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    address: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    created_at: Option<DateTime<Utc>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    last_seen_at: Option<DateTime<Utc>>,
    expires_at: DateTime<Utc>,
}

impl From<SessionSeen> for UserSessionBody {
    fn from(session: SessionSeen) -> Self {
        Self {
            id: session.id,
            browser: session.browser,
            address: session.address,
            created_at: session.created_at,
            last_seen_at: session.last_seen_at,
            expires_at: session.expires_at,
        }
    }
}

/// A passkey of somebody.
#[derive(Debug, Serialize, ToSchema)]
pub struct PasskeyBody {
    id: String,
    /// What its owner calls it.
    name: String,
    created_at: DateTime<Utc>,
    /// When it was last shown at sign-in.
    #[serde(skip_serializing_if = "Option::is_none")]
    last_used_at: Option<DateTime<Utc>>,
}

impl From<Passkey> for PasskeyBody {
    fn from(passkey: Passkey) -> Self {
        Self { id: passkey.id, name: passkey.name, created_at: passkey.created_at, last_used_at: passkey.last_used_at }
    }
}

/// A team.
#[derive(Debug, Serialize, ToSchema)]
pub struct TeamBody {
    id: String,
    name: String,
    /// The members' user ids.
    members: Vec<String>,
    /// What every member may do.
    grants: Vec<Grant>,
    #[serde(skip_serializing_if = "Option::is_none")]
    last_edited: Option<DateTime<Utc>>,
    links: Links,
}

impl From<&Team> for TeamBody {
    fn from(team: &Team) -> Self {
        let word = segment(&team.id);
        Self {
            id: team.id.clone(),
            name: team.name.clone(),
            members: team.members.clone(),
            grants: team.grants.clone(),
            last_edited: team.last_edited,
            links: Links::from([
                ("self", team_path(&team.id)),
                ("bundles", format!("/v1/bundles?team={word}")),
                ("policies", format!("/v1/policies?subject={word}")),
            ]),
        }
    }
}

/// The address of a team.
#[must_use]
pub fn team_path(id: &str) -> String {
    format!("/v1/teams/{}", segment(id))
}

/// A service token without its secret.
#[derive(Debug, Serialize, ToSchema)]
pub struct ServiceTokenBody {
    id: String,
    name: String,
    grants: Vec<Grant>,
    /// Whether it may approve what it prepared itself.
    approve_own: bool,
    /// The account of whoever made it for themselves; it gives no more than they may do.
    #[serde(skip_serializing_if = "Option::is_none")]
    owner_id: Option<String>,
    created_at: DateTime<Utc>,
    #[serde(skip_serializing_if = "Option::is_none")]
    expires_at: Option<DateTime<Utc>>,
    /// When it was last used, to the minute.
    last_used_at: Option<DateTime<Utc>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    revoked_at: Option<DateTime<Utc>>,
    /// Whether it can be used now.
    live: bool,
    links: Links,
}

impl ServiceTokenBody {
    /// The token as it stands at `now`.
    #[must_use]
    pub fn new(token: &ServiceToken, now: DateTime<Utc>) -> Self {
        Self {
            id: token.id.clone(),
            name: token.name.clone(),
            grants: token.grants.clone(),
            approve_own: token.approve_own,
            owner_id: token.owner_id.clone(),
            created_at: token.created_at,
            expires_at: token.expires_at,
            last_used_at: token.last_used_at,
            revoked_at: token.revoked_at,
            live: token.is_live(now),
            links: Links::from([
                ("self", token_path(&token.id)),
                ("policies", format!("/v1/policies?subject={}", segment(&token.id))),
            ]),
        }
    }
}

/// A new service token together with its secret, which is shown this once.
#[derive(Debug, Serialize, ToSchema)]
pub struct NewServiceTokenBody {
    /// What to send after `Authorization: Bearer`.
    token: String,
    #[serde(flatten)]
    body: ServiceTokenBody,
}

impl NewServiceTokenBody {
    /// The token and its secret.
    #[must_use]
    pub const fn new(token: String, body: ServiceTokenBody) -> Self {
        Self { token, body }
    }
}

/// The address of a service token.
#[must_use]
pub fn token_path(id: &str) -> String {
    format!("/v1/service-tokens/{}", segment(id))
}

/// A department.
#[derive(Debug, Serialize, ToSchema)]
pub struct DepartmentBody {
    id: String,
    title: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    title_cy: Option<String>,
    links: Links,
}

impl From<&Department> for DepartmentBody {
    fn from(department: &Department) -> Self {
        Self {
            id: department.id.clone(),
            title: department.title.clone(),
            title_cy: department.title_cy.clone(),
            links: Links::from([
                ("self", department_path(&department.id)),
                ("datasets", format!("/v1/datasets?department={}", segment(&department.id))),
            ]),
        }
    }
}

/// The address of a department.
#[must_use]
pub fn department_path(id: &str) -> String {
    format!("/v1/departments/{}", segment(id))
}
