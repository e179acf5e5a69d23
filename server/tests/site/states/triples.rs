//! Every triple of state, action and role, against the product's table, written out by hand.

use chrono::TimeDelta;
use domain::bundle::{BundleAction as A, BundleCommand, BundleStage as S, Schedule};
use domain::policy::Role;
use domain::refusal::Refusal;
use domain::version::{VersionAction, VersionState};
use services::{Ctx, ServiceError, bundles, versions};
use testkit::on_both_databases;

use super::fixtures::*;
use crate::support::Site;

const EDITOR: &[Role] = &[Role::Editor];
const APPROVER: &[Role] = &[Role::Approver];

/// Product contract, section 3: action, from → to, who. No `to` means that nothing is left.
type Row = (A, &'static [(S, Option<S>)], &'static [Role]);
const BUNDLES: &[Row] = &[
    (A::AddContent, &[(S::Created, Some(S::InProgress)), (S::InProgress, Some(S::InProgress))], EDITOR),
    // The fixture holds one item, and removing the last one returns to created.
    (A::RemoveContent, &[(S::Created, Some(S::Created)), (S::InProgress, Some(S::Created))], EDITOR),
    (A::ReorderContent, &[(S::Created, Some(S::Created)), (S::InProgress, Some(S::InProgress))], EDITOR),
    (A::Edit, &[(S::Created, Some(S::Created)), (S::InProgress, Some(S::InProgress))], EDITOR),
    (A::Submit, &[(S::InProgress, Some(S::ReadyForReview))], EDITOR),
    (A::Reject, &[(S::ReadyForReview, Some(S::InProgress))], &[Role::Reviewer, Role::Approver]),
    (A::Approve, &[(S::ReadyForReview, Some(S::Approved))], APPROVER),
    (A::RequestChanges, &[(S::Approved, Some(S::InProgress))], &[Role::Approver, Role::Editor]),
    (A::Schedule, &[(S::Approved, Some(S::Scheduled)), (S::Scheduled, Some(S::Scheduled))], APPROVER),
    (A::CancelSchedule, &[(S::Scheduled, Some(S::Approved))], &[Role::Approver, Role::Operator]),
    (A::PublishNow, &[(S::Approved, Some(S::Publishing)), (S::Scheduled, Some(S::Publishing))], &[Role::Operator]),
    (A::Retry, &[(S::Failed, Some(S::Approved))], &[Role::Approver, Role::Operator]),
    (
        A::Reset,
        &[(S::Failed, Some(S::Approved)), (S::Scheduled, Some(S::Approved)), (S::Publishing, Some(S::Approved))],
        &[Role::Operator],
    ),
    (A::Delete, &[(S::Created, None), (S::InProgress, None)], EDITOR),
];

/// Somebody who tries, and whether they see bundles at all.
fn people(site: &Site) -> Vec<(Option<Role>, Ctx, bool)> {
    let mut people = vec![(None, asks(site, "nobody", None), false)];
    for role in Role::ALL {
        people.push((Some(*role), asks(site, "somebody", Some(*role)), *role != Role::Previewer));
    }
    people.push((Some(Role::Previewer), asks_for_press(site), true));
    people
}

async fn act(site: &Site, ctx: &Ctx, action: A, id: &str, item: Option<&str>) -> Result<(), ServiceError> {
    let services = &site.services;
    let because = || "because".to_owned();
    let command = match action {
        A::AddContent => {
            let (_, key) = version_in(site, VersionState::Approved).await;
            return bundles::add_content(services, ctx, id, None, &key).await.map(|_| ());
        }
        A::RemoveContent => {
            return bundles::remove_content(services, ctx, id, None, item.unwrap_or("none")).await.map(|_| ());
        }
        A::ReorderContent => {
            let revision = bundle_now(site, id).await.unwrap().revision;
            let order: Vec<String> = item.into_iter().map(str::to_owned).collect();
            return bundles::reorder_contents(services, ctx, id, revision, &order).await.map(|_| ());
        }
        A::Edit => {
            let before = bundle_now(site, id).await.unwrap();
            return bundles::edit(services, ctx, id, before.revision, before.details).await.map(|_| ());
        }
        A::Delete => return bundles::delete(services, ctx, id, None).await,
        A::Submit => BundleCommand::Submit,
        A::Reject => BundleCommand::Reject { reason: because() },
        A::Approve => BundleCommand::Approve,
        A::RequestChanges => BundleCommand::RequestChanges { reason: because() },
        A::Schedule => {
            let publication_date = site.now() + TimeDelta::hours(2);
            BundleCommand::Schedule(Schedule { publication_date, notification_channels: Vec::new() })
        }
        A::CancelSchedule => BundleCommand::CancelSchedule { reason: None },
        A::PublishNow => BundleCommand::PublishNow { reason: None },
        A::Retry => BundleCommand::Retry { reason: None, at: None },
        A::Reset => BundleCommand::Reset { reason: None },
        A::Begin | A::Complete | A::Fail => unreachable!("only the scheduler takes these"),
    };
    bundles::take_step(services, ctx, id, None, command).await.map(|_| ())
}

fn words<T: ToString>(values: impl IntoIterator<Item = T>) -> Vec<String> {
    let mut words: Vec<String> = values.into_iter().map(|value| value.to_string()).collect();
    words.sort();
    words
}

on_both_databases! {
    async fn every_triple_of_bundle_state_action_and_role_is_as_the_product_says(db: TestDatabase) {
        let site = with_press(Site::start(db).await).await;
        for stage in S::ALL {
            for (action, moves, roles) in BUNDLES {
                let mut fixture = bundle_in(&site, *stage).await;
                for (role, ctx, sees) in people(&site) {
                    let (before, item) = &fixture;
                    let triple = format!("{stage} {action} {role:?}");
                    let outcome = act(&site, &ctx, *action, &before.id, item.as_deref()).await;
                    let after = bundle_now(&site, &before.id).await;
                    let may = role.is_some_and(|role| roles.contains(&role));
                    let to = moves.iter().find(|(from, _)| from == stage).map(|(_, to)| *to);
                    let refusal = outcome.as_ref().err().map(|error| error.refusal().unwrap_or_else(|| panic!("{triple} {error:?}")));
                    match (role, sees, may, to) {
                        (None, ..) => assert_eq!(refusal, Some(&Refusal::Unauthenticated), "{triple}"),
                        (_, false, ..) => assert_eq!(refusal, Some(&Refusal::NotFound), "{triple}"),
                        (_, _, false, _) => assert!(matches!(refusal, Some(Refusal::Forbidden { .. })), "{triple} {outcome:?}"),
                        // There is nothing to take out of what is empty.
                        (.., Some(_)) if *stage == S::Created && *action == A::RemoveContent => {
                            assert_eq!(refusal, Some(&Refusal::NotFound), "{triple}");
                        }
                        (.., None) => {
                            let Some(Refusal::InvalidTransition { from, allowed, .. }) = refusal else { panic!("{triple} {outcome:?}") };
                            assert_eq!((from.as_str(), words(allowed)), (stage.as_str(), words(moves.iter().map(|(from, _)| from))), "{triple}");
                        }
                        (.., Some(to)) => {
                            assert!(outcome.is_ok(), "{triple} {outcome:?}");
                            assert_eq!(after.map(|bundle| bundle.stage()), to, "{triple}");
                            fixture = bundle_in(&site, *stage).await;
                            continue;
                        }
                    }
                    assert_eq!(after.as_ref(), Some(before), "what is refused changes nothing: {triple}");
                }
            }
        }
    }

    async fn a_retry_with_a_new_instant_schedules_and_a_live_lease_keeps_a_reset_away(db: TestDatabase) {
        let site = with_press(Site::start(db).await).await;
        let operator = asks(&site, "operator", Some(Role::Operator));
        let (failed, _) = bundle_in(&site, S::Failed).await;
        let again = BundleCommand::Retry { reason: None, at: Some(site.now() + TimeDelta::hours(1)) };
        let retried = bundles::take_step(&site.services, &operator, &failed.id, None, again).await.unwrap();
        assert_eq!(retried.stage(), S::Scheduled);
        let (held, _) = bundle_in(&site, S::Publishing).await;
        let lease = persistence::bundles::Lease { node: "alive".into(), expires_at: site.now() + TimeDelta::seconds(30) };
        assert!(persistence::bundles::save(site.services.db.pool(), &held, Some(&lease)).await.unwrap());
        let reset = BundleCommand::Reset { reason: None };
        let refused = bundles::take_step(&site.services, &operator, &held.id, None, reset).await.unwrap_err();
        assert!(matches!(refused.refusal(), Some(Refusal::Blocked { blockers, .. }) if blockers[0].code == "lease_held"), "{refused:?}");
    }

    async fn every_triple_of_version_state_action_and_role_is_as_the_product_says(db: TestDatabase) {
        use VersionAction as V;
        use VersionState as T;
        let checks: &[Role] = &[Role::Reviewer, Role::Approver];
        let table: &[(V, T, T, &[Role])] = &[
            (V::Submit, T::Created, T::Submitted, EDITOR),
            (V::Return, T::Submitted, T::Created, checks),
            (V::Approve, T::Submitted, T::Approved, checks),
            (V::Reopen, T::Approved, T::Submitted, checks),
            (V::Archive, T::Published, T::Archived, &[Role::Operator]),
            (V::Restore, T::Archived, T::Published, &[Role::Operator]),
        ];
        let site = with_press(Site::start(db).await).await;
        for state in T::ALL {
            let public = matches!(state, T::Published | T::Archived);
            for (action, from, to, roles) in table {
                let mut fixture = version_in(&site, *state).await;
                for (role, ctx, _) in people(&site) {
                    let (before, key) = &fixture;
                    let triple = format!("{state} {action} {role:?}");
                    let reason = Some("because".to_owned());
                    let outcome = versions::take_step(&site.services, &ctx, key, *action, None, reason).await;
                    let after = version_now(&site, key).await;
                    let may = role.is_some_and(|role| roles.contains(&role));
                    // Who sees no unpublished dataset does not see this one: nothing of its dataset is public.
                    let sees = role.is_some_and(|role| role != Role::Previewer);
                    let refusal = outcome.as_ref().err().map(|error| error.refusal().unwrap_or_else(|| panic!("{triple} {error:?}")));
                    match (role, sees, may, from == state) {
                        (None, ..) => assert_eq!(refusal, Some(&Refusal::Unauthenticated), "{triple}"),
                        (_, false, ..) => assert!(matches!(refusal, Some(Refusal::NotFound | Refusal::Forbidden { .. })) && (public || refusal == Some(&Refusal::NotFound)), "{triple} {outcome:?}"),
                        (_, _, false, _) => assert!(matches!(refusal, Some(Refusal::Forbidden { .. })), "{triple} {outcome:?}"),
                        (.., false) => {
                            let Some(Refusal::InvalidTransition { from: now, allowed, .. }) = refusal else { panic!("{triple} {outcome:?}") };
                            assert_eq!((now.as_str(), allowed.as_slice()), (state.as_str(), [from.to_string()].as_slice()), "{triple}");
                        }
                        (.., true) => {
                            assert_eq!(outcome.unwrap().state, *to, "{triple}");
                            assert_eq!(after.state, *to, "{triple}");
                            fixture = version_in(&site, *state).await;
                            continue;
                        }
                    }
                    assert_eq!(after, *before, "what is refused changes nothing: {triple}");
                }
            }
        }
    }
}
