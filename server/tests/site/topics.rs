//! The taxonomy: edited over the API, followed by pages, search and old addresses.

use chrono::TimeDelta;
use domain::policy::{Grant, Role};
use reqwest::Method;
use serde_json::{Value, json};
use services::accounts::NewToken;
use services::{Ctx, accounts};
use testkit::on_both_databases;

use crate::support::*;

/// Changes a topic at the revision that its tag names.
async fn patch(caller: &Caller, id: &str, body: Value) -> Answer {
    let path = format!("/v1/topics/{id}");
    let tag = caller.get(&path).await.must_be(200).header("etag");
    caller.send(caller.request(Method::PATCH, &path).header("if-match", tag).json(&body)).await
}

async fn delete(caller: &Caller, id: &str) -> Answer {
    let path = format!("/v1/topics/{id}");
    let tag = caller.get(&path).await.must_be(200).header("etag");
    caller.send(caller.request(Method::DELETE, &path).header("if-match", tag)).await
}

/// Publishes a dataset of the topic `output`.
pub async fn published(site: &Site, editor: &Caller, approver: &Caller, id: &str) {
    let operator = site.service(&format!("operator-{id}"), &[Role::Operator]).await;
    approved_version(editor, approver, id, "Gross output").await;
    let bundle = approved_bundle(editor, approver, id, &[(id, "1")]).await;
    operator.post(&format!("/bundles/{bundle}/publish"), json!({"reason": "now"})).await.must_be(202);
    site.run_tasks().await;
}

fn ids(page: &Value) -> Vec<&str> {
    page["items"].as_array().unwrap().iter().map(|t| t["id"].as_str().unwrap()).collect()
}

on_both_databases! {
    async fn topics_are_made_moved_and_ordered(db: TestDatabase) {
        let site = Site::start(db).await;
        let admin = site.service("admin", &[Role::Admin]).await;
        let public = site.public();
        let made = admin.post("/v1/topics", json!({"slug": "economy", "title": "Economy", "title_cy": "Yr economi"})).await.must_be(201);
        assert_eq!(made.header("location"), "/v1/topics/economy");
        assert_eq!(made.json()["position"], 1);
        admin.post("/v1/topics", json!({"slug": "prices", "title": "Prices", "parent_id": "economy"})).await.must_be(201);
        admin.post("/v1/topics", json!({"slug": "wages", "title": "Wages", "parent_id": "economy", "position": 0})).await.must_be(201);
        let all = public.get("/v1/topics").await.must_be(200).json();
        assert_eq!(ids(&all), ["output", "economy", "wages", "prices"], "each is followed by those below it");
        let below = public.get("/v1/topics/economy/subtopics").await.must_be(200).json();
        assert_eq!(ids(&below), ["wages", "prices"]);
        patch(&admin, "prices", json!({"position": 0})).await.must_be(200);
        assert_eq!(ids(&public.get("/v1/topics?parent_id=economy").await.json()), ["prices", "wages"]);

        // Under itself or below: refused, and nothing changed.
        for (id, parent) in [("economy", "economy"), ("economy", "wages")] {
            let refused = patch(&admin, id, json!({"parent_id": parent})).await.must_be(422);
            assert_eq!(refused.json()["error"]["details"]["fields"][0]["code"], "cycle", "{id} under {parent}");
        }
        let moved = patch(&admin, "wages", json!({"parent_id": "output"})).await.must_be(200).json();
        assert_eq!((&moved["parent_id"], &moved["position"]), (&json!("output"), &json!(0)));
        let top = patch(&admin, "wages", json!({"parent_id": null})).await.must_be(200).json();
        assert_eq!(top["parent_id"], Value::Null);
        let (etag, stale) = (public.get("/v1/topics/prices").await.header("etag"), "\"r1\"");
        assert!(etag.starts_with("\"r"), "{etag}");
        let request = admin.request(Method::PATCH, "/v1/topics/prices").header("if-match", stale);
        assert_eq!(admin.send(request.json(&json!({"title": "x"}))).await.must_be(412).code(), "PRECONDITION_FAILED");
        let request = admin.request(Method::PATCH, "/v1/topics/prices").json(&json!({"title": "x"}));
        admin.send(request).await.must_be(428);
        let events = persistence::events::of_resource(site.services.db.pool(), "topic", "wages", domain::page::Paging::WHOLE);
        let types: Vec<String> = events.await.unwrap().items.into_iter().map(|e| e.event_type).collect();
        assert_eq!(types, ["created", "edited", "edited"]);
    }

    async fn only_those_with_the_right_over_all_edit_topics(db: TestDatabase) {
        let site = Site::start(db).await;
        let editor = site.service("editor", &[Role::Editor]).await;
        let grants = vec![Grant { departments: vec!["economy".into()], ..Grant::of(Role::Admin) }];
        let new = NewToken { name: "limited".into(), grants, approve_own: false, expires_at: None };
        let (_, secret) = accounts::create_token(&site.services, &Ctx::system("test", site.now()), new).await.unwrap();
        let body = json!({"slug": "new", "title": "New"});
        let limited = site.public();
        let send = limited.request(Method::POST, "/v1/topics").bearer_auth(secret).json(&body);
        assert_eq!(limited.send(send).await.must_be(403).code(), "FORBIDDEN");
        editor.post("/v1/topics", body.clone()).await.must_be(403);
        site.public().post("/v1/topics", body).await.must_be(401);
        editor.post("/v1/topics/output/merge", json!({"into": "output"})).await.must_be(403);
        editor.post("/v1/topics/none/merge", json!({"into": "output"})).await.must_be(404);
        assert_eq!(ids(&site.public().get("/v1/topics").await.json()), ["output"]);
    }

    async fn pages_and_search_follow_an_edit(db: TestDatabase) {
        let site = Site::start(db).await;
        let (admin, public) = (site.service("admin", &[Role::Admin]).await, site.public());
        let editor = site.service("editor", &[Role::Editor]).await;
        let approver = site.service("approver", &[Role::Approver]).await;
        published(&site, &editor, &approver, "gdp").await;
        admin.post("/v1/topics", json!({"slug": "money", "title": "Money"})).await.must_be(201);
        let before = site.services.index.cursor();
        patch(&admin, "output", json!({"title": "Everything made", "title_cy": "Popeth", "parent_id": "money"})).await.must_be(200);
        for path in ["/topics", "/topics/output", "/topics/money", "/"] {
            let page = public.get(path).await.must_be(200).text;
            assert!(page.contains("Everything made") || path == "/", "{path}");
            assert!(!page.contains(">Output<"), "{path}");
        }
        assert!(public.get("/cy/topics/output").await.must_be(200).text.contains("Popeth"));
        site.run_tasks().await;
        assert!(site.services.index.cursor() > before);
        // The topic above finds it too, under its new name, and the home page counts it there.
        let found = public.get("/v1/search?topics=money").await.must_be(200).json();
        assert_eq!((&found["total_count"], &found["items"][0]["topics"][0]["title"]), (&json!(1), &json!("Everything made")));
        let labels: Vec<&str> = found["facets"]["topics"].as_array().unwrap().iter().map(|f| f["label"].as_str().unwrap()).collect();
        assert!(labels.contains(&"Money") && labels.contains(&"Everything made"), "{labels:?}");
        let home = public.get("/").await.text;
        assert!(home.contains("Money") && !home.contains("Everything made"), "only top topics are on the home page");
        assert_eq!(public.get("/v1/topics/money/content").await.must_be(200).json()["items"][0]["id"], "gdp");
    }

    async fn content_shows_the_unpublished_to_those_who_reach_it(db: TestDatabase) {
        let site = Site::start(db).await;
        let editor = site.service("editor", &[Role::Editor]).await;
        let approver = site.service("approver", &[Role::Approver]).await;
        approved_version(&editor, &approver, "hidden", "Hidden").await;
        let path = "/v1/topics/output/content";
        let public = site.public().get(path).await.must_be(200);
        assert!(public.json()["total_count"] == 0 && !public.text.contains("idden"), "{}", public.text);
        assert_eq!(ids(&editor.get(path).await.must_be(200).json()), ["hidden"]);
        site.public().get("/v1/topics/none/content").await.must_be(404);
        site.public().get(&format!("{path}?colour=red")).await.must_be(400);
    }

    async fn the_datasets_of_a_topic_are_ordered_by_the_words_of_every_list_of_datasets(db: TestDatabase) {
        let site = Site::start(db).await;
        let editor = site.service("editor", &[Role::Editor]).await;
        for (id, title) in [("first", "Zinc"), ("second", "Apples")] {
            begin_dataset(&editor, id, title).await;
            site.advance(TimeDelta::minutes(1));
        }
        let (newest, oldest) = (["second", "first"], ["first", "second"]);
        for (sort, expected) in [
            ("-last_updated", newest), ("newest", newest), ("last_updated", oldest), ("oldest", oldest),
            ("title", newest), ("-title", oldest),
        ] {
            for list in ["/v1/topics/output/content", "/v1/datasets"] {
                let found = editor.get(&format!("{list}?sort={sort}")).await.must_be(200).json();
                assert_eq!(ids(&found), expected, "{list} by {sort}");
            }
        }
        editor.get("/v1/topics/output/content?sort=size").await.must_be(400);
    }

    async fn a_merge_takes_everything_along_and_leaves_its_addresses(db: TestDatabase) {
        let site = Site::start(db).await;
        let (admin, public) = (site.service("admin", &[Role::Admin]).await, site.public());
        let editor = site.service("editor", &[Role::Editor]).await;
        let approver = site.service("approver", &[Role::Approver]).await;
        published(&site, &editor, &approver, "gdp").await;
        approved_version(&editor, &approver, "draft", "Draft").await;
        admin.post("/v1/topics", json!({"slug": "economy", "title": "Economy"})).await.must_be(201);
        admin.post("/v1/topics", json!({"slug": "below", "title": "Below", "parent_id": "output"})).await.must_be(201);
        let read = editor.get("/datasets/gdp").await.must_be(200).header("etag");

        for (into, code) in [("", "required"), ("none", "unknown"), ("output", "cycle"), ("below", "cycle")] {
            let refused = admin.post("/v1/topics/output/merge", json!({"into": into})).await.must_be(422);
            assert_eq!(refused.json()["error"]["details"]["fields"][0]["code"], code, "{into}");
        }
        let merged = admin.post("/v1/topics/output/merge", json!({"into": "economy", "reason": "one is enough"})).await.must_be(200).json();
        assert_eq!((&merged["into"]["id"], &merged["datasets"]), (&json!("economy"), &json!(2)));
        assert_eq!(public.get("/datasets/gdp").await.json()["topics"], json!(["economy"]));
        assert_eq!(editor.get("/datasets/draft").await.json()["draft"]["topics"], json!(["economy"]));
        assert_eq!(ids(&public.get("/v1/topics/economy/subtopics").await.json()), ["below"]);
        site.run_tasks().await;
        for path in ["/v1/search?topics=economy", "/v1/search?topics=output", "/datasets?topic=output"] {
            assert_eq!(public.get(path).await.must_be(200).json()["total_count"], 1, "{path}");
        }

        // An edit based on what was there before does not bring the old topic back.
        let late = editor.request(Method::PATCH, "/datasets/gdp").header("if-match", read);
        editor.send(late.json(&json!({"title": "Late"}))).await.must_be(412);

        for (old, new) in [
            ("/topics/output", "/topics/economy"),
            ("/cy/topics/output", "/cy/topics/economy"),
            ("/topics/output?page=2", "/topics/economy?page=2"),
            ("/v1/topics/output", "/v1/topics/economy"),
            ("/v1/topics/output/content?limit=1", "/v1/topics/economy/content?limit=1"),
            ("/v1/topics/output/subtopics", "/v1/topics/economy/subtopics"),
        ] {
            let answer = public.get(old).await.must_be(308);
            assert_eq!(answer.header("location"), new, "{old}");
        }
        admin.post("/v1/topics", json!({"slug": "output", "title": "Again"})).await.must_be(409);
        let events = persistence::events::of_resource(site.services.db.pool(), "dataset", "draft", domain::page::Paging::WHOLE);
        assert!(events.await.unwrap().items.iter().any(|e| e.event_type == "topic_changed"));
    }

    async fn a_renamed_topic_is_found_under_both_addresses_and_can_be_named_back(db: TestDatabase) {
        let site = Site::start(db).await;
        let (admin, public) = (site.service("admin", &[Role::Admin]).await, site.public());
        let editor = site.service("editor", &[Role::Editor]).await;
        let approver = site.service("approver", &[Role::Approver]).await;
        published(&site, &editor, &approver, "gdp").await;
        let renamed = patch(&admin, "output", json!({"slug": "production"})).await.must_be(200).json();
        assert_eq!((&renamed["id"], &renamed["title"], &renamed["title_cy"]), (&json!("production"), &json!("Output"), &json!("Allbwn")));
        assert_eq!(public.get("/topics/output").await.must_be(308).header("location"), "/topics/production");
        assert_eq!(public.get("/datasets/gdp").await.json()["topics"], json!(["production"]));
        patch(&admin, "production", json!({"slug": "output"})).await.must_be(200);
        public.get("/topics/output").await.must_be(200);
        assert_eq!(public.get("/v1/topics/production").await.must_be(308).header("location"), "/v1/topics/output");
        assert_eq!(public.get("/v1/topics/output").await.must_be(200).json()["position"], 0);
    }

    async fn a_topic_in_use_is_not_deleted_and_says_why(db: TestDatabase) {
        let site = Site::start(db).await;
        let admin = site.service("admin", &[Role::Admin]).await;
        let editor = site.service("editor", &[Role::Editor]).await;
        let approver = site.service("approver", &[Role::Approver]).await;
        approved_version(&editor, &approver, "draft", "Draft").await;
        admin.post("/v1/topics", json!({"slug": "below", "title": "Below", "parent_id": "output"})).await.must_be(201);
        let refused = delete(&admin, "output").await.must_be(409).json();
        let codes: Vec<&str> = refused["error"]["details"]["reasons"].as_array().unwrap().iter().map(|r| r["code"].as_str().unwrap()).collect();
        assert_eq!(codes, ["has_subtopics", "has_datasets"]);
        delete(&admin, "below").await.must_be(204);
        site.public().get("/v1/topics/below").await.must_be(404);
        site.public().get("/topics/below").await.must_be(404);
    }
}
