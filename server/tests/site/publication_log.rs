//! The public log of publications: what was published is there at once and can be checked by anybody, what was not is not.

use std::process::Command;

use chrono::{SecondsFormat, TimeDelta};
use domain::policy::Role;
use serde_json::{Value, json};
use sha2::{Digest, Sha256};
use testkit::on_both_databases;

use crate::support::*;

/// Everything under which the log is told.
const PLACES: [&str; 3] = ["/v1/publication-log", "/publication-log", "/cy/publication-log"];

/// The hash of a record, made as the operation's description says.
fn hash_of(record: &Value) -> String {
    let mut record = record.clone();
    record.as_object_mut().unwrap().remove("hash").unwrap();
    // Parsed JSON keeps its members in the order of their names.
    hex::encode(Sha256::digest(record.to_string()))
}

/// A bundle with the dataset `gdp`, scheduled in an hour with a release of the calendar.
async fn scheduled(site: &Site, editor: &Caller, approver: &Caller) -> String {
    approved_version(editor, approver, "gdp", "Gross domestic product").await;
    let bundle = approved_bundle(editor, approver, "Internal words", &[("gdp", "1")]).await;
    let at = (site.now() + TimeDelta::hours(1)).to_rfc3339_opts(SecondsFormat::Secs, true);
    let release = json!({"id": "figures", "title": "The figures", "title_cy": "Y ffigurau", "release_date": at, "bundle_id": bundle});
    editor.post("/v1/releases", release).await.must_be(201);
    editor.put("/v1/releases/figures/announce").await.must_be(200);
    approver.put("/v1/releases/figures/confirm").await.must_be(200);
    approver.put_json(&format!("/bundles/{bundle}/schedule"), json!({"publication_date": at})).await.must_be(200);
    bundle
}

fn run(site: &Site) -> (Option<i32>, String) {
    let folder = tempfile::tempdir().unwrap();
    let out = Command::new(env!("CARGO_BIN_EXE_catalogue"))
        .args(["publication-log", "verify"])
        .env("DATABASE_URL", site.database.url())
        .env("DATA_DIR", folder.path())
        .output()
        .unwrap();
    (out.status.code(), String::from_utf8_lossy(&out.stdout).into_owned() + &String::from_utf8_lossy(&out.stderr))
}

on_both_databases! {
    async fn a_publication_is_in_the_log_with_its_commit_and_not_before(db: TestDatabase) {
        let site = Site::start(db).await;
        let editor = site.service("editor", &[Role::Editor]).await;
        let approver = site.service("approver", &[Role::Approver]).await;
        let public = site.public();
        let bundle = scheduled(&site, &editor, &approver).await;
        for place in PLACES {
            let text = public.get(place).await.must_be(200).text;
            for word in ["Gross", "gdp", "The figures", "Internal", bundle.as_str()] {
                assert!(!text.contains(word), "{place} {word}");
            }
        }
        assert!(public.get("/publication-log").await.text.contains("Nothing has been published yet"));
        assert!(public.get("/cy/publication-log").await.text.contains("Nid oes dim"));

        site.advance(TimeDelta::hours(1) + TimeDelta::milliseconds(80));
        site.run_tasks().await;
        for caller in [&public, &editor] {
            for place in PLACES {
                let text = caller.get(place).await.must_be(200).text;
                assert!(text.contains("gdp") && !text.contains("Internal") && !text.contains(&bundle), "{place} {text}");
            }
        }
        let page = public.get("/publication-log").await.text;
        assert!(page.contains("The figures") && page.contains("0.08 s") && page.contains("gdp.csv"), "{page}");
        let welsh = public.get("/cy/publication-log").await.text;
        assert!(welsh.contains("Y ffigurau") && welsh.contains("Cofnod cyhoeddi"), "{welsh}");
        assert!(public.get("/releases/figures").await.text.contains("/publication-log?release=figures"));
        for (query, total) in [("dataset=gdp", 1), ("dataset=cpi", 0), ("release=figures", 1), ("release=other", 0), ("from=2999-01-01", 0), ("to=2999-01-01", 1)] {
            let found = public.get(&format!("/v1/publication-log?{query}")).await.must_be(200).json();
            assert_eq!(found["total_count"], total, "{query}");
        }
        assert!(public.get("/publication-log?dataset=cpi").await.text.contains("No publications match"));
        public.get("/v1/publication-log?colour=red").await.must_be(400);
    }

    async fn anybody_can_make_the_hashes_anew(db: TestDatabase) {
        let site = Site::start(db).await;
        let editor = site.service("editor", &[Role::Editor]).await;
        let approver = site.service("approver", &[Role::Approver]).await;
        scheduled(&site, &editor, &approver).await;
        site.advance(TimeDelta::hours(1) + TimeDelta::milliseconds(80));
        site.run_tasks().await;
        approved_version(&editor, &approver, "cpi", "Prices \"wŷ\"").await;
        let bundle = approved_bundle(&editor, &approver, "By hand", &[("cpi", "1")]).await;
        let root = site.environment();
        root.post(&format!("/bundles/{bundle}/publish"), json!({"reason": "Now"})).await.must_be(202);
        site.run_tasks().await;

        let found = site.public().get("/v1/publication-log").await.must_be(200).json();
        let items = found["items"].as_array().unwrap();
        assert_eq!(items.iter().map(|item| item["sequence"].as_i64().unwrap()).collect::<Vec<_>>(), [2, 1]);
        for item in items {
            assert_eq!(item["hash"], json!(hash_of(item)), "{item}");
        }
        assert_eq!(items[0]["previous_hash"], items[1]["hash"]);
        assert_eq!(items[1]["previous_hash"], json!("0".repeat(64)));
        assert_eq!((&items[1]["delay_ms"], &items[1]["release"]["title"]), (&json!(80), &json!("The figures")));
        assert_eq!((&items[0]["scheduled_at"], &items[0]["delay_ms"], &items[0]["release"]), (&Value::Null, &Value::Null, &Value::Null));
        assert_eq!(items[0]["versions"][0]["title"], "Prices \"wŷ\"");
        let file = &items[1]["versions"][0]["files"][0];
        let bytes = site.public().get("/files/downloads/gdp/gdp.csv").await.must_be(200).text;
        assert_eq!((file["sha256"].as_str(), file["size"].as_u64()), (Some(hex::encode(Sha256::digest(&bytes)).as_str()), Some(bytes.len() as u64)));
    }

    async fn the_proof_names_the_first_broken_record(db: TestDatabase) {
        let site = Site::start(db).await;
        let editor = site.service("editor", &[Role::Editor]).await;
        let approver = site.service("approver", &[Role::Approver]).await;
        scheduled(&site, &editor, &approver).await;
        site.advance(TimeDelta::hours(1));
        site.run_tasks().await;
        let verdict = site.public().get("/v1/publication-log/verify").await.must_be(200).json();
        assert_eq!((&verdict["intact"], &verdict["sound_records"], &verdict["head"]["sequence"]), (&json!(true), &json!(1), &json!(1)));
        let (code, said) = run(&site);
        assert!(code == Some(0) && said.contains("1 records") && said.contains(verdict["head"]["hash"].as_str().unwrap()), "{said}");

        site.database.unguard_publication_log().await;
        site.database.execute("UPDATE publication_log SET published_at = scheduled_at - 1").await.unwrap();
        // Somebody who is known is answered anew.
        let broken = editor.get("/v1/publication-log/verify").await.must_be(200).json();
        assert_eq!((&broken["intact"], &broken["first_broken"]["sequence"]), (&json!(false), &json!(1)));
        let (code, said) = run(&site);
        assert!(code == Some(1) && said.contains("record 1") && said.contains("was changed"), "{said}");
    }

    async fn what_is_archived_later_stays_in_the_log(db: TestDatabase) {
        let site = Site::start(db).await;
        let editor = site.service("editor", &[Role::Editor]).await;
        let approver = site.service("approver", &[Role::Approver]).await;
        let operator = site.service("operator", &[Role::Operator]).await;
        scheduled(&site, &editor, &approver).await;
        site.advance(TimeDelta::hours(1));
        site.run_tasks().await;
        let before = site.public().get("/v1/publication-log").await.must_be(200).json();
        let version = "/datasets/gdp/editions/time-series/versions/1";
        let tag = operator.get(version).await.must_be(200).header("etag");
        let archive = operator.request(reqwest::Method::PUT, &format!("{version}/archive")).header("if-match", tag);
        operator.send(archive.json(&json!({"reason": "Replaced"}))).await.must_be(200);
        assert_eq!(site.public().get("/v1/publication-log").await.must_be(200).json(), before);
    }
}
