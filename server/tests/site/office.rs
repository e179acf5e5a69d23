//! What the office sets while the catalogue runs: in force at once, refused where it breaks a rule, recorded with its reason.

use chrono::TimeDelta;
use domain::policy::{Grant, Role};
use reqwest::Method;
use serde_json::{Value, json};
use services::Services;
use testkit::on_both_databases;

use crate::browser::Browser;
use crate::support::*;

/// Sets a setting as it stands now.
async fn set(admin: &Caller, name: &str, value: Value) -> Answer {
    let body = json!({"value": value, "reason": "The board asked for it."});
    admin.change(Method::PUT, &format!("/v1/settings/{name}"), body).await
}

on_both_databases! {
    async fn a_banner_stands_on_every_public_page_at_once_and_goes_by_itself(db: TestDatabase) {
        let site = Site::start(db).await;
        let admin = site.service("admin", &[Role::Admin]).await;
        let before = site.public().get("/about").await.must_be(200);
        assert!(!before.text.contains("Figures are late"), "{}", before.text);
        let banner = json!({
            "text": "Figures are late today",
            "text_cy": "Mae ffigurau'n hwyr heddiw",
            "kind": "warning",
            "until": site.now() + TimeDelta::hours(1),
        });
        let told = set(&admin, "banner", banner).await.must_be(200).json();
        assert_eq!((told["is_default"].clone(), told["reason"].clone()), (json!(false), json!("The board asked for it.")));
        let after = site.public().get("/about").await.must_be(200);
        assert!(after.text.contains("banner--warning") && after.text.contains("Figures are late today"), "{}", after.text);
        assert_ne!(before.header("etag"), after.header("etag"));
        let welsh = site.public().get("/cy").await.must_be(200).text;
        assert!(welsh.contains("hwyr heddiw") && welsh.contains("Hysbysiad"), "{welsh}");
        site.advance(TimeDelta::hours(2));
        assert!(!site.public().get("/about").await.must_be(200).text.contains("Figures are late"));
        let refused = set(&admin, "banner", json!({"text": "Late", "text_cy": "", "kind": "warning"})).await.must_be(422).json();
        assert_eq!(refused["error"]["details"]["fields"][0]["field"], "value.text_cy");
        let trail = admin.get("/audit?resource_type=setting").await.must_be(200).json();
        let record = &trail["items"][0];
        assert_eq!((record["event_type"].clone(), record["resource_id"].clone()), (json!("setting_changed"), json!("banner")));
    }

    async fn maintenance_refuses_changes_until_an_administrator_ends_it(db: TestDatabase) {
        let site = Site::start(db).await;
        site.account("admin@example.org", &[Role::Admin]).await;
        let admin = site.service("admin", &[Role::Admin]).await;
        let editor = site.service("editor", &[Role::Editor]).await;
        set(&admin, "maintenance", json!({"on": true})).await.must_be(200);
        let refused = editor.post("/datasets", json!({"title": "Hello"})).await.must_be(503);
        assert_eq!((refused.code(), refused.header("retry-after")), ("MAINTENANCE".to_owned(), "300".to_owned()));
        site.public().get("/about").await.must_be(200);
        editor.get("/bundles").await.must_be(200);
        let feedback = Browser::new(&site).post("/rpc/feedback/give", "/cy/feedback", &[("message", "Hello")]).await.must_be(503);
        assert!(feedback.text.contains("Ni ellir newid dim ar hyn o bryd"), "{}", feedback.text);
        let mut browser = Browser::signed_in(&site, "admin@example.org").await;
        let page = browser.get("/admin/settings").await.must_be(200).text;
        assert!(page.contains("Maintenance is on"), "{page}");
        let fields = [("name", "maintenance"), ("revision", "2"), ("reason", "It is done.")];
        let ended = browser.submit("/rpc/office/back-to-default", "/admin/settings", &fields).await.text;
        assert!(ended.contains("The default is in force on every node.") && !ended.contains("Maintenance is on"), "{ended}");
        let trail = browser.get("/admin/audit?resource_type=setting").await.must_be(200).text.replace("<!>", "");
        assert!(trail.contains("changed the setting: ") && trail.contains("off \u{2192} on"), "{trail}");
        assert!(trail.contains("put the setting back to its default") && trail.contains("on \u{2192} off"), "{trail}");
        begin_dataset(&editor, "gdp", "GDP").await;
    }

    async fn a_form_of_the_portal_is_turned_back_by_maintenance_with_what_was_typed(db: TestDatabase) {
        let site = Site::start(db).await;
        site.account("operator@example.org", &[Role::Operator]).await;
        let admin = site.service("admin", &[Role::Admin]).await;
        let mut operator = Browser::signed_in(&site, "operator@example.org").await;
        set(&admin, "maintenance", json!({"on": true})).await.must_be(200);
        let fields = [("title", "Nothing at half past nine"), ("severity", "p2"), ("description", "")];
        let sent = operator.post("/rpc/incidents/open", "/ops/alerts", &fields).await.must_be(303);
        assert_eq!(sent.header("location"), "/ops/alerts");
        let page = operator.get("/ops/alerts").await.must_be(200).text;
        assert!(page.contains("Maintenance: nothing can be changed just now.") && page.contains("error-summary"), "{page}");
        assert!(page.contains("value=\"Nothing at half past nine\"") && page.contains("except those of your own account and of settings"), "{page}");
        assert!(page.contains("No incident is open"), "{page}");
        // What is planned is no fault in the figures; programs still hear 503.
        admin.post("/v1/incidents", json!({"title": "Late", "severity": "p2"})).await.must_be(503);
        let figures = site.public().get("/metrics").await.must_be(200).text;
        let told = figures.lines().any(|line| {
            line.starts_with("http_requests_total{") && line.contains("route=\"/v1/incidents\"") && line.contains("status=\"maintenance\"")
        });
        assert!(told, "{figures}");
    }

    async fn four_eyes_are_switched_off_for_all_and_said_aloud(db: TestDatabase) {
        let site = Site::start(db).await;
        let admin = site.service("admin", &[Role::Admin]).await;
        let both = site.service("both", &[Role::Editor, Role::Approver]).await;
        begin_dataset(&both, "gdp", "GDP").await;
        let version = "/datasets/gdp/editions/time-series/versions";
        both.post(version, json!({"release_date": "2026-11-23T09:30:00Z"})).await.must_be(201);
        both.upload("gdp", "time-series", "1", "gdp.csv", TABLE).await.must_be(201);
        both.put(&format!("{version}/1/submit")).await.must_be(200);
        assert_eq!(both.put(&format!("{version}/1/approve")).await.must_be(409).code(), "FOUR_EYES_REQUIRED");
        both.put_json("/v1/settings/four-eyes", json!({"value": {"on": false}, "reason": "Nobody is here"})).await.must_be(403);
        set(&admin, "four-eyes", json!({"on": false})).await.must_be(200);
        both.put(&format!("{version}/1/approve")).await.must_be(200);
        let trail = admin.get("/audit?resource_type=version").await.must_be(200).json();
        let marked = trail["items"].as_array().unwrap().iter().any(|record| record["details"]["four_eyes_waived"] == true);
        assert!(marked, "{trail}");
        let bundle = approved_bundle(&both, &both, "Output", &[("gdp", "1")]).await;
        let operator = site.service("operator", &[Role::Operator]).await;
        operator.post(&format!("/bundles/{bundle}/publish"), json!({"reason": "now"})).await.must_be(202);
        site.run_tasks().await;
        both.change(Method::PATCH, "/datasets/gdp", json!({"title": "Output"})).await.must_be(200);
        both.put("/datasets/gdp/publish-metadata").await.must_be(200);
        let trail = admin.get("/audit?action=metadata_published").await.must_be(200).json();
        assert_eq!(trail["items"][0]["details"]["four_eyes_waived"], true, "{trail}");
        site.account("approver@example.org", &[Role::Approver]).await;
        let mut browser = Browser::signed_in(&site, "approver@example.org").await;
        assert!(browser.get("/admin").await.must_be(200).text.contains("Four eyes are switched off"));
    }

    async fn reminders_come_as_many_hours_ahead_as_the_office_says(db: TestDatabase) {
        let site = Site::start(db).await;
        let admin = site.service("admin", &[Role::Admin]).await;
        site.account("admin@example.org", &[Role::Admin]).await;
        let mut browser = Browser::signed_in(&site, "admin@example.org").await;
        let fields = [("revision", "1"), ("hours", "48, 2"), ("reason", "A day is too late.")];
        let page = browser.submit("/rpc/office/set-reminders", "/admin/settings", &fields).await.must_be(200).text;
        assert!(page.contains("48 hours and 2 hours before"), "{page}");
        let refused = set(&admin, "reminders", json!({"hours": [0]})).await.must_be(422).json();
        assert_eq!(refused["error"]["details"]["fields"][0]["field"], "value.hours");

        crate::instant::scheduled(&site, "gdp").await;
        set(&admin, "reminders", json!({"hours": []})).await.must_be(200);
        site.advance(TimeDelta::hours(1));
        assert_eq!(services::bundles::remind_due(&site.services).await.unwrap(), 0);
        set(&admin, "reminders", json!({"hours": [1]})).await.must_be(200);
        assert_eq!(services::bundles::remind_due(&site.services).await.unwrap(), 1);
    }

    async fn another_node_follows_and_nobody_overwrites_what_they_have_not_seen(db: TestDatabase) {
        let site = Site::start(db).await;
        let admin = site.service("admin", &[Role::Admin]).await;
        // A node of its own memory over the same database.
        let node = Services { memory: services::Memory::default(), ..site.services.clone() };
        assert!(services::office::in_force(&node).await.sessions.is_none());
        set(&admin, "sessions", json!({"idle_minutes": 10, "longest_minutes": 60})).await.must_be(200);
        node.memory.look(&node.db).await.unwrap();
        let sessions = services::office::in_force(&node).await.sessions.unwrap();
        assert_eq!((sessions.idle_minutes, sessions.longest_minutes), (10, 60));
        let body = json!({"value": {"on": true}, "reason": "A move"});
        admin.put_json("/v1/settings/sessions", body.clone()).await.must_be(400);
        admin.put_json("/v1/settings/maintenance", body.clone()).await.must_be(428);
        let stale = admin.request(Method::PUT, "/v1/settings/maintenance").header("if-match", "\"r7\"").json(&body);
        admin.send(stale).await.must_be(412);
        let long = set(&admin, "sessions", json!({"idle_minutes": 61, "longest_minutes": 60})).await.must_be(422).json();
        assert_eq!(long["error"]["details"]["fields"][0]["field"], "value.idle_minutes");
        // Who signed in is signed out by silence as long as the office says.
        let (person, _) = site.person("editor@example.org", &[Grant::of(Role::Editor)]).await;
        person.get("/v1/users/me").await.must_be(200);
        let (silent, _) = site.person("silent@example.org", &[Grant::of(Role::Editor)]).await;
        silent.get("/v1/users/me").await.must_be(200);
        site.advance(TimeDelta::minutes(11));
        person.get("/v1/users/me").await.must_be(401);
        // Nor does a session come back to life because others may last longer now.
        set(&admin, "sessions", json!({"idle_minutes": 60, "longest_minutes": 60})).await.must_be(200);
        silent.get("/v1/users/me").await.must_be(401);
    }
}
