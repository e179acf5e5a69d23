//! A whole version in one archive.

use std::collections::BTreeMap;
use std::io::{Cursor, Read};

use domain::policy::Role;
use futures::StreamExt;
use reqwest::Method;
use serde_json::{Value, json};
use services::Ctx;
use services::files;
use services::versions::VersionKey;
use testkit::on_both_databases;
use zip::ZipArchive;

use crate::support::*;
use crate::uploads::archive;

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

    async fn what_is_recalled_while_an_archive_is_taken_is_not_given_with_it(db: TestDatabase) {
        let site = Site::start(db).await;
        let editor = site.service("editor", &[Role::Editor]).await;
        let approver = site.service("approver", &[Role::Approver, Role::Operator]).await;
        begin_dataset(&editor, "gdp", "GDP").await;
        let versions = "/datasets/gdp/editions/time-series/versions";
        editor.post(versions, json!({"release_date": "2026-11-23T09:30:00Z"})).await.must_be(201);
        // So much that the second file is not reached before more of it is taken.
        editor.upload("gdp", "time-series", "1", "all.zip", &archive(4 << 20, 31)).await.must_be(201);
        let file = editor.upload("gdp", "time-series", "1", "gdp.csv", TABLE).await.must_be(201).json();
        editor.put(&format!("{versions}/1/submit")).await.must_be(200);
        approver.put(&format!("{versions}/1/approve")).await.must_be(200);
        let bundle = approved_bundle(&editor, &approver, "GDP", &[("gdp", "1")]).await;
        approver.post(&format!("/bundles/{bundle}/publish"), json!({"reason": "now"})).await.must_be(202);
        site.run_tasks().await;

        let key = VersionKey { dataset_id: "gdp".to_owned(), edition: "time-series".to_owned(), version: 1 };
        let ctx = Ctx::public(site.now(), "a reader".to_owned());
        let listed = files::list_of(&site.services, &ctx, &key).await.unwrap();
        assert_eq!(listed.len(), 2);
        let begin = || Box::pin(files::zip(&site.services, &ctx, "gdp".to_owned(), listed.clone(), Vec::new(), site.now()));
        let (mut whole, mut taken) = (begin(), 0);
        while let Some(more) = whole.next().await {
            taken += more.unwrap().len();
        }
        assert!(taken > 4 << 20, "{taken}");

        let mut slow = begin();
        let mut bytes = slow.next().await.unwrap().unwrap().to_vec();
        let withdraw = format!("/files/{}/withdraw", file["id"].as_str().unwrap());
        approver.put_json(&withdraw, json!({"reason": "It names a person."})).await.must_be(200);
        let mut broke_off = false;
        while let Some(more) = slow.next().await {
            match more {
                Ok(more) => bytes.extend_from_slice(&more),
                Err(_) => broke_off = true,
            }
        }
        assert!(broke_off, "it ended as if it were whole");
        assert!(!bytes.windows(7).any(|name| name == b"gdp.csv"), "the recalled file was begun");
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
