//! Large files, which are looked into after they were taken in.

use chrono::TimeDelta;
use domain::policy::{Grant, Role};
use persistence::file_jobs;
use serde_json::{Value, json};
use services::files::{Looked, run_due};
use testkit::on_both_databases;

use crate::support::*;
use crate::uploads::{open_version, upload_whole};

/// So that a few lines are large.
const LARGE: &[(&str, &str)] = &[("EXAMINE_AT_ONCE_BYTES", "100")];

/// A table of more than a hundred bytes, whose last row is not whole if told so.
fn table(broken: bool) -> Vec<u8> {
    let mut text = "Year,Value\n".to_owned();
    for year in 2000..2020 {
        text += &format!("{year},{}\n", year * 3);
    }
    if broken {
        text += "2020\n";
    }
    text.into_bytes()
}

async fn uploaded(who: &Caller, name: &str, broken: bool) -> String {
    let file = who.upload("cpi", "time-series", "1", name, &table(broken)).await.must_be(201).json();
    assert_eq!(file["state"], "uploaded");
    file["id"].as_str().unwrap().to_owned()
}

async fn status(who: &Caller, id: &str) -> Value {
    who.get(&format!("/files/{id}/status")).await.must_be(200).json()
}

async fn submit(who: &Caller) -> Answer {
    who.put("/datasets/cpi/editions/time-series/versions/1/submit").await
}

on_both_databases! {
    async fn a_large_table_is_taken_at_once_and_looked_into_afterwards(db: TestDatabase) {
        let site = Site::start_as(db, LARGE).await;
        let editor = open_version(&site, "cpi").await;
        let small = editor.upload("cpi", "time-series", "1", "small.csv", TABLE).await.must_be(201).json();
        assert_eq!(small["state"], "ready");
        let id = uploaded(&editor, "cpi.csv", false).await;
        let before = status(&editor, &id).await;
        assert_eq!((&before["state"], &before["attempts"], before["progress"].as_f64()), (&json!("uploaded"), &json!(0), Some(0.0)));
        assert_eq!(before["bytes_received"], table(false).len());
        site.advance(TimeDelta::seconds(7));
        let queue = editor.get("/files/queue/status").await.must_be(200).json();
        assert_eq!((&queue["queued"], &queue["failed"], &queue["oldest_age_seconds"]), (&json!(1), &json!(0), &json!(7)));
        assert_eq!((&queue["items"][0]["id"], &queue["items"][0]["state"]), (&json!(id), &json!("queued")));
        assert!(submit(&editor).await.must_be(409).text.contains("files_not_ready"));

        assert_eq!(run_due(&site.services).await.unwrap(), [Looked::Ready]);
        assert_eq!(run_due(&site.services).await.unwrap(), []);
        let after = status(&editor, &id).await;
        assert_eq!((&after["state"], &after["attempts"], after["progress"].as_f64()), (&json!("ready"), &json!(1), Some(1.0)));
        assert_eq!(editor.get(&format!("/files/{id}")).await.json()["rows"], 20);
        let options = editor.get("/datasets/cpi/editions/time-series/versions/1/dimensions").await.must_be(200);
        assert!(options.text.contains("Year"));
        assert!(editor.get("/files/queue/status").await.json()["items"].as_array().unwrap().is_empty());
        submit(&editor).await.must_be(200);
    }

    async fn what_is_no_table_is_told_by_line_and_holds_the_version_up(db: TestDatabase) {
        let site = Site::start_as(db, LARGE).await;
        let editor = open_version(&site, "cpi").await;
        let operator = site.service("operator", &[Role::Operator]).await;
        let id = uploaded(&editor, "cpi.csv", true).await;
        assert_eq!(run_due(&site.services).await.unwrap(), [Looked::Refused]);
        let told = status(&editor, &id).await;
        assert_eq!((&told["state"], &told["problems"][0]["line"], &told["problems"][0]["severity"]), (&json!("failed"), &json!(22), &json!("error")));
        assert!(told["last_error"].is_string());
        submit(&editor).await.must_be(409);
        let (person, _) = site.person("editor@example.org", &[Grant::of(Role::Editor)]).await;
        let page = person.get("/admin/datasets/cpi/editions/time-series/versions/1").await.must_be(200);
        assert!(page.text.contains("line 22") && page.text.contains("Look into it again"), "{}", page.text);

        // The same bytes come to the same end.
        let retried = editor.send(editor.request(reqwest::Method::POST, &format!("/files/{id}/retry"))).await.must_be(202);
        assert_eq!(retried.json()["state"], "uploaded");
        editor.send(editor.request(reqwest::Method::POST, &format!("/files/{id}/retry"))).await.must_be(409);
        assert_eq!(run_due(&site.services).await.unwrap(), [Looked::Refused]);
        assert_eq!(status(&editor, &id).await["attempts"], 2);
        assert_eq!(operator.get("/files/queue/status").await.json()["failed"], 1);
        editor.delete("/files/queue/clear-failed").await.must_be(403);
        assert_eq!(operator.delete("/files/queue/clear-failed").await.must_be(200).json()["cleared"], 1);
        assert_eq!(operator.get("/files/queue/status").await.json()["failed"], 0);
        let cleared = status(&editor, &id).await;
        assert_eq!((&cleared["state"], &cleared["problems"][0]["line"]), (&json!("failed"), &json!(22)));
        editor.delete(&format!("/files/{id}")).await.must_be(204);
        uploaded(&editor, "cpi.csv", false).await;
        assert_eq!(run_due(&site.services).await.unwrap(), [Looked::Ready]);
        submit(&editor).await.must_be(200);
    }

    async fn a_fault_of_ours_is_tried_again_ever_later_and_then_given_up(db: TestDatabase) {
        let site = Site::start_as(db, LARGE).await;
        let editor = open_version(&site, "cpi").await;
        let id = uploaded(&editor, "cpi.csv", false).await;
        let key = format!("files/{id}");
        let bytes = site.services.storage.read(&key).await.unwrap().unwrap();
        site.services.storage.delete(&key).await.unwrap();
        for (attempt, longest) in [(1, 5), (2, 10), (3, 20), (4, 40)] {
            assert_eq!(run_due(&site.services).await.unwrap(), [Looked::PutOff]);
            let told = status(&editor, &id).await;
            assert_eq!((&told["state"], &told["attempts"]), (&json!("processing"), &json!(attempt)));
            assert!(told["next_attempt_at"].is_string() && told["last_error"].is_string());
            site.advance(TimeDelta::milliseconds(longest * 500 - 1));
            assert_eq!(run_due(&site.services).await.unwrap(), []);
            site.advance(TimeDelta::milliseconds(longest * 500 + 1));
        }
        assert_eq!(run_due(&site.services).await.unwrap(), [Looked::GivenUp]);
        site.advance(TimeDelta::hours(1));
        assert_eq!(run_due(&site.services).await.unwrap(), []);
        let told = status(&editor, &id).await;
        assert_eq!((&told["state"], &told["attempts"]), (&json!("failed"), &json!(5)));
        site.services.storage.put(&key, "text/csv", bytes).await.unwrap();
        editor.send(editor.request(reqwest::Method::POST, &format!("/files/{id}/retry"))).await.must_be(202);
        assert_eq!(run_due(&site.services).await.unwrap(), [Looked::Ready]);
        assert_eq!(status(&editor, &id).await["attempts"], 6);
    }

    async fn another_node_takes_over_what_one_left_halfway(db: TestDatabase) {
        let site = Site::start_as(db, LARGE).await;
        let editor = open_version(&site, "cpi").await;
        let id = uploaded(&editor, "cpi.csv", false).await;
        let (db, now) = (site.services.db.pool(), site.now());
        let taken = file_jobs::take_due(db, "other/1", now, now + TimeDelta::seconds(30), 5).await.unwrap();
        assert_eq!(taken.len(), 1);
        assert_eq!(status(&editor, &id).await["state"], "processing");
        assert_eq!(editor.get("/files/queue/status").await.json()["running"], 1);
        site.advance(TimeDelta::seconds(29));
        assert_eq!(run_due(&site.services).await.unwrap(), []);
        site.advance(TimeDelta::seconds(1));
        assert_eq!(run_due(&site.services).await.unwrap(), [Looked::Ready]);
        // What the other says when it comes round changes nothing.
        assert!(!file_jobs::finish(db, &id, "other/1", None, &domain::file::FileSight::default()).await.unwrap());
        assert!(!file_jobs::fail(db, &id, "other/1", "too late", &[]).await.unwrap());
        let told = status(&editor, &id).await;
        assert_eq!((&told["state"], &told["attempts"]), (&json!("ready"), &json!(2)));

        // A node that starts again does not wait for its own leases.
        let second = uploaded(&editor, "more.csv", false).await;
        let (holder, now) = (format!("{}/1", site.services.settings.node), site.now());
        file_jobs::take_due(db, &holder, now, now + TimeDelta::seconds(30), 5).await.unwrap();
        assert_eq!(services::files::take_up_again(&site.services).await.unwrap(), 1);
        assert_eq!(run_due(&site.services).await.unwrap(), [Looked::Ready]);
        assert_eq!(status(&editor, &second).await["state"], "ready");
        // One that dies in every try does not come back for ever.
        let third = uploaded(&editor, "third.csv", false).await;
        for _ in 0..5 {
            let now = site.now();
            assert_eq!(file_jobs::take_due(db, "dying/1", now, now, 5).await.unwrap().len(), 1);
            site.advance(TimeDelta::seconds(1));
        }
        assert_eq!(run_due(&site.services).await.unwrap(), [Looked::GivenUp]);
        assert_eq!(status(&editor, &third).await["state"], "failed");
    }

    async fn the_queue_shows_what_the_caller_may_see(db: TestDatabase) {
        let site = Site::start_as(db, LARGE).await;
        site.department("prices").await;
        let editor = open_version(&site, "cpi").await;
        let id = uploaded(&editor, "cpi.csv", true).await;
        run_due(&site.services).await.unwrap();
        let elsewhere = Grant { departments: vec!["prices".into()], ..Grant::of(Role::Editor) };
        let other = site.service_with("elsewhere", &[elsewhere], false).await;
        let reviewer = site.service("reviewer", &[Role::Reviewer]).await;
        assert_eq!(reviewer.get("/files/queue/status").await.json()["failed"], 1);
        let theirs = other.get("/files/queue/status").await.must_be(200).json();
        assert_eq!((&theirs["failed"], theirs["items"].as_array().map(Vec::len)), (&json!(0), Some(0)));
        let retry = async |who: &Caller| who.send(who.request(reqwest::Method::POST, &format!("/files/{id}/retry"))).await.status.as_u16();
        assert_eq!((retry(&other).await, retry(&reviewer).await, retry(&site.public()).await), (404, 403, 401));
    }

    async fn a_large_table_in_parts_is_looked_into_afterwards_too(db: TestDatabase) {
        let site = Site::start_as(db, LARGE).await;
        let editor = open_version(&site, "cpi").await;
        let file = upload_whole(&editor, "cpi", "cpi.csv", table(false)).await;
        assert_eq!(file["state"], "uploaded");
        assert_eq!(run_due(&site.services).await.unwrap(), [Looked::Ready]);
        let told = status(&editor, file["id"].as_str().unwrap()).await;
        assert_eq!(told["state"], "ready");
    }
}
