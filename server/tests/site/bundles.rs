//! Bundles over the API: order, preview, checklist, lists and conflicts.

use chrono::{SecondsFormat, TimeDelta};
use domain::policy::{Grant, Role};
use reqwest::Method;
use serde_json::{Value, json};
use testkit::on_both_databases;

use crate::browser::Browser;
use crate::support::*;

async fn begin(editor: &Caller, title: &str) -> String {
    let bundle = editor.post("/bundles", json!({"title": title, "type": "scheduled"})).await.must_be(201).json();
    bundle["id"].as_str().unwrap().to_owned()
}

async fn add(editor: &Caller, bundle: &str, dataset: &str) -> Answer {
    let body = json!({"dataset_id": dataset, "edition": "time-series", "version": "1"});
    editor.post(&format!("/bundles/{bundle}/contents"), body).await
}

async fn tagged(caller: &Caller, method: Method, path: &str, tag: &str, body: Value) -> Answer {
    caller.send(caller.request(method, path).header("if-match", tag).json(&body)).await
}

/// A token of an editor of another department.
async fn editor_of_health(site: &Site) -> Caller {
    site.department("health").await;
    let ctx = services::Ctx::system("test", site.now());
    let grants = vec![Grant { departments: vec!["health".into()], ..Grant::of(Role::Editor) }];
    let new = services::accounts::NewToken { name: "health".into(), grants, approve_own: false, expires_at: None };
    site.bearer(services::accounts::create_token(&site.services, &ctx, new).await.unwrap().1)
}

fn ids(page: &Value) -> Vec<String> {
    page["items"].as_array().unwrap().iter().map(|item| item["id"].as_str().unwrap().to_owned()).collect()
}

fn check<'a>(readiness: &'a Value, name: &str) -> &'a Value {
    readiness["checks"].as_array().unwrap().iter().find(|check| check["name"] == name).unwrap_or(&Value::Null)
}

on_both_databases! {
    async fn contents_are_put_into_another_order(db: TestDatabase) {
        let site = Site::start(db).await;
        let editor = site.service("editor", &[Role::Editor]).await;
        let approver = site.service("approver", &[Role::Approver]).await;
        for id in ["one", "two", "three"] {
            approved_version(&editor, &approver, id, id).await;
        }
        let bundle = begin(&editor, "Ordered").await;
        for id in ["one", "two", "three"] {
            add(&editor, &bundle, id).await.must_be(201);
        }
        let path = format!("/bundles/{bundle}/contents");
        let before = editor.get(&path).await.must_be(200);
        let listed = ids(&before.json());
        let item = &before.json()["items"][0];
        for link in ["edit", "preview"] {
            assert!(item["links"][link].is_string(), "{item}");
        }
        assert_eq!(item["problems"], json!([]));
        let wanted = json!({"order": [listed[2], listed[0], listed[1]]});
        assert_eq!(editor.put_json(&path, wanted.clone()).await.must_be(428).code(), "PRECONDITION_REQUIRED");
        tagged(&editor, Method::PUT, &path, "\"r1\"", wanted.clone()).await.must_be(412);
        let tag = before.header("etag");
        let problems = tagged(&editor, Method::PUT, &path, &tag, json!({"order": [listed[0], listed[0], "x"]})).await.must_be(422).json();
        let fields: Vec<&str> = problems["error"]["details"]["fields"].as_array().unwrap().iter().map(|f| f["field"].as_str().unwrap()).collect();
        assert_eq!(fields, ["order.1", "order.2", "order"]);
        let moved = tagged(&editor, Method::PUT, &path, &tag, wanted).await.must_be(200);
        let expected = [listed[2].clone(), listed[0].clone(), listed[1].clone()];
        assert_eq!(ids(&moved.json()), expected);
        let now = editor.get(&path).await;
        let revision = |answer: &Answer| answer.header("etag").split('-').next().unwrap().to_owned();
        assert_eq!((ids(&now.json()), revision(&now)), (expected.to_vec(), revision(&moved)));
        let back = tagged(&editor, Method::PATCH, &path, &now.header("etag"), json!({"order": listed})).await.must_be(200);
        assert_eq!(ids(&back.json()), listed);
        // The last one out leaves an empty bundle as it was made.
        for item in listed {
            editor.delete(&format!("{path}/{item}")).await.must_be(204);
        }
        let empty = editor.get(&format!("/bundles/{bundle}")).await.json();
        assert_eq!((&empty["state"], &empty["item_count"]), (&json!("created"), &json!(0)));
    }

    async fn contents_are_moved_on_the_page_of_their_bundle(db: TestDatabase) {
        let site = Site::start(db).await;
        let editor = site.service("editor", &[Role::Editor]).await;
        let approver = site.service("approver", &[Role::Approver]).await;
        site.account("ed@example.org", &[Role::Editor]).await;
        site.account("re@example.org", &[Role::Reviewer]).await;
        let bundle = begin(&editor, "Ordered").await;
        for id in ["one", "two", "three"] {
            approved_version(&editor, &approver, id, id).await;
            add(&editor, &bundle, id).await.must_be(201);
        }
        let (path, page) = (format!("/bundles/{bundle}/contents"), format!("/admin/bundles/{bundle}"));
        let listed = ids(&editor.get(&path).await.must_be(200).json());
        let [one, two, three] = &listed[..] else { panic!("not three") };
        let mut ed = Browser::signed_in(&site, "ed@example.org").await;
        let shown = ed.get(&page).await.must_be(200).text;
        // The first goes no further up, and the last no further down.
        assert_eq!((shown.matches(">Move up<").count(), shown.matches(">Move down<").count()), (2, 2), "{shown}");
        let seen = shown.split("name=\"revision\" value=\"").nth(1).unwrap().split('"').next().unwrap().to_owned();
        let up = [("id", bundle.as_str()), ("revision", seen.as_str()), ("item_id", three.as_str()), ("past", two.as_str())];
        let back = ed.post("/rpc/bundles/move-content", &page, &up).await.must_be(303).header("location");
        assert!(back.ends_with(&format!("{page}#item-{three}")), "to what was moved: {back}");
        let said = ed.get(&back).await.must_be(200).text;
        assert!(said.contains(&format!("id=\"item-{three}\"")), "{said}");
        assert!(said.contains("The version was moved."), "{said}");
        assert_eq!(ids(&editor.get(&path).await.json()), [one.clone(), three.clone(), two.clone()]);
        // Whoever still looks at the order before moves nothing.
        let late = ed.submit("/rpc/bundles/move-content", &page, &up).await.must_be(200).text;
        assert!(late.contains("So nothing was done."), "{late}");
        let mut re = Browser::signed_in(&site, "re@example.org").await;
        assert!(!re.get(&page).await.must_be(200).text.contains("Move up"));
        re.submit("/rpc/bundles/move-content", &page, &up).await.must_be(200);
        assert_eq!(ids(&editor.get(&path).await.json()), [one.clone(), three.clone(), two.clone()]);
    }

    async fn details_are_replaced_or_merged(db: TestDatabase) {
        let site = Site::start(db).await;
        let editor = site.service("editor", &[Role::Editor]).await;
        let created = editor.post("/bundles", json!({"title": "A", "type": "scheduled", "description": "Kept"})).await.must_be(201);
        let path = format!("/bundles/{}", created.json()["id"].as_str().unwrap());
        let merged = tagged(&editor, Method::PATCH, &path, &created.header("etag"), json!({"title": "B"})).await.must_be(200);
        assert_eq!(merged.json()["description"], "Kept");
        let replaced = tagged(&editor, Method::PUT, &path, &merged.header("etag"), json!({"title": "C", "type": "manual"})).await.must_be(200);
        let body = replaced.json();
        assert_eq!((&body["title"], &body["type"], &body["description"]), (&json!("C"), &json!("manual"), &json!("")));
        tagged(&editor, Method::PUT, &path, &replaced.header("etag"), json!({"title": "C"})).await.must_be(422);
        tagged(&editor, Method::PUT, &path, &replaced.header("etag"), json!({"title": "C", "colour": "red"})).await.must_be(400);
    }

    async fn conflicts_name_only_what_may_be_known(db: TestDatabase) {
        let site = Site::start(db).await;
        let editor = site.service("editor", &[Role::Editor]).await;
        let approver = site.service("approver", &[Role::Approver]).await;
        let stranger = editor_of_health(&site).await;
        let first = begin(&editor, "Prices").await;
        let taken = editor.post("/bundles", json!({"title": "Prices", "type": "manual"})).await.must_be(409).json();
        assert_eq!(taken["error"]["details"]["reasons"][0]["subject"], first.as_str());
        let hidden = stranger.post("/bundles", json!({"title": "Prices", "type": "manual"})).await.must_be(409);
        assert!(!hidden.text.contains(&first), "{}", hidden.text);
        approved_version(&editor, &approver, "cpi", "CPI").await;
        add(&editor, &first, "cpi").await.must_be(201);
        assert!(add(&editor, &first, "cpi").await.must_be(409).text.contains("in this bundle already"));
        let second = begin(&editor, "Second").await;
        let refused = add(&editor, &second, "cpi").await.must_be(409).json();
        assert!(refused["error"]["message"].as_str().unwrap().contains("the bundle Prices"), "{refused}");
        // Hidden things are unknown to an editor of another department, whatever is tried with them.
        let own = begin(&stranger, "Own").await;
        assert_eq!(add(&stranger, &own, "cpi").await.must_be(422).text.replace("cpi", "abc").len(), add(&stranger, &own, "xyz").await.must_be(422).text.len());
        stranger.get(&format!("/bundles/{first}")).await.must_be(404);
    }

    async fn a_preview_tells_what_changes_and_is_recorded(db: TestDatabase) {
        let site = Site::start(db).await;
        let editor = site.service("editor", &[Role::Editor]).await;
        let approver = site.service("approver", &[Role::Approver]).await;
        let operator = site.service("operator", &[Role::Operator]).await;
        approved_version(&editor, &approver, "gdp", "GDP").await;
        let bundle = approved_bundle(&editor, &approver, "One", &[("gdp", "1")]).await;
        let new = operator.get(&format!("/bundles/{bundle}/preview")).await.must_be(200).json();
        assert_eq!((&new["items"][0]["dataset_is_new"], &new["items"][0]["replaces"]), (&json!(true), &Value::Null));
        operator.post(&format!("/bundles/{bundle}/publish"), json!({"reason": "now"})).await.must_be(202);
        site.run_tasks().await;
        let read = editor.get("/datasets/gdp").await;
        tagged(&editor, Method::PATCH, "/datasets/gdp", &read.header("etag"), json!({"title": "GDP, monthly"})).await.must_be(200);
        next_version(&editor, &approver, "gdp").await;
        let bundle = approved_bundle(&editor, &approver, "Two", &[("gdp", "2")]).await;
        let answer = approver.get(&format!("/bundles/{bundle}/preview")).await.must_be(200);
        assert_eq!(answer.header("cache-control"), "private, no-store");
        let item = &answer.json()["items"][0];
        assert_eq!((&item["dataset_is_new"], &item["replaces"]), (&json!(false), &json!("1")));
        assert_eq!(item["changes"]["dataset"], json!([{"field": "title", "public": "GDP", "becoming": "GDP, monthly"}]));
        assert_eq!(item["version"]["distributions"][0]["filename"], "gdp.csv");
let audit = approver.get(&format!("/v1/audit?action=previewed&bundle={bundle}")).await.must_be(200).json();
        assert_eq!(audit["total_count"], 1, "{audit}");
        assert_eq!(audit["items"][0]["details"]["contents"], json!(["gdp/time-series/2"]));
        site.public().get(&format!("/bundles/{bundle}/preview")).await.must_be(401);
        editor_of_health(&site).await.get(&format!("/bundles/{bundle}/preview")).await.must_be(404);
    }

    async fn the_checklist_tells_what_to_do(db: TestDatabase) {
        let site = Site::start_as(db, WITH_MAIL).await;
        let editor = site.service("editor", &[Role::Editor]).await;
        let approver = site.service("approver", &[Role::Approver]).await;
        let empty = begin(&editor, "Empty").await;
        let readiness = editor.get(&format!("/bundles/{empty}/readiness")).await.must_be(200).json();
        assert_eq!((&readiness["ready"], &check(&readiness, "has_content")["outcome"]), (&json!(false), &json!("fail")));
        for id in ["one", "two"] {
            approved_version(&editor, &approver, id, id).await;
        }
        // A Sunday, and two at once.
        let instant = "2026-11-29T09:30:00Z";
        let mut bundles = Vec::new();
        for id in ["one", "two"] {
            let bundle = approved_bundle(&editor, &approver, id, &[(id, "1")]).await;
            approver.put_json(&format!("/bundles/{bundle}/schedule"), json!({"publication_date": instant})).await.must_be(200);
            bundles.push(bundle);
        }
        let readiness = editor.get(&format!("/bundles/{}/readiness", bundles[0])).await.must_be(200).json();
        assert_eq!(readiness["ready"], true);
        for (name, outcome) in [
            ("has_content", "pass"),
            ("items_approved", "pass"),
            ("items_unchanged", "pass"),
            ("files_present", "pass"),
            ("files_ready", "pass"),
            ("metadata_complete", "pass"),
            ("predecessors_published", "pass"),
            ("files_clean", "pass"),
            ("approved", "pass"),
            ("scheduled", "pass"),
            ("metadata_recommended", "warn"),
            ("working_hours", "warn"),
            ("instant_free", "warn"),
            ("notification_channels", "warn"),
            ("release_calendar", "warn"),
            ("release_dates", "warn"),
        ] {
            let told = check(&readiness, name);
            assert_eq!(told["outcome"], outcome, "{name} {readiness}");
            assert!(outcome == "pass" || told["fix_url"].as_str().is_some_and(|url| url.starts_with("/admin/")), "{told}");
        }
        assert!(check(&readiness, "instant_free")["message"].as_str().unwrap().contains("two"));
        let day = check(&readiness, "release_dates")["message"].as_str().unwrap().to_owned();
        assert!(day.contains("released on 23 November 2026") && day.contains("due on 29 November 2026"), "{day}");
        let later = (instant.parse::<chrono::DateTime<chrono::Utc>>().unwrap() + TimeDelta::minutes(3)).to_rfc3339_opts(SecondsFormat::Secs, true);
        let body = json!({"publication_date": later, "notification_channels": ["email"]});
        approver.put_json(&format!("/bundles/{}/schedule", bundles[1]), body).await.must_be(200);
        let readiness = editor.get(&format!("/bundles/{}/readiness", bundles[1])).await.json();
        assert_eq!((&check(&readiness, "instant_free")["outcome"], &check(&readiness, "peak_window")["outcome"]), (&json!("pass"), &json!("warn")));
        assert_eq!(check(&readiness, "notification_channels")["outcome"], "pass");
        // The calendar is told of by what it says.
        let entry = json!({"id": "two", "title": "Two", "bundle_id": bundles[1]});
        editor.post("/v1/releases", entry).await.must_be(201);
        let readiness = editor.get(&format!("/bundles/{}/readiness", bundles[1])).await.json();
        assert!(check(&readiness, "release_calendar")["message"].as_str().unwrap().contains("not announced"), "{readiness}");
        // A version whose predecessor waits elsewhere is told where.
        next_version(&editor, &approver, "one").await;
        let successor = begin(&editor, "Successor").await;
        let body = json!({"dataset_id": "one", "edition": "time-series", "version": "2"});
        editor.post(&format!("/bundles/{successor}/contents"), body).await.must_be(201);
        let readiness = editor.get(&format!("/bundles/{successor}/readiness")).await.json();
        assert_eq!(check(&readiness, "predecessors_published")["outcome"], "fail");
        assert_eq!(check(&readiness, "predecessors_free")["fix_url"], format!("/admin/bundles/{}", bundles[0]));
        let refused = editor.put(&format!("/bundles/{successor}/submit")).await.must_be(409).json();
        assert_eq!(refused["error"]["details"]["missing_items"], json!(["one/time-series/2"]));
    }

    async fn lists_are_filtered_and_sorted_in_both_directions(db: TestDatabase) {
        let site = Site::start(db).await;
        let editor = site.service("editor", &[Role::Editor]).await;
        let mut made = Vec::new();
        for title in ["b", "c", "a"] {
            made.push(begin(&editor, title).await);
            site.advance(TimeDelta::seconds(1));
        }
        let [b, c, a] = [&made[0], &made[1], &made[2]];
        for (query, expected) in [
            ("", vec![a, c, b]),
            ("?sort=title", vec![a, b, c]),
            ("?sort=-title", vec![c, b, a]),
            ("?sort=created_at", vec![b, c, a]),
            ("?sort=-created_at", vec![a, c, b]),
            ("?sort=last_modified", vec![b, c, a]),
            ("?sort=-last_modified&limit=1", vec![a]),
            ("?state=Created,InProgress&q=C", vec![c]),
            ("?state=CREATED&type=Scheduled&sort=title", vec![a, b, c]),
            ("?publish_date_from=2020-01-01", vec![]),
            ("?team=none", vec![]),
        ] {
            let page = editor.get(&format!("/bundles{query}")).await.must_be(200).json();
            assert_eq!(ids(&page).iter().collect::<Vec<_>>(), expected, "{query}");
        }
        for wrong in ["?sort=colour", "?sort=-", "?state=asleep", "?publish_date_to=soon", "?colour=red"] {
            editor.get(&format!("/bundles{wrong}")).await.must_be(400);
        }
    }

    async fn lists_and_contents_take_as_many_statements_however_long_they_are(db: TestDatabase) {
        let site = Site::start(db).await;
        let editor = site.service("editor", &[Role::Editor]).await;
        let approver = site.service("approver", &[Role::Approver]).await;
        let short = begin(&editor, "Short").await;
        let long = begin(&editor, "Long").await;
        for (place, id) in ["one", "two", "three", "four"].into_iter().enumerate() {
            approved_version(&editor, &approver, id, id).await;
            add(&editor, if place == 0 { &short } else { &long }, id).await.must_be(201);
        }
        let statements = async |path: String| {
            site.record_statements();
            editor.get(&path).await.must_be(200);
            site.recorded_statements().len()
        };
        for rest in ["contents", "status", "readiness"] {
            let (few, many) = (statements(format!("/bundles/{short}/{rest}")).await, statements(format!("/bundles/{long}/{rest}")).await);
            assert_eq!(few, many, "{rest}");
        }
        assert_eq!(statements("/bundles?limit=1".to_owned()).await, statements("/bundles?limit=2".to_owned()).await);
    }
}
