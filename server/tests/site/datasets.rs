//! Datasets, editions and versions beyond the way to publication: fields, corrections, archives, filters.

use domain::policy::Role;
use reqwest::Method;
use serde_json::{Value, json};
use testkit::on_both_databases;

use crate::support::*;

/// Publishes version 1 of `gdp` and gives the callers who did it.
async fn published(site: &Site) -> (Caller, Caller, Caller) {
    let editor = site.service("editor", &[Role::Editor]).await;
    let approver = site.service("approver", &[Role::Approver]).await;
    let operator = site.service("operator", &[Role::Operator]).await;
    approved_version(&editor, &approver, "gdp", "GDP").await;
    let bundle = approved_bundle(&editor, &approver, "One", &[("gdp", "1")]).await;
    operator.post(&format!("/bundles/{bundle}/publish"), json!({"reason": "now"})).await.must_be(202);
    site.run_tasks().await;
    (editor, approver, operator)
}

/// Changes what stands at an address, on the revision that was read there.
async fn patch(caller: &Caller, path: &str, body: Value) -> Answer {
    let tag = caller.get(path).await.must_be(200).header("etag");
    caller.send(caller.request(Method::PATCH, path).header("if-match", tag).json(&body)).await
}

async fn delete(caller: &Caller, path: &str) -> Answer {
    let tag = caller.get(path).await.must_be(200).header("etag");
    caller.send(caller.request(Method::DELETE, path).header("if-match", tag)).await
}

fn fields(answer: &Answer) -> Vec<String> {
    let problems = answer.json()["error"]["details"]["fields"].as_array().unwrap().clone();
    problems.iter().map(|p| p["field"].as_str().unwrap().to_owned()).collect()
}

/// A dataset with something in every field.
fn everything() -> Value {
    let link = |n: u8| json!({"title": format!("Page {n}"), "href": format!("https://example.org/{n}"), "description": "About."});
    json!({
        "title": "Prices", "title_cy": "Prisiau", "description": "What things cost.", "description_cy": "Beth yw cost pethau.",
        "keywords": ["inflation", "cpi"], "topics": ["output"], "licence": "Open Government Licence v3.0",
        "licence_url": "https://example.org/licence", "release_frequency": "Monthly", "next_release": "2026-12-16",
        "contacts": [{"name": "Desk", "email": "desk@example.org", "telephone": "029 2018 0134"}, {"name": "Press", "email": "press@example.org", "telephone": ""}],
        "publisher": "Office", "survey": "Price survey", "unit_of_measure": "index", "quality_designation": "accredited-official",
        "qmi": link(1), "methodologies": [link(2)], "publications": [link(3)], "related_content": [link(4), link(5)],
        "related_datasets": [link(6)], "is_based_on": {"@type": "dataset", "@id": "https://example.org/7"},
        "publisher_url": "https://example.org/office", "publisher_type": "Statistics office",
        "temporal_coverage": "1988/2026-10", "spatial_coverage": "United Kingdom", "attribution": "Source: Office",
    })
}

on_both_databases! {
    async fn every_field_is_kept_as_sent_and_every_problem_told_at_once(db: TestDatabase) {
        let site = Site::start(db).await;
        let editor = site.service("editor", &[Role::Editor]).await;
        let mut body = everything();
        body["id"] = json!("prices");
        body["department"] = json!("economy");
        editor.post("/datasets", body).await.must_be(201);
        let read = editor.get("/v1/datasets/prices").await.must_be(200).json();
        for (name, value) in everything().as_object().unwrap() {
            assert_eq!(read[name], *value, "{name}");
            assert_eq!(read["draft"][name], *value, "{name} of the draft");
        }
        assert_eq!((read["type"].clone(), read["state"].clone()), (json!("static"), json!("created")));

        let wrong = json!({"title": "", "keywords": ["a", "A"], "topics": ["output", "nowhere", "output"], "contacts": [{"name": "", "email": "x", "telephone": "y"}],
            "temporal_coverage": "2024/2023", "next_release": "2026-02-31", "qmi": {"title": "", "href": "ftp://x"}});
        let refused = patch(&editor, "/datasets/prices", wrong).await.must_be(422);
        assert_eq!(fields(&refused), ["title", "next_release", "temporal_coverage", "keywords.1", "topics.2", "contacts.0.name", "contacts.0.email",
            "contacts.0.telephone", "qmi.title", "qmi.href", "topics.1"]);
        assert!(refused.text.contains("There is no topic nowhere."));
        assert_eq!(patch(&editor, "/datasets/prices", json!({"colour": "red"})).await.must_be(400).code(), "VALIDATION_ERROR");

        // PATCH merges and empties by null; PUT replaces.
        let merged = patch(&editor, "/datasets/prices", json!({"survey": null, "publisher": "Bureau"})).await.must_be(200).json();
        assert_eq!((merged["survey"].clone(), merged["publisher"].clone(), merged["title_cy"].clone()), (Value::Null, json!("Bureau"), json!("Prisiau")));
        let tag = editor.get("/datasets/prices").await.header("etag");
        let put = editor.request(Method::PUT, "/datasets/prices").header("if-match", tag);
        let replaced = editor.send(put.json(&json!({"title": "Prices only"}))).await.must_be(200).json();
        assert_eq!((replaced["title"].clone(), replaced["contacts"].clone(), replaced.get("title_cy")), (json!("Prices only"), json!([]), None));
    }

    async fn a_draft_is_published_by_somebody_else_without_a_new_version(db: TestDatabase) {
        let site = Site::start(db).await;
        let (editor, approver, _) = published(&site).await;
        let both = site.service("both", &[Role::Editor, Role::Approver]).await;
        let address = "/datasets/gdp/publish-metadata";
        assert_eq!(approver.put(address).await.must_be(409).code(), "CONFLICT");
        patch(&both, "/datasets/gdp", json!({"title": "Output of the nation", "description": ""})).await.must_be(200);
        let public = site.public();
        let before = public.get("/datasets/gdp").await.must_be(200);
        assert_eq!(before.json()["title"], "GDP");

        // Whoever decides sees what readers will find otherwise.
        site.account("decides@example.org", &[Role::Approver]).await;
        let page = site.signed_in("decides@example.org").await.get("/admin/datasets/gdp").await.must_be(200).text;
        for words in ["What the draft changes", "Public now", "Will be public", "Output of the nation", "diff--before"] {
            assert!(page.contains(words), "{words}: {page}");
        }

        // What is missing is told; nobody publishes what they edited; editors have no right to.
        assert!(approver.put(address).await.must_be(409).text.contains("no description"));
        patch(&both, "/datasets/gdp", json!({"description": "All of it."})).await.must_be(200);
        assert_eq!(both.put(address).await.must_be(409).code(), "FOUR_EYES_REQUIRED");
        editor.put(address).await.must_be(403);
        public.put(address).await.must_be(401);
        approver.put("/datasets/none/publish-metadata").await.must_be(404);
        let stale = approver.request(Method::PUT, address).header("if-match", "\"r1\"");
        approver.send(stale).await.must_be(412);

        let answer = approver.put(address).await.must_be(200).json();
        assert_eq!(answer["title"], "Output of the nation");
        let after = public.get("/datasets/gdp").await.must_be(200);
        assert_eq!(after.json()["title"], "Output of the nation");
        assert_ne!(before.header("etag"), after.header("etag"));
        assert!(public.get("/catalogue/gdp").await.text.contains("Output of the nation"));
        site.run_tasks().await;
        assert_eq!(public.get("/v1/search?q=nation").await.json()["items"][0]["dataset_id"], "gdp");
        assert_eq!(approver.put(address).await.must_be(409).code(), "CONFLICT");
    }

    async fn alerts_reach_readers_at_once_and_can_be_withdrawn(db: TestDatabase) {
        let site = Site::start(db).await;
        let (editor, approver, _) = published(&site).await;
        let version = "/datasets/gdp/editions/time-series/versions/1";
        let alerts = format!("{version}/alerts");
        let body = json!({"type": "correction", "description": "The figure for 2024 was wrong."});
        editor.post(&alerts, body.clone()).await.must_be(403);
        site.public().post(&alerts, body.clone()).await.must_be(401);
        let refused = approver.post(&alerts, json!({"type": "rumour", "description": ""})).await.must_be(422);
        assert_eq!(fields(&refused), ["type", "description"]);
        let added = approver.post(&alerts, body).await.must_be(201);
        let alert = added.json();
        assert_eq!(alert["type"], "correction");
        assert!(alert["date"].is_string() && added.header("location").ends_with(alert["id"].as_str().unwrap()));

        let public = site.public();
        assert_eq!(public.get(&alerts).await.must_be(200).json()["items"], json!([alert]));
        assert_eq!(public.get(version).await.json()["alerts"], json!([alert]));
        for page in ["/catalogue/gdp", "/catalogue/gdp/editions/time-series/versions/1", "/cy/catalogue/gdp"] {
            assert!(public.get(page).await.must_be(200).text.contains("The figure for 2024 was wrong."), "{page}");
        }
        assert!(public.get(&format!("{version}/metadata.ttl")).await.text.contains("Correction: The figure for 2024 was wrong."));

        // A version in preparation is edited instead; the alerts of its own get ids as well.
        next_version(&editor, &approver, "gdp").await;
        let second = "/datasets/gdp/editions/time-series/versions/2";
        assert_eq!(approver.post(&format!("{second}/alerts"), json!({"type": "alert", "description": "x"})).await.must_be(409).code(), "CONFLICT");
        public.get(&format!("{second}/alerts")).await.must_be(404);

        let one = format!("{alerts}/{}", alert["id"].as_str().unwrap());
        editor.delete(&one).await.must_be(403);
        approver.delete(&format!("{alerts}/none")).await.must_be(404);
        approver.delete(&one).await.must_be(204);
        assert_eq!(public.get(&alerts).await.json()["total_count"], 0);
        assert!(!public.get("/catalogue/gdp").await.text.contains("was wrong"));
    }

    async fn the_archive_keeps_page_and_bytes_and_gives_them_back(db: TestDatabase) {
        let site = Site::start(db).await;
        let (editor, approver, operator) = published(&site).await;
        let version = "/datasets/gdp/editions/time-series/versions/1";
        let public = site.public();
        approver.put(&format!("{version}/archive")).await.must_be(403);
        public.put(&format!("{version}/archive")).await.must_be(401);
        assert_eq!(operator.put(&format!("{version}/restore")).await.must_be(409).code(), "INVALID_STATE_TRANSITION");
        for (step, state, prefix) in [("archive", "archived", "archive/files/"), ("restore", "published", "files/")] {
            assert_eq!(operator.put(&format!("{version}/{step}")).await.must_be(200).json()["state"], state);
            assert_eq!(public.get(version).await.must_be(200).json()["state"], state);
            site.run_tasks().await;
            assert_eq!(site.services.storage.list("").await.unwrap().iter().filter(|key| key.starts_with(prefix)).count(), 1, "{step}");
            // Besides the bytes there is only the table that was made of them.
            let others = site.services.storage.list("").await.unwrap().into_iter().filter(|key| !key.starts_with("tables/"));
            assert_eq!(others.count(), 1, "{step}");
            assert_eq!(public.get("/files/downloads/gdp/gdp.csv").await.must_be(200).text.as_bytes(), TABLE);
            let page = public.get("/catalogue/gdp").await.must_be(200).text;
            assert_eq!(page.contains("in the archive"), step == "archive", "{step}");
        }
        editor.put(&format!("{version}/archive")).await.must_be(403);
    }

    async fn editions_are_renamed_and_deleted_within_limits(db: TestDatabase) {
        let site = Site::start(db).await;
        let (editor, approver, _) = published(&site).await;
        let public_one = "/datasets/gdp/editions/time-series";
        editor.post("/datasets/gdp/editions", json!({"edition": "2021", "title": "TIME series"})).await.must_be(409);
        editor.post("/datasets/gdp/editions", json!({"edition": "2021", "title": "Census"})).await.must_be(201);
        let draft = "/datasets/gdp/editions/2021";
        let renamed = patch(&editor, draft, json!({"title": "Census 2021", "title_cy": "Cyfrifiad 2021"})).await.must_be(200).json();
        assert_eq!((renamed["title"].clone(), renamed["title_cy"].clone()), (json!("Census 2021"), json!("Cyfrifiad 2021")));
        editor.send(editor.request(Method::PATCH, draft).json(&json!({"title": "x"}))).await.must_be(428);
        editor.send(editor.request(Method::PATCH, draft).header("if-match", "\"r1\"").json(&json!({"title": "x"}))).await.must_be(412);
        assert_eq!(fields(&patch(&editor, draft, json!({"title": " "})).await.must_be(422)), ["title"]);
        patch(&editor, draft, json!({"edition": "2031"})).await.must_be(422);
        patch(&editor, draft, json!({"title": "Time series"})).await.must_be(409);
        assert_eq!(editor.get("/datasets/gdp/editions?state=created").await.json()["items"][0]["edition"], "2021");
        assert_eq!(site.public().get("/datasets/gdp/editions?state=created").await.json()["total_count"], 0);

        // The title of a public edition is public at once, so changing it is a correction.
        patch(&editor, public_one, json!({"title": "Series"})).await.must_be(403);
        patch(&approver, public_one, json!({"title": "Series"})).await.must_be(200);
        assert_eq!(site.public().get(public_one).await.json()["title"], "Series");
        assert_eq!(delete(&editor, public_one).await.must_be(409).code(), "CONFLICT");

        editor.post(&format!("{draft}/versions"), json!({"release_date": "2026-11-23T09:30:00Z"})).await.must_be(201);
        assert!(delete(&editor, draft).await.must_be(409).text.contains("holds versions"));
        delete(&editor, &format!("{draft}/versions/1")).await.must_be(204);
        delete(&editor, draft).await.must_be(204);
        editor.get(draft).await.must_be(404);
    }

    async fn what_a_bundle_holds_is_left_alone(db: TestDatabase) {
        let site = Site::start(db).await;
        let editor = site.service("editor", &[Role::Editor]).await;
        let approver = site.service("approver", &[Role::Approver]).await;
        let file = approved_version(&editor, &approver, "gdp", "GDP").await;
        approved_bundle(&editor, &approver, "One", &[("gdp", "1")]).await;
        let version = "/datasets/gdp/editions/time-series/versions/1";
        let conflict = |answer: Answer| { let answer = answer.must_be(409); answer.code() };
        assert_eq!(conflict(patch(&editor, version, json!({"temporal_coverage": "2024"})).await), "CONFLICT");
        assert_eq!(conflict(approver.put_json(&format!("{version}/reopen"), json!({"reason": "x"})).await), "CONFLICT");
        assert_eq!(conflict(approver.put_json(&format!("{version}/return"), json!({"reason": "x"})).await), "INVALID_STATE_TRANSITION");
        assert_eq!(conflict(delete(&editor, version).await), "CONFLICT");
        assert_eq!(conflict(delete(&editor, "/datasets/gdp").await), "CONFLICT");
        assert_eq!(conflict(editor.delete(&format!("/files/{file}")).await), "CONFLICT");
        assert_eq!(conflict(editor.upload("gdp", "time-series", "1", "more.csv", TABLE).await), "CONFLICT");

        // The next version may be begun before; its number follows without a gap.
        let next = editor.post("/datasets/gdp/editions/time-series/versions", json!({"release_date": "2026-12-23T09:30:00Z"})).await.must_be(201).json();
        assert_eq!(next["version"], "2");
        let second = "/datasets/gdp/editions/time-series/versions/2";
        let tag = editor.get(second).await.header("etag");
        let put = editor.request(Method::PUT, second).header("if-match", tag);
        let replaced = editor.send(put.json(&json!({"release_date": "2026-12-24T09:30:00Z", "alerts": [{"type": "alert", "date": null, "description": "Look."}]}))).await.must_be(200).json();
        assert_eq!(replaced["release_date"], "2026-12-24T09:30:00Z");
        assert!(replaced["alerts"][0]["id"].is_string());
        assert_eq!(editor.get("/datasets/gdp/editions/time-series/versions?state=approved").await.json()["items"][0]["version"], "1");
    }

    async fn lists_are_filtered_for_whoever_asks(db: TestDatabase) {
        let site = Site::start(db).await;
        let (editor, approver, _) = published(&site).await;
        let mut body = metadata("Draft of prices");
        body["id"] = json!("prices");
        body["department"] = json!("economy");
        editor.post("/datasets", body).await.must_be(201);
        next_version(&editor, &approver, "gdp").await;
        let public = site.public();
        for (query, seen_by_editor, seen_by_public) in [
            ("state=submitted", vec![], vec![]),
            ("state=Approved", vec!["gdp"], vec![]),
            ("state=published", vec!["gdp"], vec!["gdp"]),
            ("state=created", vec!["prices"], vec![]),
            ("topic=output&sort=title", vec!["prices", "gdp"], vec!["gdp"]),
            ("topic=none", vec![], vec![]),
            ("type=static&sort=-title", vec!["gdp", "prices"], vec!["gdp"]),
            ("department=economy&sort=title", vec!["prices", "gdp"], vec!["gdp"]),
            ("department=health", vec![], vec![]),
            ("q=PRICES", vec!["prices"], vec![]),
            ("id=gdp,prices&sort=title", vec!["prices", "gdp"], vec!["gdp"]),
        ] {
            for (caller, expected) in [(&editor, &seen_by_editor), (&public, &seen_by_public)] {
                let page = caller.get(&format!("/datasets?{query}")).await.must_be(200).json();
                let ids: Vec<&str> = page["items"].as_array().unwrap().iter().map(|i| i["id"].as_str().unwrap()).collect();
                assert_eq!(ids, *expected, "{query}");
                assert_eq!(page["total_count"], expected.len(), "{query}");
            }
        }
        for query in ["state=nonsense", "sort=size", "type=cube", "colour=red"] {
            public.get(&format!("/datasets?{query}")).await.must_be(400);
        }
    }

    async fn dimensions_and_their_options_are_told(db: TestDatabase) {
        let site = Site::start(db).await;
        published(&site).await;
        let public = site.public();
        let dimensions = "/datasets/gdp/editions/time-series/versions/1/dimensions";
        let page = public.get(dimensions).await.must_be(200).json();
        assert_eq!(page["total_count"], 1);
        let year = &page["items"][0];
        assert_eq!((year["label"].clone(), year["type"].clone(), year["option_count"].clone()), (json!("Year"), json!("time"), json!(3)));
        let options = year["links"]["options"].as_str().unwrap();
        let all = public.get(options).await.must_be(200).json();
        assert_eq!(all["items"][0], json!({"code": "2023", "label": "2023", "count": 1}));
        assert_eq!((&all["total_count"], &all["complete"]), (&json!(3), &json!(true)));
        assert_eq!(public.get(&format!("{options}?q=25")).await.json()["items"][0]["code"], "2025");
        assert_eq!(public.get(&format!("{options}?limit=1&offset=1")).await.json()["items"][0]["code"], "2024");
        public.get(&format!("{dimensions}/Value/options")).await.must_be(404);
        public.get("/datasets/gdp/editions/time-series/versions/2/dimensions").await.must_be(404);
    }

    async fn the_runbooks_lines_about_datasets_work_as_printed(db: TestDatabase) {
        let site = Site::start(db).await;
        let editor = site.service("editor", &[Role::Editor]).await;
        let approver = site.service("approver", &[Role::Approver]).await;
        approved_version(&editor, &approver, "gdp-monthly", "GDP").await;
        let version = "/datasets/gdp-monthly/editions/time-series/versions/1";
        approver.put_json(&format!("{version}/reopen"), json!({"reason": "again"})).await.must_be(200);

        // curl http://localhost:22000/datasets?state=submitted
        assert_eq!(site.public().get("/datasets?state=submitted").await.must_be(200).json()["items"], json!([]));
        let environment = site.environment();
        assert_eq!(environment.get("/datasets?state=submitted").await.json()["items"][0]["id"], "gdp-monthly");
        // curl -X PUT -H "Authorization: Bearer $SERVICE_AUTH_TOKEN" …/approve, as curl -d sends it
        let form = environment.request(Method::PUT, &format!("{version}/approve"));
        let form = form.header("content-type", "application/x-www-form-urlencoded").body("");
        assert_eq!(environment.send(form).await.must_be(200).json()["state"], "approved");
        // GET /datasets/{id}, /datasets/{id}/editions, /datasets/{id}/editions/{edition}/versions/{version}
        assert_eq!(environment.get("/datasets/gdp-monthly").await.must_be(200).json()["id"], "gdp-monthly");
        assert_eq!(environment.get("/datasets/gdp-monthly/editions").await.must_be(200).json()["items"][0]["edition"], "time-series");
        assert_eq!(environment.get(version).await.must_be(200).json()["version"], "1");
        for path in ["/datasets/gdp-monthly", "/datasets/gdp-monthly/editions", version] {
            site.public().get(path).await.must_be(404);
        }
    }
}
