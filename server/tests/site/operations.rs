//! The operations desk: what it shows, and what operators do there without scripts.

use chrono::{SecondsFormat, TimeDelta};
use domain::policy::Role;
use persistence::{Database, files};
use reqwest::Method;
use serde_json::json;
use server::config::Config;
use server::telemetry;
use testkit::on_both_databases;

use crate::browser::Browser;
use crate::support::*;

/// A scheduled bundle of one version, an hour ahead; its id, and the id of the version's file.
async fn scheduled(site: &Site, title: &str, dataset: &str) -> (String, String) {
    let editor = site.service("editor", &[Role::Editor]).await;
    let approver = site.service("approver", &[Role::Approver]).await;
    let file = approved_version(&editor, &approver, dataset, title).await;
    let id = approved_bundle(&editor, &approver, title, &[(dataset, "1")]).await;
    let at = (site.now() + TimeDelta::hours(1)).to_rfc3339_opts(SecondsFormat::Secs, true);
    approver.put_json(&format!("/bundles/{id}/schedule"), json!({"publication_date": at})).await.must_be(200);
    (id, file)
}

async fn revision_of(site: &Site, id: &str) -> String {
    let tag = site.environment().get(&format!("/bundles/{id}")).await.must_be(200).header("etag");
    // Such as "r3-4f2a…".
    tag.trim_matches('"').trim_start_matches('r').split('-').next().unwrap_or_default().to_owned()
}

/// Runs the program with a command: how it ended, and what it said.
fn catalogue(command: &[&str], database: &str, data: &std::path::Path) -> (Option<i32>, String) {
    let out = std::process::Command::new(env!("CARGO_BIN_EXE_catalogue"))
        .args(command)
        .env("DATABASE_URL", database)
        .env("DATA_DIR", data)
        .output()
        .unwrap();
    (out.status.code(), String::from_utf8_lossy(&out.stdout).into_owned() + &String::from_utf8_lossy(&out.stderr))
}

on_both_databases! {
    async fn the_overview_stands_against_the_runbook(db: TestDatabase) {
        let site = Site::start(db).await;
        site.account("operator@example.org", &[Role::Operator]).await;
        let (id, _) = scheduled(&site, "Prices", "cpi").await;
        let mut operator = Browser::signed_in(&site, "operator@example.org").await;
        let page = operator.get("/ops").await.must_be(200).text;
        assert!(page.contains("Prices publishes in") && page.contains(&format!("/admin/bundles/{id}/publication")), "{page}");
        for target in ["below 500 ms", "below 0.1 %", "99.5 % or more", "at most 10"] {
            assert!(page.contains(target), "{target}: {page}");
        }
        let slow = operator.get("/ops/performance?kind=api").await.must_be(200).text;
        assert!(slow.contains("/bundles/{id}") && slow.contains("p95"), "{slow}");
        assert!(slow.contains("href=\"/ops/logs?q=") && page.contains("threshold__line"), "{slow} {page}");
        let runbook = operator.get("/ops/runbook").await.must_be(200).text;
        assert!(runbook.contains("1 in the queue") && runbook.contains("reset-to-approved"), "{runbook}");
        assert!(runbook.contains("id=\"command-health-1\"") && runbook.contains("data-copies=\"command-health-1\""), "{runbook}");
        let settings = operator.get("/admin/settings").await.must_be(200).text;
        assert!(settings.contains("SERVICE_AUTH_TOKEN") && !settings.contains(ENVIRONMENT_TOKEN), "{settings}");
        let renewed = operator.submit("/rpc/operations/reset-connections", "/ops/health", &[]).await.text;
        assert!(renewed.contains("Connections closed"), "{renewed}");
    }

    async fn a_bundle_is_held_or_published_at_once_by_who_types_its_title(db: TestDatabase) {
        let site = Site::start(db).await;
        site.account("operator@example.org", &[Role::Operator]).await;
        site.account("editor@example.org", &[Role::Editor]).await;
        let (id, _) = scheduled(&site, "Prices", "cpi").await;
        let mut operator = Browser::signed_in(&site, "operator@example.org").await;
        let mut editor = Browser::signed_in(&site, "editor@example.org").await;
        let seen = editor.get("/ops/queue").await.must_be(200).text;
        assert!(seen.contains("Prices") && !seen.contains("operations/run-now"), "{seen}");
        // Moving is giving another instant, which is for approvers.
        let way = format!("href=\"/admin/bundles/{id}#schedule\"");
        site.account("approver@example.org", &[Role::Approver]).await;
        let moves = Browser::signed_in(&site, "approver@example.org").await.get("/ops/queue").await.must_be(200).text;
        assert!(moves.contains(&way) && !seen.contains(&way), "{moves}");
        let revision = revision_of(&site, &id).await;
        let wrong = [("id", id.as_str()), ("revision", revision.as_str()), ("title", "Price"), ("reason", "")];
        let refused = operator.submit("/rpc/operations/run-now", "/ops/queue", &wrong).await.text;
        assert!(refused.contains("Type the title as it stands: Prices") && refused.contains("Say why"), "{refused}");
        site.public().get("/datasets/cpi").await.must_be(404);

        let hold = [("id", id.as_str()), ("revision", revision.as_str()), ("reason", "A figure is doubted")];
        let held = operator.submit("/rpc/operations/hold", "/ops/queue", &hold).await.text;
        assert!(held.contains("Prices is held") && held.contains("Nothing is waiting to be published"), "{held}");
        let revision = revision_of(&site, &id).await;
        let now = [("id", id.as_str()), ("revision", revision.as_str()), ("title", "Prices"), ("reason", "The market waits")];
        let begun = editor.submit("/rpc/operations/run-now", "/ops/queue", &now).await.text;
        assert!(begun.contains("bundles:publish"), "{begun}");
        let begun = operator.post("/rpc/operations/run-now", "/ops/queue", &now).await.must_be(303);
        assert_eq!(begun.header("location"), format!("/admin/bundles/{id}/publication"));
        site.run_tasks().await;
        site.public().get("/datasets/cpi").await.must_be(200);
        let ended = operator.get("/ops/publications?state=published").await.must_be(200).text;
        assert!(ended.contains("Prices"), "{ended}");
    }

    async fn a_page_of_the_queue_knows_when_to_draw_itself_anew(db: TestDatabase) {
        let site = Site::start(db).await;
        site.account("operator@example.org", &[Role::Operator]).await;
        let (id, _) = scheduled(&site, "Prices", "cpi").await;
        let mut operator = Browser::signed_in(&site, "operator@example.org").await;
        let mut marks = Vec::new();
        for path in ["/ops/queue", "/admin/queue"] {
            let page = operator.get(path).await.must_be(200).text;
            for sign in ["id=\"queue\"", "data-again=\"60000\"", "/assets/follow-mark.js", "0 being published, 1 waiting", "Look again"] {
                assert!(page.contains(sign), "{path} {sign}: {page}");
            }
            marks.push(page.split("data-mark=\"").nth(1).and_then(|rest| rest.split('"').next()).unwrap_or_default().to_owned());
        }
        assert_eq!(marks[0], marks[1]);
        assert!(operator.get("/ops/queue").await.must_be(200).text.contains(&format!("id=\"queued-{id}\"")));
        // Half a minute before the instant, and just after it.
        site.advance(TimeDelta::minutes(59) + TimeDelta::seconds(30));
        let mut operator = Browser::signed_in(&site, "operator@example.org").await;
        assert!(operator.get("/ops/queue").await.must_be(200).text.contains("data-again=\"10000\""));
        site.advance(TimeDelta::seconds(31));
        assert!(operator.get("/ops/queue").await.must_be(200).text.contains("data-again=\"5000\""));
        site.run_tasks().await;
        let after = operator.get("/ops/queue").await.must_be(200).text;
        assert!(after.contains("0 being published, 0 waiting") && !after.contains(&format!("data-mark=\"{}\"", marks[0])), "{after}");
    }

    async fn a_failed_bundle_is_made_ready_for_another_try_and_needs_a_time(db: TestDatabase) {
        let site = Site::start(db).await;
        site.account("operator@example.org", &[Role::Operator]).await;
        let (id, file) = scheduled(&site, "Prices", "cpi").await;
        let fail = async || {
            let state = |state: &str| format!("UPDATE files SET state = '{state}' WHERE id = '{file}'");
            site.database.execute(&state("failed")).await.unwrap();
            site.advance(TimeDelta::hours(2));
            site.run_tasks().await;
            site.database.execute(&state("ready")).await.unwrap();
            (Browser::signed_in(&site, "operator@example.org").await, revision_of(&site, &id).await)
        };
        let (mut operator, revision) = fail().await;
        let page = operator.get("/ops/failures").await.must_be(200).text;
        for words in ["Make it ready for another try", "name=\"publication_date\"", "name=\"publication_time\""] {
            assert!(page.contains(words), "{words}: {page}");
        }
        assert!(!page.contains("Try the publication again"), "it tries nothing: {page}");
        let fields = [("id", id.as_str()), ("revision", revision.as_str()), ("reason", "The file is sound")];
        let ready = operator.submit("/rpc/bundles/retry", "/ops/failures", &fields).await.must_be(200).text;
        for words in [
            "Prices is approved again, and still needs a time.".to_owned(),
            format!("href=\"/admin/bundles/{id}\">Prices</a> still needs a time"),
            format!("href=\"/admin/bundles/{id}#schedule\""),
        ] {
            assert!(ready.contains(&words), "{words}: {ready}");
        }
        let (stays, drawn_anew) = ready.split_once("id=\"desk\"").unwrap();
        assert!(stays.contains("id=\"made-ready\"") && !drawn_anew.contains("id=\"made-ready\""), "{ready}");
        assert_eq!(site.environment().get(&format!("/bundles/{id}")).await.json()["state"], "approved");

        // With another time it is scheduled at once.
        let at = (site.now() + TimeDelta::hours(1)).to_rfc3339_opts(SecondsFormat::Secs, true);
        site.environment().put_json(&format!("/bundles/{id}/schedule"), json!({"publication_date": at})).await.must_be(200);
        let (mut operator, revision) = fail().await;
        let (day, time) = domain::uk_time::fields(site.now() + TimeDelta::hours(3));
        let fields = [
            ("id", id.as_str()),
            ("revision", revision.as_str()),
            ("reason", "The file is sound"),
            ("publication_date", day.as_str()),
            ("publication_time", time.as_str()),
        ];
        let ready = operator.submit("/rpc/bundles/retry", "/ops/failures", &fields).await.must_be(200).text;
        assert!(ready.contains("Prices is tried again on ") && !ready.contains("still needs a time"), "{ready}");
        assert_eq!(site.environment().get(&format!("/bundles/{id}")).await.json()["state"], "scheduled");
    }

    async fn a_failure_names_its_root_cause_and_is_mended_by_the_button(db: TestDatabase) {
        let site = Site::start(db).await;
        site.account("operator@example.org", &[Role::Operator]).await;
        let (id, file) = scheduled(&site, "Prices", "cpi").await;
        site.database.execute(&format!("UPDATE files SET state = 'failed' WHERE id = '{file}'")).await.unwrap();
        site.advance(TimeDelta::hours(2));
        site.run_tasks().await;
        let mut operator = Browser::signed_in(&site, "operator@example.org").await;
        assert!(operator.get("/ops").await.must_be(200).text.contains(&format!("/ops/failures#bundle-{id}")));
        let page = operator.get("/ops/failures").await.must_be(200).text;
        assert!(page.contains("Unapproved content items") && page.contains("has 1 file(s) that are not ready"), "{page}");
        assert!(page.contains("action=\"/rpc/bundles/reset\""), "{page}");
        let bundle = operator.get(&format!("/admin/bundles/{id}")).await.must_be(200).text;
        assert!(bundle.contains(">Deliveries<") && bundle.contains("It is not public.") && !bundle.contains("Steps after publication"), "{bundle}");
        let revision = revision_of(&site, &id).await;
        let fields = [("id", id.as_str()), ("revision", revision.as_str()), ("reason", "The file is replaced")];
        let mended = operator.submit("/rpc/bundles/reset", "/ops/failures", &fields).await.text;
        assert!(mended.contains("Nothing failed"), "{mended}");
    }

    async fn every_run_of_a_publication_is_kept(db: TestDatabase) {
        let site = Site::start(db).await;
        site.account("operator@example.org", &[Role::Operator]).await;
        let (id, file) = scheduled(&site, "Prices", "cpi").await;
        let root = site.environment();
        for _ in 0..2 {
            site.database.execute(&format!("UPDATE files SET state = 'failed' WHERE id = '{file}'")).await.unwrap();
            site.advance(TimeDelta::minutes(61));
            site.run_tasks().await;
            site.database.execute(&format!("UPDATE files SET state = 'ready' WHERE id = '{file}'")).await.unwrap();
            root.put_json(&format!("/bundles/{id}/reset-to-approved"), json!({"reason": "Again"})).await.must_be(200);
            let at = (site.now() + TimeDelta::hours(1)).to_rfc3339_opts(SecondsFormat::Secs, true);
            root.put_json(&format!("/bundles/{id}/schedule"), json!({"publication_date": at})).await.must_be(200);
        }
        site.advance(TimeDelta::minutes(61));
        site.run_tasks().await;
        site.public().get("/datasets/cpi").await.must_be(200);
        let mut operator = Browser::signed_in(&site, "operator@example.org").await;
        let report = operator.get("/ops/publications.json").await.must_be(200).json();
        let lines = report["publications"].as_array().unwrap();
        let told: Vec<_> = lines.iter().map(|line| (line["state"].as_str().unwrap(), line["attempts"].as_u64().unwrap())).collect();
        assert_eq!(told, [("published", 3), ("failed", 2), ("failed", 1)]);
        assert!(lines.iter().all(|line| line["bundle_id"] == id.as_str() && line["title"] == "Prices" && line["items"] == 1), "{report}");
        for (line, failed) in [(&lines[0], false), (&lines[1], true), (&lines[2], true)] {
            assert_eq!((line["error"].is_string(), line["failed_at"].is_string(), line["published_at"].is_null()), (failed, failed, failed), "{line}");
            assert!(line["due_at"].is_string() && line["took_ms"].is_i64() && line["trace_id"].is_string(), "{line}");
        }
        assert!(lines[1]["due_at"].as_str() > lines[2]["due_at"].as_str(), "{report}");
        let table = operator.get("/ops/publications.csv?state=failed").await.must_be(200).text;
        assert_eq!(table.lines().count(), 3, "{table}");
        let page = operator.get("/ops/publications?state=failed").await.must_be(200).text;
        assert_eq!(page.matches("has 1 file(s) that are not ready").count(), 2, "{page}");
        let all = operator.get("/ops/publications").await.must_be(200).text.replace("<!>", "");
        assert!(all.contains("3 runs") && all.contains("after its instant"), "{all}");
        let target = operator.get("/ops").await.must_be(200).text;
        assert!(target.contains("33.3 % of 3"), "{target}");
    }

    async fn bytes_that_are_gone_are_brought_back_before_anything_is_reset(db: TestDatabase) {
        let site = Site::start(db).await;
        site.account("operator@example.org", &[Role::Operator]).await;
        site.account("editor@example.org", &[Role::Editor]).await;
        let (id, _) = scheduled(&site, "Prices", "cpi").await;
        let storage = &site.services.storage;
        let (_, key) = files::all_keys(site.services.db.pool()).await.unwrap().remove(0);
        let bytes = storage.read(&key).await.unwrap().unwrap();
        storage.delete(&key).await.unwrap();
        site.advance(TimeDelta::minutes(61));
        site.run_tasks().await;
        let told = json!({"title": "Lost", "severity": "p2", "description": format!("See /admin/bundles/{id}/publication")});
        let incident = site.environment().post("/v1/incidents", told).await.must_be(201).json()["id"].as_str().unwrap().to_owned();
        let mut operator = Browser::signed_in(&site, "operator@example.org").await;
        let page = operator.get("/ops/failures").await.must_be(200).text.replace("<!>", "");
        for part in [
            "Files are missing from the storage", "Bring the bytes back first", "From a backup: ", "have the file uploaded anew",
            "href=\"/admin/datasets/cpi/editions/time-series/versions/1#file-", &key, "Check the files again", &format!("/ops/incidents/{incident}"),
        ] {
            assert!(page.contains(part), "{part}: {page}");
        }
        let (before, _) = page.split_once("action=\"/rpc/bundles/reset\"").unwrap();
        assert!(before.contains("Check the files again"), "the reset comes after: {page}");
        // Where an object lies in the storage is for those who run it.
        let seen = Browser::signed_in(&site, "editor@example.org").await.get("/ops/failures").await.must_be(200).text;
        assert!(seen.contains("Bring the bytes back first") && !seen.contains(&key) && !seen.contains(&incident), "{seen}");
        storage.put(&key, "text/csv", bytes).await.unwrap();
        site.advance(TimeDelta::minutes(1));
        let mended = operator.get("/ops/failures").await.must_be(200).text;
        assert!(!mended.contains("Bring the bytes back first") && mended.contains("action=\"/rpc/bundles/retry\""), "{mended}");
        // What the failure recorded is told as history, and not counted as what is so now.
        assert!(mended.contains("Files were missing from the storage when it failed"), "{mended}");
        assert!(mended.contains("the storage has them now") && !mended.contains("Files are missing"), "{mended}");
        assert!(page.contains(">1 now<") && !mended.contains(">1 now<"), "{mended}");
    }

    async fn receivers_and_files_are_listed_with_what_can_be_done(db: TestDatabase) {
        let site = Site::start(db).await;
        site.account("operator@example.org", &[Role::Operator]).await;
        site.account("admin@example.org", &[Role::Admin]).await;
        let mut operator = Browser::signed_in(&site, "operator@example.org").await;
        let page = operator.get("/ops/integrations?ask=search_index").await.must_be(200).text;
        assert!(page.contains("Search index is up.") && page.contains("Webhooks"), "{page}");
        let closed = operator.submit("/rpc/operations/close-circuit", "/ops/integrations", &[("receiver", "webhook")]).await.text;
        assert!(closed.contains("Webhooks is called again"), "{closed}");
        let hold = [("receiver", "webhook"), ("hours", "2"), ("reason", "Its owner moves it")];
        let refused = operator.submit("/rpc/operations/open-circuit", "/ops/integrations", &hold[..2]).await.text;
        assert!(refused.contains("error-summary"), "{refused}");
        let held = operator.submit("/rpc/operations/open-circuit", "/ops/integrations", &hold).await.text;
        assert!(held.contains("Webhooks is left in peace") && held.contains("Its owner moves it"), "{held}");
        let called = operator.submit("/rpc/operations/close-circuit", "/ops/integrations", &hold[..1]).await.text;
        assert!(!called.contains("Its owner moves it"), "{called}");
        let files = operator.get("/ops/files").await.must_be(200).text;
        assert!(files.contains("The queue is empty"), "{files}");
        // Whoever runs it need not wait for the next round to know how the storage is.
        let checked = operator.submit("/rpc/operations/check-now", "/ops/files", &[]).await.text;
        assert!(checked.contains("Components looked at just now: ") && checked.contains("The storage answers"), "{checked}");
        let mut admin = Browser::signed_in(&site, "admin@example.org").await;
        for step in ["clear-failed", "check-now"] {
            let refused = admin.submit(&format!("/rpc/operations/{step}"), "/ops/files", &[]).await.text;
            assert!(refused.contains("system:operate"), "{step}: {refused}");
        }
    }

    async fn the_search_index_is_looked_at_and_made_anew(db: TestDatabase) {
        let site = Site::start(db).await;
        site.account("operator@example.org", &[Role::Operator]).await;
        site.account("admin@example.org", &[Role::Admin]).await;
        scheduled(&site, "Prices", "cpi").await;
        let mut operator = Browser::signed_in(&site, "operator@example.org").await;
        for unknown in ["cpi", "nothing"] {
            let page = operator.get(&format!("/ops/search-index?dataset={unknown}")).await.must_be(200).text;
            assert!(page.contains("is not a public dataset, so search does not find it."), "{unknown}: {page}");
        }
        site.advance(TimeDelta::hours(2));
        site.run_tasks().await;
        let mut operator = Browser::signed_in(&site, "operator@example.org").await;
        let mut look = async |id: &str| operator.get(&format!("/ops/search-index?dataset={id}")).await.must_be(200).text;
        let found = look("cpi").await;
        assert!(found.contains("is public, and search finds it.") && found.contains("As the catalogue is"), "{found}");
        let index = site.services.index.clone();
        let lost = tokio::task::spawn_blocking(move || index.apply(index.cursor(), &[], &["cpi".to_owned()]));
        lost.await.unwrap().unwrap();
        let missed = look("cpi").await;
        assert!(missed.contains("the index misses it") && missed.contains("Not as the catalogue is"), "{missed}");
        let read = [("dataset", "cpi")];
        let again = operator.submit("/rpc/operations/read-dataset-again", "/ops/search-index?dataset=cpi", &read).await.text;
        assert!(again.contains("and search finds it.") && again.contains("As the catalogue is"), "{again}");
        let begun = operator.submit("/rpc/operations/rebuild-index", "/ops/search-index", &[]).await.text;
        assert!(begun.contains("The index is being made anew."), "{begun}");
        let made = async {
            loop {
                let page = operator.get("/ops/search-index").await.must_be(200).text.replace("<!>", "");
                if page.contains("with 1 datasets") {
                    return;
                }
                assert!(page.contains("Being made"), "{page}");
            }
        };
        tokio::time::timeout(std::time::Duration::from_secs(30), made).await.unwrap();
        let mended = operator.get("/ops/search-index?dataset=cpi").await.must_be(200).text;
        assert!(mended.contains("is public, and search finds it."), "{mended}");
        let mut admin = Browser::signed_in(&site, "admin@example.org").await;
        let refused = admin.submit("/rpc/operations/rebuild-index", "/ops/search-index", &[]).await.text;
        assert!(refused.contains("system:operate"), "{refused}");
        let trail = admin.get("/admin/audit?action=index_rebuild_begun").await.must_be(200).text;
        assert!(!trail.contains("No record fits"), "{trail}");
    }

    async fn limits_are_told_with_what_they_refused(db: TestDatabase) {
        let site = Site::start_as(db, &[("RATE_LIMIT_ENABLED", "true"), ("RATE_LIMIT_SEARCH_PER_MINUTE", "1")]).await;
        site.account("operator@example.org", &[Role::Operator]).await;
        let mut operator = Browser::signed_in(&site, "operator@example.org").await;
        let before = operator.get("/ops/limits").await.must_be(200).text;
        assert!(before.contains("RATE_LIMIT_SEARCH_PER_MINUTE") && before.contains("1 in 60 s"), "{before}");
        site.public().get("/v1/search?q=a").await.must_be(200);
        site.public().get("/v1/search?q=a").await.must_be(429);
        let after = operator.get("/ops/limits").await.must_be(200).text;
        assert!(after.contains("Refusing") && after.contains("MAX_UPLOAD_BYTES"), "{after}");
    }

    async fn the_log_is_read_and_taken_away_by_operators_who_leave_a_record(db: TestDatabase) {
        telemetry::start_into(&Config::read(&|_| None).unwrap(), "info", std::io::sink).finish();
        let site = Site::start(db).await;
        site.account("operator@example.org", &[Role::Operator]).await;
        site.account("admin@example.org", &[Role::Admin]).await;
        let mut operator = Browser::signed_in(&site, "operator@example.org").await;
        let (trace, other) = ("0af7651916cd43dd8448eb211c80319c", "1bf7651916cd43dd8448eb211c80319c");
        tracing::warn!(trace_id = trace, "a line to be found");
        for file in ["logs.csv", "logs.ndjson"] {
            let found = operator.get(&format!("/ops/{file}?q=found&trace={trace}")).await.must_be(200).text;
            assert!(found.contains("a line to be found") && found.contains(trace), "{file}: {found}");
            let none = operator.get(&format!("/ops/{file}?q=found&trace={other}")).await.must_be(200).text;
            assert!(!none.contains("a line to be found"), "{file}: {none}");
        }
        let page = operator.get("/ops/logs?level=warn&bundle=b-1").await.must_be(200).text;
        assert!(page.contains("/ops/logs.csv?level=warn&amp;bundle=b-1") && page.contains("alone, since it started"), "{page}");
        let table = operator.get("/ops/logs.csv?q=nothing").await.must_be(200).text;
        assert!(table.starts_with("timestamp,level,message,trace_id,target,details\r\n"), "{table}");
        let mut admin = Browser::signed_in(&site, "admin@example.org").await;
        admin.get("/ops/logs.ndjson").await.must_be(403);
        site.public().get("/ops/logs.csv").await.must_be(401);
        for action in ["logs_viewed", "logs_exported"] {
            let trail = admin.get(&format!("/admin/audit?action={action}")).await.must_be(200).text;
            assert!(!trail.contains("No record fits"), "{action}: {trail}");
        }
    }

    async fn whoever_follows_the_log_leaves_a_record_now_and_then(db: TestDatabase) {
        let site = Site::start(db).await;
        site.account("operator@example.org", &[Role::Operator]).await;
        let (operator, admin) = (site.signed_in("operator@example.org").await, site.service("admin", &[Role::Admin]).await);
        let follow = async |address: &str| {
            operator.send(operator.request(Method::GET, address).header("x-by-itself", "yes")).await.must_be(200);
        };
        let looks = async || admin.get("/v1/audit?action=logs_viewed").await.must_be(200).json()["total_count"].clone();
        let page = operator.get("/ops/logs?level=warn").await.must_be(200).text;
        for sign in ["id=\"logs\"", "data-again=\"10000\"", "data-pause=\"yes\"", "/assets/follow-mark.js", ">Newest</a>"] {
            assert!(page.contains(sign), "{sign}: {page}");
        }
        follow("/ops/logs?level=warn").await;
        assert_eq!(looks().await, 1, "it goes by the look that began it");
        follow("/ops/logs?level=error").await;
        assert_eq!(looks().await, 2, "other lines are another look");
        operator.get("/ops/logs?level=warn").await.must_be(200);
        assert_eq!(looks().await, 3, "who looks again looks");
        site.advance(TimeDelta::minutes(11));
        follow("/ops/logs?level=warn").await;
        assert_eq!(looks().await, 4);
        let page = operator.get("/ops/logs?page=2").await.must_be(200).text;
        assert!(!page.contains("data-pause"), "older lines stay: {page}");
    }

    async fn pages_of_one_node_say_which_it_is_and_which_others_were_seen(db: TestDatabase) {
        let site = Site::start(db).await;
        site.account("operator@example.org", &[Role::Operator]).await;
        let (database, node) = (site.services.db.clone(), site.services.settings.node.clone());
        let mut operator = Browser::signed_in(&site, "operator@example.org").await;
        for (other, ago) in [(node.as_str(), 1), ("node-b", 5), ("node-of-yesterday", 24 * 3_600)] {
            database.probe(other, site.now() - TimeDelta::seconds(ago)).await.unwrap();
        }
        for address in ["/ops/database", "/ops/logs"] {
            let page = operator.get(address).await.must_be(200).text.replace("<!>", "");
            assert!(page.contains(&format!("The node <code>{node}</code> answers, which started on ")), "{page}");
            let told = if database.is_shared() { "<code>node-b</code> (5 s ago)." } else { "No other node can use its database." };
            assert!(page.contains(told) && !page.contains("node-of-yesterday"), "{told}: {page}");
        }
    }

    async fn a_backup_is_made_put_back_and_its_age_is_told(db: TestDatabase) {
        let site = Site::start(db).await;
        site.account("operator@example.org", &[Role::Operator]).await;
        let editor = site.service("editor", &[Role::Editor]).await;
        let approver = site.service("approver", &[Role::Approver]).await;
        approved_version(&editor, &approver, "gdp", "GDP").await;
        let mut operator = Browser::signed_in(&site, "operator@example.org").await;
        let before = operator.get("/ops/database").await.must_be(200).text;
        assert!(before.contains("No backup is known of.") && before.contains(site.services.db.kind()), "{before}");
        assert!(before.contains("<code>m00"), "{before}");
        let room = tempfile::tempdir().unwrap();
        let (data, to, anew) = (room.path().join("data"), room.path().join("backup"), room.path().join("anew"));
        let made = catalogue(&["backup", "--to", to.to_str().unwrap()], site.database.url(), &data);
        if site.services.db.is_shared() {
            assert!(made.0 == Some(1) && made.1.contains("pg_dump"), "{made:?}");
            assert_eq!(catalogue(&["backup", "--noted"], site.database.url(), &data).0, Some(0));
        } else {
            assert!(made.0 == Some(1) && made.1.contains("are not in the storage"), "{made:?}");
            // As the bytes lie where their version is archived after the database was copied.
            let (_, key) = files::all_keys(site.services.db.pool()).await.unwrap().remove(0);
            let moved = format!("archive/{key}");
            let place = data.join("objects/catalogue-private").join(&moved);
            std::fs::create_dir_all(place.parent().unwrap()).unwrap();
            std::fs::write(&place, TABLE).unwrap();
            let to = room.path().join("whole");
            let made = catalogue(&["backup", "--to", to.to_str().unwrap()], site.database.url(), &data);
            assert_eq!(made.0, Some(0), "{made:?}");
            let url = format!("sqlite://{}/catalogue.db", anew.display());
            let restored = catalogue(&["restore", "--from", to.to_str().unwrap()], &url, &anew);
            assert_eq!(restored.0, Some(0), "{restored:?}");
            let copy = Database::open_copy(&anew.join("catalogue.db")).await.unwrap();
            assert_eq!(files::all_keys(copy.pool()).await.unwrap()[0].1, moved);
            copy.close().await.unwrap();
            assert_eq!(std::fs::read(anew.join("objects/catalogue-private").join(&moved)).unwrap(), TABLE);
            assert_eq!(catalogue(&["audit", "verify"], &url, &anew).0, Some(0));
            let again = catalogue(&["restore", "--from", to.to_str().unwrap()], &url, &anew);
            assert!(again.0 == Some(1) && again.1.contains("is not empty"), "{again:?}");
        }
        let after = operator.get("/ops/database").await.must_be(200).text;
        assert!(after.contains("Taken") && !after.contains("No backup is known of."), "{after}");
    }
}
