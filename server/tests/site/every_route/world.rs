//! A catalogue in which every address of the description leads to something.

use std::collections::BTreeMap;

use domain::policy::Role;
use serde_json::{Value, json};

use super::operation::Operation;
use crate::support::*;

const DATASET: &str = "gdp-monthly";

/// What there is, by kind and word of an address.
pub struct World(BTreeMap<(&'static str, &'static str), String>);

impl World {
    /// Makes one of everything: a public version, a second one in a bundle that is being prepared, people, teams and tokens.
    pub async fn make(site: &Site) -> Self {
        let root = site.environment();
        let editor = site.service("editor", &[Role::Editor]).await;
        let approver = site.service("approver", &[Role::Approver, Role::Operator]).await;
        let id = |answer: Answer| answer.must_be(201).json()["id"].as_str().unwrap().to_owned();
        root.post("/v1/topics", json!({"slug": "economy", "title": "Economy", "description": "All of it."}))
            .await
            .must_be(201);
        for below in ["prices", "trade"] {
            let body = json!({"slug": below, "title": below, "description": "A part.", "parent_id": "output"});
            root.post("/v1/topics", body).await.must_be(201);
        }
        // Nobody listens there, so that the publication leaves a call that failed.
        let hook = id(root.post("/webhooks", json!({"url": "http://127.0.0.1:9/hook"})).await);
        begin_dataset(&editor, DATASET, "Gross domestic product").await;
        let first = format!("/datasets/{DATASET}/editions/time-series/versions");
        editor.post(&first, json!({"release_date": "2026-11-23T09:30:00Z"})).await.must_be(201);
        let file = id(editor.upload(DATASET, "time-series", "1", &format!("{DATASET}.csv"), TABLE).await);
        let image = id(editor.add_image(DATASET, "time-series", "A dot", DOT).await);
        editor.put(&format!("{first}/1/submit")).await.must_be(200);
        approver.put(&format!("{first}/1/approve")).await.must_be(200);
        let public = approved_bundle(&editor, &approver, "January", &[(DATASET, "1")]).await;
        approver.post(&format!("/bundles/{public}/publish"), json!({"reason": "a test"})).await.must_be(202);
        site.run_tasks().await;
        let calls = root.get(&format!("/webhooks/{hook}/deliveries")).await.must_be(200).json();
        let call = calls["items"][0]["id"].as_str().unwrap().to_owned();
        approved_version(&editor, &approver, "trade", "Trade in goods").await;
        editor
            .post(&format!("/datasets/{DATASET}/editions"), json!({"edition": "annual", "title": "Annual"}))
            .await
            .must_be(201);
        let version = format!("/datasets/{DATASET}/editions/time-series/versions/1");
        let alert = json!({"type": "correction", "description": "One figure was wrong."});
        let (_, alert) = (
            id(root.post(&format!("{version}/alerts"), alert.clone()).await),
            id(root.post(&format!("{version}/alerts"), alert).await),
        );
        next_version(&editor, &approver, DATASET).await;
        let bundle = json!({"title": "Shared", "type": "scheduled"});
        let bundle = id(editor.post("/bundles", bundle).await);
        for (dataset, version) in [("trade", "1"), (DATASET, "2")] {
            let item = json!({"dataset_id": dataset, "edition": "time-series", "version": version});
            editor.post(&format!("/bundles/{bundle}/contents"), item).await.must_be(201);
        }
        let items = editor.get(&format!("/bundles/{bundle}/contents")).await.json();
        let [item, other] = [0, 1].map(|i| items["items"][i]["id"].as_str().unwrap().to_owned());
        for text in ["The title still says 2025.", "It is mended."] {
            editor.post(&format!("/bundles/{bundle}/comments"), json!({"text": text})).await.must_be(201);
            editor.post(&format!("{version}/comments"), json!({"text": text})).await.must_be(201);
        }
        for item in [&item, &other] {
            let address = format!("/bundles/{bundle}/contents/{item}/sign-off");
            root.send(root.request(reqwest::Method::PUT, &address)).await.must_be(200);
        }
        let versions = format!("/datasets/{DATASET}/editions/annual/versions");
        editor.post(&versions, json!({"release_date": "2026-11-23T09:30:00Z"})).await.must_be(201);
        let upload = crate::uploads::begin_for(&root, DATASET, "annual", "1").await;
        let release = json!({"title": "Announced", "department": "economy"});
        let release = id(editor.post("/v1/releases", release).await);
        root.put_json(&format!("/v1/releases/{release}/announce"), json!({})).await.must_be(200);
        editor.post("/v1/releases", json!({"title": "Another", "department": "economy"})).await.must_be(201);
        let user = json!({"email": "somebody@example.org", "name": "Somebody", "password": PASSWORD, "grants": [{"role": "editor"}]});
        let user = root.post("/users", user).await.must_be(201).json();
        let (user, policy) =
            (user["id"].as_str().unwrap().to_owned(), user["grants"][0]["id"].as_str().unwrap().to_owned());
        for _ in 0..2 {
            site.signed_in("somebody@example.org").await;
        }
        crate::passkeys::stored(site, &user, "Phone").await;
        let passkey = crate::passkeys::stored(site, &user, "Blue key").await;
        for name in ["Press office", "Briefing"] {
            root.post("/teams", json!({"name": name, "members": [user]})).await.must_be(201);
        }
        let token = id(root.post("/service-tokens", json!({"name": "any", "grants": [{"role": "editor"}]})).await);
        let invited = |name: &str| json!({"email": format!("{name}@example.org"), "name": name});
        let (invited, _) = (
            id(root.post("/v1/invitations", invited("ann")).await),
            id(root.post("/v1/invitations", invited("bob")).await),
        );
        let rule = json!({"asked": ["zebedee"], "words": ["magic"]});
        let synonym = id(root.post("/v1/search/synonyms", rule).await);
        let pin = |query: &str| json!({"query": query, "datasets": [DATASET]});
        let (pin, _) = (
            id(root.post("/v1/search/pins", pin("zebedee")).await),
            id(root.post("/v1/search/pins", pin("magic")).await),
        );
        let csv = "id,department,title,topics\nimported,economy,Imported,output\n";
        let importer = services::Ctx::system("importer", site.now());
        let sent = services::imports::Sent::default();
        let import = services::imports::carry_out(&site.services, &importer, csv, sent).await.unwrap().import.unwrap();
        site.department("prices").await;
        let program = json!({"channel": "webhook", "address": "http://127.0.0.1:9/told", "topic_id": "output"});
        let subscription = site.public().post("/v1/subscriptions", program).await.must_be(202).json();
        let filter = json!({
            "dataset": {"id": DATASET, "edition": "time-series", "version": "1"},
            "dimensions": [{"name": "Year", "options": ["2023", "2024"]}],
        });
        let filter = id(root.post("/filters", filter).await);
        let output = id(root.post(&format!("/filters/{filter}/submit"), json!(null)).await);
        let incident = |title: &str| json!({"title": title, "severity": "p3"});
        let incident = (
            id(root.post("/v1/incidents", incident("Slow")).await),
            id(root.post("/v1/incidents", incident("Late")).await),
        )
            .0;
        let held = json!({"reason": "An inquiry quotes it."});
        root.put_json(&format!("{version}/archive-hold"), held).await.must_be(200);
        let text = str::to_owned;
        Self(BTreeMap::from([
            (("datasets", "id"), text(DATASET)),
            (("datasets", "edition"), text("time-series")),
            (("datasets", "version"), text("1")),
            (("datasets", "alert"), alert),
            (("datasets", "name"), text("Year")),
            (("datasets", "document"), text("metadata.ttl")),
            (("filter-outputs", "id"), output),
            (("filter-outputs", "format"), text("csv")),
            (("filters", "id"), filter),
            (("filters", "name"), text("Year")),
            (("filters", "option"), text("2023")),
            (("files", "dataset"), text(DATASET)),
            (("files", "filename"), format!("{DATASET}.csv")),
            (("files", "id"), file),
            (("files", "upload"), upload),
            (("images", "id"), image),
            (("incidents", "id"), incident),
            (("images", "variant"), text("original")),
            (("bundles", "id"), bundle),
            (("bundles", "item"), item),
            (("bundles", "another item"), other),
            (("steps", "id"), public.clone()),
            (("steps", "step"), text("search_index")),
            (("wagtail", "bundle_id"), public),
            (("webhooks", "id"), hook),
            (("webhooks", "delivery"), call),
            (("subscriptions", "id"), subscription["id"].as_str().unwrap().to_owned()),
            (("subscriptions", "token"), subscription["token"].as_str().unwrap().to_owned()),
            (("topics", "id"), text("output")),
            (("releases", "id"), release),
            (("users", "id"), user),
            (("users", "passkey"), passkey),
            (("invitations", "id"), invited),
            (("imports", "id"), import),
            (("synonyms", "id"), synonym),
            (("pins", "id"), pin),
            (("teams", "id"), text("press-office")),
            (("roles", "id"), text("editor")),
            (("policies", "id"), policy),
            (("service-tokens", "id"), token),
            (("departments", "id"), text("economy")),
            (("settings", "name"), text("maintenance")),
        ]))
    }

    /// The token of the subscription.
    pub fn subscription_token(&self) -> &str {
        &self.0[&("subscriptions", "token")]
    }

    /// The address of something that is there.
    pub fn address(&self, operation: &Operation) -> String {
        operation.words().into_iter().fold(operation.path.clone(), |path, word| self.put(&path, word))
    }

    /// The same with one word after the other that names nothing.
    pub fn missing(&self, operation: &Operation) -> Vec<String> {
        let words = operation.words();
        let without = |lost: &&str| {
            let nothing = match *lost {
                "version" => "99",
                "document" => "metadata.none",
                _ => "none-such",
            };
            let path = operation.path.replace(&format!("{{{lost}}}"), nothing);
            words.iter().filter(|word| *word != lost).fold(path, |path, word| self.put(&path, word))
        };
        words.iter().map(without).collect()
    }

    fn put(&self, path: &str, word: &str) -> String {
        let mut words = path.split('/').skip(2);
        let kind = match (words.next().unwrap_or_default(), words.next().unwrap_or_default()) {
            // Only a bundle that was published has steps.
            _ if path.contains("/steps/") => "steps",
            // Below the search are things of two sorts.
            ("search", sort) => sort,
            (kind, _) => kind,
        };
        let found = self.0.iter().find(|((of, name), _)| *of == kind && *name == word);
        let (_, value) = found.unwrap_or_else(|| panic!("say in world.rs what {word} stands for in {path}"));
        path.replace(&format!("{{{word}}}"), value)
    }

    /// The example of the description, with what there is here in place of ids and times that nobody can know beforehand.
    pub fn body(&self, operation: &Operation) -> Option<(String, Value)> {
        let (kind, mut body) = operation.body()?;
        if operation.path.starts_with("/v1/filters") {
            // What the example says of the demonstration's table holds of the table here.
            let text = body.to_string().replace("under-five-mortality", DATASET);
            let text = text.replace("Country", "Year").replace("\"version\":\"3\"", "\"version\":\"1\"");
            let text = text.replace("Wales", "2023").replace("England", "2024");
            body = serde_json::from_str(&text).unwrap();
        }
        if operation.path == "/v1/files/upload" {
            // That of the example is public here, so that nothing of the file would be looked at.
            body["edition"] = json!("annual");
        }
        if let Some(object) = body.as_object_mut() {
            if let Some(order) = object.get_mut("order") {
                *order = json!([self.0[&("bundles", "another item")], self.0[&("bundles", "item")]]);
            }
            if let Some(channels) = object.get_mut("notification_channels") {
                *channels = json!(["webhook"]);
            }
            if let Some(at) = object.get_mut("publication_date") {
                *at = json!("2030-11-15T09:00:00Z");
            }
        }
        Some((kind, body))
    }
}

/// A body on the line: as JSON or as a form.
pub fn encoded(kind: &str, body: &Value) -> (String, Vec<u8>) {
    if !kind.starts_with("multipart/") {
        return (kind.to_owned(), serde_json::to_vec(body).unwrap());
    }
    let mut form = Vec::new();
    // The fields come before the file.
    let (file, fields): (Vec<_>, Vec<_>) = body.as_object().unwrap().iter().partition(|(name, _)| *name == "file");
    for (name, value) in fields.into_iter().chain(file) {
        let file = if name == "file" { "; filename=\"a.csv\"" } else { "" };
        let value = value.as_str().unwrap();
        form.extend(format!("--limit\r\nContent-Disposition: form-data; name=\"{name}\"{file}\r\n\r\n").as_bytes());
        // What stands for a picture in the description cannot be one.
        form.extend(if value == "the bytes of a picture" { DOT } else { value.as_bytes() });
        form.extend(b"\r\n");
    }
    form.extend(b"--limit--\r\n");
    ("multipart/form-data; boundary=limit".to_owned(), form)
}
