//! Webhooks: administration, signatures that the specification's own library takes, rotation, log and replay.

use chrono::TimeDelta;
use domain::policy::Role;
use reqwest::Method;
use serde_json::{Value, json};
use standardwebhooks::Webhook;
use testkit::on_both_databases;
use testkit::receiver::{Behaviour, Received};

use super::Around;
use crate::browser::Browser;
use crate::support::*;

/// Whether the specification's own library takes a message for signed with this secret.
pub fn holds(secret: &str, request: &Received) -> bool {
    let theirs = Webhook::new(secret).unwrap();
    let id = request.header("webhook-id");
    let timestamp: i64 = request.header("webhook-timestamp").parse().unwrap();
    let expected = theirs.sign(id, timestamp, &request.body).unwrap();
    request.header("webhook-signature").split(' ').any(|signature| signature == expected)
}

on_both_databases! {
    async fn messages_are_signed_and_a_replay_is_the_same_message(db: TestDatabase) {
        let around = Around::start(db, &[]).await;
        let (hook, secret) = around.webhook(json!(["bundle.published"])).await;
        around.hook.next([Behaviour::Answer(500, "on fire")]);
        let id = around.scheduled("Autumn", &["cpi"], json!(["webhook"])).await;
        around.publish().await;
        around.site.advance(TimeDelta::minutes(1));
        around.site.run_tasks().await;
        let [first, second] = &around.hook.received()[..] else { panic!("not two") };
        assert_eq!(first.header("webhook-id"), second.header("webhook-id"));
        assert_ne!(first.header("webhook-timestamp"), second.header("webhook-timestamp"));
        assert!(holds(&secret, first) && holds(&secret, second));
        let body: Value = serde_json::from_slice(&second.body).unwrap();
        assert_eq!((&body["type"], &body["data"]["bundle_id"], &body["data"]["datasets"][0]["dataset_id"]), (&json!("bundle.published"), &json!(id), &json!("cpi")));

        let root = around.site.environment();
        let log = root.get(&format!("/webhooks/{hook}/deliveries")).await.must_be(200).json();
        let calls: Vec<(bool, Option<u64>, u64)> = log["items"].as_array().unwrap().iter()
            .map(|call| (call["delivered"].as_bool().unwrap(), call["status"].as_u64(), call["attempt"].as_u64().unwrap())).collect();
        assert_eq!(calls, [(true, Some(200), 2), (false, Some(500), 1)]);
        let call = log["items"][0]["id"].as_str().unwrap();
        let replay = root.post(&format!("/webhooks/{hook}/deliveries/{call}/replay"), json!({})).await.must_be(202);
        assert!(replay.header("location").ends_with("/deliveries"));
        around.site.run_tasks().await;
        let third = around.hook.received()[2].clone();
        assert_eq!(third.header("webhook-id"), second.header("webhook-id"));
        assert_eq!(third.body, second.body);
        root.post(&format!("/webhooks/{hook}/deliveries/none/replay"), json!({})).await.must_be(404);
        // What a message says is read beside what was answered.
        around.site.account("admin@example.org", &[Role::Admin]).await;
        let page = Browser::signed_in(&around.site, "admin@example.org").await.get(&format!("/admin/webhooks/{hook}")).await;
        let page = page.must_be(200).text;
        assert_eq!(page.matches(">What was sent<").count(), 3, "{page}");
        assert!(page.contains("dataset_id") && page.contains("All about cpi"), "{page}");
    }

    async fn a_webhook_is_tried_out_by_a_test_that_is_sent_once(db: TestDatabase) {
        let around = Around::start(db, &[]).await;
        let (hook, secret) = around.webhook(json!(["bundle.failed"])).await;
        let root = around.site.environment();
        let (test, page) = (format!("/webhooks/{hook}/test"), format!("/admin/webhooks/{hook}"));
        let took = root.post(&test, json!({})).await.must_be(200).json();
        assert_eq!((&took["event"], &took["status"], &took["delivered"]), (&json!("webhook.test"), &json!(200), &json!(true)));
        around.hook.next([Behaviour::Answer(500, "on fire")]);
        around.site.account("admin@example.org", &[Role::Admin]).await;
        let mut admin = Browser::signed_in(&around.site, "admin@example.org").await;
        let said = admin.submit("/rpc/webhooks/test", &page, &[("id", &hook)]).await.must_be(200).text;
        assert!(said.contains("The receiver did not take the test") && said.contains("sent a test to it"), "{said}");
        assert!(said.contains("error-summary") && !said.contains("banner--success"), "it is no success: {said}");
        // Nobody waits for it, so it is not tried again.
        around.site.advance(TimeDelta::hours(1));
        around.site.run_tasks().await;
        let mut admin = Browser::signed_in(&around.site, "admin@example.org").await;
        let [first, _] = &around.hook.received()[..] else { panic!("not two") };
        assert!(holds(&secret, first));
        let body: Value = serde_json::from_slice(&first.body).unwrap();
        assert_eq!((&body["type"], &body["data"]["bundle_id"]), (&json!("webhook.test"), &Value::Null));
        let said = admin.submit("/rpc/webhooks/test", &page, &[("id", &hook)]).await.must_be(200).text;
        assert!(said.contains("The receiver took the test: it answered 200"), "{said}");
        assert!(!said.contains("/rpc/webhooks/replay"), "a test is replayed: {said}");
        let call = took["id"].as_str().unwrap();
        root.post(&format!("/webhooks/{hook}/deliveries/{call}/replay"), json!({})).await.must_be(409);
        let address = format!("{}/hook", around.hook.url());
        let off = [("id", hook.as_str()), ("revision", "1"), ("url", address.as_str()), ("events[]", "bundle.failed"), ("enabled", "off")];
        let off = admin.submit("/rpc/webhooks/edit", &page, &off).await.must_be(200).text;
        assert!(off.contains("The webhook was saved.") && !off.contains("Send a test"), "{off}");
        root.post(&test, json!({})).await.must_be(409);
        root.post("/webhooks/none/test", json!({})).await.must_be(404);
        assert_eq!(around.hook.received().len(), 3);
    }

    async fn after_a_rotation_both_secrets_hold_for_a_day(db: TestDatabase) {
        let around = Around::start(db, &[]).await;
        let (hook, old) = around.webhook(json!(["bundle.published"])).await;
        let root = around.site.environment();
        let rotated = root.post(&format!("/webhooks/{hook}/rotate-secret"), json!({})).await.must_be(200).json();
        let new = rotated["secret"].as_str().unwrap().to_owned();
        assert!(new != old && new.starts_with("whsec_") && rotated["previous_secret_until"].is_string());
        let read = root.get(&format!("/webhooks/{hook}")).await.must_be(200);
        assert!(!read.text.contains("whsec_"), "{}", read.text);
        around.scheduled("One", &["cpi"], json!(["webhook"])).await;
        around.publish().await;
        around.site.advance(TimeDelta::hours(24));
        around.scheduled("Two", &["gdp"], json!(["webhook"])).await;
        around.publish().await;
        let [during, after] = &around.hook.received()[..] else { panic!("not two") };
        assert!(holds(&old, during) && holds(&new, during));
        assert!(!holds(&old, after) && holds(&new, after));
        let audit = root.get(&format!("/audit?resource_id={hook}")).await.must_be(200);
        assert!(audit.text.contains("secret_rotated") && !audit.text.contains("whsec_"));
    }

    async fn addresses_inside_the_own_network_are_refused(db: TestDatabase) {
        let site = Site::start(db).await;
        let root = site.environment();
        for url in ["https://127.0.0.1/hook", "http://example.org/", "https://[::1]/", "https://169.254.169.254/latest", "ftp://x", "", "https://a:b@example.org/"] {
            let refused = root.post("/webhooks", json!({"url": url})).await.must_be(422).json();
            assert_eq!(refused["error"]["details"]["fields"][0]["field"], "url", "{url}");
        }
        root.post("/webhooks", json!({"url": "https://example.org/", "events": []})).await.must_be(422);
        root.post("/webhooks", json!({"url": "https://example.org/", "events": ["nothing"]})).await.must_be(422);
        root.post("/webhooks", json!({"url": "https://example.org/", "secret": "mine"})).await.must_be(400);
        let admin = site.service("admin", &[Role::Admin]).await;
        let made = admin.post("/webhooks", json!({"url": "https://example.org/"})).await.must_be(201);
        assert_eq!(made.json()["events"], json!(["bundle.published"]));
        let path = made.header("location");
        admin.send(admin.request(Method::PATCH, &path).json(&json!({"enabled": false}))).await.must_be(428);
        assert_eq!(admin.change(Method::PATCH, &path, json!({"enabled": false})).await.must_be(200).json()["enabled"], false);
        admin.change(Method::PATCH, &path, json!({"url": "https://10.0.0.1/"})).await.must_be(422);
        let operator = site.service("operator", &[Role::Operator]).await;
        operator.get("/webhooks").await.must_be(403);
        assert_eq!(admin.get("/webhooks").await.must_be(200).json()["total_count"], 1);
        admin.change(Method::DELETE, &path, json!({})).await.must_be(204);
        admin.get(&path).await.must_be(404);
    }

    async fn a_webhook_that_is_switched_off_or_removed_is_owed_nothing(db: TestDatabase) {
        let around = Around::start(db, &[]).await;
        let (one, _) = around.webhook(json!(["bundle.published"])).await;
        let (two, _) = around.webhook(json!(["bundle.published"])).await;
        around.hook.usually(Behaviour::Answer(503, ""));
        let id = around.scheduled("Autumn", &["cpi"], json!(["webhook"])).await;
        around.publish().await;
        let root = around.site.environment();
        root.change(Method::PATCH, &format!("/webhooks/{one}"), json!({"enabled": false})).await.must_be(200);
        root.change(Method::DELETE, &format!("/webhooks/{two}"), json!({})).await.must_be(204);
        for hook in [&one, &two] {
            assert_eq!(around.step(&id, &format!("webhook:{hook}")).await["state"], "skipped");
        }
    }
}
