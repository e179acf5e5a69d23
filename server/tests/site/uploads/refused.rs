//! What is not what it says it is, and what is refused before its bytes are read.

use std::time::Duration;

use domain::policy::{Grant, Role};
use reqwest::{Method, RequestBuilder};
use serde_json::{Value, json};
use services::files::{Looked, run_due};
use testkit::on_both_databases;

use super::open_version;
use super::sender::*;
use crate::support::*;

/// The beginning of a program for Windows.
const PROGRAM: &[u8] = b"MZ\x90\0\x03\0\0\0\x04\0\0\0\xff\xff";

/// The newest record of a refused file, and how many there are.
async fn newest_refusal(site: &Site) -> (u64, Value) {
    let found = site.environment().get("/v1/audit?action=file_refused&limit=1").await.must_be(200).json();
    (found["total_count"].as_u64().unwrap(), found["items"][0].clone())
}

/// A form whose file never ends.
fn endless(who: &Caller, path: &str, fields: &[(&str, &str)], filename: &str) -> RequestBuilder {
    let field = |(name, value): &(&str, &str)| {
        format!("--limit\r\nContent-Disposition: form-data; name=\"{name}\"\r\n\r\n{value}\r\n")
    };
    let mut form: String = fields.iter().map(field).collect();
    form += &format!("--limit\r\nContent-Disposition: form-data; name=\"file\"; filename=\"{filename}\"\r\n\r\n");
    form += "Year,Value\n";
    who.request(Method::POST, path)
        .header("content-type", "multipart/form-data; boundary=limit")
        .body(and_then_nothing(form.as_bytes()))
}

/// The answer, which has to come although the file does not end.
async fn at_once(who: &Caller, request: RequestBuilder) -> Answer {
    tokio::time::timeout(Duration::from_secs(30), who.send(request)).await.unwrap()
}

/// Who sends which fields and which name, what is answered, and what stands in it.
type Refusing<'a> = (&'a Caller, &'a [(&'a str, &'a str)], &'a str, u16, &'a str);

const PLACE: [(&str, &str); 3] = [("dataset_id", "cpi"), ("edition", "time-series"), ("version", "1")];

on_both_databases! {
    async fn what_is_not_what_its_name_says_is_refused_and_recorded(db: TestDatabase) {
        let site = Site::start(db).await;
        let editor = open_version(&site, "cpi").await;
        let wrong: [(&str, &[u8], &str); 13] = [
            ("report.pdf", PROGRAM, "a program"),
            ("report.pdf", b"<!DOCTYPE html><title>Sign in</title>", "a web page"),
            ("all.zip", b"nothing of the kind", "not a ZIP archive"),
            ("all.zip", b"PK\x03\x04 cut off", "no end"),
            ("old.xls", b"%PDF-1.7", "a PDF document"),
            ("old.xls", b"\xD0\xCF\x11\xE0\xA1\xB1\x1A\xE1 of an installer", "cut off"),
            ("sheet.ods", b"PK\x05\x06\0\0\0\0\0\0\0\0", "a ZIP archive"),
            ("data.json", b"{\"a\": [1, 2", "JSON"),
            ("structure.xml", b"a,b\n1,2\n", "not an XML document"),
            ("notes.txt", b"\x89PNG\r\n\x1a\n\0\0", "a picture"),
            ("notes.txt", b"#!/bin/sh\nrm -r /", "a program"),
            ("table.csv", PROGRAM, "a program"),
            ("setup.exe", PROGRAM, "Send a CSV"),
        ];
        for (at, (name, bytes, what)) in (1_u64..).zip(wrong) {
            let refused = editor.upload("cpi", "time-series", "1", name, bytes).await.must_be(422);
            let field = &refused.json()["error"]["details"]["fields"][0];
            let message = field["message"].as_str().unwrap();
            assert!(field["field"] == "file" && message.contains(what), "{name}: {field}");
            let (count, record) = newest_refusal(&site).await;
            assert_eq!((count, record["resource_id"].as_str()), (at, Some("cpi/time-series/1")), "{name}");
            assert_eq!((record["reason"].as_str(), record["details"]["filename"].as_str()), (Some(message), Some(name)));
            assert_eq!(site.services.storage.list("").await.unwrap(), Vec::<String>::new(), "{name}");
        }
        // In parts it is the same; what its name says is refused before the first byte, the rest at the last.
        let upload = begin(&editor, "cpi", "report.pdf", PROGRAM.len()).await;
        assert!(send(&editor, &upload, 0, PROGRAM.to_vec()).await.must_be(422).text.contains("a program"));
        editor.send(beginning(&editor, "cpi", "setup.exe", 10)).await.must_be(422);
        assert_eq!(newest_refusal(&site).await.0, 15);
        assert_eq!(site.services.storage.list("").await.unwrap(), Vec::<String>::new());

        let archive = archive(100, 1);
        let sound: [(&str, &[u8]); 6] = [
            ("report.pdf", b"%PDF-1.7\n%%EOF\n"),
            ("all.zip", &archive),
            ("old.xls", include_bytes!("../../../tables/tests/older/not-calculated.xls")),
            ("data.json", b"{\"a\": [1, 2]}"),
            ("structure.xml", b"<?xml version=\"1.0\"?><Structure/>"),
            ("notes.txt", b"Revised in March.\n"),
        ];
        for (name, bytes) in sound {
            let file = editor.upload("cpi", "time-series", "1", name, bytes).await.must_be(201).json();
            assert_eq!(file["state"], "ready", "{name}");
        }
        assert_eq!(newest_refusal(&site).await.0, 15);
    }

    async fn a_name_that_not_every_system_can_save_is_refused(db: TestDatabase) {
        let site = Site::start(db).await;
        let editor = open_version(&site, "cpi").await;
        for (name, code) in [
            ("q?#.csv", "filename_characters"),
            ("<script>.csv", "filename_characters"),
            ("a:b.csv", "filename_characters"),
            ("a|b.csv", "filename_characters"),
            ("a*b.csv", "filename_characters"),
            (" lead.csv", "filename_edges"),
            ("con.csv", "filename_reserved"),
            ("rhag\u{202e}vsc.csv", "filename_hidden_characters"),
        ] {
            let by_form = editor.upload("cpi", "time-series", "1", name, TABLE).await.must_be(422);
            assert!(by_form.text.contains(code), "{name}: {}", by_form.text);
            let by_parts = editor.send(beginning(&editor, "cpi", name, TABLE.len())).await.must_be(422);
            assert_eq!(by_parts.json()["error"]["details"]["fields"], by_form.json()["error"]["details"]["fields"], "{name}");
        }
        // A form cannot hold these in a name as they are.
        for (name, code) in [("a\"b.csv", "filename_characters"), ("a\\b.csv", "filename_path")] {
            let refused = editor.send(beginning(&editor, "cpi", name, TABLE.len())).await.must_be(422);
            assert!(refused.text.contains(code), "{name}: {}", refused.text);
        }

        // Two names that are one on some systems would leave one file of both when the archive is unpacked there.
        editor.upload("cpi", "time-series", "1", "M\u{f4}n.csv", TABLE).await.must_be(201);
        for name in ["M\u{f4}n.csv", "m\u{f4}n.csv", "M\u{d4}N.CSV", "Mo\u{302}n.csv"] {
            for refused in [
                editor.upload("cpi", "time-series", "1", name, TABLE).await.must_be(409),
                editor.send(beginning(&editor, "cpi", name, TABLE.len())).await.must_be(409),
            ] {
                assert!(refused.text.contains("filename_taken") && refused.text.contains("named M\u{f4}n.csv already"), "{}", refused.text);
            }
        }
        // Who is slower than somebody else is told at the end.
        let upload = begin(&editor, "cpi", "late.csv", TABLE.len()).await;
        editor.upload("cpi", "time-series", "1", "Late.csv", TABLE).await.must_be(201);
        assert!(send(&editor, &upload, 0, TABLE.to_vec()).await.must_be(409).text.contains("filename_taken"));
        editor.upload("cpi", "time-series", "1", "Mon.csv", TABLE).await.must_be(201);
    }

    async fn the_licence_of_a_file_is_a_line_of_words(db: TestDatabase) {
        let site = Site::start(db).await;
        let editor = open_version(&site, "cpi").await;
        let sent = async |licence: &str| {
            let part = reqwest::multipart::Part::bytes(TABLE).file_name("cpi.csv");
            let form = PLACE.into_iter().fold(reqwest::multipart::Form::new(), |form, (name, value)| form.text(name, value));
            let form = form.text("licence", licence.to_owned()).part("file", part);
            editor.send(editor.request(Method::POST, "/files/upload").multipart(form)).await
        };
        for (licence, code) in [("x".repeat(301), "too_long"), ("Open\nlicence".to_owned(), "control_characters")] {
            let field = sent(&licence).await.must_be(422).json()["error"]["details"]["fields"][0].clone();
            assert_eq!((&field["field"], &field["code"]), (&json!("licence"), &json!(code)), "{field}");
        }
        sent("Open Government Licence v3.0").await.must_be(201);
    }

    async fn what_failed_afterwards_is_given_out_to_nobody(db: TestDatabase) {
        let site = Site::start_as(db, &[("EXAMINE_AT_ONCE_BYTES", "100")]).await;
        let editor = open_version(&site, "cpi").await;
        let short = format!("Year,Value\n{}2020\n", "2019,3\n".repeat(20));
        let cut = format!("[{}", "1, ".repeat(100));
        for (name, text) in [("cpi.csv", short), ("cpi.json", cut)] {
            let file = editor.upload("cpi", "time-series", "1", name, text.as_bytes()).await.must_be(201).json();
            assert_eq!(file["state"], "uploaded", "{name}");
            assert_eq!(run_due(&site.services).await.unwrap(), [Looked::Refused], "{name}");
            let id = file["id"].as_str().unwrap();
            let status = editor.get(&format!("/files/{id}/status")).await.must_be(200).json();
            assert_eq!(status["state"], "failed");
            let (_, record) = newest_refusal(&site).await;
            assert_eq!(record["reason"], status["problems"][0]["message"], "{name}");
            let content = format!("/files/{id}/content");
            let download = format!("/files/downloads/cpi/{name}?edition=time-series&version=1");
            for who in [&editor, &site.environment()] {
                for address in [&content, &download] {
                    assert!(who.get(address).await.must_be(409).text.contains("file_failed"), "{address}");
                    who.send(who.request(Method::HEAD, address)).await.must_be(409);
                }
            }
        }
        editor.get("/datasets/cpi/editions/time-series/versions/1/files.zip").await.must_be(404);
        let (person, _) = site.person("editor@example.org", &[Grant::of(Role::Editor)]).await;
        let page = person.get("/admin/datasets/cpi/editions/time-series/versions/1").await.must_be(200);
        assert!(page.text.contains("cpi.json") && !page.text.contains("/content\""), "{}", page.text);
    }

    async fn a_large_program_is_nobodys_file_even_before_it_is_looked_into(db: TestDatabase) {
        let site = Site::start_as(db, &[("EXAMINE_AT_ONCE_BYTES", "100")]).await;
        let editor = open_version(&site, "cpi").await;
        let mut program = PROGRAM.to_vec();
        program.resize(200, 1);
        for (at, name) in (1_u64..).zip(["cpi.csv", "cpi.xlsx", "old.xls", "cpi.json", "notes.txt"]) {
            let refused = editor.upload("cpi", "time-series", "1", name, &program).await.must_be(422);
            assert!(refused.text.contains("a program"), "{name}: {}", refused.text);
            assert_eq!(newest_refusal(&site).await.0, at, "{name}");
            let download = format!("/files/downloads/cpi/{name}?edition=time-series&version=1");
            editor.get(&download).await.must_be(404);
        }
        let upload = begin(&editor, "cpi", "cpi.csv", program.len()).await;
        assert!(send(&editor, &upload, 0, program).await.must_be(422).text.contains("a program"));
        assert_eq!(site.services.storage.list("").await.unwrap(), Vec::<String>::new());
        assert_eq!(run_due(&site.services).await.unwrap(), []);
    }

    async fn who_sends_what_where_is_judged_before_the_bytes_of_a_form(db: TestDatabase) {
        let site = Site::start(db).await;
        site.department("prices").await;
        let editor = open_version(&site, "cpi").await;
        editor.upload("cpi", "time-series", "1", "taken.csv", TABLE).await.must_be(201);
        let kept = site.services.storage.list("").await.unwrap();
        let grants = [Grant { departments: vec!["prices".into()], ..Grant::of(Role::Editor) }, Grant::of(Role::Reviewer)];
        let elsewhere = site.service_with("elsewhere", &grants, false).await;
        let unknown = [("dataset_id", "cpi"), ("edition", "time-series"), ("version", "9")];
        let asked: [Refusing<'_>; 7] = [
            (&editor, &unknown, "new.csv", 404, "NOT_FOUND"),
            (&elsewhere, &PLACE, "new.csv", 403, "FORBIDDEN"),
            (&editor, &PLACE, "taken.csv", 409, "filename_taken"),
            (&editor, &PLACE, "new.exe", 422, "unknown_format"),
            (&editor, &PLACE, ".hidden.csv", 422, "filename_path"),
            (&editor, &[], "new.csv", 422, "Send this before the file."),
            (&editor, &PLACE[..2], "new.csv", 422, "Send this before the file."),
        ];
        for (who, fields, name, status, told) in asked {
            let answer = at_once(who, endless(who, "/v1/files/upload", fields, name)).await.must_be(status);
            assert!(answer.text.contains(told), "{name}: {}", answer.text);
        }
        // A field after the file is refused, and the file with it.
        let part = reqwest::multipart::Part::bytes(TABLE).file_name("new.csv");
        let form = reqwest::multipart::Form::new().text("dataset_id", "cpi").text("edition", "time-series").text("version", "1");
        let form = form.part("file", part).text("title", "Too late");
        let late = editor.send(editor.request(Method::POST, "/files/upload").multipart(form)).await.must_be(422);
        assert!(late.text.contains("after_file"), "{}", late.text);
        assert_eq!(site.services.storage.list("").await.unwrap(), kept);
        editor.put("/datasets/cpi/editions/time-series/versions/1/submit").await.must_be(200);
        let closed = at_once(&editor, endless(&editor, "/v1/files/upload", &PLACE, "new.csv")).await.must_be(409);
        assert!(closed.text.contains("not_editable"), "{}", closed.text);
    }

    async fn the_form_of_the_portal_is_judged_before_its_bytes_too(db: TestDatabase) {
        let site = Site::start(db).await;
        let editor = open_version(&site, "cpi").await;
        editor.upload("cpi", "time-series", "1", "taken.csv", TABLE).await.must_be(201);
        let kept = site.services.storage.list("").await.unwrap();
        let (writer, _) = site.person("editor@example.org", &[Grant::of(Role::Editor)]).await;
        let (reader, _) = site.person("reviewer@example.org", &[Grant::of(Role::Reviewer)]).await;
        let page = format!("{}/admin/datasets/cpi/editions/time-series/versions/1", site.url);
        let of_browser = |form: RequestBuilder| form.header("accept", "text/html").header("referer", &page);
        at_once(&reader, of_browser(endless(&reader, "/rpc/files/upload", &PLACE, "new.csv"))).await.must_be(303);
        for name in ["taken.csv", "new.exe"] {
            at_once(&writer, of_browser(endless(&writer, "/rpc/files/upload", &PLACE, name))).await.must_be(303);
        }
        assert_eq!(site.services.storage.list("").await.unwrap(), kept);
        assert_eq!(newest_refusal(&site).await.1["details"], json!({"filename": "new.exe", "problems": 1}));
    }
}
