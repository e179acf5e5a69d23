//! A POST with an `Idempotency-Key` is done once.

use domain::policy::Role;
use persistence::idempotency;
use reqwest::Method;
use serde_json::{Value, json};
use testkit::on_both_databases;

use crate::support::*;

async fn post(caller: &Caller, path: &str, key: &str, body: &Value) -> Answer {
    caller.send(caller.request(Method::POST, path).header("idempotency-key", key).json(body)).await
}

on_both_databases! {
    async fn the_same_request_again_gets_the_very_same_answer(db: TestDatabase) {
        let site = Site::start(db).await;
        let editor = site.service("editor", &[Role::Editor]).await;
        let body = json!({"title": "Once", "type": "manual"});
        let first = post(&editor, "/bundles", "k-1", &body).await.must_be(201);
        site.advance(chrono::TimeDelta::minutes(5));
        // The address under /v1 is the same one, and the key may stand in quotes.
        let again = post(&editor, "/v1/bundles", "\"k-1\"", &body).await.must_be(201);
        assert_eq!(again.text, first.text);
        for name in ["etag", "location", "content-type"] {
            assert_eq!(again.header(name), first.header(name), "{name}");
        }
        assert_eq!((first.header("idempotent-replayed"), again.header("idempotent-replayed")), (String::new(), "true".to_owned()));
        assert_eq!(editor.get("/bundles").await.json()["total_count"], 1);
        let other = post(&editor, "/bundles", "k-1", &json!({"title": "Twice", "type": "manual"})).await.must_be(409);
        assert_eq!(other.code(), "CONFLICT");
        // Somebody else's key is another key, and after a day it is forgotten.
        let approver = site.service("second", &[Role::Editor]).await;
        post(&approver, "/bundles", "k-1", &json!({"title": "Another's", "type": "manual"})).await.must_be(201);
        site.advance(chrono::TimeDelta::hours(24));
        let taken = post(&editor, "/bundles", "k-1", &body).await.must_be(409);
        assert_eq!(taken.header("idempotent-replayed"), "", "the title is taken by now");
    }

    async fn what_was_not_carried_out_frees_the_key(db: TestDatabase) {
        let site = Site::start(db).await;
        let editor = site.service("editor", &[Role::Editor]).await;
        post(&editor, "/bundles", "k", &json!({"colour": "red"})).await.must_be(400);
        post(&editor, "/bundles", "k", &json!({"title": "Now", "type": "manual"})).await.must_be(201);
        let refused = post(&editor, "/bundles", "r", &json!({"title": "", "type": "manual"})).await.must_be(422);
        let again = post(&editor, "/bundles", "r", &json!({"title": "", "type": "manual"})).await.must_be(422);
        assert_eq!((again.header("idempotent-replayed").as_str(), again.text.as_str()), ("true", refused.text.as_str()));
        post(&site.public(), "/bundles", "k", &json!({})).await.must_be(401);
    }

    async fn of_many_at_once_one_is_carried_out(db: TestDatabase) {
        let site = Site::start(db).await;
        let editor = site.service("editor", &[Role::Editor]).await;
        let body = json!({"title": "Race", "type": "manual"});
        let answers = futures::future::join_all((0..8).map(|_| post(&editor, "/bundles", "race", &body))).await;
        let made: Vec<&Answer> = answers.iter().filter(|answer| answer.status == 201).collect();
        assert!(!made.is_empty() && made.iter().all(|answer| answer.text == made[0].text));
        assert_eq!(made.iter().filter(|answer| answer.header("idempotent-replayed").is_empty()).count(), 1);
        for waiting in answers.iter().filter(|answer| answer.status != 201) {
            assert_eq!(waiting.status, 409);
            assert!(waiting.text.contains("still being carried out") && waiting.header("retry-after") == "1");
        }
        assert_eq!(editor.get("/bundles").await.json()["total_count"], 1);
    }

    async fn after_a_crash_nothing_is_done_twice_and_nothing_is_claimed(db: TestDatabase) {
        let site = Site::start(db).await;
        let editor = site.service("editor", &[Role::Editor]).await;
        let body = json!({"title": "Cut off", "type": "manual"});
        post(&editor, "/bundles", "k", &body).await.must_be(201);
        // As if the process had ended after the commit and before the answer was kept.
        site.forget_kept_answers().await;
        let running = post(&editor, "/bundles", "k", &body).await.must_be(409);
        assert!(running.text.contains("still being carried out"));
        site.advance(chrono::TimeDelta::minutes(3));
        let lost = post(&editor, "/bundles", "k", &body).await.must_be(409);
        assert!(lost.text.contains("took effect, but its answer was lost"), "{}", lost.text);
        assert_eq!(editor.get("/bundles").await.json()["total_count"], 1);
        // As if it had ended before the commit: there is nothing to lose, so it is done now.
        let ready = json!({"title": "Never begun", "type": "manual"});
        post(&editor, "/bundles", "n", &ready).await.must_be(201);
        site.forget_attempts_took_effect().await;
        let id = editor.get("/bundles?q=Never").await.json()["items"][0]["id"].as_str().unwrap().to_owned();
        let tag = editor.get(&format!("/bundles/{id}")).await.header("etag");
        let delete = editor.request(Method::DELETE, &format!("/bundles/{id}")).header("if-match", tag);
        editor.send(delete).await.must_be(204);
        site.advance(chrono::TimeDelta::minutes(3));
        post(&editor, "/bundles", "n", &ready).await.must_be(201);
    }

    async fn uploads_are_recognised_by_their_content(db: TestDatabase) {
        let site = Site::start(db).await;
        let editor = site.service("editor", &[Role::Editor]).await;
        let mut dataset = metadata("Gross domestic product");
        dataset["id"] = json!("gdp");
        dataset["type"] = json!("static");
        dataset["department"] = json!("economy");
        editor.post("/datasets", dataset).await.must_be(201);
        editor.post("/datasets/gdp/editions", json!({"edition": "e", "title": "E"})).await.must_be(201);
        editor.post("/datasets/gdp/editions/e/versions", json!({"release_date": "2026-11-23T09:30:00Z"})).await.must_be(201);
        let upload = async |key: &str, dataset: &'static str, name: &str, part: reqwest::multipart::Part| {
            let part = part.file_name(name.to_owned());
            let form = reqwest::multipart::Form::new().text("dataset_id", dataset).text("edition", "e").text("version", "1").part("file", part);
            let request = editor.request(Method::POST, "/files/upload").header("idempotency-key", key);
            editor.send(request.multipart(form)).await
        };
        let whole = |bytes: &[u8]| reqwest::multipart::Part::bytes(bytes.to_vec());
        // Larger than what fits into one piece, so that it passes in many.
        let large: Vec<u8> = TABLE.iter().copied().chain((0..60_000).flat_map(|i| format!("{i},1\n").into_bytes())).collect();
        let first = upload("up", "gdp", "gdp.csv", whole(&large)).await.must_be(201);
        // Every form has another boundary, and this one comes in other pieces and without a length.
        let pieces: Vec<Result<Vec<u8>, std::io::Error>> = large.chunks(7001).map(|piece| Ok(piece.to_vec())).collect();
        let streamed = reqwest::multipart::Part::stream(reqwest::Body::wrap_stream(futures::stream::iter(pieces)));
        for part in [whole(&large), streamed] {
            let again = upload("up", "gdp", "gdp.csv", part).await.must_be(201);
            assert_eq!((again.text.as_str(), again.header("idempotent-replayed").as_str()), (first.text.as_str(), "true"));
        }
        let mut corrected = large.clone();
        *corrected.iter_mut().rev().nth(1).unwrap() = b'2';
        assert_eq!(corrected.len(), large.len());
        for (name, bytes) in [("gdp.csv", &corrected[..]), ("pdg.csv", &large), ("gdp.csv", &large[..large.len() - 8])] {
            let other = upload("up", "gdp", name, whole(bytes)).await.must_be(409);
            assert_eq!((other.code().as_str(), other.header("idempotent-replayed").as_str()), ("CONFLICT", ""));
            assert!(other.text.contains("another body"), "{}", other.text);
        }
        assert_eq!(editor.get("/datasets/gdp/editions/e/versions/1").await.json()["distributions"].as_array().unwrap().len(), 1);
        // What was not carried out frees the key, whatever of it had arrived.
        upload("early", "none", "n.csv", whole(&large)).await.must_be(404);
        upload("early", "gdp", "second.csv", whole(TABLE)).await.must_be(201);
    }

    async fn a_key_that_is_none_is_told_in_its_turn(db: TestDatabase) {
        let site = Site::start(db).await;
        let editor = site.service("editor", &[Role::Editor]).await;
        let previewer = site.service("previewer", &[Role::Previewer]).await;
        let title = json!({"title": "Keyless", "type": "manual"});
        for key in ["", "\u{e9}", &"k".repeat(256)] {
            post(&site.public(), "/bundles", key, &title).await.must_be(401);
            post(&editor, "/bundles/none/contents", key, &title).await.must_be(404);
            post(&previewer, "/bundles", key, &title).await.must_be(403);
            let wrong = post(&editor, "/bundles", key, &title).await.must_be(400);
            assert_eq!(wrong.json()["error"]["details"]["fields"][0]["field"], "Idempotency-Key");
        }
        assert_eq!(editor.get("/bundles").await.json()["total_count"], 0);
    }

    async fn answers_are_forgotten_after_a_day(db: TestDatabase) {
        let site = Site::start(db).await;
        let editor = site.service("editor", &[Role::Editor]).await;
        post(&editor, "/bundles", "k", &json!({"title": "Old", "type": "manual"})).await.must_be(201);
        let forget = async |before| idempotency::forget(site.services.db.pool(), before).await.unwrap();
        assert_eq!(forget(site.now() - chrono::TimeDelta::hours(1)).await, 0);
        assert_eq!(forget(site.now()).await, 1);
    }
}
