//! Accounts.

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};

use crate::policy::Grant;

/// The shortest password, in characters; length is the only rule of composition (NIST SP 800-63B).
pub const MIN_PASSWORD: usize = 12;
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
}

/// People who may preview the bundles shared with them.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Team {
    /// The slug.
    pub id: String,
    /// The name.
    pub name: String,
    /// The members' user ids.
    pub members: Vec<String>,
}
