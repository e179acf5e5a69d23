//! What changes whenever the operations desk has something new to show, so that its open pages are drawn anew.

use std::hash::{DefaultHasher, Hash, Hasher};

use super::conditions::Firing;
use super::silences::Silence;
use super::{ComponentSight, Incident};
use crate::file::FileJobState;

/// What names how one node finds its components and the runbook's conditions; how long looking took says nothing new.
#[must_use]
pub fn node_mark(components: &[ComponentSight], firing: &[Firing]) -> String {
    let mut hasher = DefaultHasher::new();
    for component in components {
        (&component.name, &component.status).hash(&mut hasher);
    }
    for one in firing {
        (one.key(), one.is_due).hash(&mut hasher);
    }
    format!("{:x}", hasher.finish())
}

/// What names how everything stands: a node by its [`node_mark`], the publish queue by its own, the incidents that are not over and the
/// conditions that are silenced, by receiver whether anything is owed and how much was given up, and how many files stand in each state.
///
/// While much is delivered only whether anything is owed counts, so that pages are not drawn anew with every delivery.
#[must_use]
pub fn desk_mark(
    node: &str,
    queue: &str,
    (incidents, silences): (&[Incident], &[Silence]),
    owed: &[(String, bool, u64)],
    files: &[(FileJobState, u64)],
) -> String {
    let mut hasher = DefaultHasher::new();
    (node, queue, owed).hash(&mut hasher);
    for incident in incidents {
        (&incident.id, incident.revision, incident.recovered_at).hash(&mut hasher);
    }
    for silence in silences {
        (silence.key(), silence.until).hash(&mut hasher);
    }
    for (state, number) in files {
        (state.as_str(), number).hash(&mut hasher);
    }
    format!("{:x}", hasher.finish())
}

#[cfg(test)]
mod tests {
    use chrono::{DateTime, TimeDelta};

    use super::*;
    use crate::actor::Actor;
    use crate::operations::{Condition, IncidentSeverity, NewIncident, NewSilence};

    fn component(status: &str, duration_ms: i64) -> ComponentSight {
        ComponentSight {
            name: "Storage".into(),
            status: status.into(),
            message: "the storage answers".into(),
            last_checked: DateTime::UNIX_EPOCH + TimeDelta::milliseconds(duration_ms),
            last_success: None,
            last_failure: None,
            duration_ms,
            recent: Vec::new(),
        }
    }

    #[test]
    fn a_node_is_named_by_what_it_finds_and_not_by_when() {
        let due = |is_due, value| Firing {
            condition: Condition::SlowAnswers,
            subject: String::new(),
            value,
            since: DateTime::UNIX_EPOCH,
            is_due,
        };
        let well = node_mark(&[component("OK", 1)], &[]);
        assert_eq!(well, node_mark(&[component("OK", 90)], &[]));
        assert_ne!(well, node_mark(&[component("WARNING", 1)], &[]));
        let held = node_mark(&[component("OK", 1)], &[due(false, 1.2)]);
        assert_eq!(held, node_mark(&[component("OK", 1)], &[due(false, 1.3)]));
        assert!(held != well && held != node_mark(&[component("OK", 1)], &[due(true, 1.2)]));
    }

    #[test]
    fn the_desk_is_named_by_everything_that_needs_somebody() {
        let new = NewIncident { title: "Late".into(), description: String::new(), severity: IncidentSeverity::P2 };
        let open = Incident::by_hand("1".into(), new, Actor::system("test"), DateTime::UNIX_EPOCH);
        let noted = Incident { revision: 2, ..open.clone() };
        let asked = NewSilence { key: "slow_answers:".into(), hours: 1, reason: "It is moved".into() };
        let silence = asked.begin("Ada", DateTime::UNIX_EPOCH).unwrap();
        let owed = |open, given_up| vec![("slack".to_owned(), open, given_up)];
        let marks = [
            desk_mark("n", "q", (&[], &[]), &[], &[]),
            desk_mark("m", "q", (&[], &[]), &[], &[]),
            desk_mark("n", "r", (&[], &[]), &[], &[]),
            desk_mark("n", "q", (&[open], &[]), &[], &[]),
            desk_mark("n", "q", (&[noted], &[]), &[], &[]),
            desk_mark("n", "q", (&[], &[silence]), &[], &[]),
            desk_mark("n", "q", (&[], &[]), &owed(true, 0), &[]),
            desk_mark("n", "q", (&[], &[]), &owed(true, 1), &[]),
            desk_mark("n", "q", (&[], &[]), &[], &[(FileJobState::Failed, 1)]),
        ];
        for (n, mark) in marks.iter().enumerate() {
            assert!(!marks[..n].contains(mark), "{n}");
        }
    }
}
