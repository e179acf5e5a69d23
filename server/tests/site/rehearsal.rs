//! `catalogue rehearse` beside a running server: what it says, and how it ends.

use std::path::Path;
use std::process::Command;

use domain::policy::Role;
use serde_json::json;
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

on_both_databases! {
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
