//! The nodes that serve one catalogue, as the one that answers knows of them.

use chrono::{DateTime, TimeDelta, Utc};
use serde::{Deserialize, Serialize};

/// How long ago another node may have been seen to be told of.
pub const LATELY: TimeDelta = TimeDelta::minutes(15);

/// The node that answers, beside which others may serve the same catalogue.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct NodeSight {
    /// Its name.
    pub name: String,
    /// When it started.
    pub started_at: DateTime<Utc>,
    /// Whether other nodes can use its database, too.
    pub is_shared: bool,
    /// Those of them that were seen lately, the last seen first.
    pub others: Vec<SeenNode>,
}

/// Another node, as it last showed itself in the database.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct SeenNode {
    /// Its name.
    pub name: String,
    /// When it last looked after its own health.
    pub seen_at: DateTime<Utc>,
}
