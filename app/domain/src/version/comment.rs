//! What people say about a version while they prepare it and check it.

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};

use crate::actor::Actor;

/// A remark on a version, for those who read its dataset before it is public. It changes nothing of the version and goes with it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct VersionComment {
    /// A UUIDv7.
    pub id: String,
    /// Who said it.
    pub author: Actor,
    /// What.
    pub text: String,
    /// When.
    pub created_at: DateTime<Utc>,
}
