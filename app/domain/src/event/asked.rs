//! What is asked of the history of one thing.

use serde::{Deserialize, Serialize};

use super::Event;
use crate::text::escaped;

/// What is asked of a thing's history, as it stands in an address; everything empty asks for all of it.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct HistoryAsked {
    /// Only events of this kind.
    #[serde(default)]
    pub event: String,
    /// Only those in which these words stand.
    #[serde(default)]
    pub q: String,
}

impl HistoryAsked {
    /// Reads the values of an address.
    #[must_use]
    pub fn read(value: impl Fn(&str) -> String) -> Self {
        let text = |name: &str| value(name).trim().to_owned();
        Self { event: text("event"), q: text("q") }
    }

    /// The same question in an address, without a question mark.
    #[must_use]
    pub fn query(&self) -> String {
        let pairs = [("event", &self.event), ("q", &self.q)];
        let set = pairs.into_iter().filter(|(_, value)| !value.is_empty());
        set.map(|(name, value)| format!("{name}={}", escaped(value))).collect::<Vec<_>>().join("&")
    }

    /// Those of these events that fit, in their order.
    #[must_use]
    pub fn find(&self, events: &[Event]) -> Vec<Event> {
        let words = self.q.to_lowercase();
        let fits = |event: &&Event| {
            (self.event.is_empty() || event.event_type == self.event) && (words.is_empty() || event.says(&words))
        };
        events.iter().filter(fits).cloned().collect()
    }
}

impl Event {
    /// Whether these words, in small letters, stand in what happened: in its kind, who did it, why, or in what it changed.
    fn says(&self, words: &str) -> bool {
        let told = [self.event_type.replace('_', " "), self.actor.name.clone(), self.details.to_string()];
        let values = [&self.before, &self.after].into_iter().flatten().map(ToString::to_string);
        told.into_iter().chain(self.reason.clone()).chain(values).any(|text| text.to_lowercase().contains(words))
    }
}

#[cfg(test)]
mod tests {
    use chrono::DateTime;
    use serde_json::{Value, json};

    use super::*;
    use crate::actor::Actor;

    fn event(kind: &str, reason: Option<&str>, after: Option<Value>) -> Event {
        Event {
            id: kind.to_owned(),
            event_type: kind.to_owned(),
            resource_type: "bundle".to_owned(),
            resource_id: "b".to_owned(),
            actor: Actor::system("scheduler"),
            from_state: None,
            to_state: None,
            reason: reason.map(str::to_owned),
            timestamp: DateTime::UNIX_EPOCH,
            details: json!({}),
            before: None,
            after,
            bundle_id: None,
            via: None,
            client: None,
            trace_id: String::new(),
        }
    }

    #[test]
    fn a_history_is_narrowed_by_kind_and_by_words_in_any_of_its_parts() {
        let events = [
            event("created", None, Some(json!({"title": "Prices"}))),
            event("schedule_cancelled", Some("A table was wrong."), None),
            event("edited", None, Some(json!({"title": "Rents"}))),
        ];
        let found = |kind: &str, q: &str| {
            let asked = HistoryAsked { event: kind.to_owned(), q: q.to_owned() };
            asked.find(&events).into_iter().map(|event| event.event_type).collect::<Vec<_>>()
        };
        assert_eq!(found("", ""), ["created", "schedule_cancelled", "edited"]);
        assert_eq!(found("edited", ""), ["edited"]);
        assert_eq!(found("", "PRICES"), ["created"]);
        assert_eq!(found("", "schedule cancelled"), ["schedule_cancelled"]);
        assert_eq!(found("", "table was"), ["schedule_cancelled"]);
        assert!(found("edited", "prices").is_empty());
    }

    #[test]
    fn what_is_asked_stands_in_the_address() {
        let given = |name: &str| if name == "q" { " a & b ".to_owned() } else { String::new() };
        let asked = HistoryAsked::read(given);
        assert_eq!(asked.query(), "q=a%20%26%20b");
        assert_eq!(HistoryAsked::default().query(), "");
    }
}
