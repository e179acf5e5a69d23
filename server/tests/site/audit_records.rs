//! What leaves a record: every accepted change exactly one, a refused one none but the refusal of a right.

use chrono::{SecondsFormat, TimeDelta};
use domain::event::Record;
use domain::page::Paging;
use domain::policy::{Grant, Role};
use persistence::events::{self, EventFilter};
use reqwest::Method;
use serde_json::{Value, json};
use testkit::on_both_databases;

use crate::support::*;

/// Watches the trail: after each step, what came to it.
struct Watch<'a> {
    site: &'a Site,
    seen: u64,
}

impl<'a> Watch<'a> {
    async fn begin(site: &'a Site) -> Self {
        let seen = newest(site).await.0;
        Self { site, seen }
    }

    /// The one record of the step just taken.
    async fn one(&mut self, event_type: &str, resource: &str) -> Record {
        let (count, record) = newest(self.site).await;
        let record = record.unwrap();
        assert_eq!(count, self.seen + 1, "after {event_type}");
        self.seen = count;
        let event = &record.event;
        assert_eq!(
            (event.event_type.as_str(), format!("{} {}", event.resource_type, event.resource_id).as_str()),
            (event_type, resource)
        );
        assert_eq!(event.trace_id.len(), 32, "{event:?}");
        assert_eq!(event.client.as_deref(), Some("127.0.0.1"));
        record
    }

    /// The same, of an edit: what was and what became.
    async fn edit(&mut self, event_type: &str, resource: &str, before: Value, after: Value) {
        let event = self.one(event_type, resource).await.event;
        assert_eq!((event.before.unwrap(), event.after.unwrap()), (before, after), "{event_type}");
    }

    async fn nothing(&self, what: &str) {
        assert_eq!(newest(self.site).await.0, self.seen, "{what}");
    }
}

async fn newest(site: &Site) -> (u64, Option<Record>) {
    let page =
        events::list(site.services.db.pool(), &EventFilter::default(), Paging { limit: 1, offset: 0 }).await.unwrap();
    (page.total_count, page.items.into_iter().next())
}

/// What came to the trail since, each with what it is about.
async fn events_since(site: &Site, seen: u64) -> Vec<(String, String)> {
    let all = events::list(site.services.db.pool(), &EventFilter::default(), Paging::WHOLE).await.unwrap();
    let fresh = usize::try_from(all.total_count - seen).unwrap();
    all.items.into_iter().take(fresh).map(|record| (record.event.event_type, record.event.resource_id)).collect()
}

async fn patch(caller: &Caller, path: &str, body: Value) -> Answer {
    let tag = caller.get(path).await.must_be(200).header("etag");
    caller.send(caller.request(Method::PATCH, path).header("if-match", tag).json(&body)).await
}

async fn remove(caller: &Caller, path: &str) -> Answer {
    let tag = caller.get(path).await.must_be(200).header("etag");
    caller.send(caller.request(Method::DELETE, path).header("if-match", tag)).await
}

const DATASET: &str = "/datasets/gdp";
const VERSION: &str = "/datasets/gdp/editions/time-series/versions/1";

on_both_databases! {
    async fn every_change_of_datasets_and_versions_leaves_one_record(db: TestDatabase) {
        let site = Site::start(db).await;
        let editor = site.service("editor", &[Role::Editor]).await;
        let approver = site.service("approver", &[Role::Approver]).await;
        let mut watch = Watch::begin(&site).await;

        let mut body = metadata("GDP");
        body["id"] = json!("gdp");
        body["type"] = json!("static");
        body["department"] = json!("economy");
        editor.post("/datasets", body).await.must_be(201);
        let made = watch.one("created", "dataset gdp").await.event;
        assert_eq!((made.before, &made.after.unwrap()["draft"]["title"]), (None, &json!("GDP")));
        assert_eq!(made.via.unwrap().id, made.actor.id);
        patch(&editor, DATASET, json!({"title": "Gross domestic product"})).await.must_be(200);
        watch.edit("edited", "dataset gdp", json!({"title": "GDP"}), json!({"title": "Gross domestic product"})).await;
        editor.post("/datasets/gdp/editions", json!({"edition": "time-series", "title": "Time series"})).await.must_be(201);
        assert_eq!(watch.one("edition_created", "dataset gdp").await.event.after.unwrap()["title"], "Time series");
        editor.post("/datasets/gdp/editions/time-series/versions", json!({"release_date": "2026-11-23T09:30:00Z"})).await.must_be(201);
        assert!(watch.one("created", "version gdp/time-series/1").await.event.after.unwrap()["release_date"].is_string());
        patch(&editor, VERSION, json!({"temporal_coverage": "2025"})).await.must_be(200);
        let edited = watch.one("edited", "version gdp/time-series/1").await.event;
        assert_eq!(edited.after.unwrap()["temporal_coverage"], "2025");
        let file = editor.upload("gdp", "time-series", "1", "gdp.csv", TABLE).await.must_be(201).json();
        assert_eq!(watch.one("file_uploaded", "version gdp/time-series/1").await.event.after.unwrap()["sha256"], file["sha256"]);
        editor.delete(&format!("/files/{}", file["id"].as_str().unwrap())).await.must_be(204);
        let removed = watch.one("file_removed", "version gdp/time-series/1").await.event;
        assert_eq!((&removed.before.unwrap()["filename"], removed.after), (&json!("gdp.csv"), None));
        editor.upload("gdp", "time-series", "1", "gdp.csv", TABLE).await.must_be(201);
        watch.one("file_uploaded", "version gdp/time-series/1").await;

        for (by, step, event_type, from, to) in [
            (&editor, "submit", "submitted", "created", "submitted"),
            (&approver, "return", "returned", "submitted", "created"),
            (&editor, "submit", "submitted", "created", "submitted"),
            (&approver, "approve", "approved", "submitted", "approved"),
            (&approver, "reopen", "reopened", "approved", "submitted"),
            (&approver, "return", "returned", "submitted", "created"),
        ] {
            by.put_json(&format!("{VERSION}/{step}"), json!({"reason": "as agreed"})).await.must_be(200);
            watch.edit(event_type, "version gdp/time-series/1", json!({"state": from}), json!({"state": to})).await;
        }
        remove(&editor, VERSION).await.must_be(204);
        assert_eq!(watch.one("deleted", "version gdp/time-series/1").await.event.before.unwrap()["files"], json!(["gdp.csv"]));
        remove(&editor, DATASET).await.must_be(204);
        assert_eq!(watch.one("deleted", "dataset gdp").await.event.before.unwrap()["draft"]["title"], "Gross domestic product");
    }

    async fn every_change_of_a_bundle_leaves_one_record(db: TestDatabase) {
        let site = Site::start(db).await;
        let editor = site.service("editor", &[Role::Editor]).await;
        let approver = site.service("approver", &[Role::Approver]).await;
        approved_version(&editor, &approver, "gdp", "GDP").await;
        let mut watch = Watch::begin(&site).await;
        let bundle = editor.post("/bundles", json!({"title": "First", "type": "scheduled"})).await.must_be(201).json();
        let id = bundle["id"].as_str().unwrap().to_owned();
        let (path, about) = (format!("/bundles/{id}"), format!("bundle {id}"));
        assert_eq!(watch.one("created", &about).await.event.after.unwrap()["title"], "First");
        patch(&editor, &path, json!({"title": "Second"})).await.must_be(200);
        watch.edit("edited", &about, json!({"title": "First"}), json!({"title": "Second"})).await;
        let item = json!({"dataset_id": "gdp", "edition": "time-series", "version": "1"});
        let (empty, full) = (json!({"contents": []}), json!({"contents": ["gdp/time-series/1"]}));
        let added = editor.post(&format!("{path}/contents"), item.clone()).await.must_be(201).json();
        watch.edit("content_added", &about, empty.clone(), full.clone()).await;
        editor.delete(&format!("{path}/contents/{}", added["id"].as_str().unwrap())).await.must_be(204);
        watch.edit("content_removed", &about, full.clone(), empty.clone()).await;
        editor.post(&format!("{path}/contents"), item).await.must_be(201);
        watch.edit("content_added", &about, empty, full).await;

        let at = |hours| (site.now() + TimeDelta::hours(hours)).to_rfc3339_opts(SecondsFormat::Secs, true);
        for (by, method, step, body, event_type, to) in [
            (&editor, Method::PUT, "submit", json!({}), "submitted", "ready_for_review"),
            (&approver, Method::PUT, "reject", json!({"reason": "a typo"}), "rejected", "in_progress"),
            (&editor, Method::PUT, "submit", json!({}), "submitted", "ready_for_review"),
            (&approver, Method::PUT, "approve", json!({}), "approved", "approved"),
            (&approver, Method::PUT, "schedule", json!({"publication_date": at(1)}), "scheduled", "scheduled"),
            (&approver, Method::PUT, "schedule", json!({"publication_date": at(2)}), "rescheduled", "scheduled"),
            (&approver, Method::DELETE, "schedule", json!({"reason": "too soon"}), "schedule_cancelled", "approved"),
            (&approver, Method::PUT, "request-changes", json!({"reason": "once more"}), "changes_requested", "in_progress"),
        ] {
            by.send(by.request(method, &format!("{path}/{step}")).json(&body)).await.must_be(200);
            let event = watch.one(event_type, &about).await.event;
            assert_eq!(event.to_state.as_deref(), Some(to));
            assert_eq!(event.reason.as_deref(), body["reason"].as_str());
            let (before, after) = (event.before.unwrap(), event.after.unwrap());
            if event_type == "rescheduled" {
                assert_ne!(before["schedule"]["publication_date"], after["schedule"]["publication_date"]);
            } else {
                assert_eq!((&before["state"], &after["state"]), (&json!(event.from_state), &json!(to)));
            }
        }
        remove(&editor, &path).await.must_be(204);
        let deleted = watch.one("deleted", &about).await.event;
        assert_eq!((&deleted.before.unwrap()["title"], &deleted.details["contents"]), (&json!("Second"), &json!(["gdp/time-series/1"])));
    }

    async fn what_an_account_does_with_a_filter_leaves_one_record_and_what_nobody_does_none(db: TestDatabase) {
        let site = Site::start(db).await;
        let editor = site.service("editor", &[Role::Editor]).await;
        let approver = site.service("approver", &[Role::Approver]).await;
        let operator = site.service("operator", &[Role::Operator]).await;
        approved_version(&editor, &approver, "gdp", "GDP").await;
        let bundle = approved_bundle(&editor, &approver, "One", &[("gdp", "1")]).await;
        operator.post(&format!("/bundles/{bundle}/publish"), json!({"reason": "now"})).await.must_be(202);
        site.run_tasks().await;
        let wanted = |options: Value| json!({
            "dataset": {"id": "gdp", "edition": "time-series", "version": "1"},
            "dimensions": [{"name": "Year", "options": options}],
        });
        let mut watch = Watch::begin(&site).await;
        let public = site.public();
        let made = public.post("/v1/filters", wanted(json!(["2023"]))).await.must_be(201);
        let (path, secret) = (made.header("location"), made.json()["secret"].as_str().unwrap().to_owned());
        public.post(&format!("{path}/submit"), json!(null)).await.must_be(201);
        public.send(public.request(Method::DELETE, &path).header("filter-secret", &secret).header("if-match", "*")).await.must_be(204);
        watch.nothing("nobody would be named").await;

        let path = editor.post("/v1/filters", wanted(json!(["2023"]))).await.must_be(201).header("location");
        let about = format!("filter {}", path.rsplit('/').next().unwrap());
        let created = watch.one("created", &about).await.event;
        assert_eq!((created.before, &created.after.unwrap()["version"]), (None, &json!("gdp/time-series/1")));
        patch(&editor, &path, wanted(json!(["2023", "2024"]))).await.must_be(200);
        watch.edit("edited", &about, json!({"selection": "dim.Year=2023"}), json!({"selection": "dim.Year=2023,2024"})).await;
        let output = editor.post(&format!("{path}/submit"), json!(null)).await.must_be(201).json();
        assert_eq!(watch.one("output_made", &about).await.event.details["output"], output["id"]);
        patch(&editor, &path, wanted(json!(["2099"]))).await.must_be(422);
        editor.send(editor.request(Method::DELETE, &path).header("if-match", "\"r0\"")).await.must_be(412);
        watch.nothing("refused").await;
        remove(&editor, &path).await.must_be(204);
        assert_eq!(watch.one("deleted", &about).await.event.before.unwrap()["filename"], "gdp.csv");
    }

    async fn a_publication_is_recorded_for_the_bundle_and_each_version(db: TestDatabase) {
        let site = Site::start(db).await;
        let editor = site.service("editor", &[Role::Editor]).await;
        let approver = site.service("approver", &[Role::Approver]).await;
        let operator = site.service("operator", &[Role::Operator]).await;
        approved_version(&editor, &approver, "gdp", "GDP").await;
        approved_version(&editor, &approver, "pay", "Pay").await;
        let id = approved_bundle(&editor, &approver, "Two", &[("gdp", "1"), ("pay", "1")]).await;
        let before = newest(&site).await.0;
        operator.post(&format!("/bundles/{id}/publish"), json!({"reason": "by hand"})).await.must_be(202);
        site.run_tasks().await;
        let filter = EventFilter { oldest_first: true, ..EventFilter::default() };
        let paging = Paging { limit: 100, offset: u32::try_from(before).unwrap() };
        let told = events::list(site.services.db.pool(), &filter, paging).await.unwrap().items;
        let told: Vec<String> = told.iter().map(|r| format!("{} {} {:?}", r.event.event_type, r.event.resource_id, r.event.bundle_id.as_deref() == Some(id.as_str()))).collect();
        assert_eq!(told, [
            format!("publishing {id} true"),
            format!("published {id} true"),
            "published gdp/time-series/1 true".to_owned(),
            "published pay/time-series/1 true".to_owned(),
        ]);
    }

    async fn what_is_refused_leaves_nothing_but_the_want_of_a_right(db: TestDatabase) {
        let site = Site::start(db).await;
        let editor = site.service("editor", &[Role::Editor]).await;
        let approver = site.service("approver", &[Role::Approver]).await;
        let both = site.service("both", &[Role::Editor, Role::Approver]).await;
        approved_version(&editor, &approver, "gdp", "GDP").await;
        let bundle = both.post("/bundles", json!({"title": "GDP", "type": "scheduled"})).await.must_be(201).json();
        let path = format!("/bundles/{}", bundle["id"].as_str().unwrap());
        let about = format!("bundle {}", bundle["id"].as_str().unwrap());
        both.post(&format!("{path}/contents"), json!({"dataset_id": "gdp", "edition": "time-series", "version": "1"})).await.must_be(201);
        let mut watch = Watch::begin(&site).await;

        editor.post("/bundles", json!({"title": "", "type": "scheduled"})).await.must_be(422);
        editor.post("/bundles", json!({"title": "GDP", "type": "scheduled"})).await.must_be(409);
        approver.put(&format!("{path}/approve")).await.must_be(409);
        editor.send(editor.request(Method::PATCH, &path).json(&json!({"title": "x"}))).await.must_be(428);
        editor.send(editor.request(Method::PATCH, &path).header("if-match", "\"r1-x\"").json(&json!({"title": "x"}))).await.must_be(412);
        editor.get("/bundles/none").await.must_be(404);
        site.public().put(&format!("{path}/approve")).await.must_be(401);
        watch.nothing("refused for other reasons than rights").await;

        editor.put(&format!("{path}/approve")).await.must_be(403);
        let refused = watch.one("refused", &about).await.event;
        assert_eq!((&refused.details["permission"], &refused.details["code"]), (&json!("bundles:approve"), &json!("FORBIDDEN")));
        assert_eq!(refused.details["asked"], format!("PUT {path}/approve"));
        both.put(&format!("{path}/submit")).await.must_be(200);
        watch.one("submitted", &about).await;
        assert_eq!(both.put(&format!("/v1{path}/approve")).await.must_be(409).code(), "FOUR_EYES_REQUIRED");
        assert_eq!(watch.one("refused", &about).await.event.details["code"], "FOUR_EYES_REQUIRED");
        editor.get("/audit").await.must_be(403);
        watch.one("refused", "address /audit").await;
        let timeline = editor.get(&format!("{path}/timeline")).await.json();
        assert!(timeline["items"].as_array().unwrap().iter().all(|event| event["event_type"] != "refused"), "{timeline}");
    }

    async fn tries_refused_for_their_number_are_recorded_once_while_the_wait_lasts(db: TestDatabase) {
        let site = Site::start(db).await;
        site.account("editor@example.org", &[Role::Editor]).await;
        let mut watch = Watch::begin(&site).await;
        let attempt = async |email: &str| {
            let request = plain_client().post(format!("{}/rpc/account/sign-in", site.url)).header("accept", "text/html");
            request.header("origin", &site.url).form(&[("email", email), ("password", "quite the wrong words")]).send().await.unwrap();
        };
        // Six failures, each recorded; from then on the account waits, which is recorded once.
        for _ in 0..9 {
            attempt("editor@example.org").await;
        }
        let all = events_since(&site, watch.seen).await;
        let count = |of: &[(String, String)], kind: &str| of.iter().filter(|(event, _)| event == kind).count();
        assert_eq!((count(&all, "sign_in_failed"), count(&all, "attempts_refused")), (6, 1), "{all:?}");
        assert!(all.contains(&("attempts_refused".to_owned(), "sign-in to editor@example.org".to_owned())), "{all:?}");

        // So is a client that tries one account after the other, from where it does.
        watch.seen = newest(&site).await.0;
        let db = site.services.db.pool();
        for _ in 0..41 {
            let begin = site.now() - TimeDelta::minutes(15);
            persistence::throttles::count(db, "sign-in from 127.0.0.1", site.now(), begin).await.unwrap();
        }
        watch.seen = newest(&site).await.0;
        for number in 0..4 {
            attempt(&format!("nobody-{number}@example.org")).await;
        }
        let all = events_since(&site, watch.seen).await;
        assert_eq!(count(&all, "attempts_refused"), 1, "{all:?}");
        assert!(all.contains(&("attempts_refused".to_owned(), "sign-in from 127.0.0.1".to_owned())), "{all:?}");
        // Once the window is over, so is its record.
        site.advance(TimeDelta::minutes(16));
        watch.seen = newest(&site).await.0;
        attempt("editor@example.org").await;
        assert_eq!(count(&events_since(&site, watch.seen).await, "attempts_refused"), 0);
    }

    async fn signing_in_and_out_and_refused_forms_are_recorded(db: TestDatabase) {
        let site = Site::start(db).await;
        site.account("editor@example.org", &[Role::Editor]).await;
        let editor = site.service("editor", &[Role::Editor]).await;
        let bundle = editor.post("/bundles", json!({"title": "GDP", "type": "scheduled"})).await.must_be(201).json();
        let id = bundle["id"].as_str().unwrap();
        let user = persistence::accounts::find_user_by_email(site.services.db.pool(), "editor@example.org").await.unwrap().unwrap().0;
        let about = format!("user {}", user.id);
        let mut watch = Watch::begin(&site).await;
        let post = async |path: &str, cookie: &str, fields: &[(&str, &str)]| {
            let request = plain_client().post(format!("{}{path}", site.url)).header("accept", "text/html");
            request.header("origin", &site.url).header("cookie", cookie).form(fields).send().await.unwrap()
        };
        post("/rpc/account/sign-in", "", &[("email", "editor@example.org"), ("password", "quite the wrong words")]).await;
        let failed = watch.one("sign_in_failed", &about).await.event;
        assert_eq!((failed.actor.id.as_str(), &failed.details["email"]), ("anonymous", &json!("editor@example.org")));
        post("/rpc/account/sign-in", "", &[("email", "my secret words"), ("password", "editor@example.org")]).await;
        let slipped = watch.one("sign_in_failed", "user unknown").await.event;
        assert!(!slipped.details.to_string().contains("secret"), "what may be a password is not kept: {slipped:?}");
        let answer = post("/rpc/account/sign-in", "", &[("email", "editor@example.org"), ("password", PASSWORD)]).await;
        assert_eq!(watch.one("signed_in", &about).await.event.actor.id, user.id);
        let cookie = answer.headers()["set-cookie"].to_str().unwrap().split(';').next().unwrap().to_owned();

        post("/rpc/bundles/approve", &cookie, &[("id", id), ("revision", "1")]).await;
        let refused = watch.one("refused", &format!("bundle {id}")).await.event;
        let via = refused.via.unwrap().to_string();
        assert!(via.starts_with("session:") && via.len() == "session:".len() + 16, "{via}");
        assert!(!cookie.contains(via.trim_start_matches("session:")));
        let approver = site.service("approver", &[Role::Approver]).await;
        approved_version(&editor, &approver, "gdp", "GDP").await;
        watch.seen = newest(&site).await.0;
        let page = plain_client().get(format!("{}/admin/datasets/gdp/editions/time-series/versions/1", site.url));
        page.header("accept", "text/html").header("cookie", &cookie).send().await.unwrap().error_for_status().unwrap();
        watch.one("previewed", "version gdp/time-series/1").await;
        post("/rpc/account/sign-out", &cookie, &[]).await;
        assert_eq!(watch.one("signed_out", &about).await.event.via.unwrap().to_string(), via);
        post("/rpc/account/sign-out", "", &[]).await;
        watch.nothing("nobody signed out").await;
    }

    async fn a_form_refused_for_four_eyes_among_other_reasons_is_recorded(db: TestDatabase) {
        let site = Site::start(db).await;
        let editor = site.service("editor", &[Role::Editor]).await;
        let approver = site.service("approver", &[Role::Approver]).await;
        let (both, _) = site.person("both@example.org", &[Grant::of(Role::Editor), Grant::of(Role::Approver)]).await;
        approved_version(&editor, &approver, "gdp", "GDP").await;
        let bundle = both.post("/bundles", json!({"title": "GDP", "type": "scheduled"})).await.must_be(201).json();
        let id = bundle["id"].as_str().unwrap();
        let path = format!("/bundles/{id}");
        both.post(&format!("{path}/contents"), json!({"dataset_id": "gdp", "edition": "time-series", "version": "1"})).await.must_be(201);
        both.put(&format!("{path}/submit")).await.must_be(200);
        site.database.execute("UPDATE files SET state = 'failed'").await.unwrap();
        let now = persistence::bundles::find_visible_to(site.services.db.pool(), &domain::actor::Caller::system("test"), id).await.unwrap().unwrap();
        let mut watch = Watch::begin(&site).await;

        let revision = now.revision.to_string();
        let form = both.request(Method::POST, "/rpc/bundles/approve").header("accept", "text/html");
        both.send(form.form(&[("id", id), ("revision", revision.as_str())])).await.must_be(303);
        let refused = watch.one("refused", &format!("bundle {id}")).await.event;
        assert_eq!((&refused.details["code"], &refused.details["permission"]), (&json!("FOUR_EYES_REQUIRED"), &Value::Null));
        // As it is where a program asks.
        let told = both.put(&format!("{path}/approve")).await.must_be(409);
        assert_eq!((told.code().as_str(), told.json()["error"]["details"]["reasons"].as_array().unwrap().len() > 1), ("FOUR_EYES_REQUIRED", true));
        assert_eq!(watch.one("refused", &format!("bundle {id}")).await.event.details["code"], "FOUR_EYES_REQUIRED");
    }

    async fn administration_is_recorded_without_secrets(db: TestDatabase) {
        let site = Site::start(db).await;
        let ctx = services::Ctx::system("test", site.now());
        site.account("ann@example.org", &[Role::Editor]).await;
        let team = |members: Vec<String>| domain::people::Team::new("desk", "Desk", members);
        services::accounts::save_team(&site.services, &ctx, &team(vec![])).await.unwrap();
        let user = persistence::accounts::find_user_by_email(site.services.db.pool(), "ann@example.org").await.unwrap().unwrap().0;
        services::accounts::save_team(&site.services, &ctx, &team(vec![user.id.clone()])).await.unwrap();
        services::accounts::reset_password(&site.services, &ctx, "ann@example.org", "three other words").await.unwrap();
        site.service("loader", &[Role::Editor]).await;
        services::accounts::revoke_token(&site.services, &ctx, "loader").await.unwrap();
        let filter = EventFilter { oldest_first: true, ..EventFilter::default() };
        let records = events::list(site.services.db.pool(), &filter, Paging::WHOLE).await.unwrap().items;
        let told: Vec<String> = records.iter().map(|r| format!("{} {}", r.event.resource_type, r.event.event_type)).collect();
        assert_eq!(told, ["user created", "team saved", "team saved", "user password_reset", "service_token created", "service_token revoked"]);
        assert_eq!(records[2].event.before, Some(json!({"members": []})));
        assert_eq!(records[2].event.after, Some(json!({"members": [user.id]})));
        let whole = format!("{records:?}");
        for secret in [PASSWORD, "three other words", "argon2", "cat_"] {
            assert!(!whole.contains(secret), "{secret}");
        }
    }
}
