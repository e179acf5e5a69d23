//! The pre-release access list tells who could see a bundle when, with the rights held then.

use chrono::{SecondsFormat, TimeDelta};
use domain::policy::Role;
use reqwest::Method;
use serde_json::{Value, json};
use testkit::databases::TestDatabase;
use testkit::on_both_databases;

use crate::support::*;

/// A site, a caller with every right, and a bundle shared with the press; a minute passes with each change.
struct Story {
    site: Site,
    root: Caller,
    bundle: String,
}

impl Story {
    /// One account with a role, made through the API.
    async fn account(&self, name: &str, grant: Value) -> String {
        let email = format!("{name}@example.org");
        let body = json!({"email": email, "name": name, "password": PASSWORD, "grants": [grant]});
        self.root.post("/users", body).await.must_be(201).json()["id"].as_str().unwrap().to_owned()
    }

    /// Changes something, and lets a minute pass; the instant of the change.
    async fn change(&self, method: Method, path: &str, body: Value) -> String {
        let at = self.now();
        self.root.change(method, path, body).await.must_be(200);
        self.site.advance(TimeDelta::minutes(1));
        at
    }

    fn now(&self) -> String {
        self.site.now().to_rfc3339_opts(SecondsFormat::AutoSi, true)
    }

    /// Lets a minute pass; the instant before.
    fn later(&self) -> String {
        let at = self.now();
        self.site.advance(TimeDelta::minutes(1));
        at
    }

    /// Why somebody could see the bundle and when: kind, role or team, from, until.
    async fn of(&self, name: &str) -> Vec<(String, String, String, String)> {
        let list = self.root.get(&format!("/bundles/{}/access-list", self.bundle)).await.must_be(200).json();
        let found = list["items"].as_array().unwrap().iter().find(|item| item["actor"]["name"] == name).cloned();
        let text = |value: &Value| value.as_str().unwrap_or("").to_owned();
        let told = |reason: &Value| {
            let what = if reason["team"].is_null() { &reason["role"] } else { &reason["team"] };
            (text(&reason["kind"]), text(what), text(&reason["from"]), text(&reason["until"]))
        };
        found.map(|item| item["reasons"].as_array().unwrap().iter().map(told).collect()).unwrap_or_default()
    }
}

async fn story(db: TestDatabase) -> Story {
    let site = Site::start(db).await;
    let root = site.environment();
    site.department("prices").await;
    root.post("/teams", json!({"name": "Press", "members": []})).await.must_be(201);
    let editor = site.service("writer", &[Role::Editor]).await;
    let approver = site.service("checker", &[Role::Approver]).await;
    approved_version(&editor, &approver, "gdp", "GDP").await;
    let body = json!({"title": "GDP", "type": "scheduled", "preview_teams": ["press"]});
    let bundle = root.post("/bundles", body).await.must_be(201).json()["id"].as_str().unwrap().to_owned();
    Story { site, root, bundle }
}

fn grant(role: &str, from: &str, until: &str) -> (String, String, String, String) {
    ("grant".to_owned(), role.to_owned(), from.to_owned(), until.to_owned())
}

fn team(from: &str, until: &str) -> (String, String, String, String) {
    ("team".to_owned(), "press".to_owned(), from.to_owned(), until.to_owned())
}

on_both_databases! {
    async fn what_was_withdrawn_is_told_with_its_end(db: TestDatabase) {
        let story = story(db).await;
        let begun = story.now();
        let bundle = format!("/bundles/{}", story.bundle);

        // A grant given, withdrawn and given again; another that ends by itself.
        story.site.advance(TimeDelta::minutes(1));
        let given = story.now();
        let ann = story.account("ann", json!({"role": "reviewer"})).await;
        story.site.advance(TimeDelta::minutes(1));
        let who = format!("/users/{ann}");
        let withdrawn = story.change(Method::PATCH, &who, json!({"grants": [{"role": "previewer"}]})).await;
        assert_eq!(story.of("ann").await, [grant("reviewer", &given, &withdrawn)]);
        let end = story.site.now() + TimeDelta::minutes(5);
        let end = end.to_rfc3339_opts(SecondsFormat::AutoSi, true);
        let again = story.change(Method::PATCH, &who, json!({"grants": [{"role": "reviewer"}, {"role": "operator", "expires_at": end}]})).await;
        story.site.advance(TimeDelta::minutes(10));
        assert_eq!(story.of("ann").await, [grant("reviewer", &given, &withdrawn), grant("reviewer", &again, ""), grant("operator", &again, &end)]);

        // An account disabled and opened again.
        let disabled = story.change(Method::PATCH, &who, json!({"disabled": true})).await;
        let opened = story.change(Method::PATCH, &who, json!({"disabled": false})).await;
        let reviewed: Vec<_> = story.of("ann").await.into_iter().filter(|access| access.1 == "reviewer").collect();
        assert_eq!(reviewed, [grant("reviewer", &given, &withdrawn), grant("reviewer", &again, &disabled), grant("reviewer", &opened, "")]);

        // Membership of a team, what the bundle is shared with, and what the team was granted.
        let bob = story.account("bob", json!({"role": "previewer"})).await;
        story.later();
        let joined = story.change(Method::PATCH, "/teams/press", json!({"members": [bob]})).await;
        let hidden = story.change(Method::PATCH, &bundle, json!({"preview_teams": []})).await;
        let shared = story.change(Method::PATCH, &bundle, json!({"preview_teams": ["press"]})).await;
        let left = story.change(Method::PATCH, "/teams/press", json!({"members": []})).await;
        assert_eq!(story.of("bob").await, [team(&joined, &hidden), team(&shared, &left)]);
        let members = story.change(Method::PATCH, "/teams/press", json!({"members": [bob]})).await;
        let policy = json!({"role": "editor", "subject": {"kind": "team", "id": "press"}});
        let since = story.now();
        let policy = story.root.post("/policies", policy).await.must_be(201).json()["id"].as_str().unwrap().to_owned();
        story.later();
        let ended = story.now();
        let read = story.root.get(&format!("/policies/{policy}")).await;
        let delete = story.root.request(Method::DELETE, &format!("/policies/{policy}")).header("if-match", read.header("etag"));
        story.root.send(delete).await.must_be(204);
        story.later();
        assert_eq!(story.of("bob").await, [team(&joined, &hidden), team(&shared, &left), team(&members, ""), grant("editor", &since, &ended)]);

        // A token made and revoked.
        let made = story.now();
        let token = json!({"name": "loader", "grants": [{"role": "editor"}]});
        let token = story.root.post("/service-tokens", token).await.must_be(201).json()["id"].as_str().unwrap().to_owned();
        story.later();
        let revoked = story.now();
        story.root.delete(&format!("/service-tokens/{token}")).await.must_be(204);
        story.later();
        assert_eq!(story.of("loader").await, [grant("editor", &made, &revoked)]);

        // Those who could from the beginning, and the one whose right ends with the release.
        assert_eq!(story.of("checker").await, [grant("approver", &begun, "")]);
        let csv = story.root.get(&format!("{bundle}/access-list?format=csv")).await.must_be(200).text;
        assert!(csv.contains(&format!("team press {joined}/{hidden}; team press {shared}/{left}; team press {members}/..; grant editor {since}/{ended}")), "{csv}");
    }

    async fn a_limited_grant_reaches_a_bundle_while_something_of_it_is_inside(db: TestDatabase) {
        let story = story(db).await;
        let begun = story.now();
        let bundle = format!("/bundles/{}", story.bundle);
        story.account("inside", json!({"role": "reviewer", "departments": ["economy"]})).await;
        story.account("beside", json!({"role": "reviewer", "datasets": ["gdp"]})).await;
        story.account("outside", json!({"role": "reviewer", "departments": ["prices"]})).await;
        story.later();
        assert_eq!(story.of("inside").await, []);

        let item = json!({"dataset_id": "gdp", "edition": "time-series", "version": "1"});
        let added = story.now();
        let content = story.root.post(&format!("{bundle}/contents"), item.clone()).await.must_be(201).json()["id"].as_str().unwrap().to_owned();
        story.later();
        let removed = story.now();
        let read = story.root.get(&bundle).await;
        let delete = story.root.request(Method::DELETE, &format!("{bundle}/contents/{content}")).header("if-match", read.header("etag"));
        story.root.send(delete).await.must_be(204);
        story.later();
        let back = story.now();
        story.root.post(&format!("{bundle}/contents"), item).await.must_be(201);
        story.later();
        let expected = [grant("reviewer", &added, &removed), grant("reviewer", &back, "")];
        assert_eq!(story.of("inside").await, expected);
        assert_eq!(story.of("beside").await, expected);
        assert_eq!(story.of("outside").await, []);

        // With the publication it ends for all, and whoever comes later had nothing before it.
        story.root.put(&format!("{bundle}/submit")).await.must_be(200);
        let approver = story.site.service("approver", &[Role::Approver, Role::Operator]).await;
        approver.put(&format!("{bundle}/approve")).await.must_be(200);
        story.later();
        let published = story.now();
        approver.post(&format!("{bundle}/publish"), json!({"reason": "now"})).await.must_be(202);
        story.site.run_tasks().await;
        story.later();
        story.account("latecomer", json!({"role": "reviewer"})).await;
        assert_eq!(story.of("inside").await, [grant("reviewer", &added, &removed), grant("reviewer", &back, &published)]);
        assert_eq!(story.of("checker").await, [grant("approver", &begun, &published)]);
        assert_eq!(story.of("latecomer").await, []);
    }

    async fn the_history_of_access_is_append_only(db: TestDatabase) {
        let story = story(db).await;
        let mut attempts = vec!["UPDATE access_history SET at = 0", "DELETE FROM access_history"];
        if !story.site.services.db.is_shared() {
            // What SQLite puts in place of something else goes past what guards deletions.
            attempts.push("INSERT OR REPLACE INTO access_history SELECT * FROM access_history");
            attempts.push(
                "INSERT OR REPLACE INTO access_history (rowid, kind, subject, object, number, at, holds, name, grants) \
                 VALUES (1, 'user', 'nobody', '', 1, 0, TRUE, '', '[]')",
            );
        }
        for statement in attempts {
            let refused = story.site.database.execute(statement).await.unwrap_err().to_string();
            assert!(refused.contains("append only"), "{refused}");
        }
    }
}
