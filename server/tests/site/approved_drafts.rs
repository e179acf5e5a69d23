//! What becomes public with a bundle is exactly what was approved with it, the words about the dataset included.

use chrono::{SecondsFormat, TimeDelta};
use domain::policy::{Grant, Reach, Role};
use reqwest::Method;
use serde_json::json;
use testkit::builders;
use testkit::on_both_databases;

use crate::support::*;

/// An editor, an approver and an operator.
async fn people(site: &Site) -> (Caller, Caller, Caller) {
    (
        site.service("editor", &[Role::Editor]).await,
        site.service("approver", &[Role::Approver]).await,
        site.service("operator", &[Role::Operator]).await,
    )
}

async fn published(site: &Site, bundle: &str, operator: &Caller) {
    operator.post(&format!("/bundles/{bundle}/publish"), json!({"reason": "now"})).await.must_be(202);
    site.run_tasks().await;
}

/// A bundle with this version of the dataset `gdp`, sent for review.
async fn submitted(editor: &Caller, title: &str, version: &str) -> String {
    let id = editor.post("/bundles", json!({"title": title, "type": "scheduled"})).await.must_be(201).json()["id"]
        .as_str()
        .unwrap()
        .to_owned();
    let item = json!({"dataset_id": "gdp", "edition": "time-series", "version": version});
    editor.post(&format!("/bundles/{id}/contents"), item).await.must_be(201);
    editor.put(&format!("/bundles/{id}/submit")).await.must_be(200);
    id
}

async fn title_of(who: &Caller, id: &str) -> String {
    who.get(&format!("/datasets/{id}")).await.must_be(200).json()["title"].as_str().unwrap().to_owned()
}

on_both_databases! {
    async fn a_draft_approved_with_a_bundle_is_not_edited_until_it_is_public(db: TestDatabase) {
        let site = Site::start(db).await;
        let (editor, approver, operator) = people(&site).await;
        approved_version(&editor, &approver, "gdp", "GDP").await;
        let first = approved_bundle(&editor, &approver, "One", &[("gdp", "1")]).await;
        let edit = async |title: &str| editor.change(Method::PATCH, "/datasets/gdp", json!({"title": title})).await;
        let refused = edit("Not reviewed").await.must_be(409);
        assert_eq!(refused.code(), "CONFLICT");
        assert!(refused.text.contains("the bundle One") && refused.text.contains(&first), "{}", refused.text);
        published(&site, &first, &operator).await;
        assert_eq!(title_of(&site.public(), "gdp").await, "GDP");

        // The same for a dataset that is public already, in every state from which the bundle goes public by itself.
        edit("GDP, reviewed").await.must_be(200);
        next_version(&editor, &approver, "gdp").await;
        let second = approved_bundle(&editor, &approver, "Two", &[("gdp", "2")]).await;
        edit("Not reviewed").await.must_be(409);
        let instant = (site.now() + TimeDelta::seconds(60)).to_rfc3339_opts(SecondsFormat::Secs, true);
        approver.put_json(&format!("/bundles/{second}/schedule"), json!({"publication_date": instant})).await.must_be(200);
        edit("Not reviewed").await.must_be(409);
        assert_eq!(title_of(&site.public(), "gdp").await, "GDP");

        // The way to edit it is a new approval.
        operator.delete(&format!("/bundles/{second}/schedule")).await.must_be(200);
        editor.put_json(&format!("/bundles/{second}/request-changes"), json!({"reason": "a better title"})).await.must_be(200);
        edit("GDP, reviewed again").await.must_be(200);
        editor.put(&format!("/bundles/{second}/submit")).await.must_be(200);
        approver.put(&format!("/bundles/{second}/approve")).await.must_be(200);
        published(&site, &second, &operator).await;
        assert_eq!(title_of(&site.public(), "gdp").await, "GDP, reviewed again");
        edit("Next").await.must_be(200);
    }

    async fn a_new_edition_keeps_its_approved_title_until_it_is_public(db: TestDatabase) {
        let site = Site::start(db).await;
        let (editor, approver, operator) = people(&site).await;
        approved_version(&editor, &approver, "gdp", "GDP").await;
        let bundle = approved_bundle(&editor, &approver, "One", &[("gdp", "1")]).await;
        let edition = "/datasets/gdp/editions/time-series";
        editor.change(Method::PATCH, edition, json!({"title": "Not reviewed"})).await.must_be(409);
        // Another edition is nobody's business here.
        editor.post("/datasets/gdp/editions", json!({"edition": "next", "title": "Next"})).await.must_be(201);
        editor.change(Method::PATCH, "/datasets/gdp/editions/next", json!({"title": "The next"})).await.must_be(200);
        published(&site, &bundle, &operator).await;
        assert_eq!(site.public().get(edition).await.must_be(200).json()["title"], "Time series");
    }

    async fn the_title_of_a_new_edition_is_looked_at_by_somebody_else_than_who_wrote_it(db: TestDatabase) {
        let site = Site::start(db).await;
        let (editor, approver, operator) = people(&site).await;
        let both = site.service("both", &[Role::Editor, Role::Approver]).await;
        begin_dataset(&editor, "gdp", "GDP").await;
        let (edition, version) = ("/datasets/gdp/editions/time-series", "/datasets/gdp/editions/time-series/versions/1");
        editor.post(&format!("{edition}/versions"), json!({"release_date": "2026-11-23T09:30:00Z"})).await.must_be(201);
        editor.upload("gdp", "time-series", "1", "gdp.csv", TABLE).await.must_be(201);
        let rename = async |title: &str| both.change(Method::PATCH, edition, json!({"title": title})).await;
        // In preparation: whoever writes it is the version's last editor.
        rename("Looked at").await.must_be(200);
        editor.put(&format!("{version}/submit")).await.must_be(200);
        assert_eq!(both.put(&format!("{version}/approve")).await.must_be(409).code(), "FOUR_EYES_REQUIRED");
        // From then on it stays as it is: while the version waits, once it is approved, and in a bundle.
        assert!(rename("Not looked at").await.must_be(409).text.contains("Version 1 of this edition is submitted"));
        approver.put(&format!("{version}/approve")).await.must_be(200);
        assert!(rename("Not looked at").await.must_be(409).text.contains("gdp/time-series/1"));
        let id = submitted(&editor, "One", "1").await;
        rename("Not looked at").await.must_be(409);
        approver.put(&format!("/bundles/{id}/approve")).await.must_be(200);
        published(&site, &id, &operator).await;
        assert_eq!(site.public().get(edition).await.must_be(200).json()["title"], "Looked at");
    }

    async fn whoever_titled_an_edition_before_its_first_version_does_not_approve_its_bundle(db: TestDatabase) {
        let site = Site::start(db).await;
        let (editor, approver, operator) = people(&site).await;
        let both = site.service("both", &[Role::Editor, Role::Approver]).await;
        begin_dataset(&editor, "gdp", "GDP").await;
        both.change(Method::PATCH, "/datasets/gdp/editions/time-series", json!({"title": "Seen by few"})).await.must_be(200);
        next_version(&editor, &approver, "gdp").await;
        let first = submitted(&editor, "One", "1").await;
        let refused = both.put(&format!("/bundles/{first}/approve")).await.must_be(409);
        assert_eq!(refused.code(), "FOUR_EYES_REQUIRED");
        assert!(refused.text.contains("the edition Seen by few of GDP"), "{}", refused.text);
        approver.put(&format!("/bundles/{first}/approve")).await.must_be(200);
        published(&site, &first, &operator).await;
        // A title that is public was looked at.
        next_version(&editor, &approver, "gdp").await;
        let second = submitted(&editor, "Two", "2").await;
        both.put(&format!("/bundles/{second}/approve")).await.must_be(200);
    }

    async fn a_draft_edited_all_the_same_keeps_its_bundle_from_going_public(db: TestDatabase) {
        let site = Site::start(db).await;
        let (editor, approver, operator) = people(&site).await;
        approved_version(&editor, &approver, "gdp", "GDP").await;
        let bundle = approved_bundle(&editor, &approver, "One", &[("gdp", "1")]).await;
        // Past every rule, as a mistake of ours would do it.
        let db = site.services.db.pool();
        let mut dataset = persistence::datasets::find_visible_to(db, &Reach::All, "gdp").await.unwrap().unwrap();
        dataset.last_edited_by = builders::actor("somebody");
        assert!(persistence::datasets::save_draft(db, &dataset, &builders::metadata("Not reviewed")).await.unwrap());

        let told = operator.post(&format!("/bundles/{bundle}/publish"), json!({"reason": "now"})).await;
        site.run_tasks().await;
        let read = editor.get(&format!("/bundles/{bundle}/readiness")).await.must_be(200).json();
        let unchanged = read["checks"].as_array().unwrap().iter().find(|check| check["name"] == "items_unchanged").unwrap();
        let message = unchanged["message"].as_str().unwrap();
        assert!(message.contains("The dataset gdp was edited since the approval by somebody"), "{message} {}", told.text);
        assert_eq!(unchanged["outcome"], "fail");
        site.public().get("/datasets/gdp").await.must_be(404);
    }

    async fn a_draft_edited_under_review_makes_an_approval_begun_before_out_of_date(db: TestDatabase) {
        let site = Site::start(db).await;
        let (editor, approver, operator) = people(&site).await;
        let both = site.service("both", &[Role::Editor, Role::Approver]).await;
        approved_version(&editor, &approver, "gdp", "GDP").await;
        let id = submitted(&editor, "One", "1").await;
        let seen = approver.get(&format!("/bundles/{id}")).await.must_be(200).header("etag");
        both.change(Method::PATCH, "/datasets/gdp", json!({"title": "Not looked at"})).await.must_be(200);
        let path = format!("/bundles/{id}/approve");
        let stale = approver.request(Method::PUT, &path).header("if-match", seen);
        approver.send(stale).await.must_be(412);
        // Whoever edits what is under review is its last editor.
        assert_eq!(both.put(&path).await.must_be(409).code(), "FOUR_EYES_REQUIRED");
        let told = editor.get(&format!("/bundles/{id}/timeline")).await.must_be(200);
        assert!(told.text.contains("draft_edited"), "{}", told.text);
        approver.put(&path).await.must_be(200);
        published(&site, &id, &operator).await;
        assert_eq!(title_of(&site.public(), "gdp").await, "Not looked at");
    }

    async fn nobody_approves_what_they_wrote_last_about_a_dataset(db: TestDatabase) {
        let site = Site::start(db).await;
        let (editor, approver, operator) = people(&site).await;
        let (both, _) = site.person("both@example.org", &[Grant::of(Role::Editor), Grant::of(Role::Approver)]).await;
        approved_version(&editor, &approver, "gdp", "GDP").await;
        // Before there is a bundle that could tell of it.
        both.change(Method::PATCH, "/datasets/gdp", json!({"title": "Seen by nobody else"})).await.must_be(200);
        let first = submitted(&editor, "One", "1").await;
        let path = format!("/bundles/{first}/approve");
        let refused = both.put(&path).await.must_be(409);
        let told = "You edited last what is said of the dataset Seen by nobody else";
        assert_eq!(refused.code(), "FOUR_EYES_REQUIRED");
        assert!(refused.text.contains(told), "{}", refused.text);
        // The pages say the same before it is tried.
        for page in [format!("/admin/bundles/{first}"), format!("/admin/bundles/{first}/approve")] {
            let text = both.get(&page).await.must_be(200).text;
            assert!(text.contains(told) && !text.contains("/rpc/bundles/approve"), "{page}: {text}");
        }
        let queue = both.get("/admin/review").await.must_be(200).text;
        assert!(queue.contains("Yours: somebody else approves it"), "{queue}");
        approver.put(&path).await.must_be(200);
        published(&site, &first, &operator).await;
        assert_eq!(title_of(&site.public(), "gdp").await, "Seen by nobody else");

        // What is public was looked at by somebody else, so its last editor may approve what comes after it.
        next_version(&editor, &approver, "gdp").await;
        let second = submitted(&editor, "Two", "2").await;
        both.put(&format!("/bundles/{second}/approve")).await.must_be(200);
    }

    async fn two_bundles_with_one_dataset_publish_one_after_the_other(db: TestDatabase) {
        let site = Site::start(db).await;
        let (editor, approver, operator) = people(&site).await;
        approved_version(&editor, &approver, "gdp", "GDP").await;
        next_version(&editor, &approver, "gdp").await;
        let first = approved_bundle(&editor, &approver, "One", &[("gdp", "1")]).await;
        let second = editor.post("/bundles", json!({"title": "Two", "type": "scheduled"})).await.must_be(201).json()["id"].as_str().unwrap().to_owned();
        let item = json!({"dataset_id": "gdp", "edition": "time-series", "version": "2"});
        published(&site, &first, &operator).await;
        editor.post(&format!("/bundles/{second}/contents"), item).await.must_be(201);
        editor.put(&format!("/bundles/{second}/submit")).await.must_be(200);
        approver.put(&format!("/bundles/{second}/approve")).await.must_be(200);
        // To publish the draft by itself is no edit of it, and neither is another bundle's publication.
        published(&site, &second, &operator).await;
        assert_eq!(site.public().get("/datasets/gdp/editions/time-series/versions").await.json()["total_count"], 2);
    }
}
