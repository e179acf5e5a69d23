//! The release calendar's state machine, held pair by pair against its table.
#![expect(clippy::unwrap_used, reason = "a test that cannot go on should stop")]

use chrono::{DateTime, TimeDelta, Utc};
use domain::actor::{Actor, ActorKind, Caller};
use domain::policy::{Permission, Role};
use domain::refusal::Refusal;
use domain::release::{
    ChangeKind, PreReleaseAccess, PublicReason, Release, ReleaseAction, ReleaseCommand, ReleaseDate, ReleaseDetails,
    ReleaseState,
};

fn at(seconds: i64) -> DateTime<Utc> {
    DateTime::from_timestamp(1_800_000_000 + seconds, 0).unwrap()
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

fn release(state: ReleaseState) -> Release {
    Release {
        id: "gdp".into(),
        details: ReleaseDetails { title: "GDP".into(), ..ReleaseDetails::default() },
        state,
        date: ReleaseDate::At(at(3_600)),
        bundle_id: Some("bundle".into()),
        changes: Vec::new(),
        announced_at: (state != ReleaseState::Draft).then(|| at(-10)),
        published_at: None,
        created_by: somebody().actor,
        created_at: at(-20),
        last_edited_by: somebody().actor,
        last_modified: at(-20),
        revision: 1,
    }
}

fn reason() -> Option<PublicReason> {
    PublicReason::of(Some("The figures need more checks.".into()), None)
}

fn commands() -> Vec<ReleaseCommand> {
    vec![
        ReleaseCommand::Move { date: ReleaseDate::At(at(7_200)), reason: reason() },
        ReleaseCommand::Announce,
        ReleaseCommand::Confirm { date: None, reason: None },
        ReleaseCommand::Postpone { date: ReleaseDate::ToBeConfirmed, reason: reason() },
        ReleaseCommand::Cancel { reason: reason() },
        ReleaseCommand::Publish { reason: None },
    ]
}

/// The table, written out.
fn expected(from: ReleaseState, command: &ReleaseCommand) -> Option<ReleaseState> {
    use ReleaseCommand as C;
    use ReleaseState as S;
    Some(match (from, command) {
        (S::Draft | S::Provisional | S::Confirmed | S::Postponed, C::Move { .. }) => from,
        (S::Draft, C::Announce) => S::Provisional,
        (S::Provisional | S::Postponed, C::Confirm { .. }) => S::Confirmed,
        (S::Provisional | S::Confirmed | S::Postponed, C::Postpone { .. }) => S::Postponed,
        (S::Provisional | S::Confirmed | S::Postponed, C::Cancel { .. }) => S::Cancelled,
        (S::Draft | S::Provisional | S::Confirmed | S::Postponed, C::Publish { .. }) => S::Published,
        _ => return None,
    })
}

#[test]
fn who_is_given_a_release_early_is_told_once_it_is_published() {
    let given = vec![PreReleaseAccess::new("Chief Economist", "HM Treasury")];
    for state in ReleaseState::ALL {
        let mut release = release(*state);
        release.details.pre_release_access.clone_from(&given);
        let told = if *state == ReleaseState::Published { given.clone() } else { Vec::new() };
        assert_eq!(release.entry().details.pre_release_access, told, "{state}");
        assert_eq!(release.clone().for_outsiders().details.pre_release_access, told, "{state}");
        assert_eq!(release.for_outsiders().details.title, "GDP");
    }
}

#[test]
fn every_pair_of_state_and_command_is_as_the_table_says() {
    for from in ReleaseState::ALL {
        for command in commands() {
            let outcome = release(*from).apply(command.clone(), &somebody(), at(0));
            match (expected(*from, &command), outcome) {
                (Some(to), Ok((after, happened))) => {
                    assert_eq!(after.state, to, "{from} {command:?}");
                    assert_eq!((happened.from_state, happened.to_state), (from.as_str(), to.as_str()));
                    assert_eq!(after.is_announced(), after.announced_at.is_some(), "{from} {command:?}");
                }
                (None, Err(Refusal::InvalidTransition { from: said, allowed, .. })) => {
                    assert_eq!(said, from.as_str());
                    assert!(!allowed.is_empty() && !allowed.contains(&said));
                }
                (wanted, got) => panic!("{from} {command:?}: wanted {wanted:?}, got {got:?}"),
            }
        }
    }
}

#[test]
fn every_triple_of_state_action_and_role_is_as_the_table_says() {
    let writers = [Role::Editor];
    let approvers = [Role::Approver];
    for action in ReleaseAction::ALL {
        let rule = action.rule();
        for role in Role::ALL {
            let may = role.permissions().contains(&rule.permission);
            let wanted = match rule.permission {
                Permission::ReleasesWrite => writers.contains(role),
                Permission::ReleasesApprove => approvers.contains(role),
                Permission::BundlesPublish => *role == Role::Operator,
                other => panic!("{action} needs {other}"),
            };
            assert_eq!(may, wanted, "{action} by {role}");
        }
        for state in ReleaseState::ALL {
            assert_eq!(action.check_from(*state).is_ok(), rule.from.contains(state), "{action} from {state}");
        }
    }
}

#[test]
fn what_was_promised_changes_with_a_public_reason_only() {
    let moved = |state, date, reason| release(state).apply(ReleaseCommand::Move { date, reason }, &somebody(), at(0));
    for state in [ReleaseState::Confirmed, ReleaseState::Postponed] {
        let refused = moved(state, ReleaseDate::At(at(7_200)), None).unwrap_err();
        let Refusal::Invalid { problems } = refused else { panic!("{refused:?}") };
        assert_eq!((problems[0].field.as_str(), problems[0].code.as_str()), ("reason", "required"));
        let (after, happened) = moved(state, ReleaseDate::At(at(7_200)), reason()).unwrap();
        assert_eq!(happened.event_type, "date_changed");
        let change = &after.changes[0];
        assert_eq!(
            (change.kind, change.previous, change.date),
            (ChangeKind::DateChanged, ReleaseDate::At(at(3_600)), ReleaseDate::At(at(7_200)))
        );
    }
    for state in [ReleaseState::Draft, ReleaseState::Provisional] {
        let (after, _) = moved(state, ReleaseDate::At(at(7_200)), None).unwrap();
        assert_eq!((after.date, after.changes.len()), (ReleaseDate::At(at(7_200)), 0));
    }
}

#[test]
fn postponing_and_cancelling_need_a_reason_and_are_told() {
    for command in [
        ReleaseCommand::Postpone { date: ReleaseDate::ToBeConfirmed, reason: None },
        ReleaseCommand::Cancel { reason: None },
    ] {
        let refused = release(ReleaseState::Confirmed).apply(command, &somebody(), at(0));
        assert!(matches!(refused, Err(Refusal::Invalid { .. })), "{refused:?}");
    }
    let cancelled =
        release(ReleaseState::Confirmed).apply(ReleaseCommand::Cancel { reason: reason() }, &somebody(), at(0));
    let (cancelled, _) = cancelled.unwrap();
    assert_eq!((cancelled.changes[0].kind, cancelled.bundle_id), (ChangeKind::Cancelled, None));
}

#[test]
fn a_postponed_release_gets_its_exact_date_within_what_was_told() {
    let command =
        ReleaseCommand::Postpone { date: ReleaseDate::parse_month("m", "2027-02").unwrap(), reason: reason() };
    let (postponed, _) = release(ReleaseState::Confirmed).apply(command, &somebody(), at(0)).unwrap();
    let confirm = |date: &str, reason| {
        let command = ReleaseCommand::Confirm { date: Some(date.parse().unwrap()), reason };
        postponed.clone().apply(command, &somebody(), at(0))
    };
    let (confirmed, _) = confirm("2027-02-10T09:30:00Z", None).unwrap();
    assert_eq!((confirmed.state, confirmed.changes.len()), (ReleaseState::Confirmed, 1));
    assert!(matches!(confirm("2027-03-10T09:30:00Z", None), Err(Refusal::Invalid { .. })));
    assert_eq!(confirm("2027-03-10T09:30:00Z", reason()).unwrap().0.changes.len(), 2);
}

#[test]
fn a_confirmed_date_is_exact_and_in_the_future() {
    let month =
        Release { date: ReleaseDate::parse_month("m", "2027-02").unwrap(), ..release(ReleaseState::Provisional) };
    let confirm = |release: Release, date| {
        let outcome = release.apply(ReleaseCommand::Confirm { date, reason: None }, &somebody(), at(0));
        outcome.map_err(|refusal| match refusal {
            Refusal::Invalid { problems } => problems[0].code.clone(),
            other => panic!("{other:?}"),
        })
    };
    assert_eq!(confirm(month.clone(), None).unwrap_err(), "required");
    assert_eq!(confirm(month.clone(), Some(at(0))).unwrap_err(), "not_in_future");
    assert!(confirm(month, Some(at(0) + TimeDelta::microseconds(1))).is_ok());
}

#[test]
fn publication_keeps_the_date_that_was_told() {
    let publish =
        |release: Release, reason, now| release.apply(ReleaseCommand::Publish { reason }, &somebody(), now).unwrap().0;
    let kept = publish(release(ReleaseState::Confirmed), None, at(3_600));
    assert_eq!((kept.date, kept.published_at), (ReleaseDate::At(at(3_600)), Some(at(3_600))));
    let vague = Release { date: ReleaseDate::ToBeConfirmed, ..release(ReleaseState::Provisional) };
    assert_eq!(publish(vague, None, at(9)).date, ReleaseDate::At(at(9)));

    // At another time the change log tells both, and why; what was promised stays as it was told.
    let early = publish(release(ReleaseState::Confirmed), reason(), at(9));
    assert_eq!((early.date, early.published_at), (ReleaseDate::At(at(3_600)), Some(at(9))));
    let [change] = early.changes.as_slice() else { panic!("{:?}", early.changes) };
    assert_eq!(
        (change.kind, change.previous, change.date, Some(change.reason.clone())),
        (ChangeKind::DateChanged, ReleaseDate::At(at(3_600)), ReleaseDate::At(at(9)), reason())
    );
    // Where the promise is kept, or there was none, nobody is told of a change.
    for (state, now) in [(ReleaseState::Confirmed, at(3_600)), (ReleaseState::Provisional, at(9))] {
        assert!(publish(release(state), reason(), now).changes.is_empty(), "{state}");
    }
}

#[test]
fn a_promise_is_broken_by_hand_with_a_public_reason_only() {
    let problems = |release: &Release, reason: Option<PublicReason>, now| {
        let found = release.problems_by_hand(reason.as_ref(), now).into_iter();
        found.map(|problem| format!("{} {}", problem.field, problem.code)).collect::<Vec<_>>()
    };
    let confirmed = release(ReleaseState::Confirmed);
    // Nobody meets the second by hand.
    for (now, asked) in [(0, true), (3_599, true), (3_600, false), (3_600 + 300, false), (3_600 + 301, true)] {
        let wanted: &[&str] = if asked { &["reason required"] } else { &[] };
        assert_eq!(problems(&confirmed, None, at(now)), wanted, "{now}");
        assert!(problems(&confirmed, reason(), at(now)).is_empty(), "{now}");
    }
    let long = PublicReason::of(Some("x".repeat(100_000)), None);
    assert_eq!(problems(&confirmed, long, at(0)).len(), 1);
    let month = Release { date: ReleaseDate::parse_month("m", "2027-02").unwrap(), ..release(ReleaseState::Postponed) };
    let within = "2027-02-10T09:30:00Z".parse().unwrap();
    assert_eq!(problems(&month, None, at(0)), ["reason required"]);
    assert!(problems(&month, None, within).is_empty());
    for state in [ReleaseState::Draft, ReleaseState::Provisional] {
        assert!(problems(&release(state), None, at(0)).is_empty(), "{state}");
    }
    let unknown = Release { date: ReleaseDate::ToBeConfirmed, ..release(ReleaseState::Postponed) };
    assert!(problems(&unknown, None, at(0)).is_empty());
}
