//! The channels of a schedule.

use chrono::{SecondsFormat, TimeDelta};
use domain::policy::Role;
use serde_json::json;
use testkit::on_both_databases;

use super::Around;
use crate::support::*;

on_both_databases! {
    async fn only_channels_that_are_configured_can_be_chosen(db: TestDatabase) {
        let site = Site::start_as(db, &[("SLACK_WEBHOOK_URL", "http://127.0.0.1:9/x")]).await;
        let editor = site.service("editor", &[Role::Editor]).await;
        let approver = site.service("approver", &[Role::Approver]).await;
        approved_version(&editor, &approver, "cpi", "CPI").await;
        let id = approved_bundle(&editor, &approver, "CPI", &[("cpi", "1")]).await;
        let at = (site.now() + TimeDelta::hours(1)).to_rfc3339_opts(SecondsFormat::Secs, true);
        let schedule = async |channels| {
            let body = json!({"publication_date": at, "notification_channels": channels});
            approver.put_json(&format!("/bundles/{id}/schedule"), body).await
        };
        let refused = schedule(json!(["email", "slack", "webhook"])).await.must_be(422).json();
        let fields = &refused["error"]["details"]["fields"];
        assert_eq!((fields[0]["field"].as_str(), fields[1]["field"].as_str()), (Some("notification_channels.0"), Some("notification_channels.2")));
        assert!(fields[0]["message"].as_str().unwrap().contains("What can be used: slack."), "{fields}");
        assert_eq!(fields.as_array().unwrap().len(), 2);
        let root = site.environment();
        let hook = root.post("/webhooks", json!({"url": "https://example.org/hook", "events": ["bundle.failed"]})).await.must_be(201).json();
        schedule(json!(["webhook"])).await.must_be(422);
        let path = format!("/webhooks/{}", hook["id"].as_str().unwrap());
        root.change(reqwest::Method::PATCH, &path, json!({"events": ["bundle.published"]})).await.must_be(200);
        schedule(json!(["webhook", "slack"])).await.must_be(200);

        // Left out they stay as they are, and can only be kept as long as they can be used; an empty list is none.
        let path = format!("/bundles/{id}/schedule");
        let only_when = json!({"publication_date": at});
        let kept = approver.put_json(&path, only_when.clone()).await.must_be(200).json();
        assert_eq!(kept["notification_channels"], json!(["webhook", "slack"]));
        site.database.execute("UPDATE bundles SET channels = '[\"email\"]'").await.unwrap();
        let refused = approver.put_json(&path, only_when.clone()).await.must_be(422).text;
        assert!(refused.contains("email is not configured here"), "{refused}");
        for body in [json!({"publication_date": at, "notification_channels": []}), only_when] {
            assert_eq!(approver.put_json(&path, body).await.must_be(200).json()["notification_channels"], json!([]));
        }
    }

    async fn the_people_who_prepared_a_bundle_get_letters(db: TestDatabase) {
        let around = Around::start(db, &[]).await;
        let (ann, _) = around.site.person("ann@example.org", &[domain::policy::Grant::of(Role::Editor)]).await;
        let (bob, _) = around.site.person("bob@example.org", &[domain::policy::Grant::of(Role::Approver)]).await;
        approved_version(&ann, &bob, "cpi", "CPI").await;
        let id = approved_bundle(&ann, &bob, "CPI", &[("cpi", "1")]).await;
        let at = (around.site.now() + TimeDelta::minutes(1)).to_rfc3339_opts(SecondsFormat::Secs, true);
        let body = json!({"publication_date": at, "notification_channels": ["email"]});
        bob.put_json(&format!("/bundles/{id}/schedule"), body).await.must_be(200);
        around.mail.refuse(1);
        around.publish().await;
        around.site.advance(TimeDelta::minutes(1));
        around.site.run_tasks().await;
        let mut to: Vec<String> = around.mail.letters().into_iter().flat_map(|letter| letter.to).collect();
        to.sort();
        assert_eq!(to, ["ann@example.org", "bob@example.org", "desk@example.org"], "each once, though one was refused first");
    }
}
