//! `catalogue rehearse` beside a running server: what it says, and how it ends; and what is told without it of promises that nothing
//! would keep.

use std::path::Path;
use std::process::Command;

use chrono::{SecondsFormat, TimeDelta};
use domain::policy::Role;
use domain::release::{Release, ReleaseDate};
use serde_json::json;
use testkit::builders;
use testkit::on_both_databases;

use crate::support::*;

/// So far ahead that it makes no difference what the time is where the command runs.
const AT: &str = "2200-01-01T09:30:00Z";

/// Runs the command with this data folder: how it ended, and what it said.
fn rehearse(site: &Site, data: &Path, more: &[&str]) -> (Option<i32>, String) {
    let out = Command::new(env!("CARGO_BIN_EXE_catalogue"))
        .arg("rehearse")
        .args(more)
        .env("DATABASE_URL", site.database.url())
        .env("DATA_DIR", data)
        .output()
        .unwrap();
    (out.status.code(), String::from_utf8_lossy(&out.stdout).into_owned() + &String::from_utf8_lossy(&out.stderr))
}

/// The releases that nothing would publish, as the queue tells them to somebody: their ids, and why.
async fn missing(caller: &Caller) -> Vec<(String, String)> {
    let queue = caller.get("/v1/publish-queue").await.must_be(200).json();
    let text = |value: &serde_json::Value| value.as_str().unwrap_or_default().to_owned();
    let one = |entry: &serde_json::Value| (text(&entry["release_id"]), text(&entry["message"]));
    queue["missing_releases"].as_array().unwrap().iter().map(one).collect()
}

on_both_databases! {
    async fn the_queue_tells_what_the_calendar_has_promised_and_nothing_would_publish(db: TestDatabase) {
        let site = Site::start(db).await;
        let editor = site.service("editor", &[Role::Editor]).await;
        let approver = site.service("approver", &[Role::Approver]).await;
        approved_version(&editor, &approver, "cpi", "Prices").await;
        let id = approved_bundle(&editor, &approver, "Prices of May", &[("cpi", "1")]).await;
        let date = |days| (site.now() + TimeDelta::days(days)).to_rfc3339_opts(SecondsFormat::Secs, true);
        let releases = [("prices", 3, Some(&id)), ("pay", 5, None), ("far", 30, None), ("untold", 2, None)];
        for (release, days, bundle) in releases {
            let mut entry = json!({"id": release, "title": format!("The {release}"), "department": "economy", "release_date": date(days)});
            if let Some(bundle) = bundle {
                entry["bundle_id"] = json!(bundle);
            }
            editor.post("/v1/releases", entry).await.must_be(201);
            if release != "untold" {
                editor.put_json(&format!("/v1/releases/{release}/announce"), json!({})).await.must_be(200);
            }
        }
        let pay = ("pay".to_owned(), "The pay is in the release calendar, but it has no bundle.".to_owned());
        let prices = "The prices is in the release calendar, but its bundle Prices of May is approved and not scheduled for then.";
        assert_eq!(missing(&approver).await, [("prices".to_owned(), prices.to_owned()), pay.clone()]);
        // Who does not see every bundle cannot be told that there is none.
        let previewer = site.service("previewer", &[Role::Previewer]).await;
        assert!(missing(&previewer).await.is_empty());
        site.account("operator@example.org", &[Role::Operator]).await;
        let operator = site.signed_in("operator@example.org").await;
        for path in ["/admin/queue", "/ops/queue"] {
            let page = operator.get(path).await.must_be(200).text;
            for words in ["Promised to the public and not scheduled", "href=\"/admin/releases/prices\"", "href=\"/admin/releases/pay\""] {
                assert!(page.contains(words), "{path} {words}: {page}");
            }
            assert!(!page.contains("/admin/releases/far") && !page.contains("/admin/releases/untold"), "{path}: {page}");
        }

        let schedule = json!({"publication_date": date(3)});
        approver.put_json(&format!("/bundles/{id}/schedule"), schedule).await.must_be(200);
        assert_eq!(missing(&approver).await, std::slice::from_ref(&pay));
        // A promise that was broken is told until the calendar says so.
        site.advance(TimeDelta::days(6));
        site.run_tasks().await;
        assert_eq!(missing(&approver).await, [pay]);
    }

    async fn what_no_instant_was_named_of_pushes_no_promise_out_of_the_queue(db: TestDatabase) {
        let site = Site::start(db).await;
        let approver = site.service("approver", &[Role::Approver]).await;
        let january = ReleaseDate::Month { year: 2026, month: 1 };
        let tomorrow = ReleaseDate::At(site.now() + TimeDelta::days(1));
        let mut calendar = vec![Release { date: tomorrow, ..builders::release("pay") }];
        calendar.extend((0..60).map(|n| Release { date: january, ..builders::release(&format!("month-{n}")) }));
        let tx = site.services.db.begin().await.unwrap();
        for release in &calendar {
            persistence::releases::insert(&tx, release).await.unwrap();
        }
        persistence::db::commit(tx).await.unwrap();
        let told: Vec<String> = missing(&approver).await.into_iter().map(|(id, _)| id).collect();
        assert_eq!(told, ["pay"]);
    }

    async fn the_command_looks_for_the_bytes_that_a_running_server_holds(db: TestDatabase) {
        let site = Site::start(db).await;
        let data = site.state.config.data_dir.clone();
        let (code, said) = rehearse(&site, &data, &[]);
        assert!(code == Some(0) && said.contains("Nothing is scheduled."), "{code:?} {said}");

        let editor = site.service("editor", &[Role::Editor]).await;
        let approver = site.service("approver", &[Role::Approver]).await;
        let file = approved_version(&editor, &approver, "cpi", "Prices").await;
        let id = approved_bundle(&editor, &approver, "Prices of May", &[("cpi", "1")]).await;
        let path = format!("/bundles/{id}");
        approver.put_json(&format!("{path}/schedule"), json!({"publication_date": AT})).await.must_be(200);
        let (code, said) = rehearse(&site, &data, &[]);
        assert_eq!(code, Some(0), "{said}");
        for words in ["What would be public at 1 January 2200, 9:30am", "Prices of May", "public within", "files added: cpi.csv", "1 of 1 bundles would be public"] {
            assert!(said.contains(words), "{words}: {said}");
        }
        assert!(!said.contains("not looked for"), "{said}");

        // With another data folder it says that it knows nothing of the bytes, instead of calling all of them lost.
        let elsewhere = tempfile::tempdir().unwrap();
        let (code, said) = rehearse(&site, elsewhere.path(), &[]);
        assert!(code == Some(0) && said.contains("The bytes of the files were not looked for"), "{code:?} {said}");

        site.services.storage.delete(&format!("files/{file}")).await.unwrap();
        let (code, said) = rehearse(&site, &data, &["--at", AT]);
        assert_eq!(code, Some(1), "{said}");
        for words in ["WOULD FAIL", "The bytes of cpi.csv in", "are missing or damaged", "1 bundles would fail, and 0 releases would be missing."] {
            assert!(said.contains(words), "{words}: {said}");
        }
        assert_eq!(approver.get(&path).await.must_be(200).json()["state"], "scheduled", "nothing was changed");
    }
}
