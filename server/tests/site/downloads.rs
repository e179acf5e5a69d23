//! What a download says of its bytes, over HTTP.

use domain::policy::Role;
use reqwest::Method;
use serde_json::json;
use sha2::{Digest, Sha256};
use testkit::on_both_databases;

use crate::support::*;

/// The address of the file, and a public caller.
async fn published(site: &Site) -> (String, Caller) {
    let editor = site.service("editor", &[Role::Editor]).await;
    let approver = site.service("approver", &[Role::Approver]).await;
    let operator = site.service("operator", &[Role::Operator]).await;
    begin_dataset(&editor, "gdp", "GDP").await;
    let versions = "/datasets/gdp/editions/time-series/versions";
    editor.post(versions, json!({"release_date": "2026-11-23T09:30:00Z"})).await.must_be(201);
    editor.upload("gdp", "time-series", "1", "ffigurau Ynys-Môn.csv", TABLE).await.must_be(201);
    editor.put(&format!("{versions}/1/submit")).await.must_be(200);
    approver.put(&format!("{versions}/1/approve")).await.must_be(200);
    let bundle = approved_bundle(&editor, &approver, "GDP", &[("gdp", "1")]).await;
    operator.post(&format!("/bundles/{bundle}/publish"), json!({"reason": "now"})).await.must_be(202);
    site.run_tasks().await;
    ("/files/downloads/gdp/ffigurau%20Ynys-M%C3%B4n.csv".to_owned(), site.public())
}

on_both_databases! {
    async fn a_download_names_its_digest_its_date_and_its_file(db: TestDatabase) {
        let site = Site::start(db).await;
        let uploaded = site.now().format("%a, %d %b %Y %H:%M:%S GMT").to_string();
        let (address, public) = published(&site).await;
        let sent = public.get(&address).await.must_be(200);
        assert_eq!(sent.text.as_bytes(), TABLE);
        let digest = base64_simd::STANDARD.encode_to_string(Sha256::digest(TABLE));
        assert_eq!(sent.header("repr-digest"), format!("sha-256=:{digest}:"));
        assert_eq!(sent.header("last-modified"), uploaded);
        assert_eq!(sent.header("etag"), format!("\"sha256-{}\"", hex::encode(Sha256::digest(TABLE))));
        assert_eq!(
            sent.header("content-disposition"),
            "attachment; filename=\"ffigurau Ynys-M_n.csv\"; filename*=UTF-8''ffigurau%20Ynys-M%C3%B4n.csv"
        );
        assert_eq!((sent.header("content-type").as_str(), sent.header("accept-ranges").as_str()), ("text/csv; charset=utf-8", "bytes"));

        let head = public.send(public.request(Method::HEAD, &address)).await.must_be(200);
        assert_eq!((head.text.as_str(), head.header("content-length")), ("", TABLE.len().to_string()));
        for name in ["repr-digest", "last-modified", "etag", "content-disposition"] {
            assert_eq!(head.header(name), sent.header(name), "{name}");
        }
    }

    async fn a_part_is_given_only_of_the_bytes_that_the_reader_has_begun(db: TestDatabase) {
        let site = Site::start(db).await;
        let (address, public) = published(&site).await;
        let whole = public.get(&address).await.must_be(200);
        let (tag, date) = (whole.header("etag"), whole.header("last-modified"));
        let part = async |if_range: &str| {
            let request = public.request(Method::GET, &address).header("range", "bytes=5-9").header("if-range", if_range);
            public.send(request).await
        };
        for same in [&tag, &date] {
            let answer = part(same).await.must_be(206);
            assert_eq!(answer.text.as_bytes(), &TABLE[5..10]);
            assert_eq!(answer.header("content-range"), format!("bytes 5-9/{}", TABLE.len()));
            // The digest is of the whole, whatever part is sent (RFC 9530).
            assert_eq!(answer.header("repr-digest"), whole.header("repr-digest"));
        }
        for other in ["\"sha256-00\"", &format!("W/{tag}"), "Sun, 06 Nov 1994 08:49:37 GMT"] {
            assert_eq!(part(other).await.must_be(200).text.as_bytes(), TABLE, "{other}");
        }
        let known = public.request(Method::GET, &address).header("if-none-match", &tag);
        assert_eq!(public.send(known).await.must_be(304).text, "");
    }

    async fn a_reader_who_has_the_bytes_already_may_say_so_by_their_date(db: TestDatabase) {
        let site = Site::start(db).await;
        let (address, public) = published(&site).await;
        let date = public.get(&address).await.must_be(200).header("last-modified");
        let later = (site.now() + chrono::TimeDelta::days(1)).format("%a, %d %b %Y %H:%M:%S GMT").to_string();
        let of_the_version = format!("{address}?edition=time-series&version=1");
        let since = async |address: &str, date: &str| {
            public.send(public.request(Method::GET, address).header("if-modified-since", date)).await
        };
        for (address, date, status) in [
            (&address, &date, 304),
            // The version that is the latest by then may have been uploaded before.
            (&address, &later, 200),
            (&of_the_version, &date, 304),
            (&of_the_version, &later, 304),
        ] {
            let told = since(address, date).await.must_be(status);
            assert_eq!(told.text.is_empty(), status == 304, "{address} {date}");
            assert_eq!(told.header("last-modified"), public.get(address).await.header("last-modified"), "{address}");
        }
        since(&address, "Sun, 06 Nov 1994 08:49:37 GMT").await.must_be(200);
        let other = public.request(Method::GET, &address).header("if-none-match", "\"other\"").header("if-modified-since", &date);
        public.send(other).await.must_be(200);
    }
}
