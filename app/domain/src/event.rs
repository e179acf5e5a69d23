//! Events: what happened, as the timeline and the audit trail tell it.

mod asked;

pub use asked::HistoryAsked;

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};

use crate::actor::Actor;
use crate::wire::wire_enum;

wire_enum! {
    /// Through what kind of thing somebody acted.
    ViaKind {
        /// A session of the site.
        Session => "session",
        /// A service token.
        Token => "token",
        /// A token of the sign-in service.
        Jwt => "jwt",
    }
}

/// The kinds of things that records of the audit trail are about, as records name them.
pub const RESOURCE_TYPES: [&str; 27] = [
    "access_list",
    "audit",
    "bundle",
    "bundles",
    "caller",
    "dataset",
    "datasets",
    "department",
    "feedback",
    "file",
    "filter",
    "image",
    "import",
    "incident",
    "release",
    "saved_view",
    "search_pin",
    "search_synonym",
    "service_token",
    "setting",
    "system",
    "team",
    "throttle",
    "topic",
    "user",
    "version",
    "webhook",
];

/// The kinds of records, so that each is told in words.
pub const EVENT_TYPES: [&str; 153] = [
    "acknowledged",
    "alert_added",
    "alert_refused",
    "alert_silenced",
    "alert_unsilenced",
    "alert_withdrawn",
    "announced",
    "approved",
    "archive_held",
    "archive_policy_changed",
    "archive_released",
    "archived",
    "assigned",
    "attempts_refused",
    "backup_made",
    "caller_blocked",
    "caller_unblocked",
    "cancelled",
    "carried_out",
    "changes_requested",
    "circuit_closed",
    "circuit_opened",
    "commented",
    "condition_recovered",
    "condition_returned",
    "confirmed",
    "connections_reset",
    "content_added",
    "content_removed",
    "content_reordered",
    "created",
    "date_changed",
    "date_set",
    "deleted",
    "delivery_replayed",
    "delivery_skipped",
    "device_forgotten",
    "device_remembered",
    "disabled",
    "draft_edited",
    "edited",
    "edition_created",
    "edition_deleted",
    "edition_edited",
    "editions_reordered",
    "enabled",
    "everybody_signed_out",
    "exported",
    "failed",
    "failed_cleared",
    "file_confirmed",
    "file_given_up",
    "file_read_as",
    "file_ready",
    "file_refused",
    "file_reinstated",
    "file_removed",
    "file_renamed",
    "file_retried",
    "file_uploaded",
    "file_withdrawn",
    "grant_changed",
    "grant_withdrawn",
    "granted",
    "group_rights_changed",
    "handled",
    "id_refused",
    "image_added",
    "image_edited",
    "image_reinstated",
    "image_removed",
    "image_withdrawn",
    "index_dataset_read",
    "index_rebuild_begun",
    "invitation_accepted",
    "invitation_sent",
    "invitation_withdrawn",
    "invited",
    "invited_again",
    "item_signed_off",
    "linked",
    "logs_exported",
    "logs_viewed",
    "merged",
    "merged_from",
    "message_replayed",
    "metadata_published",
    "mitigated",
    "noted",
    "notifications_chosen",
    "opened",
    "output_made",
    "output_retried",
    "passkey_added",
    "passkey_counted_back",
    "passkey_removed",
    "password_changed",
    "password_link_sent",
    "password_reset",
    "postponed",
    "previewed",
    "published",
    "publishing",
    "put_back",
    "queue_paused",
    "queue_resumed",
    "recovery_code_used",
    "recovery_codes_renewed",
    "refused",
    "rejected",
    "reminded",
    "reopened",
    "replied",
    "rescheduled",
    "reset",
    "resolved",
    "restored",
    "retried",
    "returned",
    "review_asked",
    "review_claimed",
    "review_released",
    "revoked",
    "saved",
    "schedule_cancelled",
    "scheduled",
    "second_factor_added",
    "second_factor_begun",
    "second_factor_removed",
    "second_factor_reset",
    "secret_rotated",
    "session_ended",
    "sessions_ended",
    "setting_back_to_default",
    "setting_changed",
    "severity_changed",
    "sign_in_failed",
    "sign_off_withdrawn",
    "signed_in",
    "signed_out",
    "signed_out_everywhere",
    "step_done",
    "step_failed",
    "step_given_up",
    "step_replayed",
    "step_skipped",
    "submitted",
    "subscription_ended",
    "switched_off",
    "switched_on",
    "tested",
    "topic_changed",
    "undone",
];

/// Through what somebody acted.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Via {
    /// What kind of thing.
    pub kind: ViaKind,
    /// Which one: a token's id, or a fingerprint of what is secret.
    pub id: String,
}

impl Via {
    /// A service token by its id.
    pub fn token(id: impl Into<String>) -> Self {
        Self { kind: ViaKind::Token, id: id.into() }
    }

    /// A session by a fingerprint of its id; the id itself opens the session and is never written down.
    pub fn session(fingerprint: impl Into<String>) -> Self {
        Self { kind: ViaKind::Session, id: fingerprint.into() }
    }

    /// A token of the sign-in service by its id or a fingerprint.
    pub fn jwt(id: impl Into<String>) -> Self {
        Self { kind: ViaKind::Jwt, id: id.into() }
    }

    /// Reads `kind:id`, as [`Via`] is displayed.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        let (kind, id) = text.split_once(':')?;
        Some(Self { kind: ViaKind::parse(kind)?, id: id.to_owned() })
    }
}

impl std::fmt::Display for Via {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{}:{}", self.kind, self.id)
    }
}

/// Kinds of records that change nothing: the audit trail holds them, a thing's own history leaves them out.
pub const OBSERVATIONS: &[&str] = &[PREVIEWED, REFUSED, REMINDED];
/// Somebody with the right saw the bytes or a preview of what was not yet public.
pub const PREVIEWED: &str = "previewed";
/// Somebody lacked the right for what they asked.
pub const REFUSED: &str = "refused";
/// Those who have a hand in a bundle were told that its instant comes.
pub const REMINDED: &str = "reminded";

/// One thing that happened.
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
    /// What was changed, as it was; `None` for what was made new.
    pub before: Option<serde_json::Value>,
    /// What was changed, as it became; `None` for what is gone.
    pub after: Option<serde_json::Value>,
    /// The bundle it belongs to, where it belongs to one.
    pub bundle_id: Option<String>,
    /// Through which session or token.
    pub via: Option<Via>,
    /// The address it came from.
    pub client: Option<String>,
    /// The trace id of the request.
    pub trace_id: String,
}

/// A record of the audit trail: what happened, and its place in the chain.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Record {
    /// 1, 2, 3 … without gaps.
    pub sequence: i64,
    /// The hash of the record before; 64 zeros before the first.
    pub previous_hash: String,
    /// The hash of this record, SHA-256 in hexadecimal.
    pub hash: String,
    /// What happened.
    pub event: Event,
}

/// What is wrong with the first record that does not hold.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Break {
    /// The number that the record has or should have.
    pub sequence: i64,
    /// Its id, where there is one.
    pub id: Option<String>,
    /// What is wrong, as a sentence.
    pub problem: String,
}

/// How the chain was found.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Verdict {
    /// How many records were found sound, from the first on.
    pub sound: u64,
    /// The number of the newest record as the chain's head tells it.
    pub head_sequence: i64,
    /// Its hash; kept elsewhere it proves later that nothing up to there was exchanged.
    pub head_hash: String,
    /// The first record that does not hold.
    pub broken: Option<Break>,
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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::operations::IncidentAction;
    use crate::version::VersionAction;

    #[test]
    fn what_the_machines_of_states_record_is_listed_once_and_in_order() {
        assert!(EVENT_TYPES.is_sorted_by(|one, next| one < next));
        let of_incidents = IncidentAction::ALL.iter().map(|action| action.rule().event);
        let of_versions = VersionAction::ALL.iter().map(|action| action.rule().3);
        for kind in of_incidents.chain(of_versions).chain(OBSERVATIONS.iter().copied()) {
            assert!(EVENT_TYPES.contains(&kind), "{kind}");
        }
    }
}
