//! What was done last to a thing, for whoever sent a form about it too late.

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};

use crate::event::Event;
use crate::uk_time;

/// The last change of a thing, as it is told to whoever sent a form that no longer fits it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Meanwhile {
    /// The change.
    pub event: Event,
    /// Whether the viewer made it themselves, such as in another tab.
    pub own: bool,
    /// When this was so.
    pub now: DateTime<Utc>,
}

impl Meanwhile {
    /// Who made the change, as the beginning of a sentence.
    #[must_use]
    pub fn who(&self) -> &str {
        if self.own { "You" } else { &self.event.actor.name }
    }

    /// When it was made, to the minute on a UK clock, as the end of a sentence; with the date where that was another day.
    #[must_use]
    pub fn when(&self) -> String {
        let at = self.event.timestamp;
        let whole = at.timestamp() - at.timestamp().rem_euclid(60);
        let minute = DateTime::from_timestamp(whole, 0).unwrap_or(at);
        if uk_time::day(minute) == uk_time::day(self.now) {
            format!("at {}", uk_time::time(minute))
        } else {
            format!("on {}", uk_time::date_time(minute))
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::actor::{Actor, ActorKind};

    fn approved(at: &str, now: &str, own: bool) -> Meanwhile {
        let instant = |text: &str| text.parse::<DateTime<Utc>>().unwrap();
        let event = Event {
            id: "e".into(),
            event_type: "approved".into(),
            resource_type: "version".into(),
            resource_id: "gdp/2026/1".into(),
            actor: Actor { id: "n".into(), name: "Nadia Rahman".into(), kind: ActorKind::User },
            from_state: None,
            to_state: None,
            reason: None,
            timestamp: instant(at),
            details: serde_json::Value::Null,
            before: None,
            after: None,
            bundle_id: None,
            via: None,
            client: None,
            trace_id: String::new(),
        };
        Meanwhile { event, own, now: instant(now) }
    }

    #[test]
    fn it_is_told_by_whom_and_when() {
        let today = approved("2026-11-23T16:14:37Z", "2026-11-23T16:20:00Z", false);
        assert_eq!((today.who(), today.when().as_str()), ("Nadia Rahman", "at 4:14pm"));
        let before = approved("2026-11-20T16:14:37Z", "2026-11-23T16:20:00Z", true);
        assert_eq!((before.who(), before.when().as_str()), ("You", "on 20 November 2026, 4:14pm"));
    }
}
