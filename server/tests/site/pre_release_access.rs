//! Who was given a release before the public: told by position once it is published, and to nobody outside before.

use chrono::{SecondsFormat, TimeDelta};
use domain::policy::{Grant, Role};
use reqwest::Method;
use serde_json::{Value, json};
use testkit::on_both_databases;

use crate::browser::Browser;
use crate::support::*;

const RELEASE: &str = "/v1/releases/figures";

async fn patch(caller: &Caller, body: Value) -> Answer {
    let tag = caller.get(RELEASE).await.must_be(200).header("etag");
    caller.send(caller.request(Method::PATCH, RELEASE).header("if-match", tag).json(&body)).await
}

fn given() -> Value {
    json!([
        {"position": "Chief Economist", "organisation": "HM Treasury"},
        {"position": "Minister for Health, Social Care and Sport", "organisation": "Welsh Government"},
    ])
}

on_both_databases! {
    async fn who_was_given_a_release_early_is_told_once_it_is_published(db: TestDatabase) {
        let site = Site::start(db).await;
        let editor = site.service("editor", &[Role::Editor]).await;
        let approver = site.service("approver", &[Role::Approver]).await;
        site.department("elsewhere").await;
        let grant = Grant { departments: vec!["elsewhere".into()], ..Grant::of(Role::Editor) };
        let elsewhere = site.service_with("limited", &[grant], false).await;
        let public = site.public();
        approved_version(&editor, &approver, "gdp", "GDP").await;
        let bundle = approved_bundle(&editor, &approver, "GDP", &[("gdp", "1")]).await;
        let at = (site.now() + TimeDelta::hours(1)).to_rfc3339_opts(SecondsFormat::Secs, true);
        let body = json!({"id": "figures", "title": "The figures", "release_date": at, "bundle_id": bundle});
        editor.post("/v1/releases", body).await.must_be(201);
        editor.put(&format!("{RELEASE}/announce")).await.must_be(200);
        approver.put(&format!("{RELEASE}/confirm")).await.must_be(200);
        let before = public.get(RELEASE).await.must_be(200);

        let written = patch(&editor, json!({"pre_release_access": given()})).await.must_be(200).json();
        assert_eq!(written["pre_release_access"], given());
        let after = public.get(RELEASE).await.must_be(200);
        assert_eq!((before.text, before.headers["etag"].clone()), (after.text, after.headers["etag"].clone()));
        for path in [RELEASE, "/v1/releases", "/releases", "/releases/figures", "/cy/releases/figures", "/releases.ics", "/releases.atom", "/releases?view=month"] {
            let told = public.get(path).await.must_be(200).text;
            assert!(!told.contains("Chief Economist") && !told.contains("pre_release_access"), "{path} {told}");
        }
        for path in [RELEASE, "/v1/releases"] {
            let told = elsewhere.get(path).await.must_be(200).text;
            assert!(!told.contains("Chief Economist") && !told.contains("pre_release_access"), "{path} {told}");
        }
        // What a change does not name stays, and a list that is named takes the place of the one before.
        let moved = patch(&editor, json!({"title": "The figures of the month"})).await.must_be(200).json();
        assert_eq!(moved["pre_release_access"], given());

        approver.put_json(&format!("/bundles/{bundle}/schedule"), json!({"publication_date": at})).await.must_be(200);
        site.advance(TimeDelta::hours(1));
        site.run_tasks().await;
        let release = public.get(RELEASE).await.must_be(200).json();
        assert_eq!((&release["state"], &release["pre_release_access"]), (&json!("published"), &given()));
        let page = public.get("/releases/figures").await.must_be(200).text;
        for words in ["Pre-release access", "Chief Economist, HM Treasury", "Minister for Health, Social Care and Sport, Welsh Government"] {
            assert!(page.contains(words), "{words} is missing in {page}");
        }
        let welsh = public.get("/cy/releases/figures").await.must_be(200).text.replace("<!>", "");
        assert!(welsh.contains("Mynediad cyn rhyddhau") && welsh.contains("<li lang=\"en\">Chief Economist, HM Treasury</li>"), "{welsh}");
    }

    async fn every_problem_of_the_list_is_told_at_once(db: TestDatabase) {
        let site = Site::start(db).await;
        let editor = site.service("editor", &[Role::Editor]).await;
        let list = json!([{"position": "Chief Economist"}, {"position": "somebody@example.org", "organisation": "Office"}]);
        let refused = editor.post("/v1/releases", json!({"title": "", "pre_release_access": list})).await.must_be(422).json();
        let fields = refused["error"]["details"]["fields"].as_array().unwrap();
        let mut told: Vec<(&str, &str)> = fields.iter().map(|of| (of["field"].as_str().unwrap(), of["code"].as_str().unwrap())).collect();
        told.sort_unstable();
        let expected = [("pre_release_access.0.organisation", "required"), ("pre_release_access.1.position", "address"), ("title", "required")];
        assert_eq!(told, expected);

        let spaced = json!([{"position": " Chief Economist ", "organisation": "HM Treasury "}]);
        let made = editor.post("/v1/releases", json!({"id": "figures", "title": "The figures", "pre_release_access": spaced})).await.must_be(201).json();
        assert_eq!(made["pre_release_access"], json!([{"position": "Chief Economist", "organisation": "HM Treasury"}]));
        let emptied = patch(&editor, json!({"pre_release_access": []})).await.must_be(200).json();
        assert!(emptied["pre_release_access"].is_null(), "{emptied}");
    }

    async fn editors_write_the_list_line_by_line(db: TestDatabase) {
        let site = Site::start(db).await;
        site.account("editor@example.org", &[Role::Editor]).await;
        let mut editor = Browser::signed_in(&site, "editor@example.org").await;
        let typed = [("id", "figures"), ("title", "The figures"), ("pre_release_access", "Chief Economist, HM Treasury\r\nPermanent Secretary")];
        let refused = editor.submit("/rpc/releases/create", "/admin/releases/new", &typed).await.text;
        assert!(refused.contains("Entry 2: Say in which organisation") && refused.contains("Permanent Secretary</textarea>"), "{refused}");
        let lines = "Chief Economist, HM Treasury\r\nMinister for Health, Social Care and Sport, Welsh Government";
        let typed = [("id", "figures"), ("title", "The figures"), ("pre_release_access", lines)];
        editor.post("/rpc/releases/create", "/admin/releases/new", &typed).await.must_be(303);
        let page = editor.get("/admin/releases/figures").await.must_be(200).text;
        let shown = "Chief Economist, HM Treasury\nMinister for Health, Social Care and Sport; Welsh Government</textarea>";
        assert!(page.contains(shown), "{page}");
        let seen = site.service("approver", &[Role::Approver]).await.get(RELEASE).await.must_be(200).json();
        assert_eq!(seen["pre_release_access"], given());
    }
}
