//! Nothing early: until the instant every public address answers for the unpublished exactly as for the unknown.

use chrono::{SecondsFormat, TimeDelta};
use domain::policy::Role;
use reqwest::Method;
use serde_json::json;
use testkit::on_both_databases;

use crate::support::*;

/// Public addresses about a dataset, an edition, a version or a file of it.
const ADDRESSES: &[&str] = &[
    "/catalogue/{id}",
    "/catalogue/{id}/editions/time-series",
    "/catalogue/{id}/editions/time-series/versions/1",
    "/cy/catalogue/{id}",
    "/datasets/{id}",
    "/v1/datasets/{id}",
    "/datasets/{id}/editions",
    "/datasets/{id}/editions/time-series",
    "/datasets/{id}/editions/time-series/versions",
    "/datasets/{id}/editions/time-series/versions/1",
    "/datasets/{id}/editions/time-series/versions/1/metadata",
    "/v1/datasets/{id}/editions/time-series/versions/1/metadata.json",
    "/v1/datasets/{id}/editions/time-series/versions/1/metadata.ttl",
    "/v1/datasets/{id}/editions/time-series/versions/1/metadata.jsonld",
    "/v1/datasets/{id}/editions/time-series/versions/1/metadata.schema.jsonld",
    "/v1/datasets/{id}/editions/time-series/versions/1/metadata.csvw.json",
    "/v1/datasets/{id}/editions/time-series/versions/1/metadata.datapackage.json",
    "/v1/datasets/{id}/editions/time-series/versions/1/metadata.txt",
    "/v1/datasets/{id}/editions/time-series/versions/1/alerts",
    "/v1/datasets/{id}/editions/time-series/versions/1/dimensions",
    "/v1/datasets/{id}/editions/time-series/versions/1/dimensions/Year/options",
    "/v1/catalog.ttl",
    "/v1/catalog.jsonld",
    "/v1/datasets?limit=1&sort=title&id={id}",
    "/v1/topics/output/content",
    "/topics/output",
    "/cy/topics/output",
    "/cy/search?q={id}",
    "/cy/catalogue/{id}/editions/time-series/versions/1",
    "/files/downloads/{id}/{id}.csv",
    "/files/downloads/{id}/{id}.csv?edition=time-series&version=1",
    "/v1/search?q={id}",
    "/v1/search/suggest?q={id}",
    "/search?q={id}",
    "/datasets?id={id}",
    "/datasets?q={id}&state=approved",
];

/// The answer without what differs from request to request: the id asked for, the trace, the time, the nonce, the length.
fn essence(answer: &Answer, id: &str) -> String {
    let policy = answer.header("content-security-policy");
    let nonce = policy.split("'nonce-").nth(1).and_then(|rest| rest.split('\'').next());
    let mut text = answer.text.replace(nonce.unwrap_or("no nonce"), "NONCE").replace(id, "ID");
    for (from, to) in [("\"trace_id\":\"", '"'), ("\"timestamp\":\"", '"')] {
        let mut out = String::new();
        let mut rest = text.as_str();
        while let Some(at) = rest.find(from) {
            out.push_str(&rest[..at + from.len()]);
            rest = &rest[at + from.len()..];
            rest = &rest[rest.find(to).unwrap()..];
        }
        out.push_str(rest);
        text = out;
    }
    let mut headers: Vec<String> = answer
        .headers
        .iter()
        // A page's tag is the hash of its text, which is compared; it may name the id asked for.
        .filter(|(name, _)| *name != "etag" || !answer.header("content-type").starts_with("text/html"))
        .filter(|(name, _)| {
            !["x-request-id", "traceparent", "ratelimit", "date", "content-security-policy", "content-length"]
                .contains(&name.as_str())
        })
        .map(|(name, value)| format!("{name}: {}", value.to_str().unwrap().replace(id, "ID")))
        .collect();
    headers.sort();
    format!("{}\n{}\n{text}", answer.status, headers.join("\n"))
}

async fn looks_unknown(site: &Site, id: &str) {
    let public = site.public();
    for address in ADDRESSES {
        // An id of the same length, so that lengths cannot tell either.
        let unknown = id.replace('u', "w");
        for method in [Method::GET, Method::HEAD, Method::OPTIONS] {
            let ask = async |id: &str| public.send(public.request(method.clone(), &address.replace("{id}", id))).await;
            let (hidden, missing) = (ask(id).await, ask(&unknown).await);
            assert_eq!(essence(&hidden, id), essence(&missing, &unknown), "{method} {address}");
            assert_eq!(hidden.header("content-length"), missing.header("content-length"), "{method} {address}");
        }
    }
}

on_both_databases! {
    async fn the_unpublished_is_as_the_unknown_until_its_instant(db: TestDatabase) {
        let site = Site::start(db).await;
        let editor = site.service("editor", &[Role::Editor]).await;
        let approver = site.service("approver", &[Role::Approver]).await;
        let id = "unguessable-output";
        let before = site.public().get("/").await.must_be(200);
        let file = approved_version(&editor, &approver, id, "Unguessable output").await;
        looks_unknown(&site, id).await;
        let bundle = approved_bundle(&editor, &approver, "Secret", &[(id, "1")]).await;
        let instant = (site.now() + TimeDelta::seconds(60)).to_rfc3339_opts(SecondsFormat::Secs, true);
        approver.put_json(&format!("/bundles/{bundle}/schedule"), json!({"publication_date": instant})).await.must_be(200);
        site.advance(TimeDelta::seconds(60) - TimeDelta::microseconds(1));
        site.run_tasks().await;
        looks_unknown(&site, id).await;
        let public = site.public();
        assert_eq!(essence(&public.get("/").await, id), essence(&before, id));
        for path in [format!("/v1/bundles/{bundle}"), format!("/v1/files/{file}/status"), "/v1/bundles".to_owned()] {
            let answer = public.get(&path).await;
            assert!(matches!(answer.status.as_u16(), 401 | 404) && !answer.text.contains("nguessable"), "{path}");
        }

        site.advance(TimeDelta::microseconds(1));
        site.run_tasks().await;
        for address in ADDRESSES.iter().filter(|a| !a.contains("state=approved")) {
            let answer = public.get(&address.replace("{id}", id)).await.must_be(200);
            assert!(answer.text.contains("nguessable") || answer.text.as_bytes() == TABLE || address.contains("/editions"), "{address} {}", answer.text);
        }
    }

    async fn the_draft_of_a_published_dataset_stays_hidden(db: TestDatabase) {
        let site = Site::start(db).await;
        let editor = site.service("editor", &[Role::Editor]).await;
        let approver = site.service("approver", &[Role::Approver]).await;
        let operator = site.service("operator", &[Role::Operator]).await;
        approved_version(&editor, &approver, "gdp", "GDP").await;
        let bundle = approved_bundle(&editor, &approver, "One", &[("gdp", "1")]).await;
        operator.post(&format!("/bundles/{bundle}/publish"), json!({"reason": "now"})).await.must_be(202);
        site.run_tasks().await;
        let read = editor.get("/datasets/gdp").await.must_be(200);
        let patch = editor.request(reqwest::Method::PATCH, "/datasets/gdp").header("if-match", read.header("etag"));
        editor.send(patch.json(&json!({"title": "GDP with a hidden twist"}))).await.must_be(200);
        next_version(&editor, &approver, "gdp").await;
        let public = site.public();
        for path in ["/datasets/gdp", "/catalogue/gdp", "/v1/search?q=twist", "/datasets/gdp/editions/time-series/versions", "/datasets"] {
            let text = public.get(path).await.text;
            assert!(!text.contains("twist\"") && !text.contains("hidden twist"), "{path} {text}");
        }
        assert_eq!(public.get("/datasets/gdp/editions/time-series/versions").await.json()["total_count"], 1);
        public.get("/catalogue/gdp/editions/time-series/versions/2").await.must_be(404);
        public.get("/files/downloads/gdp/gdp.csv?edition=time-series&version=2").await.must_be(404);
        assert_eq!(editor.get("/datasets/gdp").await.json()["draft"]["title"], "GDP with a hidden twist");
    }
}
