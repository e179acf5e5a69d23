//! The state machines, held pair by pair against the product's table.
#![expect(clippy::unwrap_used, reason = "a test that cannot go on should stop")]

use chrono::{DateTime, TimeDelta, Utc};
use domain::actor::{Actor, ActorKind, Caller};
use domain::bundle::readiness::{channels_tried, signed_off, to_acknowledge};
use domain::bundle::remarks::SignOff;
use domain::bundle::{
    Bundle, BundleAction, BundleCommand, BundleDetails, BundleKind, BundleStage, BundleState, Channel, ContentItem,
    Failure, Mark, Schedule, preflight,
};
use domain::policy::{Grant, Role};
use domain::refusal::Refusal;
use domain::version::{Version, VersionAction, VersionMetadata, VersionState};
use domain::views::Outcome;
use proptest::prelude::*;

fn at(seconds: i64) -> DateTime<Utc> {
    DateTime::from_timestamp(1_800_000_000 + seconds, 0).unwrap()
}

fn person(name: &str) -> Caller {
    Caller {
        actor: Actor { id: name.to_owned(), name: name.to_owned(), kind: ActorKind::User },
        grants: Role::ALL.iter().map(|role| Grant::of(*role)).collect(),
        teams: Vec::new(),
        approve_own: false,
        all_permissions: false,
    }
}

fn item() -> ContentItem {
    ContentItem {
        id: "item".into(),
        bundle_id: "bundle".into(),
        version_id: "v".into(),
        dataset_id: "gdp".into(),
        department: "economy".into(),
        edition: "time-series".into(),
        version: 1,
        title: "GDP".into(),
        edition_title: "Time series".into(),
        state: VersionState::Approved,
        version_revision: 3,
        validated_revision: 3,
        last_validated: at(0),
        draft_revision: 5,
        approved_draft: None,
        draft_edited_by: person("editor").actor,
        draft_is_news: false,
        edition_titled_by: None,
        sound_files: 1,
        unsound_files: 0,
        unsound_file: None,
        gaps: Vec::new(),
        missing_predecessor: None,
    }
}

fn bundle(stage: BundleStage) -> Bundle {
    let approval = Mark { by: person("approver").actor, at: at(-10) };
    let schedule = Schedule { publication_date: at(60), notification_channels: Vec::new() };
    let failure = Failure { code: "X".into(), message: "x".into(), blockers: Vec::new(), at: at(0) };
    let state = match stage {
        BundleStage::Created => BundleState::Created,
        BundleStage::InProgress => BundleState::InProgress,
        BundleStage::ReadyForReview => BundleState::ReadyForReview { submitted: approval },
        BundleStage::Approved => BundleState::Approved { approval, kept_channels: Vec::new() },
        BundleStage::Scheduled => BundleState::Scheduled { approval, schedule },
        BundleStage::Publishing => {
            BundleState::Publishing { approval, schedule: Some(schedule), started_at: at(0), told: None }
        }
        BundleStage::Published => {
            BundleState::Published { approval, schedule: Some(schedule), started_at: at(0), published_at: at(0) }
        }
        BundleStage::Failed => BundleState::Failed { approval, schedule: Some(schedule), failure },
    };
    let editor = person("editor").actor;
    Bundle {
        id: "bundle".into(),
        details: BundleDetails {
            title: "Title".into(),
            description: String::new(),
            kind: BundleKind::Scheduled,
            preview_teams: Vec::new(),
        },
        state,
        item_count: 1,
        created_by: editor.clone(),
        created_at: at(-100),
        last_edited_by: editor,
        last_modified: at(-100),
        attempts: 0,
        revision: 1,
    }
}

fn commands() -> Vec<BundleCommand> {
    let reason = || "because".to_owned();
    vec![
        BundleCommand::ContentsChanged { added: true, item_count: 1 },
        BundleCommand::ContentsChanged { added: false, item_count: 0 },
        BundleCommand::ContentsReordered,
        BundleCommand::Submit,
        BundleCommand::Reject { reason: reason() },
        BundleCommand::Approve,
        BundleCommand::RequestChanges { reason: reason() },
        BundleCommand::Schedule(Schedule { publication_date: at(90), notification_channels: Vec::new() }),
        BundleCommand::CancelSchedule { reason: None },
        BundleCommand::PublishNow { reason: None },
        BundleCommand::Retry { reason: None, at: None },
        BundleCommand::Retry { reason: None, at: Some(at(90)) },
        BundleCommand::Reset { reason: None },
        BundleCommand::Begin,
        BundleCommand::Complete,
        BundleCommand::Fail(Failure { code: "X".into(), message: "x".into(), blockers: Vec::new(), at: at(0) }),
    ]
}

/// The product's table, written out: (from, command's place in the list above, to).
fn expected(from: BundleStage, command: &BundleCommand) -> Option<BundleStage> {
    use BundleStage as S;
    Some(match (from, command) {
        (S::Created | S::InProgress, BundleCommand::ContentsChanged { item_count: 1, .. }) => S::InProgress,
        (S::Created | S::InProgress, BundleCommand::ContentsChanged { .. }) => S::Created,
        (S::Created | S::InProgress, BundleCommand::ContentsReordered) => from,
        (S::InProgress, BundleCommand::Submit) => S::ReadyForReview,
        (S::ReadyForReview, BundleCommand::Reject { .. }) | (S::Approved, BundleCommand::RequestChanges { .. }) => {
            S::InProgress
        }
        (S::ReadyForReview, BundleCommand::Approve) => S::Approved,
        (S::Approved | S::Scheduled, BundleCommand::Schedule(_)) => S::Scheduled,
        (S::Scheduled, BundleCommand::CancelSchedule { .. }) => S::Approved,
        (S::Approved | S::Scheduled, BundleCommand::PublishNow { .. }) => S::Publishing,
        (S::Failed, BundleCommand::Retry { at: None, .. }) => S::Approved,
        (S::Failed, BundleCommand::Retry { at: Some(_), .. }) => S::Scheduled,
        (S::Failed | S::Scheduled | S::Publishing, BundleCommand::Reset { .. }) => S::Approved,
        (S::Scheduled | S::Publishing, BundleCommand::Begin) => S::Publishing,
        (S::Publishing, BundleCommand::Complete) => S::Published,
        (S::Publishing, BundleCommand::Fail(_)) => S::Failed,
        _ => return None,
    })
}

#[test]
fn every_pair_of_state_and_command_is_as_the_table_says() {
    for stage in BundleStage::ALL {
        for command in commands() {
            let outcome = bundle(*stage).apply(command.clone(), &[item()], &person("approver"), at(0));
            match (expected(*stage, &command), outcome) {
                (Some(to), Ok((after, happened))) => {
                    assert_eq!(after.stage(), to, "{stage} {command:?}");
                    assert_eq!((happened.from_state, happened.to_state), (stage.as_str(), to.as_str()));
                }
                (None, Err(Refusal::InvalidTransition { from, allowed, .. })) => {
                    assert_eq!(from, stage.as_str());
                    assert!(!allowed.is_empty() && !allowed.contains(&from));
                }
                (wanted, got) => panic!("{stage} {command:?}: wanted {wanted:?}, got {got:?}"),
            }
        }
    }
}

#[test]
fn every_action_is_held_by_the_roles_of_the_product() {
    use Role as R;
    let expected: &[(BundleAction, &[Role])] = &[
        (BundleAction::AddContent, &[R::Editor]),
        (BundleAction::RemoveContent, &[R::Editor]),
        (BundleAction::ReorderContent, &[R::Editor]),
        (BundleAction::Edit, &[R::Editor]),
        (BundleAction::Delete, &[R::Editor]),
        (BundleAction::Submit, &[R::Editor]),
        (BundleAction::Reject, &[R::Reviewer, R::Approver]),
        (BundleAction::Approve, &[R::Approver]),
        (BundleAction::RequestChanges, &[R::Editor, R::Approver]),
        (BundleAction::Schedule, &[R::Approver]),
        (BundleAction::CancelSchedule, &[R::Approver, R::Operator]),
        (BundleAction::PublishNow, &[R::Operator]),
        (BundleAction::Retry, &[R::Approver, R::Operator]),
        (BundleAction::Reset, &[R::Operator]),
    ];
    for (action, roles) in expected {
        let holders: Vec<Role> =
            Role::ALL.iter().copied().filter(|r| r.permissions().contains(&action.rule().1)).collect();
        assert_eq!(holders, *roles, "{action}");
    }
}

#[test]
fn four_eyes_bind_creator_and_last_editor() {
    let mut waiting = bundle(BundleStage::ReadyForReview);
    let by =
        |name: &str, bundle: &Bundle| bundle.clone().apply(BundleCommand::Approve, &[item()], &person(name), at(0));
    assert!(matches!(by("editor", &waiting), Err(Refusal::FourEyes { .. })));
    assert!(by("approver", &waiting).is_ok());
    waiting.last_edited_by = person("approver").actor;
    assert!(matches!(by("approver", &waiting), Err(Refusal::FourEyes { .. })));
    let mut token = person("approver");
    token.approve_own = true;
    assert!(waiting.apply(BundleCommand::Approve, &[item()], &token, at(0)).is_ok());
}

#[test]
fn four_eyes_bind_whoever_edited_last_what_becomes_public_of_a_dataset() {
    let maker = || person("maker").actor;
    let waiting = || Bundle { created_by: maker(), last_edited_by: maker(), ..bundle(BundleStage::ReadyForReview) };
    let by =
        |name: &str, contents: &[ContentItem]| waiting().apply(BundleCommand::Approve, contents, &person(name), at(0));
    // What is public already was looked at when it became so.
    assert!(by("editor", &[item()]).is_ok());
    let news = || ContentItem { draft_is_news: true, ..item() };
    let Err(Refusal::FourEyes { message }) = by("editor", &[news(), news()]) else {
        panic!("one dataset is one reason")
    };
    assert!(message.contains("the dataset GDP"), "{message}");
    assert!(by("approver", &[news()]).is_ok());
    // Every reason at once: the bundle, each dataset, and what is unfit.
    let other = ContentItem { dataset_id: "cpi".into(), sound_files: 0, draft_edited_by: maker(), ..news() };
    let Err(Refusal::Blocked { blockers, .. }) = by("maker", &[news(), other]) else { panic!() };
    let told: Vec<(&str, Option<&str>)> = blockers.iter().map(|b| (b.code.as_str(), b.subject.as_deref())).collect();
    assert_eq!(told, [("four_eyes", None), ("four_eyes", Some("cpi")), ("no_files", Some("cpi/time-series/1"))]);

    let mut token = person("editor");
    assert!(!waiting().is_waived_for(&[news()], &token));
    token.approve_own = true;
    assert!(waiting().own_work(&[news()], &token).is_empty());
    assert!(waiting().is_waived_for(&[news()], &token) && !waiting().is_waived_for(&[item()], &token));
}

#[test]
fn schedules_lie_in_the_future_and_manual_bundles_have_none() {
    let schedule = |seconds| {
        BundleCommand::Schedule(Schedule { publication_date: at(seconds), notification_channels: Vec::new() })
    };
    let approved = bundle(BundleStage::Approved);
    assert!(matches!(approved.clone().apply(schedule(0), &[], &person("a"), at(0)), Err(Refusal::Invalid { .. })));
    assert!(approved.clone().apply(schedule(1), &[], &person("a"), at(0)).is_ok());
    let mut manual = approved;
    manual.details.kind = BundleKind::Manual;
    assert!(matches!(manual.apply(schedule(1), &[], &person("a"), at(0)), Err(Refusal::Blocked { .. })));
}

#[test]
fn reasons_are_needed_where_the_product_asks() {
    for (stage, command) in [
        (BundleStage::ReadyForReview, BundleCommand::Reject { reason: " ".into() }),
        (BundleStage::Approved, BundleCommand::RequestChanges { reason: String::new() }),
    ] {
        let outcome = bundle(stage).apply(command, &[item()], &person("a"), at(0));
        assert!(matches!(outcome, Err(Refusal::Invalid { .. })));
    }
}

#[test]
fn an_approval_is_refused_with_every_reason_at_once() {
    let mut bad = item();
    bad.sound_files = 0;
    let refused = bundle(BundleStage::ReadyForReview).apply(BundleCommand::Approve, &[bad], &person("editor"), at(0));
    let Err(Refusal::Blocked { blockers, .. }) = refused else { panic!("{refused:?}") };
    let codes: Vec<&str> = blockers.iter().map(|blocker| blocker.code.as_str()).collect();
    assert_eq!(codes, ["four_eyes", "no_files"]);
}

#[test]
fn preflight_tells_every_reason_at_once() {
    assert_eq!(preflight("b", &[])[0].code, "no_content");
    let mut bad = item();
    bad.state = VersionState::Submitted;
    bad.sound_files = 0;
    bad.unsound_files = 1;
    bad.gaps = vec!["The dataset has no topic.".into()];
    bad.missing_predecessor = Some(1);
    let codes: Vec<String> = preflight("b", &[item(), bad]).into_iter().map(|b| b.code).collect();
    assert_eq!(
        codes,
        ["not_approved", "no_files", "files_not_ready", "incomplete_metadata", "predecessor_unpublished"]
    );
    let mut changed = item();
    changed.version_revision = 4;
    assert_eq!(preflight("b", &[changed])[0].code, "changed");
    let approved = |draft| ContentItem { approved_draft: Some(draft), ..item() };
    let edited = preflight("b", &[approved(4)]);
    assert_eq!((edited.len(), edited[0].code.as_str(), edited[0].subject.as_deref()), (1, "changed", Some("gdp")));
    assert!(edited[0].message.contains("gdp was edited since the approval by editor"), "{}", edited[0].message);
    assert!(preflight("b", &[approved(5)]).is_empty());
    assert!(preflight("b", &[item()]).is_empty());
}

fn version(state: VersionState) -> Version {
    Version {
        id: "v".into(),
        dataset_id: "gdp".into(),
        edition: "time-series".into(),
        edition_title: "Time series".into(),
        version: 1,
        state,
        metadata: VersionMetadata::default(),
        created_by: person("editor").actor,
        last_edited_by: person("editor").actor,
        approved_by: None,
        approved_at: None,
        published_at: None,
        last_updated: at(0),
        revision: 1,
    }
}

#[test]
fn versions_move_as_the_product_says_and_no_other_way() {
    use VersionAction as A;
    use VersionState as S;
    let legal = [
        (S::Created, A::Submit, S::Submitted),
        (S::Submitted, A::Return, S::Created),
        (S::Submitted, A::Approve, S::Approved),
        (S::Approved, A::Reopen, S::Submitted),
        (S::Approved, A::Publish, S::Published),
        (S::Published, A::Archive, S::Archived),
        (S::Archived, A::Restore, S::Published),
    ];
    for state in S::ALL {
        for action in A::ALL {
            let outcome = version(*state).apply(*action, &person("approver"), at(0), Some("why".into()));
            match legal.iter().find(|(from, a, _)| from == state && a == action) {
                Some((_, _, to)) => assert_eq!(outcome.unwrap().0.state, *to),
                None => assert!(matches!(outcome, Err(Refusal::InvalidTransition { .. })), "{state} {action}"),
            }
        }
    }
    assert!(matches!(
        version(S::Submitted).apply(A::Approve, &person("editor"), at(0), None),
        Err(Refusal::FourEyes { .. })
    ));
    assert!(matches!(version(S::Submitted).apply(A::Return, &person("x"), at(0), None), Err(Refusal::Invalid { .. })));
}

#[test]
fn words_are_read_in_any_spelling() {
    for text in ["in_progress", "InProgress", "IN-PROGRESS", "inprogress"] {
        assert_eq!(BundleStage::parse(text), Some(BundleStage::InProgress), "{text}");
    }
    assert_eq!(BundleStage::parse("in progres"), None);
}

/// One line for each pair of states, with the actions that lead from one to the other.
fn drawn(begins_in: &str, edges: Vec<(String, String, String)>) -> String {
    let mut lines: Vec<(String, Vec<String>)> = vec![(format!("    [*] --> {begins_in}"), vec!["create".to_owned()])];
    for (from, to, action) in edges {
        let line = format!("    {from} --> {to}");
        match lines.iter_mut().find(|(known, _)| *known == line) {
            Some((_, actions)) if actions.contains(&action) => {}
            Some((_, actions)) => actions.push(action),
            None => lines.push((line, vec![action])),
        }
    }
    let lines: Vec<String> =
        lines.into_iter().map(|(line, actions)| format!("{line}: {}", actions.join(", "))).collect();
    format!("```mermaid\nstateDiagram-v2\n{}\n```", lines.join("\n"))
}

/// What the machine does with a bundle of each state, drawn.
fn bundle_diagram() -> String {
    let mut edges = Vec::new();
    for stage in BundleStage::ALL {
        let mut commands = commands();
        commands.push(BundleCommand::ContentsChanged { added: false, item_count: 1 });
        for command in commands {
            let action = command.action();
            let nothing_to_remove = *stage == BundleStage::Created && action == BundleAction::RemoveContent;
            let moved = bundle(*stage).apply(command, &[item()], &person("approver"), at(0));
            if let (false, Ok((after, _))) = (nothing_to_remove, moved) {
                edges.push((stage.to_string(), after.stage().to_string(), action.to_string()));
            }
        }
        if BundleAction::Edit.check_from(*stage).is_ok() {
            edges.push((stage.to_string(), stage.to_string(), "edit".to_owned()));
        }
        if BundleAction::Delete.check_from(*stage).is_ok() {
            edges.push((stage.to_string(), "[*]".to_owned(), "delete".to_owned()));
        }
    }
    drawn("created", edges)
}

fn version_diagram() -> String {
    let rules = VersionAction::ALL.iter().map(|action| (action, action.rule()));
    drawn(
        "created",
        rules.map(|(action, (from, to, _, _))| (from.to_string(), to.to_string(), action.to_string())).collect(),
    )
}

#[test]
fn the_diagrams_in_the_documents_are_those_of_the_tables() {
    let path = "../../docs/states.md";
    let document = std::fs::read_to_string(path).unwrap();
    for diagram in [bundle_diagram(), version_diagram()] {
        assert!(document.contains(&diagram), "docs/states.md should hold:\n{diagram}");
    }
}

proptest! {
    /// However the steps are mixed, nothing becomes public without the approval of somebody who did not prepare it.
    #[test]
    fn no_sequence_publishes_without_a_second_pair_of_eyes(steps in prop::collection::vec((0_usize..16, 0_usize..2), 1..40)) {
        let people = [person("editor"), person("approver")];
        let mut bundle = bundle(BundleStage::Created);
        let mut approved_by_other = false;
        for (i, (command, who)) in steps.into_iter().enumerate() {
            let command = commands().swap_remove(command);
            let now = at(0) + TimeDelta::milliseconds(i64::try_from(i).unwrap());
            if let Ok((after, happened)) = bundle.clone().apply(command, &[item()], &people[who], now) {
                if happened.event_type == "approved" {
                    approved_by_other = after.last_edited_by != people[who].actor && after.created_by != people[who].actor;
                }
                if matches!(happened.to_state, "in_progress" | "created") {
                    approved_by_other = false;
                }
                prop_assert!(after.stage() != BundleStage::Published || approved_by_other);
                bundle = after;
            }
        }
    }
}

#[test]
fn the_checklist_tells_how_many_people_signed_off() {
    let made = |who: &str, version_revision| SignOff {
        item_id: "item".into(),
        by: person(who).actor,
        at: at(0),
        version_revision,
    };
    let asked = bundle(BundleStage::ReadyForReview);
    let told = |made: &[SignOff]| signed_off(&asked, &[item()], made).unwrap();
    assert_eq!(told(&[]).outcome, Outcome::Warn);
    // One of them looked at the version before it was changed.
    let three = [made("ann", 3), made("ben", 3), made("eve", 2)];
    assert!(told(&three).message.contains("by 2 people"), "{}", told(&three).message);
    assert_eq!((told(&three).outcome, told(&three[2..]).outcome), (Outcome::Pass, Outcome::Warn));
    assert!(to_acknowledge(&[told(&[])]).is_empty(), "sending for review comes before it");
    assert!(signed_off(&bundle(BundleStage::InProgress), &[item()], &[]).is_none());
}

#[test]
fn a_sign_off_holds_for_what_became_public_as_it_was_checked() {
    let made =
        |version_revision| SignOff { item_id: "item".into(), by: person("ann").actor, at: at(0), version_revision };
    let after = |state, version_revision| ContentItem { state, version_revision, ..item() };
    // Publication itself counts one up, and so does an alert afterwards.
    for public in
        [after(VersionState::Published, 4), after(VersionState::Published, 5), after(VersionState::Archived, 6)]
    {
        assert!(made(3).holds_for(&public) && !made(2).holds_for(&public), "{public:?}");
    }
    assert!(!made(3).holds_for(&after(VersionState::Approved, 4)), "changed before it was public");
}

#[test]
fn whom_a_schedule_told_is_kept_where_it_is_taken_away() {
    let go = |bundle: &Bundle, command: BundleCommand| {
        bundle.clone().apply(command, &[item()], &person("approver"), at(0)).unwrap().0
    };
    let told = Schedule { publication_date: at(60), notification_channels: vec![Channel::Email] };
    let scheduled = go(&bundle(BundleStage::Approved), BundleCommand::Schedule(told));
    let failure = Failure { code: "X".into(), message: "x".into(), blockers: Vec::new(), at: at(0) };
    let failed = go(&go(&scheduled, BundleCommand::Begin), BundleCommand::Fail(failure));
    for (from, command) in [
        (&scheduled, BundleCommand::CancelSchedule { reason: None }),
        (&scheduled, BundleCommand::Reset { reason: None }),
        (&failed, BundleCommand::Reset { reason: None }),
        (&failed, BundleCommand::Retry { reason: None, at: None }),
    ] {
        let approved = go(from, command);
        assert_eq!((approved.stage(), approved.state.schedule()), (BundleStage::Approved, None));
        assert_eq!(approved.state.channels(), [Channel::Email]);
        // Published by hand it has no schedule, so that everybody is told.
        assert_eq!(go(&approved, BundleCommand::PublishNow { reason: None }).state.schedule(), None);
        let anew = go(&approved, BundleCommand::RequestChanges { reason: "late".into() });
        assert!(anew.state.channels().is_empty());
    }
    let moved = go(&failed, BundleCommand::Retry { reason: None, at: Some(at(90)) });
    assert_eq!(moved.state.channels(), [Channel::Email]);
}

#[test]
fn the_checklist_tells_of_channels_that_fail() {
    let mut scheduled = bundle(BundleStage::Scheduled);
    assert!(channels_tried(&scheduled, &[]).is_empty(), "none was chosen");
    if let BundleState::Scheduled { schedule, .. } = &mut scheduled.state {
        schedule.notification_channels.push(Channel::Email);
    }
    assert_eq!(channels_tried(&scheduled, &[])[0].outcome, Outcome::Pass);
    let told = channels_tried(&scheduled, &["The mail server fails.".to_owned()]);
    assert_eq!((told.len(), told[0].outcome), (1, Outcome::Warn));
    assert!(told[0].fix_url.as_deref().is_some_and(|url| url.ends_with("/schedule")));
}
