//! The description of the API is complete and true: whatever it says is there, and whatever is there it says.

use std::collections::BTreeSet;

use reqwest::Method;
use serde_json::Value;
use server::api::described::Document;
use server::config::Config;
use testkit::on_both_databases;

use crate::support::*;

fn document() -> Value {
    Document::value(&Config::read(&|_| None).unwrap()).unwrap()
}

/// Path, method and operation of everything that is described.
fn operations(document: &Value) -> Vec<(String, String, Value)> {
    let paths = document["paths"].as_object().unwrap();
    let of = |(path, item): (&String, &Value)| {
        let methods = item.as_object().unwrap().iter();
        methods.map(|(method, operation)| (path.clone(), method.clone(), operation.clone())).collect::<Vec<_>>()
    };
    paths.iter().flat_map(of).collect()
}

/// What a reference leads to.
fn resolved<'a>(document: &'a Value, value: &'a Value) -> &'a Value {
    match value["$ref"].as_str() {
        Some(reference) => document.pointer(reference.trim_start_matches('#')).unwrap_or_else(|| panic!("{reference}")),
        None => value,
    }
}

fn has_example(media: &Value) -> bool {
    media.get("example").is_some() || media["schema"].get("example").is_some()
}

#[test]
fn the_document_says_what_it_is() {
    let document = document();
    assert_eq!(document["openapi"], "3.1.0");
    for (member, least) in [("title", 5), ("description", 200), ("version", 3)] {
        assert!(document["info"][member].as_str().unwrap().len() >= least, "{member}");
    }
    assert_eq!(document["info"]["license"]["identifier"], "MIT");
    assert_eq!(document["servers"][0]["url"], "http://127.0.0.1:22000");
    for tag in document["tags"].as_array().unwrap() {
        assert!(
            tag["description"].as_str().is_some_and(|text| text.ends_with('.')),
            "{tag} is not described in tags.rs"
        );
    }
}

#[test]
fn every_operation_is_described_completely() {
    let document = document();
    let mut ids = BTreeSet::new();
    let mut wrong = Vec::new();
    for (path, method, operation) in operations(&document) {
        let mut miss = |what: &str| wrong.push(format!("{method} {path}: {what}"));
        if operation["summary"].as_str().is_none_or(|text| text.len() < 8 || text.contains('`')) {
            miss("no summary in plain words");
        }
        if !ids.insert(operation["operationId"].as_str().unwrap_or_default().to_owned()) {
            miss("its operationId is another's");
        }
        if operation["tags"].as_array().is_none_or(|tags| tags.len() != 1) {
            miss("not exactly one tag");
        }
        let names_permission = |way: &Value| way.as_object().is_some_and(|way| !way.is_empty());
        let secured =
            operation["security"].as_array().is_some_and(|ways| !ways.is_empty() && ways.iter().all(names_permission));
        if secured == (operation["x-public"] == true) {
            miss("neither public nor private, or both");
        }
        for parameter in operation["parameters"].as_array().into_iter().flatten() {
            let parameter = resolved(&document, parameter);
            let name = parameter["name"].as_str().unwrap();
            if parameter["description"].as_str().is_none_or(str::is_empty) {
                miss(&format!("the parameter {name} has no description"));
            }
            if parameter["required"] == true && !has_example(parameter) {
                miss(&format!("the parameter {name} has no example"));
            }
        }
        for media in operation["requestBody"]["content"].as_object().into_iter().flat_map(|c| c.values()) {
            if !has_example(media) || media.get("schema").is_none() {
                miss("its body has no schema or no example");
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn every_operation_names_its_answers_and_errors() {
    let document = document();
    let mut wrong = Vec::new();
    for (path, method, operation) in operations(&document) {
        let answers = operation["responses"].as_object().unwrap();
        let mut miss = |what: &str| wrong.push(format!("{method} {path}: {what}"));
        let succeeds = answers.iter().filter(|(status, _)| status.starts_with('2'));
        let described = |(status, answer): (&String, &Value)| status == "204" || answer["content"].is_object();
        if succeeds.clone().count() == 0 || !succeeds.clone().all(described) {
            miss("no answer that succeeds with its shape");
        }
        // Who watches is not counted, and gets an answer whatever they accept.
        let is_health = ["/health", "/healthcheck", "/metrics"].contains(&path.trim_start_matches("/v1"));
        for status in ["401", "406", "429"].into_iter().filter(|status| is_health && answers.contains_key(*status)) {
            miss(&format!("{status} is never answered"));
        }
        let mut needed =
            if is_health { vec!["400", "500", "504"] } else { vec!["400", "406", "429", "500", "503", "504"] };
        if operation.get("requestBody").is_some() {
            needed.extend(["413", "415", "422"]);
        }
        // Whoever has the token of a subscription may do everything with it, and nobody else finds it.
        let by_token = operation["security"].as_array().unwrap().iter().any(|way| way.get("subscription").is_some());
        if operation["x-public"] != true {
            needed.extend(if by_token { vec!["401"] } else { vec!["401", "403"] });
        }
        if by_token && answers.contains_key("403") {
            miss("403 is never answered");
        }
        if path.contains('{') {
            needed.push("404");
        }
        if method != "get" {
            needed.push("409");
        }
        for status in needed.into_iter().filter(|status| !answers.contains_key(*status)) {
            miss(&format!("{status} is missing"));
        }
        for (status, answer) in answers.iter().filter(|(status, _)| status.starts_with(['4', '5'])) {
            let answer = resolved(&document, answer);
            let media = &answer["content"]["application/json"];
            if answer["description"].as_str().is_none_or(str::is_empty) || media.get("schema").is_none() {
                miss(&format!("{status} has no description or no schema"));
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
    let refused = &document["components"]["responses"]["RateLimited"]["headers"];
    assert!(
        ["Retry-After", "RateLimit", "RateLimit-Policy"].iter().all(|name| refused[*name].is_object()),
        "{refused}"
    );
}

fn references<'a>(value: &'a Value, found: &mut BTreeSet<&'a str>) {
    match value {
        Value::Object(object) => {
            found.extend(object.get("$ref").and_then(Value::as_str));
            object.values().for_each(|member| references(member, found));
        }
        Value::Array(items) => items.iter().for_each(|item| references(item, found)),
        _ => {}
    }
}

#[test]
fn every_reference_leads_somewhere() {
    let document = document();
    let mut found = BTreeSet::new();
    references(&document, &mut found);
    let lost: Vec<_> =
        found.into_iter().filter(|reference| document.pointer(reference.trim_start_matches('#')).is_none()).collect();
    assert!(lost.is_empty(), "describe these with inline(…), or in a body: {lost:?}");
}

#[test]
fn errors_come_with_an_example_of_the_envelope() {
    let document = document();
    let errors = document["components"]["responses"].as_object().unwrap();
    for (name, error) in errors.iter().filter(|(name, _)| *name != "NotModified") {
        let example = &error["content"]["application/json"]["example"]["error"];
        assert!(example["code"].is_string() && example["details"]["trace_id"].is_string(), "{name}");
    }
}

#[test]
fn every_route_is_registered_with_its_description() {
    let source = include_str!("../../src/api.rs");
    assert!(!source.contains(".route("), "register handlers with .routes(routes!(…)), so that they are described");
}

/// The address with an example in place of each name.
fn filled(document: &Value, path: &str, operation: &Value) -> String {
    let mut address = path.to_owned();
    for parameter in operation["parameters"].as_array().into_iter().flatten() {
        let parameter = resolved(document, parameter);
        if parameter["in"] == "path" {
            let name = format!("{{{}}}", parameter["name"].as_str().unwrap());
            let example = parameter.get("example").or_else(|| parameter["schema"].get("example")).unwrap();
            address = address.replace(&name, example.as_str().unwrap());
        }
    }
    address
}

on_both_databases! {
    async fn every_described_address_is_served_and_takes_just_the_methods_described(database: TestDatabase) {
        let site = Site::start(database).await;
        let document = document();
        for (path, item) in document["paths"].as_object().unwrap() {
            let described: BTreeSet<String> = item.as_object().unwrap().keys().map(|m| m.to_uppercase()).collect();
            let (_, operation) = item.as_object().unwrap().iter().next().unwrap();
            let address = filled(&document, path, operation);
            let mut addresses = vec![address.clone()];
            if operation["x-unprefixed"] == true {
                addresses.push(address.trim_start_matches("/v1").to_owned());
            }
            for address in addresses {
                let nobody = site.public();
                let answer = nobody.send(nobody.request(Method::from_bytes(b"PROPFIND").unwrap(), &address)).await;
                assert_eq!(answer.status, 405, "{address}");
                let allowed: BTreeSet<String> =
                    answer.header("allow").split(',').map(|m| m.trim().to_owned()).filter(|m| m != "HEAD" && m != "OPTIONS").collect();
                assert_eq!(allowed, described, "{address}");
            }
        }
    }

    async fn the_reference_is_readable_and_its_forms_lead_to_answers(database: TestDatabase) {
        let site = Site::start(database).await;
        let nobody = site.public();
        for (address, words) in [
            ("/developers", ["For developers", "curl -s", "/developers/datasets#datasets_read", "library(httr2)"]),
            ("/cy/developers", ["I ddatblygwyr", "Mae&#x27;r cyfeirlyfr", "/cy/developers/bundles", "import requests"]),
            ("/developers/bundles", ["bundles:approve", "publication_date", "Monthly GDP Release", "/developers/try"]),
        ] {
            let answer = nobody.get(address).await.must_be(200);
            let text = answer.text.replace("<!>", "").replace("&#39;", "&#x27;").replace("'r cyf", "&#x27;r cyf");
            for word in words {
                assert!(text.contains(word), "{address} does not show {word}");
            }
            let elsewhere = answer.text.matches("src=\"http").count() + answer.text.matches("<link rel=\"stylesheet\" href=\"http").count();
            assert_eq!(elsewhere, 0, "{address} asks another site");
        }
        nobody.get("/developers/nothing").await.must_be(404);
        let tried = nobody.get("/developers/try?operation=topics_read&id=output").await.must_be(200);
        assert_eq!(tried.json()["title"], "Output");
        assert_eq!(tried.header("content-location"), "/v1/topics/output");
        nobody.get("/developers/try?operation=bundles_list").await.must_be(401);
        nobody.get("/developers/try?operation=bundles_create").await.must_be(404);
    }

    async fn the_document_is_served_with_a_tag(database: TestDatabase) {
        let site = Site::start(database).await;
        let answer = site.public().get("/v1/openapi.json").await;
        assert_eq!(answer.status, 200);
        assert_eq!(answer.json()["openapi"], "3.1.0");
        let nobody = site.public();
        let request = nobody.request(Method::GET, "/v1/openapi.json").header("if-none-match", answer.header("etag"));
        let again = nobody.send(request).await;
        assert_eq!(again.status, 304);
    }
}
