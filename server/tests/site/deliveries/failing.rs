//! Receivers that fail: tried again, in order, given up, left out, and never in the way of others.

use chrono::{DateTime, TimeDelta, Utc};
use domain::operations::ReceiverHold;
use persistence::outbox;
use reqwest::Method;
use serde_json::{Value, json};
use server::health::Manner;
use testkit::on_both_databases;
use testkit::receiver::Behaviour;

use super::{Around, step_of};
use crate::browser::Browser;

fn hold(until: DateTime<Utc>) -> outbox::Hold<'static> {
    outbox::Hold { by: "another node", until }
}

fn at(value: &Value) -> DateTime<Utc> {
    value.as_str().unwrap().parse().unwrap()
}

on_both_databases! {
    async fn an_outage_stops_nothing_and_is_made_up_for(db: TestDatabase) {
        let around = Around::start(db, &[]).await;
        around.tracker.next([Behaviour::Answer(500, "on fire"), Behaviour::Drop]);
        let id = around.scheduled("Autumn", &["cpi"], json!(["slack"])).await;
        around.publish().await;
        let status = around.status(&id).await;
        assert_eq!(status["state"], "published");
        around.site.public().get("/datasets/cpi").await.must_be(200);
        assert_eq!((step_of(&status, "wagtail")["state"].as_str(), step_of(&status, "slack")["state"].as_str()), (Some("done"), Some("done")));
        let first = step_of(&status, "tracker:cpi");
        assert_eq!((&first["state"], &first["attempts"]), (&json!("failed"), &json!(1)));
        assert!(first["last_error"].as_str().unwrap().contains("on fire"));

        // The waits double, each between half of it and the whole.
        let wait = at(&first["next_attempt_at"]) - around.site.now();
        assert!(wait >= TimeDelta::seconds(5) && wait <= TimeDelta::seconds(10), "{wait}");
        around.site.advance(wait - TimeDelta::milliseconds(1));
        around.site.run_tasks().await;
        assert_eq!(around.tracker.received().len(), 1);
        around.site.advance(TimeDelta::milliseconds(1));
        around.site.run_tasks().await;
        assert_eq!(around.tracker.received().len(), 2);
        let second = around.step(&id, "tracker:cpi").await;
        let wait = at(&second["next_attempt_at"]) - around.site.now();
        assert!(wait >= TimeDelta::seconds(10) && wait <= TimeDelta::seconds(20), "{wait}");
        around.site.advance(wait);
        around.site.run_tasks().await;
        assert_eq!(around.step(&id, "tracker:cpi").await["state"], "done");
        let received = around.tracker.received();
        let keys: Vec<&str> = received.iter().map(|request| request.header("idempotency-key")).collect();
        assert!(keys.len() == 3 && keys[0] == keys[1] && keys[1] == keys[2], "{keys:?}");
        assert_eq!(around.told(&id).await, ["step_failed", "step_done"]);
    }

    async fn a_dataset_that_is_refused_holds_back_no_other(db: TestDatabase) {
        let around = Around::start(db, &[]).await;
        around.tracker.next([Behaviour::Answer(422, "unknown to me")]);
        let id = around.scheduled("Autumn", &["cpi", "gdp"], json!([])).await;
        around.publish().await;
        let (cpi, gdp) = (around.step(&id, "tracker:cpi").await, around.step(&id, "tracker:gdp").await);
        let mut states = [cpi["state"].as_str().unwrap(), gdp["state"].as_str().unwrap()];
        states.sort_unstable();
        assert_eq!(states, ["done", "failed"], "{cpi} {gdp}");
    }

    async fn what_a_node_left_halfway_it_takes_up_when_it_starts_again(db: TestDatabase) {
        let around = Around::start(db, &[]).await;
        around.wagtail.next([Behaviour::Answer(503, "closed")]);
        let id = around.scheduled("Autumn", &["cpi"], json!([])).await;
        around.publish().await;
        let waits = around.step(&id, "wagtail").await["next_attempt_at"].clone();
        // What only waits for its next try is not hurried by a start.
        assert_eq!(services::deliveries::take_up_again(&around.site.services).await.unwrap(), 0);
        assert_eq!(around.step(&id, "wagtail").await["next_attempt_at"], waits);
        around.site.advance(TimeDelta::hours(1));
        let (services, now) = (&around.site.services, around.site.now());
        let ours = outbox::Hold { by: &services.settings.node, until: now + TimeDelta::hours(1) };
        assert_eq!(outbox::take_due(services.db.pool(), "wagtail", now, ours, 9).await.unwrap().len(), 1);
        around.site.run_tasks().await;
        assert_eq!(around.wagtail.received().len(), 1, "it is held");
        assert_eq!(services::deliveries::take_up_again(services).await.unwrap(), 1);
        around.site.run_tasks().await;
        assert_eq!(around.step(&id, "wagtail").await["state"], "done");
    }

    async fn tries_that_end_without_a_word_are_counted_too(db: TestDatabase) {
        let around = Around::start(db, &[]).await;
        around.wagtail.usually(Behaviour::Answer(503, "closed"));
        let id = around.scheduled("Autumn", &["cpi"], json!([])).await;
        around.publish().await;
        // As if the process had ended in the midst of each of the tries that are left.
        for _ in 0..2 {
            around.site.advance(TimeDelta::hours(1));
            let (pool, now) = (around.site.services.db.pool(), around.site.now());
            let taken = outbox::take_due(pool, "wagtail", now, hold(now + TimeDelta::seconds(1)), 9).await.unwrap();
            assert_eq!(taken.len(), 1);
        }
        around.site.advance(TimeDelta::hours(1));
        around.site.run_tasks().await;
        let step = around.step(&id, "wagtail").await;
        assert!(step["given_up_at"].is_string() && step["last_error"].as_str().unwrap().contains("without an answer"), "{step}");
        assert_eq!(around.wagtail.received().len(), 1, "it is not asked once more");
    }

    async fn what_fails_too_often_is_given_up_and_replayed_by_an_operator(db: TestDatabase) {
        let around = Around::start(db, &[]).await;
        around.wagtail.usually(Behaviour::Answer(503, "closed"));
        let id = around.scheduled("Autumn", &["cpi"], json!([])).await;
        around.publish().await;
        for _ in 0..5 {
            around.site.advance(TimeDelta::hours(1));
            around.site.run_tasks().await;
        }
        let step = around.step(&id, "wagtail").await;
        assert_eq!((&step["state"], &step["attempts"]), (&json!("failed"), &json!(3)));
        assert!(step["given_up_at"].is_string() && step["next_attempt_at"].is_null(), "{step}");
        let (operator, approver) = around.people().await;
        let watch = format!("/admin/bundles/{id}/publication");
        let page = operator.get(&watch).await.must_be(200).text;
        assert!(page.contains("was given up and waits for an operator") && page.contains("Have the step tried again") && page.contains("Leave the step out"), "{page}");
        let page = approver.get(&watch).await.must_be(200).text;
        assert!(page.contains("tell an operator") && !page.contains("Have the step tried again") && page.contains("It needs the right bundles:publish."), "{page}");
        let replay = format!("/bundles/{id}/steps/wagtail/replay");
        around.approver.post(&replay, json!({})).await.must_be(403);
        around.site.public().post(&replay, json!({})).await.must_be(401);
        around.operator.post(&format!("/bundles/{id}/steps/nothing/replay"), json!({})).await.must_be(404);
        around.operator.post(&format!("/bundles/{id}/steps/search_index/replay"), json!({})).await.must_be(409);
        let until = around.site.now() + TimeDelta::hours(1);
        let circuits = &around.site.services.outlets.circuits;
        circuits.hold("wagtail", ReceiverHold { until, reason: "It is moved.".into(), by: "Ada".into() });
        let refused = around.operator.post(&replay, json!({"reason": "It is back"})).await.must_be(409).text;
        assert!(refused.contains("left in peace by Ada"), "{refused}");
        circuits.release("wagtail");
        around.operator.post(&replay, json!({"reason": "It says that it is back"})).await.must_be(200);
        around.site.run_tasks().await;
        let step = around.step(&id, "wagtail").await;
        assert!(step["given_up_at"].is_null() && step["next_attempt_at"].is_string(), "it has all its tries before it: {step}");
        around.wagtail.usually(Behaviour::Answer(200, "{}"));
        let status = around.operator.post(&format!("/v1{replay}"), json!({"reason": "It is back"})).await.must_be(200).json();
        assert_eq!(step_of(&status, "wagtail")["state"], "failed");
        around.site.run_tasks().await;
        assert_eq!(around.step(&id, "wagtail").await["state"], "done");
        around.operator.post(&replay, json!({})).await.must_be(409);
        assert_eq!(around.told(&id).await, ["step_failed", "step_given_up", "step_replayed", "step_replayed", "step_done"]);
    }

    async fn an_operator_leaves_a_step_out_with_a_reason(db: TestDatabase) {
        let around = Around::start(db, &[]).await;
        around.tracker.usually(Behaviour::Answer(400, "what is cpi?"));
        let id = around.scheduled("Autumn", &["cpi"], json!([])).await;
        around.publish().await;
        let skip = format!("/bundles/{id}/steps/tracker:cpi/skip");
        around.approver.post(&skip, json!({"reason": "no"})).await.must_be(403);
        around.operator.post(&skip, json!({})).await.must_be(422);
        around.operator.post(&skip, json!({"reason": "Tracker does not follow it"})).await.must_be(200);
        around.operator.post(&skip, json!({"reason": "again"})).await.must_be(409);
        around.tracker.usually(Behaviour::Answer(200, "{}"));
        around.site.run_tasks().await;
        let status = around.status(&id).await;
        let step = step_of(&status, "tracker:cpi");
        assert_eq!((&step["state"], &step["skip_reason"]), (&json!("skipped"), &json!("Tracker does not follow it")));
        let timeline = around.operator.get(&format!("/bundles/{id}/timeline")).await.json();
        let event = timeline["items"].as_array().unwrap().iter().find(|e| e["event_type"] == "step_skipped").unwrap();
        assert_eq!((&event["reason"], &event["details"]["step"]), (&json!("Tracker does not follow it"), &json!("tracker:cpi")));
        assert_eq!(event["actor"]["name"], "operator");
        around.operator.post(&format!("/bundles/{id}/steps/tracker:cpi/replay"), json!({"reason": "It does now"})).await.must_be(200);
        around.site.run_tasks().await;
        assert_eq!(around.step(&id, "tracker:cpi").await["state"], "done");
    }

    async fn a_publication_waits_for_a_receiver_only_where_it_is_told_to(db: TestDatabase) {
        let around = Around::start(db, &[("TRACKER_BLOCKING", "true")]).await;
        around.webhook(json!(["bundle.failed"])).await;
        around.tracker.usually(Behaviour::Answer(503, "closed"));
        let id = around.scheduled("Autumn", &["cpi"], json!([])).await;
        around.publish().await;
        let bundle = around.operator.get(&format!("/bundles/{id}")).await.json();
        assert_eq!(bundle["state"], "failed");
        let message = bundle["failure"]["message"].as_str().unwrap();
        assert!(message.starts_with("Bundle publication failed: Tracker is down"), "{message}");
        around.site.public().get("/datasets/cpi").await.must_be(404);
        // The alarm goes to every channel that is configured, in the runbook's words.
        assert!(around.slack.received()[0].text().contains("Bundle publication failed: Tracker is down"));
        assert!(around.mail.letters()[0].part("text/plain").unwrap().contains("Bundle publication failed: Tracker is down"));
        let told: Value = serde_json::from_slice(&around.hook.received()[0].body).unwrap();
        assert_eq!((&told["type"], &told["data"]["message"]), (&json!("bundle.failed"), &json!(message)));

        around.operator.post(&format!("/bundles/{id}/steps/kafka/skip"), json!({"reason": "x"})).await.must_be(404);
        let skip = format!("/bundles/{id}/steps/tracker/skip");
        around.operator.post(&skip, json!({"reason": "Tracker is closed today"})).await.must_be(200);
        let replay = format!("/bundles/{id}/steps/tracker/replay");
        around.operator.post(&replay, json!({"reason": "It opens at noon"})).await.must_be(200);
        around.operator.post(&replay, json!({})).await.must_be(404);
        around.operator.post(&skip, json!({"reason": "It does not"})).await.must_be(200);
        around.operator.put(&format!("/bundles/{id}/retry")).await.must_be(200);
        around.operator.post(&format!("/bundles/{id}/publish"), json!({"reason": "Tracker can wait"})).await.must_be(202);
        around.site.run_tasks().await;
        let status = around.status(&id).await;
        assert_eq!((&status["state"], &step_of(&status, "tracker")["state"]), (&json!("published"), &json!("skipped")));
        around.site.public().get("/datasets/cpi").await.must_be(200);
        around.operator.post(&replay, json!({})).await.must_be(409);
        assert_eq!(around.tracker.received().iter().filter(|r| r.method == Method::PUT).count(), 0);
    }

    async fn a_receiver_that_keeps_failing_is_left_in_peace_and_health_says_so(db: TestDatabase) {
        let around = Around::start(db, &[("CIRCUIT_FAILURES", "2"), ("CIRCUIT_PAUSE", "30s"), ("DELIVERY_BACKOFF", "1s")]).await;
        around.wagtail.usually(Behaviour::Drop);
        let first = around.scheduled("One", &["cpi"], json!([])).await;
        let second = around.scheduled("Two", &["gdp"], json!([])).await;
        around.publish().await;
        assert_eq!(around.wagtail.received().len(), 2);
        around.site.advance(TimeDelta::seconds(29));
        around.site.run_tasks().await;
        assert_eq!(around.wagtail.received().len(), 2, "the circuit is open");
        let manner = Manner { patience: TimeDelta::seconds(90), interval: std::time::Duration::from_secs(30), schedules: true };
        around.site.state.health.beat(around.site.now());
        around.site.state.health.look(&around.site.services, manner).await;
        let report = around.site.public().get("/healthcheck").await.must_be(200).json();
        let check = |name: &str| report["checks"].as_array().unwrap().iter().find(|check| check["name"] == name).unwrap().clone();
        assert_eq!((check("Wagtail")["status"].as_str(), check("Tracker")["status"].as_str()), (Some("WARNING"), Some("OK")));
        around.wagtail.usually(Behaviour::Answer(200, "{}"));
        around.site.advance(TimeDelta::seconds(2));
        around.site.run_tasks().await;
        // One was let through, and now that it is back the other follows.
        around.site.advance(TimeDelta::seconds(31));
        around.site.run_tasks().await;
        for id in [&first, &second] {
            let step = around.step(id, "wagtail").await;
            assert_eq!((&step["state"], &step["attempts"]), (&json!("done"), &json!(2)), "waiting does not count: {step}");
        }
    }

    async fn a_receiver_that_asks_for_time_is_left_in_peace_by_all_that_is_for_it(db: TestDatabase) {
        let around = Around::start(db, &[("DELIVERY_BACKOFF", "1s")]).await;
        around.slack.next([Behaviour::Later(429, 40)]);
        let first = around.scheduled("One", &["cpi"], json!(["slack"])).await;
        let second = around.scheduled("Two", &["gdp"], json!(["slack"])).await;
        around.publish().await;
        assert_eq!(around.slack.received().len(), 1, "the message after it waits, too");
        around.site.advance(TimeDelta::milliseconds(39_999));
        around.site.run_tasks().await;
        assert_eq!(around.slack.received().len(), 1);
        around.site.advance(TimeDelta::milliseconds(1));
        around.site.run_tasks().await;
        let mut tries = Vec::new();
        for id in [&first, &second] {
            let step = around.step(id, "slack").await;
            assert_eq!(step["state"], "done", "{step}");
            tries.push(step["attempts"].as_u64().unwrap());
        }
        tries.sort_unstable();
        assert_eq!((tries, around.slack.received().len()), (vec![1, 2], 3), "waiting does not count");
    }

    async fn several_nodes_share_the_work_and_tell_everybody_once(db: TestDatabase) {
        let around = Around::start(db, &[]).await;
        let other = around.another_node().await;
        let mut bundles = Vec::new();
        for dataset in ["cpi", "gdp", "jobs", "trade"] {
            bundles.push(around.scheduled(dataset, &[dataset], json!(["slack"])).await);
        }
        around.site.advance(TimeDelta::minutes(1));
        other.advance(TimeDelta::minutes(1));
        services::bundles::publish_due(&around.site.services).await.unwrap();
        // A third node takes what is for Wagtail and is never heard of again.
        let now = around.site.now();
        let lost = outbox::take_due(around.site.services.db.pool(), "wagtail", now, hold(now + TimeDelta::seconds(40)), 9);
        assert_eq!(lost.await.unwrap().len(), 4);
        tokio::join!(around.site.run_tasks(), other.run_tasks());
        assert_eq!((around.wagtail.received().len(), around.tracker.received().len(), around.slack.received().len()), (0, 4, 4));
        around.site.advance(TimeDelta::seconds(40));
        other.advance(TimeDelta::seconds(40));
        tokio::join!(around.site.run_tasks(), other.run_tasks());
        let keys: std::collections::BTreeSet<String> =
            around.wagtail.received().iter().map(|request| request.header("idempotency-key").to_owned()).collect();
        assert_eq!((around.wagtail.received().len(), keys.len()), (4, 4));
        for id in &bundles {
            let status = around.status(id).await;
            assert!(status["steps"].as_array().unwrap().iter().all(|step| step["state"] == "done"), "{status}");
        }
    }

    async fn a_slow_receiver_delays_no_other(db: TestDatabase) {
        let around = Around::start(db, &[]).await;
        around.wagtail.usually(Behaviour::Stall);
        let id = around.scheduled("Autumn", &["cpi"], json!(["slack"])).await;
        let stop = tokio_util::sync::CancellationToken::new();
        let mut tasks = server::background::start(&around.site.state, &stop);
        around.site.advance(TimeDelta::minutes(1));
        around.site.services.nudges.schedule.notify_one();
        around.wagtail.has_received(1).await;
        around.slack.has_received(1).await;
        around.tracker.has_received(1).await;
        assert_eq!(around.step(&id, "wagtail").await["state"], "running");
        let figures = around.site.public().get("/metrics").await.must_be(200).text;
        assert!(figures.contains("delivery_backlog{sink=\"wagtail\"}") && figures.contains("delivery_circuit_open{sink=\"tracker\"} 0"), "{figures}");
        around.wagtail.let_go();
        stop.cancel();
        while tasks.join_next().await.is_some() {}
        assert_eq!(around.step(&id, "wagtail").await["state"], "done");
        let figures = around.site.public().get("/metrics").await.must_be(200).text;
        for sink in ["wagtail", "slack", "tracker", "search_index"] {
            let line = figures.lines().find(|line| line.starts_with("deliveries_total") && line.contains(sink) && line.contains("\"done\""));
            assert!(line.is_some_and(|line| line.ends_with(" 1")), "{sink}: {line:?}");
        }
    }

    async fn the_page_of_a_bundle_shows_what_is_owed_and_mends_it_without_scripts(db: TestDatabase) {
        let around = Around::start(db, &[]).await;
        around.wagtail.usually(Behaviour::Answer(400, "no such page"));
        let id = around.scheduled("Autumn", &["cpi"], json!([])).await;
        around.publish().await;
        let step = around.step(&id, "wagtail").await["id"].as_str().unwrap().to_owned();
        around.site.account("operator@example.org", &[domain::policy::Role::Operator]).await;
        around.site.account("editor@example.org", &[domain::policy::Role::Editor]).await;
        let page = format!("/admin/bundles/{id}");
        let mut editor = Browser::signed_in(&around.site, "editor@example.org").await;
        let seen = editor.get(&page).await.must_be(200).text;
        assert!(seen.contains("no such page") && !seen.contains("Leave it out"), "{seen}");
        let mut operator = Browser::signed_in(&around.site, "operator@example.org").await;
        let seen = operator.get(&page).await.must_be(200).text;
        for words in ["One step is still owed.", "Try again now", "Leave it out"] {
            assert!(seen.contains(words), "{words}");
        }
        operator.post("/rpc/bundles/replay-step", &page, &[("id", &id), ("step", &step)]).await.must_be(303);
        around.site.run_tasks().await;
        assert_eq!(around.step(&id, "wagtail").await["attempts"], 2);
        operator.post("/rpc/bundles/skip-step", &page, &[("id", &id), ("step", &step), ("reason", "")]).await.must_be(303);
        assert!(operator.get(&page).await.text.contains("Say why."));
        let answer = operator.post("/rpc/bundles/skip-step", &page, &[("id", &id), ("step", &step), ("reason", "Published by hand")]).await;
        answer.must_be(303);
        let seen = operator.get(&page).await.text;
        assert!(seen.contains("Everything has been done.") && seen.contains("Published by hand"), "{seen}");
    }
}
