//! The whole publish queue paused and resumed: no bundle becomes public meanwhile, on any node, and what is overdue does at once.

use std::sync::Arc;
use std::time::Duration;

use chrono::TimeDelta;
use domain::bundle::{BundleCommand, BundleStage};
use domain::policy::{Grant, Role};
use domain::refusal::Refusal;
use persistence::db::commits;
use reqwest::Method;
use serde_json::{Value, json};
use server::health::Manner;
use services::bundles::{
    GivenUp, Held, Preparations, next_together, prepare_upcoming, publish_due, publish_one, publish_together, rehearse,
};
use services::operations::{QueueOrder, pause_queue, resume_queue};
use services::{Ctx, Services};
use testkit::{builders, on_both_databases};
use tokio::sync::Barrier;

use crate::browser::Browser;
use crate::instant::{events, given_up, held_ready, published, scheduled};
use crate::support::*;

const REASON: &str = "A figure is doubted";
const ORDER: QueueOrder<'_> = QueueOrder { expected: None, typed: None, reason: REASON };
const ROUNDS: usize = 6;

async fn pause(operator: &Caller) -> Answer {
    operator.post("/v1/publish-queue/pause", json!({"reason": REASON})).await
}

async fn resume(operator: &Caller) -> Answer {
    operator.post("/v1/publish-queue/resume", json!({"reason": "It is right"})).await
}

async fn operator(site: &Site) -> Caller {
    site.service("operator", &[Role::Operator]).await
}

/// A context of an operator.
fn operates(site: &Site, name: &str) -> Ctx {
    let caller = Some(builders::caller(name, &[Grant::of(Role::Operator)]));
    Ctx { caller, ..Ctx::public(site.now(), "a-test".to_owned()) }
}

/// A node of its own over the same database.
fn node_over(site: &Site, database: persistence::Database) -> Services {
    let services = site.services.clone();
    Services {
        db: database,
        held: Held::default(),
        preparations: Preparations::default(),
        memory: services::Memory::default(),
        ..services
    }
}

async fn stage_of(site: &Site, id: &str) -> BundleStage {
    let system = domain::actor::Caller::system("test");
    let found = persistence::bundles::find_visible_to(site.services.db.pool(), &system, id).await.unwrap();
    found.unwrap().stage()
}

async fn why_late(caller: &Caller, id: &str) -> Value {
    caller.get(&format!("/bundles/{id}/status")).await.must_be(200).json()["late_because"].clone()
}

/// The codes of everything that stands in the way.
fn reasons(answer: &Answer) -> Vec<String> {
    let reasons = answer.json()["error"]["details"]["reasons"].clone();
    let code = |reason: &Value| reason["code"].as_str().unwrap().to_owned();
    reasons.as_array().unwrap().iter().map(code).collect()
}

on_both_databases! {
    async fn what_is_due_meanwhile_is_published_late_once_the_queue_is_resumed(db: TestDatabase) {
        let site = Site::start(db).await;
        let (id, approver) = scheduled(&site, "gdp").await;
        let operator = operator(&site).await;
        let paused = pause(&operator).await.must_be(200).json();
        assert_eq!((&paused["paused"]["by"], &paused["paused"]["reason"]), (&json!("operator"), &json!(REASON)));
        site.advance(TimeDelta::hours(2) + TimeDelta::seconds(90));
        assert!(publish_due(&site.services).await.unwrap().is_empty());
        assert!(publish_one(&site.services, &id).await.unwrap().is_none());
        assert_eq!(stage_of(&site, &id).await, BundleStage::Scheduled);
        site.public().get("/datasets/gdp").await.must_be(404);
        let queue = approver.get("/v1/publish-queue").await.must_be(200).json();
        assert_eq!((&queue["paused"]["reason"], &queue["items"][0]["bundle_id"]), (&json!(REASON), &json!(id)));

        assert!(resume(&operator).await.must_be(200).json()["paused"].is_null());
        let outcomes = publish_due(&site.services).await.unwrap();
        assert_eq!((outcomes.len(), outcomes[0].lateness_ms()), (1, Some(90_000)));
        site.public().get("/datasets/gdp").await.must_be(200);
        let because = why_late(&approver, &id).await;
        let told = because.as_str().unwrap();
        assert!(told.starts_with("Late: the publish queue was paused from ") && told.contains(REASON), "{told}");
        assert!(approver.get("/v1/publish-queue").await.must_be(200).json()["paused"].is_null());
        let trail = operator.get("/audit?resource_type=system").await.must_be(200).json();
        let told = |at: usize| {
            let record = &trail["items"][at];
            (record["event_type"].clone(), record["resource_id"].clone(), record["reason"].clone(), record["after"]["paused"].clone())
        };
        assert_eq!(told(0), (json!("queue_resumed"), json!("publish_queue"), json!("It is right"), json!(false)));
        assert_eq!(told(1), (json!("queue_paused"), json!("publish_queue"), json!(REASON), json!(true)));
    }

    async fn what_was_looked_at_before_waits_too_and_then_takes_one_commit(db: TestDatabase) {
        let site = Site::start(db).await;
        let (id, approver) = scheduled(&site, "gdp").await;
        let operator = operator(&site).await;
        site.advance(TimeDelta::hours(2) - TimeDelta::seconds(10));
        assert!(prepare_upcoming(&site.services).await.unwrap().is_empty());
        let together = next_together(&site.services).await.unwrap().unwrap();
        pause(&operator).await.must_be(200);
        assert!(next_together(&site.services).await.unwrap().is_none());
        let held = publish_together(&site.services, together).await.unwrap();
        assert_eq!(given_up(held), Some(GivenUp::Paused));
        site.advance(TimeDelta::seconds(70));
        assert!(publish_one(&site.services, &id).await.unwrap().is_none());
        resume(&operator).await.must_be(200);
        let before = commits();
        let outcomes = publish_due(&site.services).await.unwrap();
        assert_eq!((outcomes.len(), outcomes[0].lateness_ms(), commits() - before), (1, Some(60_000), 1));
        assert!(why_late(&approver, &id).await.as_str().unwrap().contains("was paused"));
    }

    async fn what_was_begun_before_the_pause_waits_for_its_end(db: TestDatabase) {
        let site = Site::start(db).await;
        let (id, approver) = scheduled(&site, "gdp").await;
        let operator = operator(&site).await;
        site.advance(TimeDelta::hours(2));
        // A node took it at its instant, and came no further.
        let (pool, system) = (site.services.db.pool(), domain::actor::Caller::system("test"));
        let due = persistence::bundles::find_visible_to(pool, &system, &id).await.unwrap().unwrap();
        let (begun, _) = due.apply(BundleCommand::Begin, &[], &system, site.now()).unwrap();
        let lease = persistence::bundles::Lease { node: "gone".to_owned(), expires_at: site.now() + TimeDelta::seconds(30) };
        assert!(persistence::bundles::save(pool, &begun, Some(&lease)).await.unwrap());
        pause(&operator).await.must_be(200);
        site.advance(TimeDelta::seconds(60));
        assert!(publish_one(&site.services, &id).await.unwrap().is_none());
        assert_eq!(stage_of(&site, &id).await, BundleStage::Publishing);
        resume(&operator).await.must_be(200);
        assert_eq!(publish_due(&site.services).await.unwrap().len(), 1);
        assert!(why_late(&approver, &id).await.as_str().unwrap().contains("was paused"));
    }

    async fn a_pause_that_is_over_makes_nothing_else_late(db: TestDatabase) {
        let site = Site::start(db).await;
        let (id, approver) = scheduled(&site, "gdp").await;
        let operator = operator(&site).await;
        pause(&operator).await.must_be(200);
        site.advance(TimeDelta::hours(1));
        resume(&operator).await.must_be(200);
        site.advance(TimeDelta::hours(1) + TimeDelta::seconds(5));
        assert_eq!(publish_due(&site.services).await.unwrap().len(), 1);
        assert!(why_late(&approver, &id).await.as_str().unwrap().contains("had to wait"));
    }

    async fn what_was_late_before_a_pause_began_is_not_late_because_of_it(db: TestDatabase) {
        let site = Site::start(db).await;
        let (id, approver) = scheduled(&site, "gdp").await;
        let operator = operator(&site).await;
        // Nothing could be published for an hour.
        site.advance(TimeDelta::hours(3));
        pause(&operator).await.must_be(200);
        site.advance(TimeDelta::minutes(5));
        resume(&operator).await.must_be(200);
        site.advance(TimeDelta::minutes(55));
        assert_eq!(publish_due(&site.services).await.unwrap().len(), 1);
        assert!(why_late(&approver, &id).await.as_str().unwrap().contains("had to wait"));
    }

    async fn the_scheduler_is_woken_once_the_queue_goes_on(db: TestDatabase) {
        let site = Site::start(db).await;
        let operator = operator(&site).await;
        // What is notified is told at the first look, so that nothing is waited for.
        let is_woken =
            async || tokio::time::timeout(Duration::ZERO, site.services.nudges.schedule.notified()).await.is_ok();
        pause(&operator).await.must_be(200);
        assert!(!is_woken().await);
        resume(&operator).await.must_be(200);
        assert!(is_woken().await);
    }

    async fn who_looked_at_another_queue_has_nothing_let_go_of_that_is_held_ready(db: TestDatabase) {
        let site = Site::start(db).await;
        scheduled(&site, "gdp").await;
        let (together, held) = held_ready(&site).await;
        site.advance(together.instant - TimeDelta::microseconds(1) - site.now());
        let stale = QueueOrder { expected: Some(7), ..ORDER };
        let refused = pause_queue(&site.services, &operates(&site, "ann"), stale).await.unwrap_err();
        assert!(matches!(refused.refusal(), Some(Refusal::Stale)), "{refused:?}");
        site.advance(TimeDelta::microseconds(1));
        assert_eq!(published(held.await.unwrap()).len(), 1);
    }

    async fn a_rehearsal_says_that_the_queue_is_paused(db: TestDatabase) {
        let site = Site::start(db).await;
        let (id, _) = scheduled(&site, "gdp").await;
        let operator = operator(&site).await;
        let ctx = Ctx::system("test", site.now());
        let (_, rehearsal) = rehearse(&site.services, &ctx, None, false).await.unwrap().unwrap();
        assert!(rehearsal.paused.is_none());
        pause(&operator).await.must_be(200);
        // What is due meanwhile is rehearsed too: nothing is about to publish it.
        site.advance(TimeDelta::hours(3));
        let (_, rehearsal) = rehearse(&site.services, &ctx, Some(site.now()), false).await.unwrap().unwrap();
        assert_eq!(rehearsal.paused.unwrap().reason, REASON);
        let [shown] = &rehearsal.bundles[..] else { panic!("{} bundles", rehearsal.bundles.len()) };
        assert!(shown.preview.bundle.id == id && shown.took.is_some(), "{shown:?}");
        assert_eq!(stage_of(&site, &id).await, BundleStage::Scheduled);
    }

    async fn a_rehearsal_tells_what_a_pause_holds_up_where_nothing_else_is_due(db: TestDatabase) {
        let site = Site::start(db).await;
        let ctx = |now| Ctx::system("test", now);
        assert!(rehearse(&site.services, &ctx(site.now()), None, false).await.unwrap().is_none());
        let (id, approver) = scheduled(&site, "gdp").await;
        pause(&operator(&site).await).await.must_be(200);
        site.advance(TimeDelta::hours(3));
        let now = site.now();
        let (at, rehearsal) = rehearse(&site.services, &ctx(now), None, false).await.unwrap().unwrap();
        assert_eq!((at, rehearsal.paused.as_ref().map(|pause| pause.reason.as_str())), (now, Some(REASON)));
        let (overdue, ahead) = rehearsal.overdue_first(now);
        assert!(ahead.is_empty() && overdue[0].preview.bundle.id == id && overdue[0].took.is_some(), "{overdue:?}");
        // What is due later is not mixed with it.
        let (later, _) = scheduled(&site, "cpi").await;
        let (at, rehearsal) = rehearse(&site.services, &ctx(now), None, false).await.unwrap().unwrap();
        let (overdue, ahead) = rehearsal.overdue_first(now);
        assert_eq!((at, overdue.len(), ahead.len()), (now + TimeDelta::hours(2), 1, 1));
        assert_eq!(ahead[0].preview.bundle.id, later);
        // Once it goes on, nobody rehearses beside what is published just now.
        approver.delete(&format!("/bundles/{later}/schedule")).await.must_be(200);
        let operator = site.service("another", &[Role::Operator]).await;
        resume(&operator).await.must_be(200);
        let refused = rehearse(&site.services, &ctx(now), None, false).await.unwrap_err();
        assert!(refused.refusal().is_some(), "{refused:?}");
    }

    async fn pausing_asks_for_the_right_for_a_reason_and_for_what_was_looked_at(db: TestDatabase) {
        let site = Site::start(db).await;
        let operator = operator(&site).await;
        let because = || json!({"reason": REASON});
        for step in ["pause", "resume"] {
            let path = format!("/v1/publish-queue/{step}");
            site.public().post(&path, because()).await.must_be(401);
            for role in [Role::Previewer, Role::Editor, Role::Reviewer, Role::Approver, Role::Admin] {
                let refused = site.service(role.as_str(), &[role]).await.post(&path, because()).await.must_be(403).json();
                assert_eq!(refused["error"]["details"]["permission"], "system:operate");
            }
            for body in [json!({}), json!({"reason": " "}), json!({"reason": "a".repeat(1001)})] {
                let refused = operator.post(&path, body).await.must_be(422).json();
                assert_eq!(refused["error"]["details"]["fields"][0]["field"], "reason");
            }
        }
        assert_eq!(reasons(&resume(&operator).await.must_be(409)), ["queue_not_paused"]);
        let seen = operator.get("/v1/publish-queue").await.must_be(200).header("etag");
        let change = async |step: &str, tag: &str| {
            let request = operator.request(Method::POST, &format!("/v1/publish-queue/{step}"));
            operator.send(request.header("if-match", tag).json(&because())).await
        };
        change("pause", "\"r7\"").await.must_be(412);
        change("pause", &seen).await.must_be(200);
        assert_eq!(reasons(&pause(&operator).await.must_be(409)), ["queue_paused"]);
        change("resume", &seen).await.must_be(412);
        let seen = operator.get("/v1/publish-queue").await.must_be(200).header("etag");
        change("resume", &seen).await.must_be(200);
    }

    async fn of_two_who_pause_or_resume_at_once_one_does(db: TestDatabase) {
        let other = db.another().await;
        let site = Site::start(db).await;
        let node = node_over(&site, other.database());
        let (ann, ben) = (operates(&site, "ann"), operates(&site, "ben"));
        for round in 0..ROUNDS {
            let (a, b) = tokio::join!(pause_queue(&site.services, &ann, ORDER), pause_queue(&node, &ben, ORDER));
            assert!(a.is_ok() ^ b.is_ok(), "round {round}: {a:?} {b:?}");
            assert!([a, b].into_iter().filter_map(Result::err).all(|lost| lost.refusal().is_some()), "round {round}");
            let (a, b) = tokio::join!(resume_queue(&site.services, &ann, ORDER), resume_queue(&node, &ben, ORDER));
            assert!(a.is_ok() ^ b.is_ok(), "round {round}: {a:?} {b:?}");
            assert!([a, b].into_iter().filter_map(Result::err).all(|lost| lost.refusal().is_some()), "round {round}");
        }
        // Whoever did is told by every node.
        pause_queue(&site.services, &ann, ORDER).await.unwrap();
        node.memory.look(&node.db).await.unwrap();
        assert_eq!(services::office::in_force(&node).await.paused.as_ref().unwrap().by, "ann");
    }

    async fn nothing_is_published_by_hand_meanwhile(db: TestDatabase) {
        let site = Site::start(db).await;
        let (id, approver) = scheduled(&site, "gdp").await;
        let operator = operator(&site).await;
        pause(&operator).await.must_be(200);
        let publish = format!("/bundles/{id}/publish");
        let refused = operator.post(&publish, json!({"reason": "now"})).await.must_be(409);
        assert_eq!(reasons(&refused), ["queue_paused"]);
        let message = refused.json()["error"]["message"].as_str().unwrap().to_owned();
        assert!(message.contains(REASON) && message.contains("Resume the queue first"), "{message}");
        assert_eq!(stage_of(&site, &id).await, BundleStage::Scheduled);
        let readiness = approver.get(&format!("/bundles/{id}/readiness")).await.must_be(200).json();
        let check = readiness["checks"].as_array().unwrap().iter().find(|check| check["name"] == "queue_goes_on").unwrap();
        assert_eq!((&check["outcome"], &check["fix_url"], &readiness["ready"]), (&json!("warn"), &json!("/ops/queue"), &json!(true)));
        resume(&operator).await.must_be(200);
        operator.post(&publish, json!({"reason": "now"})).await.must_be(202);
        site.run_tasks().await;
        site.public().get("/datasets/gdp").await.must_be(200);
    }

    async fn what_is_held_ready_is_let_go_of(db: TestDatabase) {
        let other = db.another().await;
        let site = Site::start(db).await;
        let (id, approver) = scheduled(&site, "gdp").await;
        let operator = operator(&site).await;
        let (together, held) = held_ready(&site).await;
        site.advance(together.instant - TimeDelta::microseconds(1) - site.now());
        if site.services.db.is_shared() {
            // By another node, whose memory the holder does not share.
            pause_queue(&node_over(&site, other.database()), &operates(&site, "ann"), ORDER).await.unwrap();
        } else {
            pause(&operator).await.must_be(200);
        }
        assert_eq!(given_up(held.await.unwrap()), Some(GivenUp::Wanted));
        site.advance(TimeDelta::seconds(2));
        assert!(publish_due(&site.services).await.unwrap().is_empty());
        assert!(publish_one(&site.services, &id).await.unwrap().is_none());
        site.public().get("/datasets/gdp").await.must_be(404);
        resume(&operator).await.must_be(200);
        assert_eq!(publish_due(&site.services).await.unwrap().len(), 1);
        let told = events(&approver, &id).await;
        assert_eq!(told.iter().filter(|(event, _)| event == "published").count(), 1);
    }

    async fn what_is_taken_while_somebody_pauses_is_wholly_public_before_or_not_at_all(db: TestDatabase) {
        let other = db.another().await;
        let site = Site::start(db).await;
        let node = node_over(&site, other.database());
        for round in 0..ROUNDS {
            let dataset = format!("gdp-{round}");
            let (id, _) = scheduled(&site, &dataset).await;
            // By turns with the look that lets one transaction do all, and under a lease.
            site.advance(TimeDelta::hours(2) - TimeDelta::seconds(5));
            if round % 2 == 0 {
                assert!(prepare_upcoming(&node).await.unwrap().is_empty());
            }
            site.advance(TimeDelta::seconds(5));
            let together = Arc::new(Barrier::new(2));
            let (publisher, bundle, begin) = (node.clone(), id.clone(), together.clone());
            let publish = tokio::spawn(async move {
                begin.wait().await;
                publish_one(&publisher, &bundle).await.unwrap()
            });
            let ann = operates(&site, "ann");
            together.wait().await;
            pause_queue(&site.services, &ann, ORDER).await.unwrap();
            let was_public = stage_of(&site, &id).await == BundleStage::Published;
            let outcome = publish.await.unwrap();
            let is_public = stage_of(&site, &id).await == BundleStage::Published;
            assert_eq!((outcome.is_some(), is_public), (was_public, was_public), "round {round}");
            let path = format!("/datasets/{dataset}");
            site.public().get(&path).await.must_be(if is_public { 200 } else { 404 });
            assert!(publish_one(&node, &id).await.unwrap().is_none(), "round {round}");
            resume_queue(&site.services, &ann, ORDER).await.unwrap();
            assert_eq!(publish_due(&site.services).await.unwrap().len(), usize::from(!is_public), "round {round}");
            site.public().get(&path).await.must_be(200);
        }
    }

    async fn the_portal_says_so_aloud_and_an_operator_types_what_is_meant(db: TestDatabase) {
        let site = Site::start(db).await;
        site.account("operator@example.org", &[Role::Operator]).await;
        site.account("editor@example.org", &[Role::Editor]).await;
        let (id, _) = scheduled(&site, "gdp").await;
        let mut operator = Browser::signed_in(&site, "operator@example.org").await;
        let mut editor = Browser::signed_in(&site, "editor@example.org").await;
        assert!(operator.get("/ops/queue").await.must_be(200).text.contains("Pause the whole queue"));
        assert!(!editor.get("/ops/queue").await.must_be(200).text.contains("operations/pause-queue"));
        let wrong = [("revision", "1"), ("confirmation", "yes"), ("reason", "")];
        let refused = operator.submit("/rpc/operations/pause-queue", "/ops/queue", &wrong).await.text;
        assert!(refused.contains("Type pause the queue to confirm it.") && refused.contains("This is needed."), "{refused}");
        let meant = [("revision", "1"), ("confirmation", "Pause the queue"), ("reason", REASON)];
        let barred = editor.submit("/rpc/operations/pause-queue", "/ops/queue", &meant).await.text;
        assert!(barred.contains("system:operate"), "{barred}");
        let paused = operator.submit("/rpc/operations/pause-queue", "/ops/queue", &meant).await.text;
        for words in ["The whole queue is paused", REASON, "Nothing is overdue yet.", "Resume the queue"] {
            assert!(paused.contains(words), "{words}: {paused}");
        }
        assert!(!paused.contains("operations/run-now"), "{paused}");
        let seen = editor.get("/admin").await.must_be(200).text;
        assert!(seen.contains("banner--error") && seen.contains("The publish queue was paused on") && seen.contains(REASON), "{seen}");
        let progress = editor.get(&format!("/admin/bundles/{id}/publication")).await.must_be(200).text;
        assert!(progress.contains("Waiting until the publish queue is resumed"), "{progress}");
        let late = operator.submit("/rpc/operations/pause-queue", "/ops/queue", &meant).await.text;
        assert!(late.contains("This was changed meanwhile"), "{late}");

        site.advance(TimeDelta::hours(3));
        let mut operator = Browser::signed_in(&site, "operator@example.org").await;
        let due = operator.get("/ops/queue").await.must_be(200).text;
        assert!(due.contains("Due meanwhile"), "{due}");
        let failures = operator.get("/ops/failures").await.must_be(200).text;
        assert!(failures.contains("Waiting until the publish queue is resumed") && !failures.contains("its instant has passed"), "{failures}");
        let meant = [("revision", "2"), ("confirmation", "resume the queue"), ("reason", "It is right")];
        let resumed = operator.submit("/rpc/operations/resume-queue", "/ops/queue", &meant).await.text;
        assert!(resumed.contains("The queue goes on") && !resumed.contains("The whole queue is paused"), "{resumed}");
        site.run_tasks().await;
        site.public().get("/datasets/gdp").await.must_be(200);
    }

    async fn health_and_figures_tell_of_it_and_maintenance_does_not_keep_it_off(db: TestDatabase) {
        const MANNER: Manner = Manner { patience: TimeDelta::seconds(90), interval: Duration::from_secs(30), schedules: true };
        let site = Site::start(db).await;
        let operator = operator(&site).await;
        let admin = site.service("admin", &[Role::Admin]).await;
        let look = async || {
            site.state.health.beat(site.now());
            site.state.health.look(&site.services, MANNER).await;
            server::background::look_round(&site.state).await;
            let report = site.public().get("/healthcheck").await.must_be(200).json();
            let check = report["checks"].as_array().unwrap().iter().find(|check| check["name"] == "Publish queue").unwrap().clone();
            let text = site.public().get("/metrics").await.must_be(200).text;
            let figure = text.lines().find_map(|line| line.strip_prefix("publish_queue_paused ")).unwrap().to_owned();
            (check["status"].clone(), check["message"].as_str().unwrap().to_owned(), figure)
        };
        let (status, _, figure) = look().await;
        assert_eq!((status, figure.as_str()), (json!("OK"), "0"));
        let body = json!({"value": {"on": true}, "reason": "A move"});
        admin.change(Method::PUT, "/v1/settings/maintenance", body).await.must_be(200);
        pause(&operator).await.must_be(200);
        // However long it lasts it only warns, and everybody may read this, so that it does not say why.
        for _ in 0..2 {
            let (status, message, figure) = look().await;
            assert_eq!((status, figure.as_str()), (json!("WARNING"), "1"), "{message}");
            assert!(message.contains("the queue is paused since") && !message.contains(REASON), "{message}");
            site.advance(TimeDelta::minutes(10));
        }
        resume(&operator).await.must_be(200);
        let (status, _, figure) = look().await;
        assert_eq!((status, figure.as_str()), (json!("OK"), "0"));
    }
}
