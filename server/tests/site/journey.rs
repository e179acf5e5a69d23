//! From an editor's draft to a public download, over the API of the runbook.

use chrono::{SecondsFormat, TimeDelta};
use domain::policy::Role;
use serde_json::json;
use testkit::on_both_databases;

use crate::support::*;

on_both_databases! {
    async fn a_draft_becomes_a_public_download_at_its_instant(db: TestDatabase) {
        let site = Site::start_as(db, WITH_MAIL).await;
        let editor = site.service("editor", &[Role::Editor]).await;
        let approver = site.service("approver", &[Role::Approver]).await;
        approved_version(&editor, &approver, "gdp-monthly", "Gross domestic product, monthly").await;

        // The runbook's own bodies.
        let created = editor
            .post("/bundles", json!({"title": "Monthly GDP Release - November 2025", "description": "Economic indicators for Q3 2025", "type": "scheduled"}))
            .await
            .must_be(201);
        let bundle = created.json();
        let id = bundle["id"].as_str().unwrap().to_owned();
        assert_eq!(bundle["state"], "created");
        assert!(created.header("location").ends_with(&format!("/bundles/{id}")));
        let item = json!({"dataset_id": "gdp-monthly", "edition": "time-series", "version": "1"});
        editor.post(&format!("/bundles/{id}/contents"), item).await.must_be(201);
        assert_eq!(editor.get(&format!("/bundles/{id}")).await.json()["state"], "in_progress");
        editor.put(&format!("/bundles/{id}/submit")).await.must_be(200);

        // Its author has no right to approve, and even the environment's token is bound by the table.
        assert_eq!(editor.put(&format!("/bundles/{id}/approve")).await.must_be(403).code(), "FORBIDDEN");
        approver.put(&format!("/bundles/{id}/approve")).await.must_be(200);
        assert_eq!(approver.put(&format!("/bundles/{id}/approve")).await.must_be(409).code(), "INVALID_STATE_TRANSITION");

        let instant = site.now() + TimeDelta::hours(1);
        let body = json!({"publication_date": instant.to_rfc3339_opts(SecondsFormat::Secs, true), "notification_channels": ["email"]});
        let scheduled = approver.put_json(&format!("/bundles/{id}/schedule"), body).await.must_be(200).json();
        assert_eq!(scheduled["state"], "scheduled");
        let environment = site.environment();
        let queue = environment.get("/bundles?state=scheduled").await.must_be(200).json();
        assert_eq!(queue["total_count"], 1);
        assert_eq!(environment.get("/publish-queue").await.must_be(200).json()["items"][0]["bundle_id"], json!(id));

        site.advance(TimeDelta::hours(1));
        site.run_tasks().await;
        let status = environment.get(&format!("/bundles/{id}/status")).await.must_be(200).json();
        assert_eq!(status["state"], "published", "{status}");
        assert_eq!(status["lateness_ms"], 0);
        let timeline = environment.get(&format!("/bundles/{id}/timeline")).await.json();
        let events: Vec<&str> = timeline["items"].as_array().unwrap().iter().map(|e| e["event_type"].as_str().unwrap()).collect();
        assert_eq!(events, ["created", "content_added", "submitted", "approved", "scheduled", "publishing", "published"]);

        let public = site.public();
        let dataset = public.get("/datasets/gdp-monthly").await.must_be(200).json();
        assert_eq!(dataset["title"], "Gross domestic product, monthly");
        let download = public.get("/files/downloads/gdp-monthly/gdp-monthly.csv").await.must_be(200);
        assert_eq!(download.text.as_bytes(), TABLE);
        assert!(download.header("content-type").starts_with("text/csv"));
        assert!(download.header("content-disposition").contains("gdp-monthly.csv"));
        let found = public.get("/v1/search?q=gross+domestic").await.must_be(200).json();
        assert_eq!(found["items"][0]["dataset_id"], "gdp-monthly");
        let page = public.get("/catalogue/gdp-monthly").await.must_be(200);
        assert!(page.text.contains("Gross domestic product, monthly") && page.text.contains("103.25"));
    }

    async fn nobody_approves_what_they_prepared(db: TestDatabase) {
        let site = Site::start(db).await;
        let both = site.service("both", &[Role::Editor, Role::Approver]).await;
        let approver = site.service("approver", &[Role::Approver]).await;
        approved_version(&both, &approver, "gdp", "GDP").await;
        let bundle = both.post("/bundles", json!({"title": "GDP", "type": "scheduled"})).await.must_be(201).json();
        let id = bundle["id"].as_str().unwrap();
        both.post(&format!("/bundles/{id}/contents"), json!({"dataset_id": "gdp", "edition": "time-series", "version": 1})).await.must_be(201);
        both.put(&format!("/bundles/{id}/submit")).await.must_be(200);
        let refused = both.put(&format!("/bundles/{id}/approve")).await.must_be(409);
        assert_eq!(refused.code(), "FOUR_EYES_REQUIRED");
        approver.put(&format!("/bundles/{id}/approve")).await.must_be(200);
    }

    async fn a_bundle_that_cannot_be_published_fails_whole_and_says_why(db: TestDatabase) {
        let site = Site::start(db).await;
        let editor = site.service("editor", &[Role::Editor]).await;
        let approver = site.service("approver", &[Role::Approver]).await;
        approved_version(&editor, &approver, "good", "Good").await;
        let file = approved_version(&editor, &approver, "bad", "Bad").await;
        let id = approved_bundle(&editor, &approver, "Two", &[("good", "1"), ("bad", "1")]).await;
        let instant = (site.now() + TimeDelta::seconds(5)).to_rfc3339_opts(SecondsFormat::Secs, true);
        approver.put_json(&format!("/bundles/{id}/schedule"), json!({"publication_date": instant})).await.must_be(200);
        site.services.storage.delete(&format!("files/{file}")).await.unwrap();
        site.advance(TimeDelta::seconds(5));
        site.run_tasks().await;
        let bundle = approver.get(&format!("/bundles/{id}")).await.json();
        assert_eq!(bundle["state"], "failed");
        let message = bundle["failure"]["message"].as_str().unwrap();
        assert!(message.starts_with("Bundle publication failed: ") && message.contains("bad/time-series/1"), "{message}");
        site.public().get("/datasets/good").await.must_be(404);
        approver.put(&format!("/bundles/{id}/retry")).await.must_be(200);
        assert_eq!(approver.get(&format!("/bundles/{id}")).await.json()["state"], "approved");
    }

    async fn two_who_race_for_one_step_never_both_win(db: TestDatabase) {
        let site = Site::start(db).await;
        let editor = site.service("editor", &[Role::Editor]).await;
        let approver = site.service("approver", &[Role::Approver]).await;
        approved_version(&editor, &approver, "gdp", "GDP").await;
        let bundle = editor.post("/bundles", json!({"title": "GDP", "type": "scheduled"})).await.must_be(201).json();
        let id = bundle["id"].as_str().unwrap().to_owned();
        editor.post(&format!("/bundles/{id}/contents"), json!({"dataset_id": "gdp", "edition": "time-series", "version": "1"})).await.must_be(201);
        editor.put(&format!("/bundles/{id}/submit")).await.must_be(200);
        let (approve, reject) = (format!("/bundles/{id}/approve"), format!("/bundles/{id}/reject"));
        let (a, b) = tokio::join!(approver.put(&approve), approver.put_json(&reject, json!({"reason": "no"})));
        let won = [a.status, b.status].iter().filter(|s| s.is_success()).count();
        assert_eq!(won, 1, "{a:?} {b:?}");
    }

    async fn nothing_is_published_a_microsecond_early_or_twice(db: TestDatabase) {
        let site = Site::start(db).await;
        let editor = site.service("editor", &[Role::Editor]).await;
        let approver = site.service("approver", &[Role::Approver]).await;
        approved_version(&editor, &approver, "gdp", "GDP").await;
        let id = approved_bundle(&editor, &approver, "GDP", &[("gdp", "1")]).await;
        let instant = (site.now() + TimeDelta::seconds(5)).to_rfc3339_opts(SecondsFormat::Secs, true);
        approver.put_json(&format!("/bundles/{id}/schedule"), json!({"publication_date": instant})).await.must_be(200);
        site.advance(TimeDelta::seconds(5) - TimeDelta::microseconds(1));
        assert!(services::bundles::publish_due(&site.services).await.unwrap().is_empty());
        site.advance(TimeDelta::microseconds(1));
        let (a, b) = tokio::join!(services::bundles::publish_due(&site.services), services::bundles::publish_due(&site.services));
        assert_eq!(a.unwrap().len() + b.unwrap().len(), 1);
        assert!(services::bundles::publish_due(&site.services).await.unwrap().is_empty());
        let timeline = approver.get(&format!("/bundles/{id}/timeline")).await.json();
        let published = timeline["items"].as_array().unwrap().iter().filter(|e| e["event_type"] == "published").count();
        assert_eq!(published, 1);
    }

    async fn a_restarted_node_takes_up_its_own_publication_at_once(db: TestDatabase) {
        let site = Site::start(db).await;
        let editor = site.service("editor", &[Role::Editor]).await;
        let approver = site.service("approver", &[Role::Approver]).await;
        let operator = site.service("operator", &[Role::Operator]).await;
        approved_version(&editor, &approver, "gdp", "GDP").await;
        let id = approved_bundle(&editor, &approver, "GDP", &[("gdp", "1")]).await;
        operator.post(&format!("/bundles/{id}/publish"), json!({"reason": "by hand"})).await.must_be(202);
        let system = domain::actor::Caller::system("test");
        let db = site.services.db.pool();
        let stuck = persistence::bundles::find_visible_to(db, &system, &id).await.unwrap().unwrap();
        let node = site.services.settings.node.clone();
        let lease = persistence::bundles::Lease { node, expires_at: site.now() + TimeDelta::seconds(30) };
        assert!(persistence::bundles::save(db, &stuck, Some(&lease)).await.unwrap());
        site.run_tasks().await;
        assert_eq!(operator.get(&format!("/bundles/{id}")).await.json()["state"], "publishing");
        assert_eq!(services::bundles::take_up_again(&site.services).await.unwrap(), 1);
        site.run_tasks().await;
        assert_eq!(operator.get(&format!("/bundles/{id}")).await.json()["state"], "published");
    }

    async fn another_node_takes_over_when_a_lease_runs_out(db: TestDatabase) {
        let site = Site::start(db).await;
        let editor = site.service("editor", &[Role::Editor]).await;
        let approver = site.service("approver", &[Role::Approver]).await;
        let operator = site.service("operator", &[Role::Operator]).await;
        approved_version(&editor, &approver, "gdp", "GDP").await;
        let id = approved_bundle(&editor, &approver, "GDP", &[("gdp", "1")]).await;
        operator.post(&format!("/bundles/{id}/publish"), json!({"reason": "by hand"})).await.must_be(202);
        // A node took the bundle and died: its lease is still live.
        let system = domain::actor::Caller::system("test");
        let stuck = persistence::bundles::find_visible_to(site.services.db.pool(), &system, &id).await.unwrap().unwrap();
        let lease = persistence::bundles::Lease { node: "dead".into(), expires_at: site.now() + TimeDelta::seconds(30) };
        assert!(persistence::bundles::save(site.services.db.pool(), &stuck, Some(&lease)).await.unwrap());
        site.run_tasks().await;
        assert_eq!(operator.get(&format!("/bundles/{id}")).await.json()["state"], "publishing");
        assert_eq!(operator.put(&format!("/bundles/{id}/reset-to-approved")).await.must_be(409).code(), "CONFLICT");
        site.advance(TimeDelta::seconds(30));
        site.run_tasks().await;
        assert_eq!(operator.get(&format!("/bundles/{id}")).await.json()["state"], "published");
        site.public().get("/datasets/gdp").await.must_be(200);
    }
}
