//! A whole version in one archive.

use std::collections::BTreeMap;
use std::io::{Cursor, Read};

use domain::policy::Role;
use reqwest::Method;
use serde_json::{Value, json};
use testkit::on_both_databases;
use zip::ZipArchive;

use crate::support::*;

const ARCHIVE: &str = "/datasets/gdp/editions/time-series/versions/1/files.zip";

fn opened(bytes: Vec<u8>) -> BTreeMap<String, Vec<u8>> {
    let mut archive = ZipArchive::new(Cursor::new(bytes)).unwrap();
    let mut found = BTreeMap::new();
    for at in 0..archive.len() {
        let mut entry = archive.by_index(at).unwrap();
        let mut bytes = Vec::new();
        entry.read_to_end(&mut bytes).unwrap();
        found.insert(entry.name().unwrap().into_owned(), bytes);
    }
    found
}

on_both_databases! {
    async fn a_version_comes_whole_with_what_describes_it(db: TestDatabase) {
        let site = Site::start(db).await;
        let editor = site.service("editor", &[Role::Editor]).await;
        let approver = site.service("approver", &[Role::Approver]).await;
        let operator = site.service("operator", &[Role::Operator]).await;
        approved_version(&editor, &approver, "gdp", "GDP").await;

        // Hidden like the unknown until it is public; those who may see it are recorded before the first byte.
        let unknown = site.public().get(&ARCHIVE.replace("gdp", "nil")).await.must_be(404);
        let hidden = site.public().get(ARCHIVE).await.must_be(404);
        assert_eq!(hidden.json()["error"]["message"], unknown.json()["error"]["message"]);
        editor.get(ARCHIVE).await.must_be(200);
        let looks = operator.get("/audit?action=previewed").await.must_be(200).json();
        assert_eq!(looks["items"][0]["details"]["filename"], "gdp.csv");

        let bundle = approved_bundle(&editor, &approver, "GDP", &[("gdp", "1")]).await;
        operator.post(&format!("/bundles/{bundle}/publish"), json!({"reason": "now"})).await.must_be(202);
        site.run_tasks().await;
        let answer = site.public().get(ARCHIVE).await.must_be(200);
        assert_eq!(answer.header("content-type"), "application/zip");
        assert!(answer.header("content-disposition").contains("gdp-time-series-v1.zip"));
        let tag = answer.header("etag");
        let public = site.public();
        let again = public.send(public.request(Method::GET, ARCHIVE).header("if-none-match", &tag)).await;
        assert_eq!(again.must_be(304).text, "");
        let head = public.send(public.request(Method::HEAD, ARCHIVE)).await.must_be(200);
        assert_eq!(head.header("etag"), tag);

        let bytes = public.request(Method::GET, ARCHIVE).send().await.unwrap().bytes().await.unwrap();
        let held = opened(bytes.to_vec());
        let at = |name: &str| &held[&format!("gdp-time-series-v1/{name}")];
        assert_eq!(at("gdp.csv"), TABLE);
        let sum = hex::encode(<sha2::Sha256 as sha2::Digest>::digest(TABLE));
        assert_eq!(String::from_utf8_lossy(at("SHA256SUMS")), format!("{sum}  gdp.csv\n"));
        assert!(String::from_utf8_lossy(at("README.txt")).starts_with("GDP\n===\n"));
        let package: Value = serde_json::from_slice(at("datapackage.json")).unwrap();
        assert_eq!(package["resources"][0]["path"], "gdp.csv");
        let described: Value = serde_json::from_slice(at("csvw.json")).unwrap();
        assert_eq!(described["tables"][0]["url"], "gdp.csv");
    }

    async fn an_archive_whose_bytes_are_missing_does_not_end_as_if_it_were_whole(db: TestDatabase) {
        let site = Site::start(db).await;
        let editor = site.service("editor", &[Role::Editor]).await;
        let approver = site.service("approver", &[Role::Approver]).await;
        let file = approved_version(&editor, &approver, "gdp", "GDP").await;
        site.services.storage.delete(&format!("files/{file}")).await.unwrap();
        let sent = editor.request(Method::GET, ARCHIVE).send().await.unwrap();
        assert!(sent.bytes().await.is_err());
    }
}
