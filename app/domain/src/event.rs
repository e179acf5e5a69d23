//! Events: what happened, as the timeline and the audit trail tell it.

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};

use crate::actor::Actor;

/// One record of the audit trail.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Event {
    /// A UUIDv7.
    pub id: String,
    /// Past tense, such as `approved`.
    pub event_type: String,
    /// `bundle`, `version`, `dataset`, `file`, `user` …
    pub resource_type: String,
    /// The resource's id.
    pub resource_id: String,
    /// Who did it.
    pub actor: Actor,
    /// The state before, for transitions.
    pub from_state: Option<String>,
    /// The state after, for transitions.
    pub to_state: Option<String>,
    /// Why, where a reason was given.
    pub reason: Option<String>,
    /// When.
    pub timestamp: DateTime<Utc>,
    /// Whatever else is worth keeping.
    pub details: serde_json::Value,
}

/// What a state machine says happened; the audit record is made of it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Happened {
    /// Past tense, such as `approved`.
    pub event_type: &'static str,
    /// The state before.
    pub from_state: &'static str,
    /// The state after.
    pub to_state: &'static str,
    /// Why, where a reason was given.
    pub reason: Option<String>,
}
