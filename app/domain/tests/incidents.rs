//! The state machine of incidents, held pair by pair against its table, and the runbook's clocks at their edges.
#![expect(clippy::unwrap_used, reason = "a test that cannot go on should stop")]

use chrono::{DateTime, TimeDelta, Utc};
use domain::actor::{Actor, ActorKind, Caller};
use domain::operations::{
    Clock, ClockKind, Condition, Firing, Incident, IncidentAction, IncidentCommand, IncidentSeverity, IncidentState,
    NewIncident, Standing,
};
use domain::policy::Role;
use domain::refusal::Refusal;

/// Minutes after Monday, 6 July 2026, 10:00 in the UK.
fn at(minutes: i64) -> DateTime<Utc> {
    DateTime::parse_from_rfc3339("2026-07-06T09:00:00Z").unwrap().to_utc() + TimeDelta::minutes(minutes)
}

fn somebody() -> Caller {
    Caller {
        actor: Actor { id: "a".into(), name: "a".into(), kind: ActorKind::User },
        grants: Vec::new(),
        teams: Vec::new(),
        approve_own: false,
        all_permissions: false,
    }
}

fn opened(severity: IncidentSeverity) -> Incident {
    let new = NewIncident { title: "Nothing goes out".into(), description: String::new(), severity };
    Incident::by_hand("1".into(), new, somebody().actor, at(0))
}

fn command(action: IncidentAction) -> IncidentCommand {
    let text = "As it was found.".to_owned();
    match action {
        IncidentAction::Acknowledge => IncidentCommand::Acknowledge,
        IncidentAction::Note => IncidentCommand::Note { text, public: false, text_cy: String::new() },
        IncidentAction::ChangeSeverity => {
            IncidentCommand::ChangeSeverity { severity: IncidentSeverity::P4, reason: text }
        }
        IncidentAction::Mitigate => IncidentCommand::Mitigate { text },
        IncidentAction::Resolve => IncidentCommand::Resolve { cause: text },
        IncidentAction::Reopen => IncidentCommand::Reopen { reason: text },
    }
}

fn after(incident: &Incident, action: IncidentAction, minutes: i64) -> Incident {
    incident.clone().apply(&command(action), &somebody(), at(minutes)).unwrap().0
}

/// The table, written out.
fn expected(from: IncidentState, action: IncidentAction) -> Option<IncidentState> {
    use IncidentAction as A;
    use IncidentState as S;
    Some(match (from, action) {
        (S::Open, A::Acknowledge) => S::Acknowledged,
        (_, A::Note) => from,
        (S::Open | S::Acknowledged | S::Mitigated, A::ChangeSeverity) => from,
        (S::Open | S::Acknowledged, A::Mitigate) => S::Mitigated,
        (S::Open | S::Acknowledged | S::Mitigated, A::Resolve) => S::Resolved,
        (S::Resolved, A::Reopen) => S::Open,
        _ => return None,
    })
}

#[test]
fn every_pair_of_state_and_action_is_as_the_table_says() {
    for from in IncidentState::ALL {
        for action in IncidentAction::ALL {
            let incident = Incident { state: *from, ..opened(IncidentSeverity::P1) };
            let outcome = incident.apply(&command(*action), &somebody(), at(1));
            match (expected(*from, *action), outcome) {
                (Some(to), Ok((after, happened))) => {
                    assert_eq!(after.state, to, "{from} {action}");
                    assert_eq!((happened.from_state, happened.to_state), (from.as_str(), to.as_str()));
                }
                (None, Err(Refusal::InvalidTransition { from: said, allowed, .. })) => {
                    assert_eq!(said, from.as_str());
                    assert!(!allowed.is_empty() && !allowed.contains(&said));
                }
                (wanted, got) => panic!("{from} {action}: wanted {wanted:?}, got {got:?}"),
            }
        }
    }
}

#[test]
fn operators_alone_may() {
    for action in IncidentAction::ALL {
        for role in Role::ALL {
            let may = role.permissions().contains(&action.rule().permission);
            assert_eq!(may, *role == Role::Operator, "{action} by {role}");
        }
    }
}

#[test]
fn every_step_but_answering_says_something() {
    for action in IncidentAction::ALL.iter().filter(|action| **action != IncidentAction::Acknowledge) {
        for empty in ["", " \n", &"x".repeat(5001)] {
            let said = match command(*action) {
                IncidentCommand::Note { .. } => {
                    IncidentCommand::Note { text: empty.into(), public: true, text_cy: String::new() }
                }
                IncidentCommand::ChangeSeverity { severity, .. } => {
                    IncidentCommand::ChangeSeverity { severity, reason: empty.into() }
                }
                IncidentCommand::Mitigate { .. } => IncidentCommand::Mitigate { text: empty.into() },
                IncidentCommand::Resolve { .. } => IncidentCommand::Resolve { cause: empty.into() },
                _ => IncidentCommand::Reopen { reason: empty.into() },
            };
            assert_eq!(opened(IncidentSeverity::P1).problems_of(&said).len(), 1, "{action} {}", empty.len());
        }
    }
    let same = IncidentCommand::ChangeSeverity { severity: IncidentSeverity::P1, reason: "x".into() };
    assert_eq!(opened(IncidentSeverity::P1).problems_of(&same)[0].code, "unchanged");
    let unnamed = NewIncident { title: " ".into(), description: "x".repeat(5001), severity: IncidentSeverity::P1 };
    assert_eq!(unnamed.problems().len(), 2);
}

fn clock(incident: &Incident, kind: ClockKind) -> Option<Clock> {
    incident.clocks().into_iter().find(|clock| clock.kind == kind)
}

#[test]
fn the_time_to_respond_is_that_of_the_matrix() {
    for (severity, due) in [
        (IncidentSeverity::P1, 15),
        (IncidentSeverity::P2, 60),
        (IncidentSeverity::P3, 240),
        (IncidentSeverity::P4, 31 * 60),
    ] {
        let clock = clock(&opened(severity), ClockKind::Respond).unwrap();
        assert_eq!(clock.due, at(due), "{severity}");
        let edge = TimeDelta::microseconds(1);
        assert_eq!(clock.standing(at(due)), Standing::Left(TimeDelta::zero()));
        assert_eq!(clock.standing(at(due) - edge), Standing::Left(edge));
        assert_eq!(clock.standing(at(due) + edge), Standing::Breached(edge));
        let kept = after(&opened(severity), IncidentAction::Acknowledge, due).clocks()[0];
        assert_eq!((kept.standing(at(9999)), kept.is_breached(at(9999))), (Standing::Kept, false));
        let missed = after(&opened(severity), IncidentAction::Acknowledge, due + 1).clocks()[0];
        assert_eq!(missed.standing(at(9999)), Standing::Missed(TimeDelta::minutes(1)));
    }
}

#[test]
fn only_what_is_critical_has_hourly_updates_four_hours_and_a_review() {
    let grave = opened(IncidentSeverity::P1);
    assert_eq!(clock(&grave, ClockKind::Update).unwrap().due, at(60));
    assert_eq!(clock(&grave, ClockKind::Resolve).unwrap().due, at(240));
    assert_eq!(grave.next_clock().unwrap().kind, ClockKind::Respond);
    let told = after(&after(&grave, IncidentAction::Acknowledge, 10), IncidentAction::Note, 50);
    assert_eq!(clock(&told, ClockKind::Update).unwrap().due, at(110));
    assert_eq!(told.next_clock().unwrap().kind, ClockKind::Update);
    let over = after(&told, IncidentAction::Resolve, 240);
    assert_eq!(clock(&over, ClockKind::Update), None, "nobody waits for news of what is over");
    assert!(!clock(&over, ClockKind::Resolve).unwrap().is_breached(at(9999)));
    assert_eq!((over.review_by(), over.next_clock()), (Some(at(240) + TimeDelta::hours(48)), None));
    for severity in [IncidentSeverity::P2, IncidentSeverity::P3, IncidentSeverity::P4] {
        assert_eq!(opened(severity).clocks().len(), 1, "{severity}");
        assert_eq!(after(&opened(severity), IncidentAction::Resolve, 9).review_by(), None);
    }
}

#[test]
fn another_severity_has_other_clocks_from_the_same_beginning() {
    let less =
        opened(IncidentSeverity::P1).apply(&command(IncidentAction::ChangeSeverity), &somebody(), at(5)).unwrap().0;
    assert_eq!((less.severity, less.clocks().len(), less.state), (IncidentSeverity::P4, 1, IncidentState::Open));
    let graver = IncidentCommand::ChangeSeverity { severity: IncidentSeverity::P1, reason: "It spreads.".into() };
    let graver = opened(IncidentSeverity::P2).apply(&graver, &somebody(), at(20)).unwrap().0;
    assert!(clock(&graver, ClockKind::Respond).unwrap().is_breached(at(20)));
}

#[test]
fn dealing_with_it_answers_for_it_and_reopening_asks_anew() {
    for action in [IncidentAction::Mitigate, IncidentAction::Resolve] {
        let dealt_with = after(&opened(IncidentSeverity::P1), action, 3);
        assert_eq!(dealt_with.acknowledged_at, Some(at(3)), "{action}");
        assert_eq!(dealt_with.acknowledged_by, Some(somebody().actor));
    }
    assert_eq!(after(&opened(IncidentSeverity::P1), IncidentAction::Note, 3).acknowledged_at, None);
    let over = after(&opened(IncidentSeverity::P1), IncidentAction::Resolve, 3);
    assert_eq!(over.cause.as_deref(), Some("As it was found."));
    let again = after(&over, IncidentAction::Reopen, 600);
    assert_eq!((again.state, again.acknowledged_at, again.resolved_at), (IncidentState::Open, None, None));
    assert_eq!(clock(&again, ClockKind::Respond).unwrap().due, at(615));
    assert_eq!(again.opened_at, at(0));
}

#[test]
fn the_next_step_can_always_be_taken() {
    for state in IncidentState::ALL {
        let next = Incident { state: *state, ..opened(IncidentSeverity::P1) }.next_step();
        assert!(next.is_none_or(|action| action.check_from(*state).is_ok()), "{state}");
        assert_eq!(next.is_none(), *state == IncidentState::Resolved);
    }
}

#[test]
fn a_condition_says_what_was_measured() {
    let firing = Firing {
        condition: Condition::PublicationOverdue,
        subject: String::new(),
        value: 61.0,
        since: at(-1),
        is_due: true,
    };
    let incident = Incident::by_condition("1".into(), &firing, somebody().actor, at(0));
    assert_eq!(incident.severity, IncidentSeverity::P1);
    assert_eq!(incident.key(), Some(firing.key()));
    assert_eq!(incident.description, "Measured: 61 s, since 6 July 2026, 9:59am. The threshold is: more than 60 s.");
    assert_eq!(opened(IncidentSeverity::P1).key(), None);
}

#[test]
fn the_public_is_told_what_is_meant_for_it_and_nothing_else() {
    let told = after(&opened(IncidentSeverity::P2), IncidentAction::Note, 1);
    assert!(told.public_updates.is_empty());
    let note =
        |text: &str, text_cy: &str| IncidentCommand::Note { text: text.into(), public: true, text_cy: text_cy.into() };
    let (told, _) = told.apply(&note(" Downloads are slow.\r\nWe look into it. ", " "), &somebody(), at(2)).unwrap();
    let (told, _) = told.apply(&note("It is over.", "Mae ar ben."), &somebody(), at(3)).unwrap();
    let said: Vec<_> =
        told.public_updates.iter().map(|one| (one.at, one.text.as_str(), one.text_cy.as_deref())).collect();
    assert_eq!(
        said,
        [(at(2), "Downloads are slow.\nWe look into it.", None), (at(3), "It is over.", Some("Mae ar ben.")),]
    );
    let long = told.apply(&note("x", &"y".repeat(5001)), &somebody(), at(4)).unwrap_err();
    assert!(matches!(long, Refusal::Invalid { problems } if problems[0].field == "text_cy"));
}
