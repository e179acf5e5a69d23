//! The words of the protocol: versions, types, offsets, checksums and the end.

use reqwest::Method;
use sha2::{Digest, Sha256};
use testkit::on_both_databases;

use super::open_version;
use super::sender::*;
use crate::support::*;

on_both_databases! {
    async fn options_tell_what_is_spoken(db: TestDatabase) {
        let site = Site::start_as(db, &[("MAX_UPLOAD_BYTES", "12345")]).await;
        let nobody = site.public();
        for address in ["/files/uploads", "/v1/files/uploads"] {
            let answer = nobody.send(nobody.request(Method::OPTIONS, address)).await.must_be(204);
            assert_eq!((answer.header("tus-version"), answer.header("tus-resumable")), ("1.0.0".into(), "1.0.0".into()));
            assert_eq!(answer.header("tus-max-size"), "12345");
            assert_eq!(answer.header("tus-extension"), "creation,creation-with-upload,checksum,expiration,termination");
            assert_eq!(answer.header("tus-checksum-algorithm"), "sha256,sha1");
        }
        assert_eq!(nobody.send(beginning(&nobody, "cpi", "a.zip", 1)).await.must_be(401).header("tus-resumable"), "1.0.0");
    }

    async fn what_cannot_be_taken_is_refused_before_the_first_byte(db: TestDatabase) {
        let site = Site::start_as(db, &[("MAX_UPLOAD_BYTES", "1000")]).await;
        let editor = open_version(&site, "cpi").await;
        let begin_as = async |dataset: &str, name: &str, size: usize| editor.send(beginning(&editor, dataset, name, size)).await;
        begin_as("cpi", "a.zip", 1001).await.must_be(413);
        begin_as("cpi", "../a.zip", 10).await.must_be(422);
        begin_as("cpi", "a.exe", 10).await.must_be(422);
        begin_as("cpi", "a.csv", 0).await.must_be(422);
        begin_as("none", "a.csv", 10).await.must_be(404);
        let bare = editor.request(Method::POST, "/v1/files/uploads");
        assert_eq!(editor.send(bare).await.must_be(412).header("tus-version"), "1.0.0");
        let nameless = editor.request(Method::POST, "/v1/files/uploads").header("tus-resumable", "1.0.0").header("upload-length", "1");
        editor.send(nameless).await.must_be(400);
        let endless = editor.request(Method::POST, "/v1/files/uploads").header("tus-resumable", "1.0.0").header("upload-metadata", metadata_of("cpi", "time-series", "a.zip", "1"));
        assert!(editor.send(endless.header("upload-defer-length", "1")).await.must_be(400).text.contains("Upload-Length how large"));
        // One part of several would become a file by itself, and there is nothing to be joined.
        for part in ["partial", "final;/files/uploads/a /files/uploads/b"] {
            let told = editor.send(beginning(&editor, "cpi", "a.zip", 10).header("upload-concat", part)).await.must_be(400).text;
            assert!(told.contains("Uploads are not joined here"), "{told}");
        }
        let typed = beginning(&editor, "cpi", "a.zip", 2).header("content-type", "text/plain").body("ab");
        editor.send(typed).await.must_be(415);
        assert!(site.services.storage.list("").await.unwrap().is_empty());
    }

    async fn bytes_are_taken_where_the_upload_ends_and_nowhere_else(db: TestDatabase) {
        let site = Site::start(db).await;
        let editor = open_version(&site, "cpi").await;
        let upload = begin(&editor, "cpi", "a.txt", 10).await;
        send(&editor, &upload, 0, b"abc".to_vec()).await.must_be(204);
        for wrong in [0, 2, 4] {
            let answer = send(&editor, &upload, wrong, b"x".to_vec()).await.must_be(409);
            assert_eq!(answer.json()["error"]["details"]["offset"], 3);
        }
        send(&editor, &upload, 3, b"12345678".to_vec()).await.must_be(413);
        let untyped = editor.request(Method::PATCH, &upload).header("tus-resumable", "1.0.0").header("upload-offset", "3");
        editor.send(untyped.body("x")).await.must_be(415);
        let unversioned = editor.request(Method::PATCH, &upload).header("upload-offset", "3").header("content-type", BYTES);
        editor.send(unversioned.body("x")).await.must_be(412);
        let placeless = editor.request(Method::PATCH, &upload).header("tus-resumable", "1.0.0").header("content-type", BYTES);
        editor.send(placeless.body("x")).await.must_be(400);
        let head = editor.send(editor.request(Method::HEAD, &upload)).await.must_be(200);
        assert_eq!((head.header("upload-offset"), head.header("upload-length")), ("3".into(), "10".into()));
        assert_eq!(head.header("upload-metadata"), metadata_of("cpi", "time-series", "a.txt", "1"));
        assert!(head.header("cache-control").contains("no-store"));
        let last = send(&editor, &upload, 3, b"defghij".to_vec()).await.must_be(204);
        assert_eq!(last.header("upload-offset"), "10");
        let file = editor.get(&last.header("content-location")).await.must_be(200).json();
        assert_eq!(file["sha256"], sha256(b"abcdefghij"));
        send(&editor, &upload, 10, Vec::new()).await.must_be(410);
    }

    async fn bytes_with_a_wrong_checksum_are_not_taken(db: TestDatabase) {
        let site = Site::start(db).await;
        let editor = open_version(&site, "cpi").await;
        let bytes = archive(17 << 20, 3);
        let upload = begin(&editor, "cpi", "a.zip", bytes.len()).await;
        let base64 = |digest: &[u8]| base64_simd::STANDARD.encode_to_string(digest);
        let with = async |offset: usize, bytes: &[u8], checksum: String| {
            editor.send(adding(&editor, &upload, offset).header("upload-checksum", checksum).body(bytes.to_vec())).await
        };
        // What came along with the beginning and is not taken can be sent again.
        let first = beginning(&editor, "cpi", "b.txt", 3).header("content-type", BYTES).header("upload-checksum", format!("sha256 {}", base64(&Sha256::digest(b"abc"))));
        let begun = editor.send(first.body("abd")).await.must_be(460).header("location");
        assert_eq!(offset(&editor, &begun).await, 0);
        send(&editor, &begun, 0, b"abc".to_vec()).await.must_be(204);

        let mut damaged = bytes.clone();
        damaged[9 << 20] ^= 1;
        let right = format!("sha256 {}", base64(&Sha256::digest(&bytes[..16 << 20])));
        let answer = with(0, &damaged[..16 << 20], right.clone()).await.must_be(460);
        assert_eq!(answer.code(), "CHECKSUM_MISMATCH");
        assert_eq!(offset(&editor, &upload).await, 0);
        with(0, b"x", "md5 AAAA".into()).await.must_be(400);
        with(0, &bytes[..16 << 20], right).await.must_be(204);
        let sha1 = |bytes: &[u8]| format!("sha1 {}", base64(aws_lc_rs::digest::digest(&aws_lc_rs::digest::SHA1_FOR_LEGACY_USE_ONLY, bytes).as_ref()));
        with(16 << 20, &bytes[16 << 20..], sha1(b"other")).await.must_be(460);
        let last = with(16 << 20, &bytes[16 << 20..], sha1(&bytes[16 << 20..])).await.must_be(204);
        let file = editor.get(&last.header("content-location")).await.must_be(200).json();
        assert_eq!(file["sha256"], sha256(&bytes));
    }

    async fn a_post_stands_for_what_a_line_does_not_let_through(db: TestDatabase) {
        let site = Site::start(db).await;
        let editor = open_version(&site, "cpi").await;
        let upload = begin(&editor, "cpi", "a.txt", 6).await;
        let post = |meant: &'static str| {
            editor.request(Method::POST, &upload).header("tus-resumable", "1.0.0").header("x-http-method-override", meant)
        };
        let adding = || post("PATCH").header("upload-offset", "0").header("content-type", BYTES).body("abc");
        assert_eq!(editor.send(adding()).await.must_be(204).header("upload-offset"), "3");
        editor.send(adding()).await.must_be(409);
        editor.send(post("GET")).await.must_be(405);
        editor.send(post("DELETE")).await.must_be(204);
        editor.get(&upload).await.must_be(410);
        // Anywhere else a POST is a POST.
        let elsewhere = editor.request(Method::POST, "/v1/datasets/cpi").header("x-http-method-override", "DELETE");
        editor.send(elsewhere).await.must_be(405);
        editor.get("/v1/datasets/cpi").await.must_be(200);
    }

    async fn who_began_an_upload_can_end_it(db: TestDatabase) {
        let site = Site::start(db).await;
        let editor = open_version(&site, "cpi").await;
        let upload = begin(&editor, "cpi", "a.zip", 10 << 20).await;
        send(&editor, &upload, 0, noise(9 << 20, 5)).await.must_be(204);
        assert!(!site.services.storage.list("uploads/").await.unwrap().is_empty());
        end(&editor, &upload).await.must_be(204);
        for answer in [editor.get(&upload).await, send(&editor, &upload, 9 << 20, vec![0]).await, end(&editor, &upload).await] {
            answer.must_be(410);
        }
        assert!(site.services.storage.list("").await.unwrap().is_empty());
        begin(&editor, "cpi", "a.zip", 10).await;
    }
}
