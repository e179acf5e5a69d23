//! Programs: asked by a signed message, told by signed messages, with a token to read and end what they are told.

use std::collections::HashMap;

use axum::http::Uri;
use chrono::TimeDelta;
use domain::delivery::Sink;
use reqwest::Method;
use serde_json::{Value, json};
use testkit::on_both_databases;
use testkit::receiver::{Behaviour, Received};

use super::*;
use crate::deliveries::webhooks::holds;

fn sent(request: &Received) -> Value {
    serde_json::from_slice(&request.body).unwrap()
}

/// Asks for messages to the receiver.
async fn program(around: &Around, target: Value) -> Value {
    let mut wanted = json!({"channel": "webhook", "address": format!("{}/told", around.hook.url())});
    wanted.as_object_mut().unwrap().extend(target.as_object().unwrap().clone());
    let asked = around.site.public().post("/v1/subscriptions", wanted).await.must_be(202);
    assert_eq!(asked.header("location"), "/v1/subscriptions/confirm");
    around.site.run_tasks().await;
    asked.json()
}

/// Asks and confirms by the token of the message.
async fn confirmed(around: &Around, target: Value) -> Value {
    let asked = program(around, target).await;
    let message = around.hook.received().pop().unwrap();
    let token = sent(&message)["data"]["token"].as_str().unwrap().to_owned();
    around.site.public().post("/v1/subscriptions/confirm", json!({"token": token})).await.must_be(200);
    asked
}

async fn with_token(site: &Site, method: Method, id: &str, token: &str) -> Answer {
    let public = site.public();
    public.send(public.request(method, &format!("/v1/subscriptions/{id}")).header("subscription-token", token)).await
}

on_both_databases! {
    async fn a_program_is_asked_and_told_by_messages_signed_for_it(db: TestDatabase) {
        let around = Around::start(db, &[]).await;
        let root = around.site.environment();
        public_dataset(&around, "cpi").await;
        let above = json!({"slug": "whole", "title": "Whole", "description": "All of it."});
        root.post("/v1/topics", above).await.must_be(201);
        root.change(Method::PATCH, "/v1/topics/output", json!({"parent_id": "whole"})).await.must_be(200);
        let asked = program(&around, json!({"topic_id": "whole"})).await;
        let (id, secret, token) = (asked["id"].as_str().unwrap(), asked["secret"].as_str().unwrap(), asked["token"].as_str().unwrap());
        let [asking] = &around.hook.received()[..] else { panic!("not one message") };
        assert!(holds(secret, asking));
        assert_eq!((&sent(asking)["type"], &sent(asking)["data"]["subscription_id"]), (&json!("subscription.confirm"), &json!(id)));
        assert_eq!(with_token(&around.site, Method::GET, id, token).await.must_be(200).json()["state"], "pending");

        next_version(&around.editor, &around.approver, "cpi").await;
        published(&around, "Second", &[("cpi", "2")]).await;
        around.site.run_tasks().await;
        assert_eq!(around.hook.received().len(), 1, "not confirmed yet");
        let confirm = json!({"token": sent(asking)["data"]["token"]});
        let confirmed = around.site.public().post("/v1/subscriptions/confirm", confirm).await.must_be(200).json();
        assert_eq!((&confirmed["state"], &confirmed["token"], &confirmed["target"]["id"]), (&json!("confirmed"), &json!(token), &json!("whole")));
        // The topic is called otherwise now, and means the same.
        root.change(Method::PATCH, "/v1/topics/whole", json!({"slug": "total"})).await.must_be(200);
        next_version(&around.editor, &around.approver, "cpi").await;
        let bundle = published(&around, "A name of the house", &[("cpi", "3")]).await;
        around.hook.next([Behaviour::Answer(500, "on fire")]);
        around.site.run_tasks().await;
        around.site.advance(TimeDelta::minutes(1));
        around.site.run_tasks().await;
        let received = around.hook.received();
        let [_, first, again] = &received[..] else { panic!("{} messages", received.len()) };
        assert!(holds(secret, first) && holds(secret, again));
        assert_eq!((first.header("webhook-id"), &first.body), (again.header("webhook-id"), &again.body));
        let told = sent(again);
        assert_eq!((&told["type"], &told["data"]["datasets"][0]["dataset_id"], &told["data"]["datasets"][0]["version"]), (&json!("dataset.published"), &json!("cpi"), &json!("3")));
        assert!(!told.to_string().contains("A name of the house") && !told.to_string().contains(&bundle), "{told}");
    }

    async fn only_the_token_reads_and_ends_a_subscription(db: TestDatabase) {
        let around = Around::start(db, &[]).await;
        let site = &around.site;
        public_dataset(&around, "cpi").await;
        let asked = confirmed(&around, json!({"dataset_id": "cpi"})).await;
        let other = program(&around, json!({"topic_id": "output"})).await;
        let (id, token) = (asked["id"].as_str().unwrap(), asked["token"].as_str().unwrap());
        let read = with_token(site, Method::GET, id, token).await.must_be(200);
        assert!(read.header("cache-control").contains("no-store") && !read.text.contains("whsec_"), "{}", read.text);
        site.public().get(&format!("/v1/subscriptions/{id}")).await.must_be(401);
        site.environment().get(&format!("/v1/subscriptions/{id}")).await.must_be(401);
        let guessed = format!("{id}.{}", "0".repeat(64));
        for wrong in ["", "nonsense", &guessed, other["token"].as_str().unwrap()] {
            for method in [Method::GET, Method::DELETE] {
                with_token(site, method, id, wrong).await.must_be(404);
            }
        }
        next_version(&around.editor, &around.approver, "cpi").await;
        published(&around, "Second", &[("cpi", "2")]).await;
        services::deliveries::run_due(&site.services, Sink::Subscribers).await.unwrap();
        let before = around.hook.received().len();
        with_token(site, Method::DELETE, id, token).await.must_be(204);
        site.run_tasks().await;
        assert_eq!(around.hook.received().len(), before, "it had ended before it was told");
        with_token(site, Method::GET, id, token).await.must_be(404);
        with_token(site, Method::DELETE, id, token).await.must_be(404);
        assert_eq!(row(site, id).await.address, "");
    }

    async fn a_new_secret_takes_the_place_of_the_old_and_gone_is_gone(db: TestDatabase) {
        let around = Around::start(db, &[]).await;
        public_dataset(&around, "cpi").await;
        let old = confirmed(&around, json!({"dataset_id": "cpi"})).await;
        let new = confirmed(&around, json!({"dataset_id": "cpi"})).await;
        assert_ne!(old["secret"], new["secret"]);
        let before = around.hook.received().len();
        next_version(&around.editor, &around.approver, "cpi").await;
        published(&around, "Second", &[("cpi", "2")]).await;
        around.hook.next([Behaviour::Answer(410, "gone")]);
        around.site.run_tasks().await;
        let told = around.hook.received().split_off(before);
        assert_eq!(told.len(), 1);
        assert!(holds(new["secret"].as_str().unwrap(), &told[0]));
        assert_eq!(row(&around.site, new["id"].as_str().unwrap()).await.address, "", "it said that it wants none any more");
        assert_eq!(row(&around.site, old["id"].as_str().unwrap()).await.address, "");
    }

    async fn a_slow_program_keeps_no_other_waiting(db: TestDatabase) {
        let around = Around::start(db, &[]).await;
        let (site, hook) = (&around.site, &around.hook);
        public_dataset(&around, "cpi").await;
        // More than are told at the same time.
        let programs = 18;
        for number in 0..programs {
            let wanted = json!({"channel": "webhook", "address": format!("{}/told/{number}", hook.url()), "dataset_id": "cpi"});
            site.public().post("/v1/subscriptions", wanted).await.must_be(202);
        }
        site.run_tasks().await;
        for message in hook.received() {
            let token = sent(&message)["data"]["token"].clone();
            site.public().post("/v1/subscriptions/confirm", json!({"token": token})).await.must_be(200);
        }
        next_version(&around.editor, &around.approver, "cpi").await;
        published(&around, "Second", &[("cpi", "2")]).await;
        services::deliveries::run_due(&site.services, Sink::Subscribers).await.unwrap();
        let before = hook.received().len();
        hook.next([Behaviour::Stall]);
        let telling = services::deliveries::run_due(&site.services, Sink::SubscriberWebhook);
        let heard = async {
            hook.has_received(before + programs).await;
            // Nor does it keep those waiting who are to be told something later.
            site.advance(TimeDelta::seconds(1));
            next_version(&around.editor, &around.approver, "cpi").await;
            published(&around, "Third", &[("cpi", "3")]).await;
            services::deliveries::run_due(&site.services, Sink::Subscribers).await.unwrap();
            // The slow one itself is told of it only when it has taken what came before.
            hook.has_received(before + 2 * programs - 1).await;
            hook.let_go();
        };
        let (told, heard) = tokio::join!(telling, tokio::time::timeout(std::time::Duration::from_secs(60), heard));
        assert!(heard.is_ok(), "the others wait while one stalls");
        let told = told.unwrap();
        assert_eq!(told.len(), 2 * programs);
        // Had they waited, the one that stalls would have been given up first.
        assert!(told.iter().all(|told| told.outcome == services::deliveries::Outcome::Done), "{told:?}");
        let mut versions: HashMap<Uri, Vec<Value>> = HashMap::new();
        for message in &hook.received()[before..] {
            versions.entry(message.uri.clone()).or_default().push(sent(message)["data"]["datasets"][0]["version"].clone());
        }
        assert_eq!(versions.len(), programs);
        assert!(versions.values().all(|told| *told == ["2", "3"]), "{versions:?}");
    }

    async fn what_nobody_confirms_is_deleted_and_counted_until_then(db: TestDatabase) {
        let around = Around::start(db, &[]).await;
        let site = &around.site;
        let asked = program(&around, json!({"topic_id": "output"})).await;
        let id = asked["id"].as_str().unwrap();
        site.advance(TimeDelta::hours(48));
        assert_eq!(row(site, id).await.address, format!("{}/told", around.hook.url()));
        let stop = tokio_util::sync::CancellationToken::new();
        let mut running = server::background::start(&site.state, &stop);
        let gone = async {
            while persistence::subscriptions::find(site.services.db.pool(), id).await.unwrap().is_some() {
                tokio::task::yield_now().await;
            }
        };
        tokio::time::timeout(std::time::Duration::from_secs(30), gone).await.unwrap();
        stop.cancel();
        while running.join_next().await.is_some() {}
        let metrics = site.environment().get("/metrics").await.must_be(200).text;
        assert!(metrics.contains("subscriptions{state=\"pending\",channel=\"webhook\"} 1"), "{metrics}");
    }

    async fn no_address_inside_the_own_network_is_called(db: TestDatabase) {
        let around = Around::start(db, &[("SUBSCRIBER_WEBHOOK_ALLOW_PRIVATE", "false")]).await;
        // What an administrator may name strangers may not.
        around.webhook(json!(["bundle.published"])).await;
        for address in [around.hook.url(), "https://127.0.0.1/x", "https://[::1]/x", "https://169.254.169.254/x", "http://example.org/x", "ftp://example.org", "nonsense"] {
            let body = json!({"channel": "webhook", "address": address});
            let refused = around.site.public().post("/v1/subscriptions", body).await.must_be(422);
            assert_eq!(refused.json()["error"]["details"]["fields"][0]["field"], "address", "{address}");
        }
        around.site.run_tasks().await;
        assert!(around.hook.received().is_empty());
    }
}
