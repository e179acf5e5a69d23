//! Accounts.

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};

use crate::policy::Grant;

/// The shortest password, in characters; length is the only rule of composition (NIST SP 800-63B).
pub const MIN_PASSWORD: usize = 14;
/// The longest password taken, in characters, so that hashing stays cheap.
pub const MAX_PASSWORD: usize = 200;

/// A person with an account.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct User {
    /// A UUIDv7.
    pub id: String,
    /// The address to sign in with, lower case.
    pub email: String,
    /// The name shown to colleagues.
    pub name: String,
    /// Whether sign-in is refused.
    pub disabled: bool,
    /// What the person may do.
    pub grants: Vec<Grant>,
    /// When the account was made.
    pub created_at: DateTime<Utc>,
    /// When it was last edited.
    pub last_edited: DateTime<Utc>,
    /// Goes up with every change.
    pub revision: i64,
}

/// People who may preview the bundles shared with them, and who hold what the team was granted.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Team {
    /// The slug.
    pub id: String,
    /// The name.
    pub name: String,
    /// The members' user ids.
    pub members: Vec<String>,
    /// What every member may do.
    pub grants: Vec<Grant>,
    /// When it was last edited, if ever.
    pub last_edited: Option<DateTime<Utc>>,
    /// Goes up with every change.
    pub revision: i64,
}

impl Team {
    /// A new team without grants.
    #[must_use]
    pub fn new(id: &str, name: &str, members: Vec<String>) -> Self {
        Self { id: id.to_owned(), name: name.to_owned(), members, grants: Vec::new(), last_edited: None, revision: 1 }
    }
}

/// A program's right to use the API, without its secret.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ServiceToken {
    /// A UUIDv7.
    pub id: String,
    /// What it is for.
    pub name: String,
    /// What it may do.
    pub grants: Vec<Grant>,
    /// Whether four eyes are waived for it.
    pub approve_own: bool,
    /// The account of whoever made it for themselves: it acts as they do, and may never do more than they may.
    pub owner_id: Option<String>,
    /// When it was made.
    pub created_at: DateTime<Utc>,
    /// When it ends.
    pub expires_at: Option<DateTime<Utc>>,
    /// When it was last used, to the minute.
    pub last_used_at: Option<DateTime<Utc>>,
    /// When it was revoked.
    pub revoked_at: Option<DateTime<Utc>>,
    /// Goes up with every change.
    pub revision: i64,
}

impl ServiceToken {
    /// Whether it can be used at `now`.
    #[must_use]
    pub fn is_live(&self, now: DateTime<Utc>) -> bool {
        self.revoked_at.is_none() && self.expires_at.is_none_or(|end| now < end)
    }
}
