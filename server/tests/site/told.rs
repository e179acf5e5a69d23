//! What is wrong with a request is told in words, all of it at once, by the name of the field.

use domain::policy::Role;
use reqwest::Method;
use serde_json::{Value, json};
use testkit::on_both_databases;

use crate::support::*;

const WHEN: &str = "Give a time such as 2026-12-11T09:30:00Z";

/// The fields that an answer names, with what it says of each.
fn told(answer: &Answer) -> Vec<(String, String)> {
    let problems = answer.json()["error"]["details"]["fields"].as_array().unwrap().clone();
    let word = |problem: &Value, name: &str| problem[name].as_str().unwrap().to_owned();
    problems.iter().map(|problem| (word(problem, "field"), word(problem, "message"))).collect()
}

fn fields(answer: &Answer) -> Vec<String> {
    let mut fields: Vec<String> = told(answer).into_iter().map(|(field, _)| field).collect();
    fields.sort();
    fields
}

on_both_databases! {
    async fn everything_that_cannot_be_read_of_a_body_is_told_at_once(db: TestDatabase) {
        let site = Site::start(db).await;
        let editor = site.service("editor", &[Role::Editor]).await;
        let sent = json!({"id": "gdp", "department": [], "titel": "GDP", "description": 5, "contacts": [{"mail": "x"}]});
        let refused = editor.post("/datasets", sent).await.must_be(400);
        assert_eq!(fields(&refused), ["contacts.0.mail", "department", "description", "titel"]);
        begin_dataset(&editor, "gdp", "GDP").await;
        let tag = editor.get("/datasets/gdp").await.header("etag");
        for method in [Method::PUT, Method::PATCH] {
            let request = editor.request(method, "/datasets/gdp").header("if-match", &tag);
            let refused = editor.send(request.json(&json!({"id": "cpi", "titel": "GDP", "description": 5}))).await.must_be(400);
            assert_eq!(fields(&refused), ["description", "id", "titel"]);
        }
        let refused = site.public().post("/filters", json!({"dataset": {"id": 5}, "dimensions": [{"options": []}]})).await.must_be(400);
        assert_eq!(fields(&refused), ["dataset.edition", "dataset.id", "dataset.version", "dimensions.0.name"]);
    }

    async fn what_no_text_may_hold_is_told_with_its_place(db: TestDatabase) {
        let site = Site::start(db).await;
        let editor = site.service("editor", &[Role::Editor]).await;
        let refused = editor.post("/bundles", json!({"title": "a\u{0}b", "type": "manual"})).await.must_be(422);
        assert_eq!(told(&refused), [("title".to_owned(), "Leave out the character U+0000.".to_owned())]);
        assert_eq!(refused.json()["error"]["message"], "title: Leave out the character U+0000.");
        let both = json!({"title": "a\u{0}b", "type": "manual", "preview_teams": ["press", "\u{0}"]});
        assert_eq!(fields(&editor.post("/bundles", both).await.must_be(422)), ["preview_teams.1", "title"]);

        // Marks that turn the direction of text make one title look like another.
        let mut dataset = metadata("Safe \u{202e} title\u{2066}");
        for (name, value) in [("id", json!("safe")), ("type", json!("static")), ("department", json!("economy")), ("keywords", json!(["a\u{202d}"]))] {
            dataset[name] = value;
        }
        let refused = editor.post("/datasets", dataset).await.must_be(422);
        assert_eq!(fields(&refused), ["keywords.0", "title"]);
        assert!(refused.text.contains("direction_characters") && refused.text.contains("U+202E"), "{}", refused.text);
        let refused = editor.post("/bundles", json!({"title": "Safe\u{2067}", "type": "manual"})).await.must_be(422);
        assert_eq!(fields(&refused), ["title"]);
        begin_dataset(&editor, "gdp", "GDP").await;
        let edition = json!({"edition": "monthly", "title": "Monthly\u{200b}"});
        assert_eq!(fields(&editor.post("/datasets/gdp/editions", edition).await.must_be(422)), ["title"]);
    }

    async fn a_time_that_cannot_be_read_is_told_alike_wherever_it_is_sent(db: TestDatabase) {
        let site = Site::start(db).await;
        let editor = site.service("editor", &[Role::Editor]).await;
        let approver = site.service("approver", &[Role::Approver]).await;
        approved_version(&editor, &approver, "gdp", "GDP").await;
        approved_version(&editor, &approver, "cpi", "CPI").await;
        let bundle = approved_bundle(&editor, &approver, "GDP", &[("gdp", "1")]).await;
        for text in ["soon", "2026-12-24T09:30:00", "2026-11-30"] {
            let sent = json!({"publication_date": text});
            let refused = approver.put_json(&format!("/bundles/{bundle}/schedule"), sent).await.must_be(400);
            assert_eq!(told(&refused), [("publication_date".to_owned(), format!("{WHEN}."))], "{text}");
            let versions = "/datasets/gdp/editions/time-series/versions";
            let refused = editor.post(versions, json!({"release_date": text})).await.must_be(400);
            assert_eq!(told(&refused), [("release_date".to_owned(), format!("{WHEN}."))], "{text}");
        }
        let now = approved_bundle(&editor, &approver, "CPI", &[("cpi", "1")]).await;
        site.environment().post(&format!("/bundles/{now}/publish"), json!({"reason": "now"})).await.must_be(202);
        site.run_tasks().await;
        let alert = json!({"type": "alert", "description": "Look.", "date": "2026-11-30"});
        let refused = approver.post("/datasets/cpi/editions/time-series/versions/1/alerts", alert).await.must_be(400);
        assert_eq!(told(&refused), [("date".to_owned(), format!("{WHEN}."))]);
        for query in ["/bundles?publish_date_from=soon", "/v1/releases?to=soon", "/v1/audit?from=soon", "/v1/publication-log?to=soon"] {
            let refused = approver.get(query).await.must_be(400);
            assert!(told(&refused)[0].1.starts_with(WHEN), "{query} {}", refused.text);
        }
    }
}
