//! Uploads that come in several requests (tus 1.0): cut, gone on with, ended, refused, and by whom.

mod faults;
mod protocol;
mod refused;
mod sender;
mod swept;

use chrono::TimeDelta;
use domain::policy::Role;
use serde_json::json;
use testkit::on_both_databases;

use self::sender::*;
use crate::support::*;

pub use self::faults::Faulty;
pub use self::sender::{archive, begin_for, metadata_of, upload_whole};

/// A version that takes files, and who may give it some.
pub async fn open_version(site: &Site, dataset: &str) -> Caller {
    let editor = site.service("editor", &[Role::Editor]).await;
    let mut body = metadata(dataset);
    body["id"] = json!(dataset);
    body["type"] = json!("static");
    body["department"] = json!("economy");
    editor.post("/datasets", body).await.must_be(201);
    let edition = json!({"edition": "time-series", "title": "Time series"});
    editor.post(&format!("/datasets/{dataset}/editions"), edition).await.must_be(201);
    let versions = format!("/datasets/{dataset}/editions/time-series/versions");
    editor.post(&versions, json!({"release_date": "2026-11-23T09:30:00Z"})).await.must_be(201);
    editor
}

on_both_databases! {
    async fn an_upload_that_is_cut_at_random_places_comes_out_whole(db: TestDatabase) {
        let site = Site::start(db).await;
        let editor = open_version(&site, "cpi").await;
        let bytes = archive(20 << 20, 7);
        let upload = begin(&editor, "cpi", "all.zip", bytes.len()).await;
        // Before the first byte, within a part, at its very end, within the next, and so on.
        let cuts = [0, 1, 70_001, (8 << 20) - 70_002, 5, (8 << 20) - 3, 100];
        let mut told = 0;
        for cut in cuts {
            let from = offset(&editor, &upload).await;
            assert!(from >= told, "it went back from {told} to {from}");
            told = from;
            let until = (from + cut).min(bytes.len());
            cut_off(&editor, &upload, from, bytes[from..until].to_vec()).await;
        }
        let last = send_rest(&editor, &upload, &bytes).await;
        assert_eq!(last.header("upload-offset"), bytes.len().to_string());
        let file = editor.get(&last.header("content-location")).await.must_be(200).json();
        assert_eq!((file["sha256"].as_str().unwrap(), file["size"].as_u64().unwrap()), (&*sha256(&bytes), bytes.len() as u64));
        let content = editor.request(reqwest::Method::GET, &format!("/files/{}/content", file["id"].as_str().unwrap())).send().await.unwrap();
        assert_eq!(content.bytes().await.unwrap(), bytes);
        let state = editor.get(&upload).await.must_be(200).json();
        assert_eq!((state["state"].as_str(), &state["links"]["file"]), (Some("finished"), &file["links"]["self"]));
        assert_eq!(site.services.storage.list("uploads/").await.unwrap(), Vec::<String>::new());
    }

    async fn what_nobody_goes_on_with_ends_and_leaves_nothing(db: TestDatabase) {
        let site = Site::start(db).await;
        let editor = open_version(&site, "cpi").await;
        let bytes = noise(9 << 20, 1);
        let upload = begin(&editor, "cpi", "all.zip", 10 << 20).await;
        let answer = send(&editor, &upload, 0, bytes).await.must_be(204);
        assert!(!answer.header("upload-expires").is_empty() && answer.header("content-location").is_empty());
        site.advance(TimeDelta::hours(23));
        assert_eq!(services::uploads::tidy(&site.services).await.unwrap(), 0);
        site.advance(TimeDelta::hours(1));
        assert_eq!(editor.get(&upload).await.must_be(410).code(), "UPLOAD_ENDED");
        send(&editor, &upload, 9 << 20, vec![0]).await.must_be(410);
        // As a stop between the rest and the note of it leaves it.
        let id = upload.rsplit('/').next().unwrap();
        site.services.storage.put(&format!("uploads/{id}-7"), "text/plain", bytes::Bytes::from_static(b"rest")).await.unwrap();
        assert_eq!(services::uploads::tidy(&site.services).await.unwrap(), 1);
        assert_eq!(services::uploads::tidy(&site.services).await.unwrap(), 0);
        assert!(site.services.storage.list("").await.unwrap().is_empty());
        assert_eq!(persistence::uploads::open_multipart_ids(site.services.db.pool()).await.unwrap(), Vec::<String>::new());
        editor.get(&upload).await.must_be(410);
        site.advance(TimeDelta::days(8));
        services::uploads::tidy(&site.services).await.unwrap();
        editor.get(&upload).await.must_be(404);
    }

    async fn an_upload_is_nobody_elses(db: TestDatabase) {
        let site = Site::start(db).await;
        let editor = open_version(&site, "cpi").await;
        let other = site.service("other editor", &[Role::Editor, Role::Admin]).await;
        let upload = begin(&editor, "cpi", "all.zip", 100).await;
        let unknown = upload.replace(upload.rsplit('/').next().unwrap(), "none-such");
        for (who, status) in [(&site.public(), 401), (&other, 404)] {
            for address in [&upload, &unknown] {
                who.get(address).await.must_be(status);
                send(who, address, 0, vec![0; 10]).await.must_be(status);
                end(who, address).await.must_be(status);
            }
        }
        assert_eq!(offset(&editor, &upload).await, 0);
    }

    async fn two_people_who_send_one_name_do_not_mix(db: TestDatabase) {
        let site = Site::start(db).await;
        let editor = open_version(&site, "cpi").await;
        let other = site.service("other editor", &[Role::Editor]).await;
        let (ours, theirs) = (archive(9 << 20, 1), archive(9 << 20, 2));
        let first = begin(&editor, "cpi", "all.zip", ours.len()).await;
        let second = begin(&other, "cpi", "all.zip", theirs.len()).await;
        let half = 5 << 20;
        send(&editor, &first, 0, ours[..half].to_vec()).await.must_be(204);
        send(&other, &second, 0, theirs[..half].to_vec()).await.must_be(204);
        let done = send(&editor, &first, half, ours[half..].to_vec()).await.must_be(204);
        let refused = send(&other, &second, half, theirs[half..].to_vec()).await.must_be(409);
        assert!(refused.text.contains("filename_taken"));
        let file = editor.get(&done.header("content-location")).await.json();
        assert_eq!(file["sha256"], sha256(&ours));
        assert_eq!(other.get(&second).await.must_be(200).json()["state"], "refused");
        assert_eq!(site.services.storage.list("").await.unwrap().len(), 1);
        // A name that is there already is refused before the first byte.
        let answer = beginning(&other, "cpi", "all.zip", 10).send().await.unwrap();
        assert_eq!(answer.status(), 409);
    }

    async fn a_table_is_read_at_the_last_byte_as_from_the_form(db: TestDatabase) {
        let site = Site::start(db).await;
        let editor = open_version(&site, "cpi").await;
        let broken = b"Year,Value\n2023,1\n2024\n";
        let upload = begin(&editor, "cpi", "cpi.csv", broken.len()).await;
        let sent = send(&editor, &upload, 0, broken.to_vec()).await.must_be(422);
        let by_form = editor.upload("cpi", "time-series", "1", "cpi.csv", broken).await.must_be(422);
        assert_eq!(sent.json()["error"]["details"]["fields"], by_form.json()["error"]["details"]["fields"]);
        let told = editor.get(&upload).await.must_be(200).json();
        assert_eq!(told["state"], "refused");
        assert!(!told["problems"].as_array().unwrap().is_empty());
        editor.send(editor.request(reqwest::Method::HEAD, &upload)).await.must_be(410);
        // With the bytes along, one request is enough.
        let request = beginning(&editor, "cpi", "more.csv", TABLE.len()).header("content-type", BYTES).body(TABLE);
        let answer = editor.send(request).await.must_be(201);
        let file = editor.get(&answer.header("content-location")).await.must_be(200).json();
        assert_eq!((file["state"].as_str(), file["rows"].as_u64()), (Some("ready"), Some(3)));
    }
}
