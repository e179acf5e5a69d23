//! The instant: what was looked at before is published by one commit, once, and what cannot be is told ahead.

use chrono::{SecondsFormat, TimeDelta};
use domain::bundle::{BundleCommand, BundleStage};
use domain::policy::Role;
use persistence::db::commits;
use serde_json::json;
use services::bundles::{
    GivenUp, Held, Kept, Preparations, PublishOutcome, Together, next_together, prepare_upcoming, publish_due,
    publish_one, publish_together, rehearse, take_step,
};
use services::{Ctx, Services};
use testkit::on_both_databases;
use tokio::task::JoinHandle;

use crate::support::*;

/// A bundle of one new dataset, scheduled in two hours; its id and its approver.
pub async fn scheduled(site: &Site, dataset: &str) -> (String, Caller) {
    let editor = site.service("editor", &[Role::Editor]).await;
    let approver = site.service("approver", &[Role::Approver]).await;
    approved_version(&editor, &approver, dataset, dataset).await;
    let id = approved_bundle(&editor, &approver, dataset, &[(dataset, "1")]).await;
    schedule(site, &approver, &id, TimeDelta::hours(2)).await;
    (id, approver)
}

pub async fn schedule(site: &Site, approver: &Caller, id: &str, ahead: TimeDelta) {
    let instant = (site.now() + ahead).to_rfc3339_opts(SecondsFormat::Micros, true);
    let body = json!({"publication_date": instant, "reason": "as planned"});
    approver.put_json(&format!("/bundles/{id}/schedule"), body).await.must_be(200);
}

pub async fn events(caller: &Caller, id: &str) -> Vec<(String, String)> {
    let timeline = caller.get(&format!("/bundles/{id}/timeline")).await.must_be(200).json();
    let text = |event: &serde_json::Value, name: &str| event[name].as_str().unwrap().to_owned();
    timeline["items"].as_array().unwrap().iter().map(|e| (text(e, "event_type"), text(e, "timestamp"))).collect()
}

/// Waits for what happens beside the test.
pub async fn soon<T>(what: impl Future<Output = T>) -> T {
    tokio::time::timeout(std::time::Duration::from_secs(60), what).await.unwrap()
}

/// The one file of the one version of a bundle.
pub async fn only_file(site: &Site, bundle_id: &str) -> persistence::files::StoredFile {
    let db = site.services.db.pool();
    let items = persistence::contents::list_of_bundle(db, bundle_id).await.unwrap();
    let version = persistence::versions::find_by_id(db, &items[0].version_id).await.unwrap();
    persistence::files::list_of_version(db, &version.unwrap()).await.unwrap().remove(0)
}

/// Another bundle, scheduled two hours ahead by the people that there are.
async fn approved_bundle_of(site: &Site, dataset: &str) -> String {
    let editor = site.service("second-editor", &[Role::Editor]).await;
    let approver = site.service("second-approver", &[Role::Approver]).await;
    approved_version(&editor, &approver, dataset, dataset).await;
    let id = approved_bundle(&editor, &approver, dataset, &[(dataset, "1")]).await;
    schedule(site, &approver, &id, TimeDelta::hours(2)).await;
    id
}

on_both_databases! {
    async fn what_was_looked_at_is_published_by_one_commit(db: TestDatabase) {
        let site = Site::start(db).await;
        let (id, approver) = scheduled(&site, "gdp").await;
        site.advance(TimeDelta::hours(2) - TimeDelta::seconds(10));
        assert!(prepare_upcoming(&site.services).await.unwrap().is_empty());
        assert!(publish_due(&site.services).await.unwrap().is_empty());
        site.advance(TimeDelta::seconds(10) - TimeDelta::microseconds(1));
        assert!(publish_due(&site.services).await.unwrap().is_empty());
        site.advance(TimeDelta::microseconds(1));
        let before = commits();
        let outcomes = publish_due(&site.services).await.unwrap();
        assert_eq!((outcomes.len(), outcomes[0].lateness_ms(), commits() - before), (1, Some(0), 1));
        let told = events(&approver, &id).await;
        let (publishing, published) = (&told[told.len() - 2], &told[told.len() - 1]);
        assert_eq!((publishing.0.as_str(), published.0.as_str()), ("publishing", "published"));
        assert_eq!(publishing.1, published.1);
        site.public().get("/files/downloads/gdp/gdp.csv").await.must_be(200);
    }

    async fn a_look_counts_for_the_revision_and_the_instant_it_was_meant_for(db: TestDatabase) {
        let site = Site::start(db).await;
        let (id, approver) = scheduled(&site, "gdp").await;
        // Looked at too long before: the bytes are looked for once more, under a lease, by a commit of its own.
        site.advance(TimeDelta::hours(2) - TimeDelta::minutes(1));
        assert!(prepare_upcoming(&site.services).await.unwrap().is_empty());
        site.advance(TimeDelta::minutes(1));
        let before = commits();
        assert_eq!(publish_due(&site.services).await.unwrap().len(), 1);
        assert_eq!(commits() - before, 2);
        drop(id);

        let editor = site.service("another editor", &[Role::Editor]).await;
        approved_version(&editor, &approver, "cpi", "cpi").await;
        let id = approved_bundle(&editor, &approver, "cpi", &[("cpi", "1")]).await;
        schedule(&site, &approver, &id, TimeDelta::seconds(5)).await;
        assert!(prepare_upcoming(&site.services).await.unwrap().is_empty());
        schedule(&site, &approver, &id, TimeDelta::seconds(6)).await;
        site.advance(TimeDelta::seconds(6));
        let before = commits();
        assert_eq!(publish_due(&site.services).await.unwrap().len(), 1);
        assert_eq!(commits() - before, 2);
    }

    async fn a_publication_is_followed_live(db: TestDatabase) {
        let site = Site::start(db).await;
        let (id, approver) = scheduled(&site, "gdp").await;
        let path = format!("/v1/bundles/{id}/events");
        // Who does not say that it takes a stream gets what there is.
        let once = approver.get(&path).await.must_be(200);
        assert_eq!((once.header("content-type").as_str(), once.header("cache-control").as_str()), ("text/event-stream", "private, no-store"));
        assert!(once.text.contains("event: status") && once.text.ends_with("event: end\ndata: {}\n\n"), "{}", once.text);
        site.public().get(&path).await.must_be(401);

        let request = approver.request(reqwest::Method::GET, &path).header("accept", "text/event-stream");
        let mut stream = request.send().await.unwrap();
        let mut heard = String::new();
        let mut until = async |heard: &mut String, words: &str| {
            while !heard.contains(words) {
                heard.push_str(std::str::from_utf8(&stream.chunk().await.unwrap().unwrap()).unwrap());
            }
        };
        until(&mut heard, "\"state\":\"scheduled\"").await;
        site.advance(TimeDelta::hours(2));
        site.run_tasks().await;
        until(&mut heard, "\"state\":\"published\"").await;
        until(&mut heard, "event: end").await;
        assert!(heard.find("scheduled").unwrap() < heard.find("\"state\":\"published\"").unwrap());
    }

    async fn an_instant_is_rehearsed_without_a_trace(db: TestDatabase) {
        let site = Site::start(db).await;
        let (id, approver) = scheduled(&site, "gdp").await;
        let editor = site.service("planner", &[Role::Editor]).await;
        let unready = editor.post("/bundles", json!({"title": "Unready", "type": "scheduled"})).await.must_be(201).json();
        let date = (site.now() + TimeDelta::minutes(90)).to_rfc3339_opts(SecondsFormat::Secs, true);
        let entry = json!({"id": "unready", "title": "Unready", "bundle_id": unready["id"], "department": "economy", "release_date": date});
        editor.post("/v1/releases", entry).await.must_be(201);
        editor.put_json("/v1/releases/unready/announce", json!({})).await.must_be(200);
        let before = (events(&approver, &id).await, commits());

        let ctx = Ctx::system("test", site.now());
        let (at, rehearsal) = rehearse(&site.services, &ctx, None, true).await.unwrap().unwrap();
        assert_eq!(at, site.now() + TimeDelta::hours(2));
        let shown = &rehearsal.bundles[0];
        assert!(shown.blockers.is_empty() && shown.took.is_some(), "{shown:?}");
        assert!(shown.preview.items[0].dataset_is_new && shown.preview.items[0].files_added == ["gdp.csv"]);
        assert_eq!((rehearsal.missing.len(), rehearsal.missing[0].release.id.as_str()), (1, "unready"));
        assert!(rehearse(&site.services, &ctx, Some(site.now()), true).await.unwrap().unwrap().1.bundles.is_empty());
        assert_eq!((events(&approver, &id).await, commits()), before);
        site.public().get("/datasets/gdp").await.must_be(404);

        // What would fail is told, and nothing is published of it.
        site.services.storage.delete(&only_file(&site, &id).await.object_key).await.unwrap();
        let (_, rehearsal) = rehearse(&site.services, &ctx, Some(at), true).await.unwrap().unwrap();
        assert_eq!((rehearsal.bundles[0].blockers[0].code.as_str(), rehearsal.bundles[0].took), ("bytes_missing", None));
    }

    async fn a_preview_tells_what_is_missing_and_how_long_it_takes(db: TestDatabase) {
        let site = Site::start(db).await;
        let editor = site.service("editor", &[Role::Editor]).await;
        let approver = site.service("approver", &[Role::Approver]).await;
        approved_version(&editor, &approver, "gdp", "gdp").await;
        let bundle = editor.post("/bundles", json!({"title": "Autumn", "type": "scheduled"})).await.must_be(201).json();
        let id = bundle["id"].as_str().unwrap().to_owned();
        let told = async || approver.get(&format!("/bundles/{id}/preview")).await.must_be(200).json()["rehearsal"].clone();
        let codes = |rehearsal: &serde_json::Value| -> Vec<String> {
            let blockers = rehearsal["blockers"].as_array().unwrap();
            assert_eq!(rehearsal["ready"], blockers.is_empty());
            blockers.iter().map(|one| one["code"].as_str().unwrap().to_owned()).collect()
        };
        assert_eq!(codes(&told().await), ["bundle_not_approved", "no_content"]);
        let item = json!({"dataset_id": "gdp", "edition": "time-series", "version": "1"});
        editor.post(&format!("/bundles/{id}/contents"), item).await.must_be(201);
        editor.put(&format!("/bundles/{id}/submit")).await.must_be(200);
        assert_eq!(codes(&told().await), ["bundle_not_approved"]);
        approver.put(&format!("/bundles/{id}/approve")).await.must_be(200);
        assert_eq!(codes(&told().await), ["not_scheduled"]);
        schedule(&site, &approver, &id, TimeDelta::hours(2)).await;
        let before = approver.get(&format!("/bundles/{id}")).await.must_be(200);
        let rehearsal = told().await;
        assert!(codes(&rehearsal).is_empty() && rehearsal["expected_ms"].as_i64().unwrap() > 0, "{rehearsal}");
        let after = approver.get(&format!("/bundles/{id}")).await.must_be(200);
        assert_eq!((before.header("etag"), before.json()), (after.header("etag"), after.json()), "nothing is changed");
        site.public().get("/datasets/gdp").await.must_be(404);

        let file = only_file(&site, &id).await;
        let bytes = site.services.storage.read(&file.object_key).await.unwrap().unwrap();
        site.services.storage.delete(&file.object_key).await.unwrap();
        // What the storage said a moment ago is taken for true.
        site.advance(TimeDelta::seconds(16));
        assert_eq!(codes(&told().await), ["bytes_missing"]);
        site.services.storage.put(&file.object_key, "text/csv", bytes).await.unwrap();
        // Also shortly before the instant, when no trial may be made.
        site.advance(TimeDelta::hours(2) - TimeDelta::seconds(30));
        assert!(codes(&told().await).is_empty());
        site.advance(TimeDelta::seconds(30));
        site.run_tasks().await;
        assert!(told().await.is_null(), "nothing is ahead any more");
        site.public().get("/datasets/gdp").await.must_be(200);
    }

    async fn bytes_that_were_damaged_and_kept_their_size_are_found_ahead_and_published_by_nobody(db: TestDatabase) {
        let site = Site::start(db).await;
        let (id, approver) = scheduled(&site, "gdp").await;
        let file = only_file(&site, &id).await;
        let sound = site.services.storage.read(&file.object_key).await.unwrap().unwrap();
        let mut damaged = sound.to_vec();
        damaged[10] ^= 1;
        site.services.storage.put(&file.object_key, "text/csv", damaged.into()).await.unwrap();
        site.advance(TimeDelta::hours(1));
        let found = async {
            loop {
                let unfit = prepare_upcoming(&site.services).await.unwrap();
                if let Some((bundle, blockers)) = unfit.first() {
                    return (bundle.id.clone(), blockers[0].code.clone());
                }
                tokio::task::yield_now().await;
            }
        };
        assert_eq!(soon(found).await, (id.clone(), "bytes_missing".to_owned()));
        // Mended in its place, it is found sound at one of the next looks.
        site.services.storage.put(&file.object_key, "text/csv", sound.clone()).await.unwrap();
        site.advance(TimeDelta::minutes(6));
        let mended = async {
            loop {
                prepare_upcoming(&site.services).await.unwrap();
                let readiness = approver.get(&format!("/bundles/{id}/readiness")).await.must_be(200).json();
                if readiness["ready"] == true {
                    return;
                }
                site.advance(TimeDelta::seconds(20));
            }
        };
        soon(mended).await;
        let mut damaged = sound.to_vec();
        damaged[10] ^= 1;
        site.services.storage.put(&file.object_key, "text/csv", damaged.into()).await.unwrap();
        // A node that has not looked yet finds it, too, and its publication fails as a whole.
        let mut other = site.services.clone();
        other.preparations = Preparations::default();
        let found = async {
            while prepare_upcoming(&other).await.unwrap().is_empty() {
                tokio::task::yield_now().await;
            }
        };
        soon(found).await;
        site.advance(TimeDelta::hours(1));
        let outcomes = publish_due(&other).await.unwrap();
        assert_eq!(outcomes[0].failure.as_ref().unwrap().blockers[0].code, "bytes_missing");
        site.public().get("/datasets/gdp").await.must_be(404);
    }

    async fn what_is_published_late_says_why(db: TestDatabase) {
        let site = Site::start(db).await;
        let (id, approver) = scheduled(&site, "gdp").await;
        site.advance(TimeDelta::hours(2) + TimeDelta::seconds(90));
        // As if the process had been started a minute after the instant.
        let mut started = site.services.clone();
        let since = site.now() - TimeDelta::seconds(30);
        started.settings = std::sync::Arc::new(services::Settings { started_at: since, ..(*site.services.settings).clone() });
        assert_eq!(publish_due(&started).await.unwrap()[0].lateness_ms(), Some(90_000));
        let status = approver.get(&format!("/bundles/{id}/status")).await.must_be(200).json();
        assert_eq!(status["lateness_ms"], 90_000);
        assert!(status["late_because"].as_str().unwrap().contains("started after its instant"), "{status}");
        let timeline = approver.get(&format!("/bundles/{id}/timeline")).await.must_be(200).json();
        let published = timeline["items"].as_array().unwrap().iter().find(|event| event["event_type"] == "published").unwrap();
        assert_eq!(published["reason"], status["late_because"]);
    }

    async fn what_had_to_wait_says_so_and_what_is_punctual_gives_no_reason(db: TestDatabase) {
        let site = Site::start(db).await;
        let (id, approver) = scheduled(&site, "gdp").await;
        site.advance(TimeDelta::hours(2) + TimeDelta::milliseconds(1001));
        publish_due(&site.services).await.unwrap();
        let status = approver.get(&format!("/bundles/{id}/status")).await.must_be(200).json();
        assert!(status["late_because"].as_str().unwrap().contains("had to wait"), "{status}");
        let again = approved_bundle_of(&site, "cpi").await;
        site.advance(TimeDelta::hours(2) + TimeDelta::milliseconds(1000));
        publish_due(&site.services).await.unwrap();
        let status = approver.get(&format!("/bundles/{again}/status")).await.must_be(200).json();
        assert_eq!((&status["lateness_ms"], &status["late_because"]), (&serde_json::json!(1000), &serde_json::Value::Null));
    }

    async fn what_is_published_by_hand_after_its_instant_says_so(db: TestDatabase) {
        let site = Site::start(db).await;
        let (id, approver) = scheduled(&site, "gdp").await;
        let operator = site.service("operator", &[Role::Operator]).await;
        site.advance(TimeDelta::hours(3));
        operator.post(&format!("/bundles/{id}/publish"), serde_json::json!({"reason": "now"})).await.must_be(202);
        publish_due(&site.services).await.unwrap();
        let status = approver.get(&format!("/bundles/{id}/status")).await.must_be(200).json();
        assert_eq!(status["late_because"], "Late: somebody published it by hand after its instant.");
    }

    async fn what_broke_off_is_measured_as_held_and_says_so_once_it_is_public(db: TestDatabase) {
        let site = Site::start(db).await;
        let (id, approver) = scheduled(&site, "gdp").await;
        site.advance(TimeDelta::hours(2));
        // This node took it at its instant, and came no further.
        let (pool, system) = (site.services.db.pool(), domain::actor::Caller::system("test"));
        let due = persistence::bundles::find_visible_to(pool, &system, &id).await.unwrap().unwrap();
        let (begun, _) = due.apply(BundleCommand::Begin, &[], &system, site.now()).unwrap();
        let node = site.services.settings.node.clone();
        let lease = persistence::bundles::Lease { node, expires_at: site.now() + TimeDelta::seconds(30) };
        assert!(persistence::bundles::save(pool, &begun, Some(&lease)).await.unwrap());
        assert!(publish_due(&site.services).await.unwrap().is_empty());
        let held = async || {
            server::background::look_round(&site.state).await;
            let text = site.public().get("/metrics").await.must_be(200).text;
            text.lines().find_map(|line| line.strip_prefix("publication_leases_held ")).unwrap().to_owned()
        };
        assert_eq!(held().await, "1");
        site.advance(TimeDelta::seconds(30));
        assert_eq!(publish_due(&site.services).await.unwrap()[0].lateness_ms(), Some(30_000));
        assert_eq!(held().await, "0");
        let status = approver.get(&format!("/bundles/{id}/status")).await.must_be(200).json();
        assert_eq!(status["late_because"], "Late: its publication was begun before, and broke off.");
    }

    async fn what_is_wrong_is_told_an_hour_ahead_and_published_by_nobody(db: TestDatabase) {
        let site = Site::start(db).await;
        let (id, approver) = scheduled(&site, "gdp").await;
        site.services.storage.delete(&only_file(&site, &id).await.object_key).await.unwrap();
        site.advance(TimeDelta::minutes(59));
        assert!(prepare_upcoming(&site.services).await.unwrap().is_empty(), "not yet within the hour");
        site.advance(TimeDelta::minutes(1));
        let unfit = prepare_upcoming(&site.services).await.unwrap();
        assert_eq!((unfit.len(), unfit[0].0.id.as_str(), unfit[0].1[0].code.as_str()), (1, id.as_str(), "bytes_missing"));
        assert!(prepare_upcoming(&site.services).await.unwrap().is_empty(), "told once");
        // The checklist and the steps say so too, and another node that finds the same warns nobody again.
        let readiness = approver.get(&format!("/bundles/{id}/readiness")).await.must_be(200).json();
        let stored = readiness["checks"].as_array().unwrap().iter().find(|check| check["name"] == "files_stored").unwrap();
        assert_eq!((&readiness["ready"], &stored["outcome"]), (&serde_json::json!(false), &serde_json::json!("fail")));
        let place = format!("/admin/datasets/gdp/editions/time-series/versions/1#file-{}", only_file(&site, &id).await.file.id);
        assert_eq!(stored["fix_url"], place, "it leads to the file");
        let mut other = site.services.clone();
        other.preparations = Preparations::default();
        assert_eq!(prepare_upcoming(&other).await.unwrap().len(), 1);
        let status = approver.get(&format!("/bundles/{id}/status")).await.must_be(200).json();
        let warned = status["steps"].as_array().unwrap().iter().filter(|step| step["name"].as_str().unwrap().starts_with("alert_ahead:")).count();
        assert_eq!(warned, 1, "{status}");
        site.advance(TimeDelta::hours(1));
        let outcomes = publish_due(&site.services).await.unwrap();
        assert!(outcomes[0].failure.is_some());
        assert_eq!(events(&approver, &id).await.last().unwrap().0, "failed");
        site.public().get("/datasets/gdp").await.must_be(404);
    }

    async fn of_two_prepared_nodes_one_publishes(db: TestDatabase) {
        let other = db.another().await;
        let site = Site::start(db).await;
        let node = Services { db: other.database(), preparations: Preparations::default(), ..site.services.clone() };
        let (id, approver) = scheduled(&site, "gdp").await;
        site.advance(TimeDelta::hours(2) - TimeDelta::seconds(5));
        for services in [&site.services, &node] {
            assert!(prepare_upcoming(services).await.unwrap().is_empty());
        }
        site.advance(TimeDelta::seconds(5));
        let (a, b) = tokio::join!(publish_one(&site.services, &id), publish_one(&node, &id));
        assert!(a.unwrap().is_some() ^ b.unwrap().is_some());
        let told = events(&approver, &id).await;
        assert_eq!(told.iter().filter(|(event, _)| event == "published").count(), 1);
        assert_eq!(told.iter().filter(|(event, _)| event == "publishing").count(), 1);
    }
    async fn what_is_held_ready_is_public_with_its_instant_and_found_at_once(db: TestDatabase) {
        let site = Site::start(db).await;
        let (id, approver) = scheduled(&site, "gdp").await;
        let (second, _) = scheduled(&site, "cpi").await;
        let (together, held) = held_ready(&site).await;
        assert!(together.begin < together.instant);
        site.advance(together.instant - TimeDelta::microseconds(1) - site.now());
        publish_due(&site.services).await.unwrap();
        for hidden in ["/datasets/gdp", "/files/downloads/gdp/gdp.csv", "/datasets/cpi"] {
            site.public().get(hidden).await.must_be(404);
        }
        assert_eq!(approver.get(&format!("/bundles/{id}")).await.must_be(200).json()["state"], "scheduled");
        assert_eq!(found(&site, "gdp").await, 0);

        let before = commits();
        site.advance(TimeDelta::microseconds(1) + TimeDelta::milliseconds(40));
        let outcomes = published(held.await.unwrap());
        assert_eq!((outcomes.len(), commits() - before), (2, 1));
        assert!(outcomes.iter().all(|outcome| outcome.lateness_ms() == Some(40) && outcome.failure.is_none()));
        // It bears its instant, and says like the public log when its commit began.
        let status = approver.get(&format!("/bundles/{id}/status")).await.must_be(200).json();
        assert_eq!((&status["lateness_ms"], &status["late_because"]), (&serde_json::json!(40), &serde_json::Value::Null));
        // Nothing else was done meanwhile: the search shows it with the commit.
        assert_eq!((found(&site, "gdp").await, found(&site, "cpi").await), (1, 1));
        site.public().get("/files/downloads/gdp/gdp.csv").await.must_be(200);
        assert_eq!(events(&approver, &second).await.last().unwrap().0, "published");
        assert!(publish_due(&site.services).await.unwrap().is_empty());
        assert!(!site.services.held.contains(&id));
    }

    async fn a_step_until_the_last_moment_gets_the_bundle_that_is_held(db: TestDatabase) {
        let site = Site::start(db).await;
        let (cancelled, approver) = scheduled(&site, "gdp").await;
        let (other, _) = scheduled(&site, "cpi").await;
        let (together, held) = held_ready(&site).await;
        site.advance(together.instant - TimeDelta::microseconds(1) - site.now());
        // Who may not take the step disturbs nobody.
        site.public().delete(&format!("/bundles/{cancelled}/schedule")).await.must_be(401);
        assert!(site.services.held.contains(&cancelled));
        let state = approver.delete(&format!("/bundles/{cancelled}/schedule")).await.must_be(200).json();
        assert_eq!(state["state"], "approved");
        assert_eq!(given_up(held.await.unwrap()), Some(GivenUp::Wanted));
        site.advance(TimeDelta::seconds(1));
        let outcomes = publish_due(&site.services).await.unwrap();
        assert_eq!((outcomes.len(), outcomes[0].bundle_id.as_str()), (1, other.as_str()));
        site.public().get("/datasets/gdp").await.must_be(404);
        site.public().get("/datasets/cpi").await.must_be(200);
    }

    async fn another_node_can_ask_for_a_held_bundle_and_publishes_nothing_twice(db: TestDatabase) {
        let other = db.another().await;
        let site = Site::start(db).await;
        if !site.services.db.is_shared() {
            return; // One process: the test above.
        }
        let node = Services { db: other.database(), held: Held::default(), preparations: Preparations::default(), ..site.services.clone() };
        let (first, _) = scheduled(&site, "gdp").await;
        let (_, held) = held_ready(&site).await;
        let ctx = Ctx { caller: Some(domain::actor::Caller::system("test")), ..Ctx::public(site.now(), "a-test".to_owned()) };
        let cancelled = take_step(&node, &ctx, &first, None, BundleCommand::CancelSchedule { reason: None }).await.unwrap();
        assert_eq!(cancelled.stage(), BundleStage::Approved);
        assert_eq!(given_up(held.await.unwrap()), Some(GivenUp::Wanted));

        let (second, approver) = scheduled(&site, "cpi").await;
        let (together, held) = held_ready(&site).await;
        let other = publish_together(&node, together.clone()).await.unwrap();
        assert_eq!(given_up(other), Some(GivenUp::AnotherNode));
        assert!(!held.is_finished());
        site.advance(together.instant - site.now());
        let (held, due) = tokio::join!(held, publish_due(&node));
        assert_eq!((published(held.unwrap()).len(), due.unwrap().len()), (1, 0));
        let told = events(&approver, &second).await;
        assert_eq!(told.iter().filter(|(event, _)| event == "published").count(), 1);
    }
}

/// What was published, where anything was.
pub fn published(kept: Kept) -> Vec<PublishOutcome> {
    match kept {
        Kept::Published(outcomes) => outcomes,
        Kept::GivenUp(why) => panic!("{why:?}"),
    }
}

/// Why it was given up, where it was.
pub fn given_up(kept: Kept) -> Option<GivenUp> {
    match kept {
        Kept::Published(_) => None,
        Kept::GivenUp(why) => Some(why),
    }
}

/// How many datasets the public's search finds.
async fn found(site: &Site, words: &str) -> u64 {
    site.public().get(&format!("/v1/search?q={words}")).await.must_be(200).json()["total_count"].as_u64().unwrap()
}

/// Moves to where the next publications are begun, and begins them; they wait for their instant.
pub async fn held_ready(site: &Site) -> (Together, JoinHandle<Kept>) {
    site.run_tasks().await;
    site.advance(TimeDelta::hours(2) - TimeDelta::seconds(9));
    assert!(prepare_upcoming(&site.services).await.unwrap().is_empty());
    let together = next_together(&site.services).await.unwrap().unwrap();
    site.advance(together.begin - site.now());
    let (services, own) = (site.services.clone(), together.clone());
    let held = tokio::spawn(async move { publish_together(&services, own).await.unwrap() });
    while !site.services.held.is_ready() {
        tokio::task::yield_now().await;
    }
    (together, held)
}
