//! What a file is called is changed while its version is prepared, by whoever then counts as its editor, and never later.

use domain::policy::{Reach, Role};
use domain::refusal::Refusal;
use reqwest::Method;
use serde_json::{Value, json};
use services::Ctx;
use services::files::FileNames;
use testkit::on_both_databases;

use crate::browser::Browser;
use crate::instant::soon;
use crate::support::*;
use crate::uploads::open_version;

const VERSION: &str = "/datasets/cpi/editions/time-series/versions/1";

async fn uploaded(who: &Caller, filename: &str) -> String {
    let file = who.upload("cpi", "time-series", "1", filename, TABLE).await.must_be(201).json();
    file["id"].as_str().unwrap().to_owned()
}

async fn rename(who: &Caller, id: &str, body: Value) -> Answer {
    who.send(who.request(Method::PATCH, &format!("/files/{id}")).json(&body)).await
}

/// Name and title as an answer tells them.
fn names(answer: Answer) -> (String, String) {
    let file = answer.must_be(200).json();
    let text = |name: &str| file[name].as_str().unwrap().to_owned();
    (text("filename"), text("title"))
}

fn pair(filename: &str, title: &str) -> (String, String) {
    (filename.to_owned(), title.to_owned())
}

on_both_databases! {
    async fn a_file_gets_another_name_and_title(db: TestDatabase) {
        let site = Site::start(db).await;
        let editor = open_version(&site, "cpi").await;
        let id = uploaded(&editor, "cpi.csv").await;
        let before = editor.get(VERSION).await.must_be(200).header("etag");
        assert_eq!(names(rename(&editor, &id, json!({"filename": "prices.csv"})).await), pair("prices.csv", "The figures"));
        assert_ne!(editor.get(VERSION).await.header("etag"), before, "who has the version knows an older one");
        editor.get("/files/downloads/cpi/prices.csv").await.must_be(200);
        editor.get("/files/downloads/cpi/cpi.csv").await.must_be(404);
        let record = persistence::events::newest_of(site.services.db.pool(), "version", "cpi/time-series/1", 1).await.unwrap().remove(0);
        assert_eq!(record.event_type, "file_renamed");
        assert_eq!((record.before, record.after), (Some(json!({"filename": "cpi.csv"})), Some(json!({"filename": "prices.csv"}))));

        // A title that nobody gave follows the name.
        assert_eq!(names(rename(&editor, &id, json!({"title": null})).await), pair("prices.csv", "prices.csv"));
        assert_eq!(names(rename(&editor, &id, json!({"filename": "all.csv"})).await), pair("all.csv", "all.csv"));
        assert_eq!(names(rename(&editor, &id, json!({"title": "All prices"})).await), pair("all.csv", "All prices"));
    }

    async fn a_name_is_refused_that_an_upload_may_not_have_or_another_file_has(db: TestDatabase) {
        let site = Site::start(db).await;
        let editor = open_version(&site, "cpi").await;
        let id = uploaded(&editor, "cpi.csv").await;
        uploaded(&editor, "other.csv").await;
        let long = "x".repeat(301);
        for (body, field) in [
            (json!({"filename": "../cpi.csv"}), "filename"),
            (json!({"filename": ""}), "filename"),
            (json!({"filename": "cpi.xlsx"}), "filename"),
            (json!({"filename": "cpi"}), "filename"),
            (json!({"title": long}), "title"),
        ] {
            let refused = rename(&editor, &id, body).await.must_be(422).json();
            assert_eq!(refused["error"]["details"]["fields"][0]["field"], field, "{refused}");
        }
        let taken = rename(&editor, &id, json!({"filename": "other.csv"})).await.must_be(409).text;
        assert!(taken.contains("filename_taken"), "{taken}");
        rename(&editor, &id, json!({"size": 1})).await.must_be(400);
        let approver = site.service("approver", &[Role::Approver]).await;
        rename(&approver, &id, json!({"filename": "all.csv"})).await.must_be(403);
        rename(&site.public(), &id, json!({"filename": "all.csv"})).await.must_be(401);
        assert_eq!(names(editor.get(&format!("/files/{id}")).await), pair("cpi.csv", "The figures"));
    }

    async fn of_two_who_rename_one_file_the_second_is_held_to_the_names_that_there_are(db: TestDatabase) {
        let site = Site::start(db).await;
        // SQLite has one writer at a time, who has read nothing before.
        if !site.services.db.is_shared() {
            return;
        }
        let editor = open_version(&site, "cpi").await;
        let (id, other) = (uploaded(&editor, "cpi.csv").await, uploaded(&editor, "other.csv").await);
        let first = site.services.db.begin().await.unwrap();
        persistence::versions::lock_visible_to(&first, &Reach::All, "cpi", "time-series", 1).await.unwrap().unwrap();
        let (services, ctx, own) = (site.services.clone(), Ctx::system("second", site.now()), id.clone());
        let wanted = FileNames { filename: "cpi.csv".to_owned(), title: Some("Prices".to_owned()) };
        let second = tokio::spawn(async move { services::files::rename(&services, &ctx, &own, wanted).await });
        soon(site.database.somebody_waits()).await;
        for (file, name) in [(&id, "prices.csv"), (&other, "cpi.csv")] {
            assert!(persistence::files::rename(&first, file, name, "Prices").await.unwrap());
        }
        persistence::db::commit(first).await.unwrap();
        let refused = soon(second).await.unwrap().unwrap_err();
        assert!(matches!(refused.refusal(), Some(Refusal::Blocked { .. })), "{refused:?}");
        assert_eq!(names(editor.get(&format!("/files/{id}")).await), pair("prices.csv", "Prices"));
    }

    async fn whoever_renames_a_file_does_not_approve_it_and_nobody_renames_it_later(db: TestDatabase) {
        let site = Site::start(db).await;
        let editor = open_version(&site, "cpi").await;
        let id = uploaded(&editor, "cpi.csv").await;
        let both = site.service("both", &[Role::Editor, Role::Approver]).await;
        let approver = site.service("approver", &[Role::Approver, Role::Operator]).await;
        rename(&both, &id, json!({"filename": "prices.csv"})).await.must_be(200);
        let refused = async |why: &str| {
            let told = rename(&editor, &id, json!({"filename": "late.csv"})).await.must_be(409).text;
            assert!(told.contains("not_editable") && told.contains(why), "{told}");
        };
        editor.put(&format!("{VERSION}/submit")).await.must_be(200);
        refused("Have it returned first.").await;
        assert_eq!(both.put(&format!("{VERSION}/approve")).await.must_be(409).code(), "FOUR_EYES_REQUIRED");
        approver.put(&format!("{VERSION}/approve")).await.must_be(200);
        refused("Have it returned first.").await;
        let bundle = approved_bundle(&editor, &approver, "Prices", &[("cpi", "1")]).await;
        approver.post(&format!("/bundles/{bundle}/publish"), json!({"reason": "a test"})).await.must_be(202);
        site.run_tasks().await;
        refused("A published version is never edited.").await;
        site.public().get("/files/downloads/cpi/prices.csv").await.must_be(200);
    }

    async fn a_file_is_renamed_on_the_page_of_its_version(db: TestDatabase) {
        let site = Site::start(db).await;
        let api = open_version(&site, "cpi").await;
        let id = uploaded(&api, "cpi.csv").await;
        site.account("editor@example.org", &[Role::Editor]).await;
        let mut editor = Browser::signed_in(&site, "editor@example.org").await;
        let page = format!("/admin{VERSION}");
        assert!(editor.get(&page).await.must_be(200).text.contains("action=\"/rpc/files/rename\""));
        let fields = [("id", id.as_str()), ("filename", "prices.pdf"), ("title", "Prices")];
        let refused = editor.submit("/rpc/files/rename", &page, &fields).await.must_be(200).text;
        assert!(refused.contains("its name has to end as cpi.csv does") && refused.contains("value=\"prices.pdf\""), "{refused}");
        let fields = [("id", id.as_str()), ("filename", "prices.csv"), ("title", "")];
        let done = editor.submit("/rpc/files/rename", &page, &fields).await.must_be(200).text;
        assert!(done.contains("The file is called prices.csv now.") && !done.contains("cpi.csv</a>"), "{done}");
        assert_eq!(names(api.get(&format!("/files/{id}")).await), pair("prices.csv", "prices.csv"));
        api.put(&format!("{VERSION}/submit")).await.must_be(200);
        assert!(!editor.get(&page).await.must_be(200).text.contains("/rpc/files/rename"));
    }
}
