//! Two at once: exactly one wins, and the history is one that could have happened one after the other.

use std::sync::Arc;

use chrono::TimeDelta;
use domain::bundle::{BundleCommand, BundleStage as S, Schedule};
use domain::page::Paging;
use domain::policy::Role;
use domain::version::{VersionAction, VersionMetadata, VersionState};
use services::{Ctx, Services, bundles, datasets, versions};
use testkit::on_both_databases;
use tokio::sync::Barrier;

use super::fixtures::*;
use crate::support::Site;

const ROUNDS: usize = 8;

/// Runs both at the same moment and tells which succeeded; a fault of ours is no refusal.
async fn at_once<A, B>(a: A, b: B) -> (bool, bool)
where
    A: Future<Output = services::Result<()>> + Send + 'static,
    B: Future<Output = services::Result<()>> + Send + 'static,
{
    let barrier = Arc::new(Barrier::new(2));
    let other = barrier.clone();
    let a = tokio::spawn(async move {
        barrier.wait().await;
        a.await
    });
    let b = tokio::spawn(async move {
        other.wait().await;
        b.await
    });
    let won = |outcome: services::Result<()>| match outcome {
        Ok(()) => true,
        Err(error) => {
            assert!(error.refusal().is_some(), "{error:?}");
            false
        }
    };
    (won(a.await.unwrap()), won(b.await.unwrap()))
}

async fn step(
    services: Services,
    ctx: Ctx,
    id: String,
    expected: Option<i64>,
    command: BundleCommand,
) -> services::Result<()> {
    bundles::take_step(&services, &ctx, &id, expected, command).await.map(|_| ())
}

/// Each transition of the history begins where the one before ended, and the bundle stands where the last one ended.
async fn history_holds(site: &Site, id: &str, begun: S) -> Vec<String> {
    let all = domain::actor::Caller::system("test");
    let ctx = Ctx { caller: Some(all), ..Ctx::public(site.now(), "a-test".to_owned()) };
    let events = bundles::timeline(&site.services, &ctx, id, Paging::WHOLE).await.unwrap().items;
    let mut at = begun.to_string();
    let mut told = Vec::new();
    for event in events {
        if let (Some(from), Some(to)) = (event.from_state, event.to_state) {
            assert_eq!(from, at, "{} after {told:?}", event.event_type);
            at = to;
        }
        told.push(event.event_type);
    }
    assert_eq!(bundle_now(site, id).await.unwrap().stage().as_str(), at, "{told:?}");
    told
}

on_both_databases! {
    async fn of_two_who_take_one_step_of_a_bundle_exactly_one_wins(db: TestDatabase) {
        let other_node = db.another().await;
        let site = with_press(Site::start(db).await).await;
        let node = Services { db: other_node.database(), ..site.services.clone() };
        let because = || "because".to_owned();
        let soon = |site: &Site| Schedule { publication_date: site.now() + TimeDelta::hours(2), notification_channels: Vec::new() };
        let steps = [
            (S::InProgress, Role::Editor, BundleCommand::Submit, "submitted"),
            (S::ReadyForReview, Role::Reviewer, BundleCommand::Reject { reason: because() }, "rejected"),
            (S::ReadyForReview, Role::Approver, BundleCommand::Approve, "approved"),
            (S::Approved, Role::Approver, BundleCommand::RequestChanges { reason: because() }, "changes_requested"),
            (S::Approved, Role::Approver, BundleCommand::Schedule(soon(&site)), "scheduled"),
            (S::Scheduled, Role::Approver, BundleCommand::Schedule(soon(&site)), "rescheduled"),
            (S::Scheduled, Role::Operator, BundleCommand::CancelSchedule { reason: None }, "schedule_cancelled"),
            (S::Approved, Role::Operator, BundleCommand::PublishNow { reason: None }, "publishing"),
            (S::Scheduled, Role::Operator, BundleCommand::PublishNow { reason: None }, "publishing"),
            (S::Failed, Role::Operator, BundleCommand::Retry { reason: None, at: None }, "retried"),
            (S::Failed, Role::Operator, BundleCommand::Reset { reason: None }, "reset"),
        ];
        for (stage, role, command, event) in steps {
            for round in 0..ROUNDS {
                let (bundle, _) = bundle_in(&site, stage).await;
                // A step that ends where it began is the same one twice only if both looked at the same bundle.
                let expected = Some(bundle.revision);
                let (one, two) = (asks(&site, "one", Some(role)), asks(&site, "two", Some(role)));
                let won = at_once(
                    step(site.services.clone(), one, bundle.id.clone(), expected, command.clone()),
                    step(node.clone(), two, bundle.id.clone(), if event.ends_with("scheduled") { expected } else { None }, command.clone()),
                )
                .await;
                assert!(won.0 ^ won.1, "{event} in round {round}: {won:?}");
                assert_eq!(history_holds(&site, &bundle.id, stage).await, [event]);
            }
        }
    }

    async fn of_two_different_steps_of_a_bundle_exactly_one_wins(db: TestDatabase) {
        let other_node = db.another().await;
        let site = with_press(Site::start(db).await).await;
        let node = Services { db: other_node.database(), ..site.services.clone() };
        let because = || "because".to_owned();
        let later = Schedule { publication_date: site.now() + TimeDelta::hours(3), notification_channels: Vec::new() };
        let pairs = [
            (S::ReadyForReview, (Role::Approver, BundleCommand::Approve), (Role::Reviewer, BundleCommand::Reject { reason: because() })),
            (S::Approved, (Role::Operator, BundleCommand::PublishNow { reason: None }), (Role::Editor, BundleCommand::RequestChanges { reason: because() })),
            (S::Scheduled, (Role::Operator, BundleCommand::PublishNow { reason: None }), (Role::Approver, BundleCommand::Schedule(later))),
            (S::Scheduled, (Role::Operator, BundleCommand::PublishNow { reason: None }), (Role::Approver, BundleCommand::CancelSchedule { reason: None })),
        ];
        for (stage, (role_a, a), (role_b, b)) in pairs {
            for _ in 0..ROUNDS {
                let (bundle, _) = bundle_in(&site, stage).await;
                let seen = Some(bundle.revision);
                let won = at_once(
                    step(site.services.clone(), asks(&site, "one", Some(role_a)), bundle.id.clone(), seen, a.clone()),
                    step(node.clone(), asks(&site, "two", Some(role_b)), bundle.id.clone(), seen, b.clone()),
                )
                .await;
                assert!(won.0 ^ won.1, "{a:?} {b:?}: {won:?}");
                assert_eq!(history_holds(&site, &bundle.id, stage).await.len(), 1);
            }
        }
    }

    async fn the_scheduler_and_who_cancels_or_moves_the_schedule_never_both_win(db: TestDatabase) {
        let other_node = db.another().await;
        let site = with_press(Site::start(db).await).await;
        let node = Services { db: other_node.database(), ..site.services.clone() };
        for round in 0..ROUNDS {
            let (bundle, _) = bundle_in(&site, S::Scheduled).await;
            site.advance(TimeDelta::hours(1));
            let later = Schedule { publication_date: site.now() + TimeDelta::hours(9), notification_channels: Vec::new() };
            let command = if round % 2 == 0 { BundleCommand::CancelSchedule { reason: None } } else { BundleCommand::Schedule(later) };
            let (id, services) = (bundle.id.clone(), site.services.clone());
            let publish = async move { bundles::publish_one(&services, &id).await.map(|_| ()) };
            let (_, stopped) = at_once(publish, step(node.clone(), asks(&site, "two", Some(Role::Approver)), bundle.id.clone(), None, command)).await;
            let told = history_holds(&site, &bundle.id, S::Scheduled).await;
            // The bytes of the fixture are nowhere, so a publication that begins ends in a failure, whole.
            let begun = told.iter().any(|event| event == "publishing");
            assert!(stopped ^ begun, "{told:?}");
            let item = persistence::contents::list_of_bundle(site.services.db.pool(), &bundle.id).await.unwrap().remove(0);
            assert_eq!(item.state, VersionState::Approved);
        }
    }

    async fn an_edit_and_a_step_never_overwrite_each_other(db: TestDatabase) {
        let other_node = db.another().await;
        let site = with_press(Site::start(db).await).await;
        let node = Services { db: other_node.database(), ..site.services.clone() };
        for round in 0..ROUNDS {
            let (bundle, _) = bundle_in(&site, S::InProgress).await;
            let mut details = bundle.details.clone();
            details.description = format!("Round {round}");
            let (services, ctx, id, revision) = (site.services.clone(), asks(&site, "one", Some(Role::Editor)), bundle.id.clone(), bundle.revision);
            let edit = async move { bundles::edit(&services, &ctx, &id, revision, details).await.map(|_| ()) };
            let submit = step(node.clone(), asks(&site, "two", Some(Role::Editor)), bundle.id.clone(), Some(bundle.revision), BundleCommand::Submit);
            let (edited, submitted) = at_once(edit, submit).await;
            assert!(edited ^ submitted);
            history_holds(&site, &bundle.id, S::InProgress).await;
            let now = bundle_now(&site, &bundle.id).await.unwrap();
            assert_eq!((now.details.description == format!("Round {round}"), now.stage() == S::ReadyForReview), (edited, submitted));
        }
    }

    async fn of_an_edit_of_a_draft_and_its_approval_exactly_one_wins(db: TestDatabase) {
        let other_node = db.another().await;
        let site = with_press(Site::start(db).await).await;
        let node = Services { db: other_node.database(), ..site.services.clone() };
        for round in 0..ROUNDS * 2 {
            let under_review = round % 2 == 0;
            let stage = if under_review { S::ReadyForReview } else { S::Scheduled };
            let (bundle, _) = bundle_in(&site, stage).await;
            let item = persistence::contents::list_of_bundle(site.services.db.pool(), &bundle.id).await.unwrap().remove(0);
            let (services, ctx, dataset) = (site.services.clone(), asks(&site, "writer", Some(Role::Editor)), item.dataset_id.clone());
            let edit = async move { datasets::edit(&services, &ctx, &dataset, 1, testkit::builders::metadata("Edited")).await.map(|_| ()) };
            if under_review {
                let approve = step(node.clone(), asks(&site, "two", Some(Role::Approver)), bundle.id.clone(), Some(bundle.revision), BundleCommand::Approve);
                let (edited, approved) = at_once(edit, approve).await;
                assert!(edited ^ approved, "round {round}: {edited} {approved}");
                let now = persistence::contents::list_of_bundle(site.services.db.pool(), &bundle.id).await.unwrap().remove(0);
                assert_eq!(now.approved_draft, approved.then_some(now.draft_revision));
            } else {
                // From the approval to the publication nothing is edited, however near the instant.
                site.advance(TimeDelta::hours(1));
                let (node, id) = (node.clone(), bundle.id.clone());
                let (edited, _) = at_once(edit, async move { bundles::publish_one(&node, &id).await.map(|_| ()) }).await;
                assert!(!edited);
            }
        }
    }

    async fn nothing_slips_into_a_bundle_that_is_sent_for_review(db: TestDatabase) {
        let other_node = db.another().await;
        let site = with_press(Site::start(db).await).await;
        let node = Services { db: other_node.database(), ..site.services.clone() };
        for _ in 0..ROUNDS {
            let (bundle, _) = bundle_in(&site, S::InProgress).await;
            let (_, key) = version_in(&site, VersionState::Approved).await;
            let (services, ctx, id) = (site.services.clone(), asks(&site, "one", Some(Role::Editor)), bundle.id.clone());
            let add = async move { bundles::add_content(&services, &ctx, &id, None, &key).await.map(|_| ()) };
            let (node, id) = (node.clone(), bundle.id.clone());
            let (submitter, approver) = (asks(&site, "two", Some(Role::Editor)), asks(&site, "three", Some(Role::Approver)));
            let submit_and_approve = async move {
                step(node.clone(), submitter, id.clone(), None, BundleCommand::Submit).await?;
                step(node, approver, id, None, BundleCommand::Approve).await
            };
            let (added, _) = at_once(add, submit_and_approve).await;
            let told = history_holds(&site, &bundle.id, S::InProgress).await;
            let place = |event: &str| told.iter().position(|e| e == event);
            assert_eq!(place("content_added").is_some(), added);
            if let (Some(added), Some(submitted)) = (place("content_added"), place("submitted")) {
                assert!(added < submitted, "{told:?}");
            }
            let items = persistence::contents::list_of_bundle(site.services.db.pool(), &bundle.id).await.unwrap();
            assert_eq!(items.len(), if added { 2 } else { 1 });
        }
    }

    async fn a_version_is_never_both_in_a_bundle_and_reopened_nor_in_two_bundles(db: TestDatabase) {
        let other_node = db.another().await;
        let site = with_press(Site::start(db).await).await;
        let node = Services { db: other_node.database(), ..site.services.clone() };
        for round in 0..ROUNDS * 2 {
            let (bundle, _) = bundle_in(&site, S::Created).await;
            let (rival, _) = bundle_in(&site, S::Created).await;
            let (_, key) = version_in(&site, VersionState::Approved).await;
            let editor = || asks(&site, "one", Some(Role::Editor));
            let (services, ctx, id, its_key) = (site.services.clone(), editor(), bundle.id.clone(), key.clone());
            let add = async move { bundles::add_content(&services, &ctx, &id, None, &its_key).await.map(|_| ()) };
            let (node, checker, ctx, its_key) = (node.clone(), asks(&site, "two", Some(Role::Approver)), editor(), key.clone());
            let (added, other) = if round % 2 == 0 {
                let because = Some("because".to_owned());
                at_once(add, async move { versions::take_step(&node, &checker, &its_key, VersionAction::Reopen, None, because).await.map(|_| ()) }).await
            } else {
                at_once(add, async move { bundles::add_content(&node, &ctx, &rival.id, None, &its_key).await.map(|_| ()) }).await
            };
            assert!(added ^ other, "round {round}");
            history_holds(&site, &bundle.id, S::Created).await;
            let expected = if round % 2 == 0 && other { VersionState::Submitted } else { VersionState::Approved };
            assert_eq!(version_now(&site, &key).await.state, expected);
        }
    }

    async fn of_two_who_take_one_step_of_a_version_exactly_one_wins(db: TestDatabase) {
        use VersionAction as V;
        use VersionState as T;
        let other_node = db.another().await;
        let site = with_press(Site::start(db).await).await;
        let node = Services { db: other_node.database(), ..site.services.clone() };
        let pairs = [
            (T::Created, (V::Submit, Role::Editor), (V::Submit, Role::Editor)),
            (T::Submitted, (V::Approve, Role::Approver), (V::Approve, Role::Reviewer)),
            (T::Submitted, (V::Approve, Role::Approver), (V::Return, Role::Reviewer)),
            (T::Submitted, (V::Return, Role::Approver), (V::Return, Role::Reviewer)),
            (T::Approved, (V::Reopen, Role::Approver), (V::Reopen, Role::Reviewer)),
        ];
        for (state, (a, role_a), (b, role_b)) in pairs {
            for _ in 0..ROUNDS {
                let (_, key) = version_in(&site, state).await;
                let go = |services: Services, ctx: Ctx, action: V| {
                    let key = key.clone();
                    async move { versions::take_step(&services, &ctx, &key, action, None, Some("because".to_owned())).await.map(|_| ()) }
                };
                let won = at_once(
                    go(site.services.clone(), asks(&site, "one", Some(role_a)), a),
                    go(node.clone(), asks(&site, "two", Some(role_b)), b),
                )
                .await;
                assert!(won.0 ^ won.1, "{a} {b}: {won:?}");
            }
        }
        for _ in 0..ROUNDS {
            let (version, key) = version_in(&site, T::Created).await;
            let metadata = VersionMetadata { temporal_coverage: Some("2026".into()), ..version.metadata.clone() };
            let (services, editor, its_key) = (site.services.clone(), asks(&site, "one", Some(Role::Editor)), key.clone());
            let edit = async move { versions::edit(&services, &editor, &its_key, 1, metadata).await.map(|_| ()) };
            let (node, other, its_key) = (node.clone(), asks(&site, "two", Some(Role::Editor)), key.clone());
            let submit = async move { versions::take_step(&node, &other, &its_key, V::Submit, Some(1), None).await.map(|_| ()) };
            let (edited, submitted) = at_once(edit, submit).await;
            assert!(edited ^ submitted);
        }
    }
}
