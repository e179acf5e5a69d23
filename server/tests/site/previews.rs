//! Rights that are limited: previewers see what is shared with their teams, others what their departments own, and nothing else.

use domain::policy::{Grant, Role};
use reqwest::Method;
use serde_json::json;
use testkit::on_both_databases;

use crate::support::*;

const VERSION: &str = "/datasets/gdp/editions/time-series/versions/1";

on_both_databases! {
    async fn previewers_see_the_shared_bundle_with_all_in_it_and_nothing_else(db: TestDatabase) {
        let site = Site::start(db).await;
        let editor = site.service("editor", &[Role::Editor]).await;
        let approver = site.service("approver", &[Role::Approver]).await;
        let admin = site.service("admin", &[Role::Admin]).await;
        let (press, press_id) = site.person("press@example.org", &[Grant::of(Role::Previewer)]).await;
        let (other, other_id) = site.person("other@example.org", &[Grant::of(Role::Previewer)]).await;
        admin.post("/teams", json!({"name": "Press", "members": [press_id]})).await.must_be(201);
        admin.post("/teams", json!({"name": "Other", "members": [other_id]})).await.must_be(201);
        let file = approved_version(&editor, &approver, "gdp", "GDP").await;
        let hidden = approved_version(&editor, &approver, "cpi", "CPI").await;
        next_version(&editor, &approver, "gdp").await;
        let body = json!({"title": "Shared", "type": "scheduled", "preview_teams": ["press"]});
        let bundle = editor.post("/bundles", body).await.must_be(201).json()["id"].as_str().unwrap().to_owned();
        let item = json!({"dataset_id": "gdp", "edition": "time-series", "version": "1"});
        editor.post(&format!("/bundles/{bundle}/contents"), item).await.must_be(201);

        let shared = [
            format!("/bundles/{bundle}"),
            format!("/bundles/{bundle}/contents"),
            "/datasets/gdp".to_owned(),
            "/datasets/gdp/editions/time-series".to_owned(),
            VERSION.to_owned(),
            format!("{VERSION}/metadata"),
            format!("/files/{file}"),
            format!("/files/{file}/content"),
            "/files/downloads/gdp/gdp.csv".to_owned(),
        ];
        for path in &shared {
            press.get(path).await.must_be(200);
            other.get(path).await.must_be(404);
        }
        for path in ["/datasets/cpi".to_owned(), format!("/files/{hidden}/content"), VERSION.replace("/1", "/2")] {
            press.get(&path).await.must_be(404);
        }
        assert_eq!(press.get("/datasets").await.must_be(200).json()["total_count"], 1);
        assert_eq!(press.get("/datasets/gdp/editions/time-series/versions").await.must_be(200).json()["total_count"], 1);
        assert_eq!(other.get("/datasets").await.must_be(200).json()["total_count"], 0);
        press.change(Method::PATCH, "/datasets/gdp", json!({"title": "Mine"})).await.must_be(403);
        press.put(&format!("/bundles/{bundle}/submit")).await.must_be(403);

        admin.change(Method::PATCH, "/teams/press", json!({"members": []})).await.must_be(200);
        for path in &shared {
            press.get(path).await.must_be(404);
        }
        admin.change(Method::PATCH, "/teams/press", json!({"members": [press_id]})).await.must_be(200);
        press.get(VERSION).await.must_be(200);
        editor.change(Method::PATCH, &format!("/bundles/{bundle}"), json!({"preview_teams": ["other"]})).await.must_be(200);
        for path in &shared {
            press.get(path).await.must_be(404);
            other.get(path).await.must_be(200);
        }
    }

    async fn limited_grants_hold_in_bundles_too(db: TestDatabase) {
        let site = Site::start(db).await;
        site.department("prices").await;
        let of = |role| Grant { departments: vec!["prices".into()], ..Grant::of(role) };
        let editor = site.service("editor", &[Role::Editor]).await;
        let approver = site.service("approver", &[Role::Approver]).await;
        let elsewhere = site.service_with("elsewhere", &[of(Role::Editor), Grant::of(Role::Reviewer)], false).await;
        let blind = site.service_with("blind", &[of(Role::Editor)], false).await;
        let limited = site.service_with("limited", &[of(Role::Approver)], false).await;
        approved_version(&editor, &approver, "gdp", "GDP").await;
        let mut body = metadata("CPI");
        body["id"] = json!("cpi");
        body["department"] = json!("prices");
        blind.post("/datasets", body).await.must_be(201);
        blind.post("/datasets/cpi/editions", json!({"edition": "time-series", "title": "Time series"})).await.must_be(201);
        next_version(&blind, &limited, "cpi").await;
        let gdp = json!({"dataset_id": "gdp", "edition": "time-series", "version": "1"});
        let cpi = json!({"dataset_id": "cpi", "edition": "time-series", "version": "1"});

        let own = blind.post("/bundles", json!({"title": "Own", "type": "manual"})).await.must_be(201).json();
        let own = format!("/bundles/{}", own["id"].as_str().unwrap());
        blind.post(&format!("{own}/contents"), gdp.clone()).await.must_be(422);
        let seen = elsewhere.post("/bundles", json!({"title": "Seen", "type": "manual"})).await.must_be(201).json();
        let seen = format!("/bundles/{}/contents", seen["id"].as_str().unwrap());
        elsewhere.post(&seen, gdp.clone()).await.must_be(403);

        blind.post(&format!("{own}/contents"), cpi).await.must_be(201);
        blind.get(&format!("{own}/contents")).await.must_be(200);
        editor.post(&format!("{own}/contents"), gdp).await.must_be(201);
        // With something in it that lies outside, the bundle is out of sight as a whole.
        for who in [&blind, &limited] {
            who.get(&own).await.must_be(404);
            who.get(&format!("{own}/readiness")).await.must_be(404);
            assert_eq!(who.get("/bundles").await.must_be(200).json()["total_count"], 0);
        }
        editor.put(&format!("{own}/submit")).await.must_be(200);
        limited.put(&format!("{own}/approve")).await.must_be(404);
        approver.put(&format!("{own}/approve")).await.must_be(200);
    }
}
