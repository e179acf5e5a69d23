//! What an editor says of a file: that something odd is meant, and how its bytes are encoded.

use domain::policy::Role;
use serde_json::{Value, json};
use services::files::{Looked, run_due};
use testkit::on_both_databases;

use crate::browser::Browser;
use crate::support::*;
use crate::uploads::open_version;

const VERSION: &str = "/datasets/cpi/editions/time-series/versions/1";
/// A ŵ as Welsh programs wrote it, which is a ð in the encoding that is guessed.
const WELSH: &[u8] = b"Area,Value\nCaern\xF0,1.5\nMon,2\n";

async fn status(who: &Caller, id: &str) -> Value {
    who.get(&format!("/files/{id}/status")).await.must_be(200).json()
}

/// The first cell of the table, and the tag of the answer.
async fn first(who: &Caller) -> (String, String) {
    let answer = who.get(&format!("{VERSION}/data")).await.must_be(200);
    (answer.json()["rows"][0][0].as_str().unwrap().to_owned(), answer.header("etag"))
}

async fn uploaded(who: &Caller, bytes: &[u8]) -> String {
    let file = who.upload("cpi", "time-series", "1", "cpi.csv", bytes).await.must_be(201).json();
    file["id"].as_str().unwrap().to_owned()
}

on_both_databases! {
    async fn headings_without_rows_hold_a_version_up_until_somebody_says_why(db: TestDatabase) {
        let site = Site::start(db).await;
        let editor = open_version(&site, "cpi").await;
        let approver = site.service("approver", &[Role::Approver]).await;
        let id = uploaded(&editor, b"Year,Value\n").await;
        let told = status(&editor, &id).await;
        assert_eq!((&told["state"], &told["to_confirm"], &told["problems"][0]["severity"]), (&json!("ready"), &json!(true), &json!("blocking")));
        let submit = format!("{VERSION}/submit");
        let held = editor.put(&submit).await.must_be(409).text;
        assert!(held.contains("file_unconfirmed") && held.contains("cpi.csv") && !held.contains("files_not_ready"), "{held}");

        let confirm = format!("/files/{id}/confirm");
        editor.put_json(&confirm, json!({"reason": " "})).await.must_be(422);
        approver.put_json(&confirm, json!({"reason": "No."})).await.must_be(403);
        let said = editor.put_json(&confirm, json!({"reason": "Nothing was counted."})).await.must_be(200).json();
        assert_eq!((&said["to_confirm"], &said["confirmed"]), (&json!(false), &json!("Nothing was counted.")));
        editor.put_json(&confirm, json!({"reason": "Again."})).await.must_be(409);
        editor.put(&submit).await.must_be(200);
        approver.put(&format!("{VERSION}/approve")).await.must_be(200);
        editor.put_json(&confirm, json!({"reason": "Later."})).await.must_be(409);
    }

    async fn it_is_confirmed_on_the_page_of_the_version(db: TestDatabase) {
        let site = Site::start(db).await;
        let id = uploaded(&open_version(&site, "cpi").await, b"Year,Value\n").await;
        site.account("editor@example.org", &[Role::Editor]).await;
        let mut browser = Browser::signed_in(&site, "editor@example.org").await;
        let page = "/admin/datasets/cpi/editions/time-series/versions/1";
        let shown = browser.get(page).await.must_be(200).text;
        for words in ["action=\"/rpc/files/confirm\"", "has to be confirmed first", "no rows of data"] {
            assert!(shown.contains(words), "{words} in {shown}");
        }
        let refused = browser.submit("/rpc/files/confirm", page, &[("id", &id), ("reason", "")]).await.must_be(200).text;
        assert!(refused.contains("This is needed."), "{refused}");
        let done = browser.submit("/rpc/files/confirm", page, &[("id", &id), ("reason", "Nothing was counted.")]).await.must_be(200).text;
        assert!(done.contains("It was confirmed.") && done.contains("Confirmed: Nothing was counted."), "{done}");
        assert!(!done.contains("has to be confirmed first") && !done.contains("/rpc/files/read-as"), "{done}");
    }

    async fn a_wrong_guess_of_the_encoding_is_put_right(db: TestDatabase) {
        let site = Site::start(db).await;
        let editor = open_version(&site, "cpi").await;
        let id = uploaded(&editor, WELSH).await;
        let sha256 = editor.get(&format!("/files/{id}")).await.json()["sha256"].clone();
        let (cell, tag) = first(&editor).await;
        assert_eq!((cell.as_str(), &status(&editor, &id).await["encoding"]), ("Caernð", &json!("windows-1252")));

        let choose = format!("/files/{id}/encoding");
        let unknown = editor.put_json(&choose, json!({"encoding": "klingon"})).await.must_be(422).text;
        assert!(unknown.contains("ISO-8859-14"), "{unknown}");
        let wrong = editor.put_json(&choose, json!({"encoding": "UTF-8"})).await.must_be(422).text;
        assert!(wrong.contains("bytes that are not UTF-8"), "{wrong}");
        assert_eq!(first(&editor).await, (cell, tag.clone()), "a refusal changes nothing");

        let said = editor.put_json(&choose, json!({"encoding": "iso-8859-14"})).await.must_be(200).json();
        assert_eq!((&said["encoding"], &said["state"]), (&json!("ISO-8859-14"), &json!("ready")));
        let (cell, new_tag) = first(&editor).await;
        assert_eq!(cell, "Caernŵ");
        assert_ne!(new_tag, tag, "who has the old rows is not told that they are the same");
        let options = editor.get(&format!("{VERSION}/dimensions/Area/options")).await.must_be(200).json();
        assert_eq!(options["items"][0]["code"], "Caernŵ");
        assert_eq!(editor.get(&format!("/files/{id}")).await.json()["sha256"], sha256);

        // On the page of the version, back again.
        site.account("editor@example.org", &[Role::Editor]).await;
        let mut browser = Browser::signed_in(&site, "editor@example.org").await;
        let page = "/admin/datasets/cpi/editions/time-series/versions/1";
        assert!(browser.get(page).await.must_be(200).text.contains("value=\"ISO-8859-14\" selected"));
        let fields = [("id", id.as_str()), ("encoding", "windows-1252")];
        let done = browser.submit("/rpc/files/read-as", page, &fields).await.must_be(200).text;
        assert!(done.contains("The file was read anew.") && done.contains("Caernð"), "{done}");
        assert_eq!(first(&editor).await.0, "Caernð");

        // Nothing stays of the tables that were made on the way.
        editor.delete(&format!("/files/{id}")).await.must_be(204);
        assert!(site.services.storage.list("tables/").await.unwrap().is_empty());
    }

    async fn a_large_file_is_read_anew_by_a_job(db: TestDatabase) {
        let site = Site::start_as(db, &[("EXAMINE_AT_ONCE_BYTES", "10")]).await;
        let editor = open_version(&site, "cpi").await;
        let id = uploaded(&editor, WELSH).await;
        let choose = format!("/files/{id}/encoding");
        let wanted = json!({"encoding": "ISO-8859-14"});
        editor.put_json(&choose, wanted.clone()).await.must_be(409);
        assert_eq!(run_due(&site.services).await.unwrap(), [Looked::Ready]);
        assert_eq!(first(&editor).await.0, "Caernð");
        assert_eq!(editor.put_json(&choose, wanted).await.must_be(200).json()["state"], "uploaded");
        assert!(editor.put(&format!("{VERSION}/submit")).await.must_be(409).text.contains("files_not_ready"));
        assert_eq!(run_due(&site.services).await.unwrap(), [Looked::Ready]);
        assert_eq!(first(&editor).await.0, "Caernŵ");
        editor.put(&format!("{VERSION}/submit")).await.must_be(200);
    }
}
