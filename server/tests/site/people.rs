//! Managing people: who may, what is refused, and what ends at once.

use chrono::TimeDelta;
use domain::policy::{Grant, Role};
use reqwest::Method;
use serde_json::{Value, json};
use testkit::on_both_databases;

use crate::support::*;

fn fields(answer: &Answer) -> Vec<String> {
    let listed = answer.json()["error"]["details"]["fields"].clone();
    listed.as_array().unwrap().iter().map(|f| f["field"].as_str().unwrap().to_owned()).collect()
}

fn id_of(answer: &Answer) -> String {
    answer.json()["id"].as_str().unwrap().to_owned()
}

/// The records about something, newest last.
async fn records(site: &Site, kind: &str, id: &str) -> Vec<domain::event::Event> {
    let all = domain::page::Paging::WHOLE;
    persistence::events::of_resource(site.services.db.pool(), kind, id, all).await.unwrap().items
}

on_both_databases! {
    async fn people_are_made_edited_disabled_and_their_sessions_end_at_once(db: TestDatabase) {
        let site = Site::start(db).await;
        let admin = site.service("admin", &[Role::Admin]).await;
        let new = json!({"email": "Ann@Example.org", "name": "Ann", "password": PASSWORD, "grants": [{"role": "editor", "departments": ["economy"]}]});
        let made = admin.post("/users", new.clone()).await.must_be(201);
        let id = id_of(&made);
        assert_eq!((made.json()["email"].as_str(), made.header("location")), (Some("ann@example.org"), format!("/v1/users/{id}")));
        assert_eq!(admin.post("/v1/users", new).await.must_be(409).code(), "CONFLICT");
        let ann = site.signed_in("ann@example.org").await;
        let me = ann.get("/users/me").await.must_be(200).json();
        assert_eq!((me["id"].as_str(), me["kind"].as_str()), (Some(id.as_str()), Some("user")));
        assert!(me["permissions"].as_array().unwrap().contains(&json!("bundles:write")));
        ann.get("/users").await.must_be(403);
        let path = format!("/users/{id}");
        for (query, count) in [("q=ANN", 1), ("q=zzz", 0), ("role=editor", 1), ("role=approver", 0), ("department=economy", 1), ("department=x", 0), ("disabled=true", 0)] {
            assert_eq!(admin.get(&format!("/users?{query}")).await.must_be(200).json()["total_count"], count, "{query}");
        }
        admin.get("/users?colour=red").await.must_be(400);
        admin.send(admin.request(Method::PATCH, &path).json(&json!({"name": "Anne"}))).await.must_be(428);
        admin.send(admin.request(Method::PATCH, &path).header("if-match", "\"r99\"").json(&json!({"name": "Anne"}))).await.must_be(412);
        let grants = admin.get(&path).await.json()["grants"].clone();
        let renamed = admin.change(Method::PATCH, &path, json!({"name": "Anne"})).await.must_be(200).json();
        assert_eq!((renamed["name"].as_str(), &renamed["grants"]), (Some("Anne"), &grants));
        assert_eq!(admin.get(&format!("{path}/sessions")).await.must_be(200).json()["total_count"], 1);
        admin.delete(&format!("{path}/sessions")).await.must_be(204);
        ann.get("/users/me").await.must_be(401);
        let again = site.signed_in("ann@example.org").await;
        again.get("/users/me").await.must_be(200);
        admin.change(Method::PATCH, &path, json!({"disabled": true})).await.must_be(200);
        again.get("/users/me").await.must_be(401);
        let told: Vec<String> = records(&site, "user", &id).await.into_iter().map(|e| e.event_type).collect();
        assert!(["created", "edited", "sessions_ended", "disabled"].iter().all(|e| told.contains(&(*e).to_owned())), "{told:?}");
    }

    async fn who_never_acted_is_deleted_and_who_did_is_disabled(db: TestDatabase) {
        let site = Site::start(db).await;
        let admin = site.service("admin", &[Role::Admin]).await;
        let (_, idle) = site.person("idle@example.org", &[Grant::of(Role::Reviewer)]).await;
        let (editor, busy) = site.person("busy@example.org", &[Grant::of(Role::Editor)]).await;
        editor.post("/bundles", json!({"title": "Mine", "type": "manual"})).await.must_be(201);
        for (id, status) in [(&idle, 404), (&busy, 200)] {
            let path = format!("/users/{id}");
            admin.change(Method::DELETE, &path, json!(null)).await.must_be(204);
            assert_eq!(admin.get(&path).await.must_be(status).text.contains("\"disabled\":true"), status == 200);
        }
        editor.get("/users/me").await.must_be(401);
    }

    async fn every_problem_of_a_grant_is_told_at_once(db: TestDatabase) {
        let site = Site::start(db).await;
        let admin = site.service("admin", &[Role::Admin]).await;
        let grants = json!([
            {"role": "editor", "departments": ["economy", "nowhere"], "datasets": ["nothing"]},
            {"role": "king", "expires_at": "2020-01-01T00:00:00Z"},
        ]);
        let wrong = ["grants.0.departments.1", "grants.0.datasets.0", "grants.1.role", "grants.1.expires_at"];
        let user = admin.post("/users", json!({"email": "x", "name": "", "grants": grants})).await.must_be(422);
        let token = admin.post("/service-tokens", json!({"name": "", "grants": grants})).await.must_be(422);
        for (answer, more) in [(user, vec!["email", "name"]), (token, vec!["name"])] {
            let told = fields(&answer);
            for field in wrong.iter().chain(&more) {
                assert!(told.contains(&(*field).to_owned()), "{field} in {told:?}");
            }
        }
        let policy = json!({"subject": {"kind": "user", "id": "nobody"}, "role": "king", "departments": ["nowhere"]});
        assert_eq!(fields(&admin.post("/policies", policy).await.must_be(422)), ["role", "departments.0", "subject.id"]);
    }

    async fn nobody_raises_their_own_rights_and_the_last_administrator_stays(db: TestDatabase) {
        let site = Site::start(db).await;
        let (ann, id) = site.person("ann@example.org", &[Grant::of(Role::Admin)]).await;
        let path = format!("/users/{id}");
        let raise = ann.change(Method::PATCH, &path, json!({"grants": [{"role": "admin"}, {"role": "approver"}]})).await.must_be(409);
        assert_eq!(raise.code(), "FOUR_EYES_REQUIRED");
        let policy = json!({"subject": {"kind": "user", "id": id}, "role": "editor"});
        assert_eq!(ann.post("/policies", policy).await.must_be(409).code(), "FOUR_EYES_REQUIRED");
        let team = id_of(&ann.post("/teams", json!({"name": "Board", "members": [id]})).await.must_be(201));
        let policy = json!({"subject": {"kind": "team", "id": team}, "role": "editor"});
        assert_eq!(ann.post("/policies", policy).await.must_be(409).code(), "FOUR_EYES_REQUIRED");
        for body in [json!({"grants": []}), json!({"disabled": true}), json!({"grants": [{"role": "admin", "expires_at": "2030-01-01T00:00:00Z"}]})] {
            let refused = ann.change(Method::PATCH, &path, body).await.must_be(409);
            assert_eq!(refused.json()["error"]["details"]["reasons"][0]["code"], "last_admin");
        }
        ann.change(Method::DELETE, &path, json!(null)).await.must_be(409);
        let (bob, _) = site.person("bob@example.org", &[Grant::of(Role::Admin)]).await;
        bob.change(Method::PATCH, &path, json!({"grants": [{"role": "approver"}]})).await.must_be(200);
        ann.get("/users").await.must_be(403);
        let me = bob.get("/users/me").await.json()["id"].as_str().unwrap().to_owned();
        bob.change(Method::DELETE, &format!("/users/{me}"), json!(null)).await.must_be(409);
    }

    async fn a_limited_administrator_manages_nobody(db: TestDatabase) {
        let site = Site::start(db).await;
        let limited = Grant { departments: vec!["economy".into()], ..Grant::of(Role::Admin) };
        site.service_with("limited", &[limited], false).await.get("/users").await.must_be(403);
    }

    async fn teams_are_kept_while_bundles_name_them(db: TestDatabase) {
        let site = Site::start(db).await;
        let (admin, editor) = (site.service("admin", &[Role::Admin]).await, site.service("editor", &[Role::Editor]).await);
        let wrong = admin.post("/teams", json!({"name": "", "members": ["nobody"]})).await.must_be(422);
        assert_eq!(fields(&wrong), ["name", "members.0"]);
        let no_id = admin.post("/teams", json!({"name": "日本語"})).await.must_be(422);
        assert_eq!(fields(&no_id), ["id"], "the name is there");
        admin.post("/teams", json!({"name": "日本語", "id": "japanese"})).await.must_be(201);
        let made = admin.post("/v1/teams", json!({"name": "Press Office"})).await.must_be(201);
        assert_eq!(id_of(&made), "press-office");
        admin.post("/teams", json!({"name": "press office"})).await.must_be(409);
        let body = json!({"title": "Shared", "type": "manual", "preview_teams": ["press-office"]});
        let bundle = id_of(&editor.post("/bundles", body).await.must_be(201));
        let refused = admin.change(Method::DELETE, "/teams/press-office", json!(null)).await.must_be(409);
        assert!(refused.text.contains(&bundle));
        editor.change(Method::PATCH, &format!("/bundles/{bundle}"), json!({"preview_teams": []})).await.must_be(200);
        admin.change(Method::DELETE, "/teams/press-office", json!(null)).await.must_be(204);
        admin.get("/teams/press-office").await.must_be(404);
    }

    async fn policies_are_the_grants_and_the_tester_says_by_which(db: TestDatabase) {
        let site = Site::start(db).await;
        let admin = site.service("admin", &[Role::Admin]).await;
        let (ann, id) = site.person("ann@example.org", &[Grant::of(Role::Reviewer)]).await;
        let team = id_of(&admin.post("/teams", json!({"name": "Desk", "members": [id]})).await.must_be(201));
        let ends = (site.now() + TimeDelta::minutes(30)).to_rfc3339();
        let policy = json!({"subject": {"kind": "team", "id": team}, "role": "editor", "expires_at": ends});
        let policy = id_of(&admin.post("/policies", policy).await.must_be(201));
        ann.post("/bundles", json!({"title": "By the team", "type": "manual"})).await.must_be(201);
        let ask = |permission: &str| json!({"subject": {"kind": "user", "id": id}, "permission": permission});
        let yes = admin.post("/policies/check", ask("bundles:write")).await.must_be(200).json();
        assert_eq!((&yes["allowed"], yes["granted_by"][0]["id"].as_str()), (&json!(true), Some(policy.as_str())));
        let no = admin.post("/policies/check", ask("bundles:publish")).await.must_be(200).json();
        assert_eq!((&no["allowed"], no["others"].as_array().unwrap().len()), (&json!(false), 2));
        assert_eq!(admin.get("/policies?permission=bundles:write").await.must_be(200).json()["total_count"], 1);
        let path = format!("/policies/{policy}");
        admin.send(admin.request(Method::DELETE, &path)).await.must_be(428);
        let narrowed = admin.change(Method::PUT, &path, json!({"role": "editor", "departments": ["economy"]})).await.must_be(200);
        assert_eq!((id_of(&narrowed), narrowed.json()["departments"].clone()), (policy, json!(["economy"])));
        site.advance(TimeDelta::minutes(40));
        admin.change(Method::DELETE, &path, json!(null)).await.must_be(204);
        ann.post("/bundles", json!({"title": "No more", "type": "manual"})).await.must_be(403);
        let roles = admin.get("/roles").await.must_be(200).json();
        assert_eq!(roles["total_count"], Role::ALL.len());
        admin.get("/roles/king").await.must_be(404);
    }

    async fn tokens_are_shown_once_used_noted_and_revoked(db: TestDatabase) {
        let site = Site::start(db).await;
        let admin = site.service("admin", &[Role::Admin]).await;
        let body = json!({"name": "loader", "grants": [{"role": "editor"}]});
        let made = admin.post("/service-tokens", body).await.must_be(201).json();
        let (secret, id) = (made["token"].as_str().unwrap(), made["id"].as_str().unwrap());
        let path = format!("/service-tokens/{id}");
        let before = admin.get(&path).await.must_be(200);
        assert!(!before.text.contains(secret) && before.json()["last_used_at"].is_null());
        let loader = site.bearer(secret.to_owned());
        let used = || async { admin.get(&path).await.json()["last_used_at"].clone() };
        loader.get("/bundles").await.must_be(200);
        let first = used().await;
        site.advance(TimeDelta::seconds(59));
        loader.get("/bundles").await.must_be(200);
        assert_eq!((used().await, first.is_string()), (first.clone(), true));
        site.advance(TimeDelta::seconds(1));
        loader.get("/bundles").await.must_be(200);
        assert_ne!(used().await, first);
        admin.delete(&path).await.must_be(204);
        loader.get("/bundles").await.must_be(401);
        assert_eq!(admin.get("/service-tokens?live=false").await.must_be(200).json()["items"][0]["id"], id);
        assert_eq!(records(&site, "service_token", id).await.last().unwrap().event_type, "revoked");
    }

    async fn a_waiver_of_four_eyes_is_marked_where_it_was_used(db: TestDatabase) {
        let site = Site::start(db).await;
        let both = [Grant::of(Role::Editor), Grant::of(Role::Approver)];
        let alone = site.service_with("alone", &both, true).await;
        let bound = site.service_with("bound", &both, false).await;
        let approver = site.service("approver", &[Role::Approver]).await;
        approved_version(&alone, &alone, "gdp", "GDP").await;
        approved_version(&bound, &approver, "cpi", "CPI").await;
        let marked = |events: Vec<domain::event::Event>| -> Vec<Value> {
            events.into_iter().filter(|e| e.event_type == "approved").map(|e| e.details["four_eyes_waived"].clone()).collect()
        };
        assert_eq!(marked(records(&site, "version", "gdp/time-series/1").await), [json!(true)]);
        assert_eq!(marked(records(&site, "version", "cpi/time-series/1").await), [json!(null)]);
        let bundle = approved_bundle(&alone, &alone, "Alone", &[("gdp", "1")]).await;
        assert_eq!(marked(records(&site, "bundle", &bundle).await), [json!(true)]);
        let bundle = id_of(&bound.post("/bundles", json!({"title": "Bound", "type": "manual"})).await.must_be(201));
        bound.post(&format!("/bundles/{bundle}/contents"), json!({"dataset_id": "cpi", "edition": "time-series", "version": "1"})).await.must_be(201);
        bound.put(&format!("/bundles/{bundle}/submit")).await.must_be(200);
        assert_eq!(bound.put(&format!("/bundles/{bundle}/approve")).await.must_be(409).code(), "FOUR_EYES_REQUIRED");
    }

    async fn departments_are_kept_while_something_belongs_to_them(db: TestDatabase) {
        let site = Site::start(db).await;
        let (admin, editor) = (site.service("admin", &[Role::Admin]).await, site.service("editor", &[Role::Editor]).await);
        assert_eq!(fields(&admin.post("/departments", json!({"id": "A B", "title": ""})).await.must_be(422)), ["title", "id"]);
        site.department("health").await;
        let changed = admin.change(Method::PUT, "/departments/health", json!({"title": "Health", "title_cy": "Iechyd"})).await;
        assert_eq!(changed.must_be(200).json()["title_cy"], "Iechyd");
        assert_eq!(site.public().get("/departments?q=heal").await.must_be(200).json()["total_count"], 1);
        let mut body = metadata("Births");
        body["id"] = json!("births");
        body["department"] = json!("health");
        editor.post("/datasets", body).await.must_be(201);
        admin.change(Method::DELETE, "/departments/health", json!(null)).await.must_be(409);
        editor.change(Method::DELETE, "/datasets/births", json!(null)).await.must_be(204);
        admin.change(Method::DELETE, "/departments/health", json!(null)).await.must_be(204);
    }

    async fn operators_renew_the_connections_to_the_database(db: TestDatabase) {
        let site = Site::start(db).await;
        let operator = site.service("operator", &[Role::Operator]).await;
        let path = "/admin/database/reset-connections";
        site.service("editor", &[Role::Editor]).await.post(path, json!({})).await.must_be(403);
        for _ in 0..3 {
            let answer = operator.send(operator.request(Method::POST, path)).await.must_be(200).json();
            // A connection that was just used may not be back yet, and counts as in use.
            assert!(answer["closed"].as_u64().unwrap() + answer["in_use"].as_u64().unwrap() >= 1, "{answer}");
            operator.get("/bundles").await.must_be(200);
        }
        site.environment().send(site.environment().request(Method::POST, path)).await.must_be(200);
    }
}
