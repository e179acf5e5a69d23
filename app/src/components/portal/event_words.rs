//! What was done by records that few histories show, in words.

use domain::event::Event;

/// What somebody did, as the rest of a sentence that begins with their name; a kind that has no words is named as it is.
pub(super) fn more_words(event: &Event) -> String {
    let said = match event.event_type.as_str() {
        "alert_silenced" => "silenced a condition of the runbook",
        "alert_unsilenced" => "had a condition of the runbook alert again",
        "announced" => "announced it",
        "archive_held" => "kept it from being archived",
        "archive_policy_changed" => "changed what stays in standard storage",
        "archive_released" => "let it be archived again",
        "attempts_refused" => "was refused after too many tries to sign in",
        "backup_made" => "noted a backup",
        "cancelled" => "cancelled it",
        "confirmed" => "confirmed it",
        "connections_reset" => "renewed the connections to the database",
        "content_reordered" => "changed the order of the versions",
        "date_changed" => "changed its date",
        "date_set" => "gave it a date",
        "draft_edited" => "edited what becomes public with it",
        "everybody_signed_out" => "signed everybody else out",
        "group_rights_changed" => "took over the rights of groups",
        "handled" => "dealt with it",
        "id_refused" => "was refused this id, which is taken",
        "index_dataset_read" => "had a dataset read into the search index again",
        "index_rebuild_begun" => "had the search index made anew",
        "logs_exported" => "took the log away",
        "logs_viewed" => "looked at the log",
        "merged_from" => "merged another into it",
        "passkey_added" => "added a passkey",
        "passkey_counted_back" => "showed a passkey that may have been copied",
        "passkey_removed" => "removed a passkey",
        "password_changed" => "changed the password",
        "password_link_sent" => "sent a link for a new password",
        "postponed" => "postponed it",
        "put_back" => "put it back among what is new",
        "queue_paused" => "paused the publish queue",
        "queue_resumed" => "had the publish queue go on",
        "recovery_code_used" => "used a recovery code",
        "recovery_codes_renewed" => "made new recovery codes",
        "saved" => "saved it",
        "second_factor_added" => "set a second factor up",
        "second_factor_begun" => "began to set a second factor up",
        "second_factor_removed" => "took the second factor away",
        "second_factor_reset" => "reset the second factor",
        "setting_back_to_default" => "put the setting back to its default",
        "setting_changed" => "changed the setting",
        "sign_in_failed" => "could not sign in",
        "signed_out_everywhere" => "signed out everywhere",
        "subscription_ended" => "ended a subscription",
        "switched_off" => "switched it off",
        "switched_on" => "switched it on",
        "tested" => "sent a test to it",
        "topic_changed" => "changed its topic",
        other => return format!("recorded \u{201c}{}\u{201d}", other.replace('_', " ")),
    };
    let from = event.details.get("from").and_then(|from| from.as_str()).filter(|_| event.event_type == "merged_from");
    from.map_or_else(|| said.to_owned(), |from| format!("{said}, {from}"))
}

#[cfg(test)]
mod tests {
    use domain::actor::Actor;
    use domain::event::EVENT_TYPES;

    use super::super::words;
    use super::*;

    fn event(event_type: &str, details: serde_json::Value) -> Event {
        Event {
            id: "1".into(),
            event_type: event_type.into(),
            resource_type: "topic".into(),
            resource_id: "prices".into(),
            actor: Actor::system("test"),
            from_state: None,
            to_state: None,
            reason: None,
            timestamp: chrono::DateTime::UNIX_EPOCH,
            details,
            before: None,
            after: None,
            bundle_id: None,
            via: None,
            client: None,
            trace_id: String::new(),
        }
    }

    #[test]
    fn every_kind_of_record_has_words() {
        let wordless = |kind: &&&str| words(&event(kind, serde_json::json!({}))).starts_with("recorded");
        let found: Vec<&&str> = EVENT_TYPES.iter().filter(wordless).collect();
        assert!(found.is_empty(), "{found:?}");
        assert_eq!(words(&event("odd_thing", serde_json::json!({}))), "recorded \u{201c}odd thing\u{201d}");
        assert_eq!(words(&event("merged_from", serde_json::json!({"from": "wages"}))), "merged another into it, wages");
    }
}
