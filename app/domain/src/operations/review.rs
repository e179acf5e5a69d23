//! The review after an incident, as a text to go on from: what is known of it, and what is to be asked.

use chrono::{DateTime, Utc};

use super::clocks::{Clock, Standing};
use super::incidents::Incident;
use crate::event::Event;
use crate::uk_time::date_time;

/// What a review asks, in its order.
const QUESTIONS: [&str; 4] =
    ["What went well", "What went badly", "Where we were lucky", "What is to be done, by whom and by when"];

/// The template of an incident's review, in Markdown; `history` is what happened to it, the oldest first.
#[must_use]
pub fn review_of(incident: &Incident, history: &[Event], now: DateTime<Utc>) -> String {
    let mut lines = vec![format!("# Review: {}", incident.title), String::new()];
    lines.extend(facts(incident));
    section(&mut lines, "Clocks", incident.clocks().iter().map(|clock| clock_line(clock, now)).collect());
    let known = [incident.description.clone()].into_iter().filter(|text| !text.is_empty());
    section(&mut lines, "What was known at first", known.collect());
    section(&mut lines, "Timeline", history.iter().map(happened).collect());
    section(&mut lines, "Cause", incident.cause.clone().into_iter().collect());
    let told = incident.public_updates.iter().map(|update| format!("- {}: {}", date_time(update.at), update.text));
    section(&mut lines, "What the public read", told.collect());
    for question in QUESTIONS {
        section(&mut lines, question, vec!["…".to_owned()]);
    }
    lines.join("\n")
}

/// A heading with what stands below it; nothing where that is nothing.
fn section(lines: &mut Vec<String>, title: &str, below: Vec<String>) {
    if !below.is_empty() {
        lines.extend([String::new(), format!("## {title}"), String::new()]);
        lines.extend(below);
    }
}

fn facts(incident: &Incident) -> Vec<String> {
    let by = |name: Option<&str>| name.map(|name| format!(" by {name}")).unwrap_or_default();
    let line = |what: &str, at: Option<DateTime<Utc>>, name: Option<&str>| {
        at.map(|at| format!("- {what}: {}{}", date_time(at), by(name)))
    };
    let answered = incident.acknowledged_by.as_ref().map(|actor| actor.name.as_str());
    let facts = [
        Some(format!("- Severity: {}", incident.severity.title())),
        line("Opened", Some(incident.opened_at), Some(&incident.opened_by.name)),
        line("Answered for", incident.acknowledged_at, answered),
        line("Mitigated", incident.mitigated_at, None),
        line("Resolved", incident.resolved_at, None),
        line("Review by", incident.review_by(), None),
    ];
    facts.into_iter().flatten().collect()
}

fn clock_line(clock: &Clock, now: DateTime<Utc>) -> String {
    let stands = match clock.standing(now) {
        Standing::Kept => "kept".to_owned(),
        Standing::Left(_) => "still runs".to_owned(),
        Standing::Missed(by) => format!("missed by {} min", by.num_minutes()),
        Standing::Breached(by) => format!("over by {} min", by.num_minutes()),
    };
    format!("- {}: due {}, {stands}", clock.kind.title(), date_time(clock.due))
}

fn happened(event: &Event) -> String {
    let what = event.event_type.replace('_', " ");
    let why = event.reason.as_ref().map(|reason| format!(": {}", reason.replace('\n', " "))).unwrap_or_default();
    format!("- {}, {}, {what}{why}", date_time(event.timestamp), event.actor.name)
}

#[cfg(test)]
mod tests {
    use chrono::TimeDelta;

    use super::*;
    use crate::actor::{Actor, Caller};
    use crate::operations::{IncidentCommand, IncidentSeverity, NewIncident};

    #[test]
    fn a_review_holds_what_is_known_and_asks_the_rest() {
        let nine: DateTime<Utc> = "2026-12-01T09:00:00Z".parse().unwrap();
        let at = |minutes| nine + TimeDelta::minutes(minutes);
        let new = NewIncident { title: "Late".into(), description: String::new(), severity: IncidentSeverity::P1 };
        let open = Incident::by_hand("1".into(), new, Actor::system("Ada"), at(0));
        let resolve = IncidentCommand::Resolve { cause: "A full disk".into() };
        let (over, _) = open.clone().apply(&resolve, &Caller::system("Ben"), at(20)).unwrap();
        let text = review_of(&over, &[], at(30));
        for part in [
            "# Review: Late",
            "- Severity: P1, critical",
            "- Opened: 1 December 2026, 9:00am by Ada",
            "- Answered for: 1 December 2026, 9:20am by Ben",
            "- Respond: due 1 December 2026, 9:15am, missed by 5 min",
            "- Resolve: due 1 December 2026, 1:00pm, kept",
            "## Cause\n\nA full disk",
            "- Review by: 3 December 2026",
            "## What went well\n\n…",
        ] {
            assert!(text.contains(part), "{part}: {text}");
        }
        assert!(!text.contains("## Timeline") && !text.contains("What the public read"), "{text}");
        assert!(review_of(&open, &[], at(1)).contains("still runs"));
    }
}
