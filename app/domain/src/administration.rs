//! What the pages about people, rights and other programs show.

use std::collections::BTreeMap;

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};

use crate::account::SessionSight;
use crate::delivery::{Webhook, WebhookCall};
use crate::event::{Event, Record, Verdict};
use crate::invitation::{Invitation, Invited};
use crate::page::Page;
use crate::people::{ServiceToken, Team, User};
use crate::policy::Permission;
use crate::refusal::Blocker;
use crate::rights::{Outcome, Policy};
use crate::topic::Department;

/// Somebody's account, as those who manage people see it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct UserPage {
    /// The account.
    pub user: User,
    /// What the person holds, each grant apart.
    pub grants: Vec<Policy>,
    /// The teams that the person is in, with what they hold.
    pub teams: Vec<Team>,
    /// Where the person is signed in.
    pub sessions: Vec<SessionSight>,
    /// What grants can be limited to.
    pub departments: Vec<Department>,
    /// Whether a second factor is asked for at sign-in.
    pub has_second_factor: bool,
    /// When the person last signed in, if ever.
    pub last_signed_in: Option<DateTime<Utc>>,
    /// The invitation that was not taken up yet.
    pub invitation: Option<Invitation>,
    /// Whether the person could be invited: they have no password yet.
    pub may_be_invited: bool,
    /// The link of the invitation just made, where no letter is sent: shown once.
    pub link: Option<String>,
    /// The answer of the tester of rights, where it was asked.
    pub tested: Option<TestedRight>,
    /// What happened to the account; `None` where the viewer may not read the audit trail.
    pub history: Option<Vec<Event>>,
    /// The time of looking.
    pub now: DateTime<Utc>,
}

/// What the tester of rights answers.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct TestedRight {
    /// What was asked.
    pub permission: Permission,
    /// For which dataset; empty where for any at all.
    pub dataset: String,
    /// Whether it is allowed.
    pub allowed: bool,
    /// Why, in a sentence.
    pub message: String,
    /// Each grant that was looked at, and what it says.
    pub grants: Vec<(Policy, Outcome)>,
}

/// What is typed to sign everybody else out.
pub const EVERYBODY: &str = "sign out everybody";

/// How somebody signs in.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct SignsIn {
    /// When they last did, if ever.
    pub last: Option<DateTime<Utc>>,
    /// Whether they are asked for a second factor.
    pub has_second_factor: bool,
}

/// A list of accounts, with what it can be narrowed by.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct UserList {
    /// The accounts.
    pub users: Page<User>,
    /// How each of them signs in, in their order.
    pub sign_in: Vec<SignsIn>,
    /// The departments.
    pub departments: Vec<Department>,
    /// The invitations that were not taken up yet.
    pub invitations: Vec<Invited>,
    /// The time of looking.
    pub now: DateTime<Utc>,
}

/// One team, with everybody who could be in it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct TeamPage {
    /// The team.
    pub team: Team,
    /// What the team holds, each grant apart.
    pub grants: Vec<Policy>,
    /// Everybody with an account.
    pub people: Vec<User>,
    /// What grants can be limited to.
    pub departments: Vec<Department>,
    /// What happened to the team; `None` where the viewer may not read the audit trail.
    pub history: Option<Vec<Event>>,
    /// The time of looking.
    pub now: DateTime<Utc>,
}

/// A department in the list of them.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct DepartmentRow {
    /// The department.
    pub department: Department,
    /// How many datasets belong to it.
    pub datasets: u64,
}

/// One department.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct DepartmentPage {
    /// The department.
    pub department: Department,
    /// The revision to change it by.
    pub revision: i64,
    /// Why it cannot be deleted now; none where it can.
    pub in_the_way: Vec<Blocker>,
    /// What happened to it; `None` where the viewer may not read the audit trail.
    pub history: Option<Vec<Event>>,
}

/// The service tokens, and the secret of the one that was just made.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct TokenList {
    /// The tokens.
    pub tokens: Page<ServiceToken>,
    /// The secret of the one just made: shown once.
    pub secret: Option<String>,
    /// What grants can be limited to.
    pub departments: Vec<Department>,
    /// The time of looking.
    pub now: DateTime<Utc>,
}

/// One webhook with its latest calls, and its secret where that was just made.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct WebhookPage {
    /// The webhook.
    pub webhook: Webhook,
    /// Its calls, newest first.
    pub calls: Page<WebhookCall>,
    /// What they sent, by the ids of their messages, as far as it is kept.
    pub sent: BTreeMap<String, String>,
    /// The secret just made: shown once.
    pub secret: Option<String>,
    /// What happened to the webhook; `None` where the viewer may not read the audit trail.
    pub history: Option<Vec<Event>>,
    /// The time of looking.
    pub now: DateTime<Utc>,
}

/// What is asked of the audit trail, as an address holds it; empty means no such limit, days are on a UK clock.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct AuditAsked {
    /// The id of an actor, or part of a name or address.
    pub actor: String,
    /// A kind of record, such as `approved`.
    pub action: String,
    /// A kind of thing, such as `bundle`.
    pub resource_type: String,
    /// The id of a thing, or part of its name or title.
    pub resource_id: String,
    /// The id of a bundle, or part of its title: its records and those of the versions in it.
    pub bundle: String,
    /// The first day.
    pub from: String,
    /// The last day.
    pub to: String,
    /// A text in the reason, the thing's id, the actor, the details, or in what the thing was before or after.
    pub q: String,
}

/// What the names of a question to the audit trail stand for: ids with the names that were found.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct AuditNamed {
    /// Who did it.
    pub actors: Vec<(String, String)>,
    /// What it was done to.
    pub resources: Vec<(String, String)>,
    /// In which bundles.
    pub bundles: Vec<(String, String)>,
}

/// A part of the audit trail.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct AuditList {
    /// The records, newest first.
    pub records: Page<Record>,
    /// The first instant asked for.
    pub from: Option<DateTime<Utc>>,
    /// The last instant asked for.
    pub to: Option<DateTime<Utc>>,
    /// What is wrong with the days asked for.
    pub problem: Option<String>,
    /// What the names that were asked for stand for.
    pub named: AuditNamed,
    /// How the chain was found, where that was asked.
    pub verdict: Option<Verdict>,
}
