//! Many bundles whose instant passed while nothing ran: public by one commit, in order and told as late, and what is not fit apart.

use std::sync::Arc;

use chrono::TimeDelta;
use domain::bundle::BundleStage;
use domain::delivery::Sink;
use domain::policy::Role;
use domain::release::{Release, ReleaseState};
use persistence::db::commits;
use persistence::outbox::Task;
use persistence::{bundles, outbox, releases};
use serde_json::json;
use services::bundles::{Held, Preparations, PublishOutcome, publish_due};
use services::{Services, Settings};
use testkit::{builders, on_both_databases};

use crate::instant::{events, only_file, schedule};
use crate::support::*;

/// So many that they are published together.
const MANY: i64 = 13;

/// Bundles whose instants have passed, of one dataset each, of which the one made last was due first; with their approver, in the order
/// of their instants.
async fn overdue(site: &Site) -> (Vec<String>, Caller) {
    let came = due_in_two_hours(site, "d", MANY).await;
    site.advance(TimeDelta::hours(3));
    came
}

/// The same before their instants, of datasets with such names.
async fn due_in_two_hours(site: &Site, name: &str, number: i64) -> (Vec<String>, Caller) {
    let editor = site.service(&format!("editor of {name}"), &[Role::Editor]).await;
    let approver = site.service(&format!("approver of {name}"), &[Role::Approver]).await;
    let mut ids = Vec::new();
    for n in 0..number {
        let dataset = format!("{name}{n}");
        approved_version(&editor, &approver, &dataset, &dataset).await;
        let id = approved_bundle(&editor, &approver, &dataset, &[(&dataset, "1")]).await;
        schedule(site, &approver, &id, TimeDelta::hours(2) - TimeDelta::minutes(n)).await;
        ids.insert(0, id);
    }
    (ids, approver)
}

/// A scheduled bundle of another edition of a dataset.
async fn of_another_edition(site: &Site, dataset: &str, edition: &str, ahead: TimeDelta) -> String {
    let editor = site.service(&format!("editor of {edition}"), &[Role::Editor]).await;
    let approver = site.service(&format!("approver of {edition}"), &[Role::Approver]).await;
    let named = json!({"edition": edition, "title": edition});
    editor.post(&format!("/datasets/{dataset}/editions"), named).await.must_be(201);
    let versions = format!("/datasets/{dataset}/editions/{edition}/versions");
    editor.post(&versions, json!({"release_date": "2026-11-23T09:30:00Z"})).await.must_be(201);
    editor.upload(dataset, edition, "1", &format!("{edition}.csv"), TABLE).await.must_be(201);
    editor.put(&format!("{versions}/1/submit")).await.must_be(200);
    approver.put(&format!("{versions}/1/approve")).await.must_be(200);
    let bundle = editor.post("/bundles", json!({"title": edition, "type": "scheduled"})).await.must_be(201).json();
    let id = bundle["id"].as_str().unwrap().to_owned();
    let item = json!({"dataset_id": dataset, "edition": edition, "version": "1"});
    editor.post(&format!("/bundles/{id}/contents"), item).await.must_be(201);
    editor.put(&format!("/bundles/{id}/submit")).await.must_be(200);
    approver.put(&format!("/bundles/{id}/approve")).await.must_be(200);
    schedule(site, &approver, &id, ahead).await;
    id
}

/// The same site after a start: nothing is held, nothing was looked at.
fn started(site: &Site) -> Services {
    let settings = Arc::new(Settings { started_at: site.now(), ..(*site.services.settings).clone() });
    Services { settings, held: Held::default(), preparations: Preparations::default(), ..site.services.clone() }
}

async fn stage(site: &Site, id: &str) -> BundleStage {
    let system = domain::actor::Caller::system("test");
    bundles::find_visible_to(site.services.db.pool(), &system, id).await.unwrap().unwrap().stage()
}

/// What the public log tells first to last.
async fn logged(site: &Site) -> Vec<String> {
    let log = site.public().get("/v1/publication-log?limit=100").await.must_be(200).json();
    let mut told: Vec<(i64, String)> = log["items"]
        .as_array()
        .unwrap()
        .iter()
        .map(|entry| {
            (entry["sequence"].as_i64().unwrap(), entry["versions"][0]["dataset_id"].as_str().unwrap().to_owned())
        })
        .collect();
    told.sort();
    told.into_iter().map(|(_, dataset)| dataset).collect()
}

fn published(outcomes: &[PublishOutcome]) -> Vec<&str> {
    outcomes.iter().filter(|o| o.failure.is_none()).map(|o| o.bundle_id.as_str()).collect()
}

on_both_databases! {
    async fn what_is_overdue_becomes_public_by_one_commit_in_the_order_of_the_instants_and_says_why_it_is_late(db: TestDatabase) {
        let site = Site::start(db).await;
        let (ids, approver) = overdue(&site).await;
        let before = commits();
        let outcomes = publish_due(&started(&site)).await.unwrap();
        assert_eq!((published(&outcomes), commits() - before), (ids.iter().map(String::as_str).collect(), 1));
        let lateness: Vec<Option<i64>> = (0..MANY).rev().map(|n| Some(3_600_000 + 60_000 * n)).collect();
        assert_eq!(outcomes.iter().map(PublishOutcome::lateness_ms).collect::<Vec<_>>(), lateness);
        let datasets: Vec<String> = (0..MANY).rev().map(|n| format!("d{n}")).collect();
        assert_eq!(logged(&site).await, datasets);
        for (id, dataset) in ids.iter().zip(&datasets) {
            let told = events(&approver, id).await;
            let last: Vec<&str> = told.iter().map(|(event, _)| event.as_str()).rev().take(2).collect();
            assert_eq!(last, ["published", "publishing"]);
            let timeline = approver.get(&format!("/bundles/{id}/timeline")).await.must_be(200).text;
            assert!(timeline.contains("Late: this node was started after its instant"), "{timeline}");
            assert!(outbox::is_queued(site.services.db.pool(), id, Sink::SearchIndex.as_str()).await.unwrap());
            site.public().get(&format!("/files/downloads/{dataset}/{dataset}.csv")).await.must_be(200);
        }
        assert_eq!(site.environment().get("/v1/audit/verify").await.must_be(200).json()["intact"], true);
        assert!(publish_due(&site.services).await.unwrap().is_empty());
    }

    async fn of_many_that_are_published_together_each_has_what_follows_from_it_alone(db: TestDatabase) {
        let site = Site::start(db).await;
        let (ids, _) = due_in_two_hours(&site, "d", MANY).await;
        // Two more of a dataset that another one holds: due before and after it.
        let first = of_another_edition(&site, "d5", "first", TimeDelta::minutes(1)).await;
        let last = of_another_edition(&site, "d5", "last", TimeDelta::minutes(150)).await;
        site.advance(TimeDelta::hours(3));
        let pool = site.services.db.pool();
        let named = |id: &str, bundle: &str, name: &str| Task {
            bundle_id: Some(bundle.to_owned()),
            name: name.to_owned(),
            ..Task::new(id.to_owned(), Sink::Alert.as_str(), bundle, json!({}))
        };
        let search = Sink::SearchIndex.as_str();
        outbox::note_skipped(pool, &named("1", &ids[1], search), "It is made anew tonight", site.now()).await.unwrap();
        outbox::push(pool, &named("2", &ids[2], "alert_ahead:1:x"), site.now()).await.unwrap();
        let figures = Release { bundle_id: Some(ids[3].clone()), ..builders::release("figures") };
        releases::insert(pool, &figures).await.unwrap();

        let before = commits();
        let outcomes = publish_due(&started(&site)).await.unwrap();
        let mut expected: Vec<&str> = ids.iter().map(String::as_str).collect();
        expected.insert(0, &first);
        expected.push(&last);
        assert_eq!((published(&outcomes), commits() - before), (expected.clone(), 1));
        for edition in ["time-series", "first", "last"] {
            site.public().get(&format!("/datasets/d5/editions/{edition}/versions/1")).await.must_be(200);
        }
        for id in expected {
            let steps = outbox::steps_of(pool, id).await.unwrap();
            let of = |name: &str| steps.iter().filter(|step| step.name.starts_with(name)).map(|step| step.state.as_str()).collect::<Vec<_>>();
            assert_eq!(of(search), [if id == ids[1] { "skipped" } else { "pending" }], "{steps:?}");
            assert_eq!(of("alert_ahead"), if id == ids[2] { vec!["skipped"] } else { vec![] });
            let release = releases::of_bundle(pool, id).await.unwrap();
            assert_eq!(release.map(|release| release.state), (id == ids[3]).then_some(ReleaseState::Published));
        }
        let log = site.public().get("/v1/publication-log?limit=100").await.must_be(200).json();
        let with_release: Vec<&serde_json::Value> =
            log["items"].as_array().unwrap().iter().filter(|entry| entry["release"].is_object()).collect();
        assert_eq!(with_release.len(), 1);
        assert_eq!((&with_release[0]["release"]["id"], &with_release[0]["versions"][0]["dataset_id"]), (&json!("figures"), &json!("d9")));
        assert_eq!(site.environment().get("/v1/audit/verify").await.must_be(200).json()["intact"], true);
    }

    async fn twice_as_many_that_are_overdue_take_no_more_statements(db: TestDatabase) {
        let site = Site::start(db).await;
        let mut counts = Vec::new();
        for (name, number) in [("few", MANY), ("many", 2 * MANY)] {
            let (ids, _) = due_in_two_hours(&site, name, number).await;
            site.advance(TimeDelta::hours(3));
            site.record_statements();
            let outcomes = publish_due(&started(&site)).await.unwrap();
            counts.push(site.recorded_statements().len());
            assert_eq!(published(&outcomes).len(), ids.len());
        }
        assert_eq!(counts[0], counts[1]);
    }

    async fn what_is_not_fit_among_many_that_are_overdue_fails_by_itself(db: TestDatabase) {
        let site = Site::start(db).await;
        let (ids, _) = overdue(&site).await;
        site.services.storage.delete(&only_file(&site, &ids[3]).await.object_key).await.unwrap();
        let outcomes = publish_due(&started(&site)).await.unwrap();
        assert_eq!((outcomes.len(), published(&outcomes).len()), (ids.len(), ids.len() - 1));
        let failed = outcomes.iter().find(|outcome| outcome.failure.is_some()).unwrap();
        assert_eq!(failed.bundle_id, ids[3]);
        assert_eq!(failed.failure.as_ref().unwrap().blockers[0].code, "bytes_missing");
        assert_eq!(stage(&site, &ids[3]).await, BundleStage::Failed);
        site.public().get(&format!("/datasets/d{}", MANY - 1 - 3)).await.must_be(404);
    }

    async fn what_cannot_be_written_with_others_leaves_them_whole(db: TestDatabase) {
        let site = Site::start(db).await;
        let (ids, approver) = overdue(&site).await;
        // A draft that was changed past its approval makes one of them worthless while it is written.
        site.database.execute("UPDATE datasets SET draft_revision = draft_revision + 1 WHERE id = 'd5'").await.unwrap();
        let outcomes = publish_due(&started(&site)).await.unwrap();
        let mut expected: Vec<&str> = ids.iter().map(String::as_str).collect();
        let changed = expected.remove(usize::try_from(MANY - 1 - 5).unwrap());
        let mut came = published(&outcomes);
        expected.sort_unstable();
        came.sort_unstable();
        assert_eq!(came, expected);
        assert_eq!(stage(&site, changed).await, BundleStage::Failed);
        site.public().get("/datasets/d5").await.must_be(404);
        // Nothing stayed of the transaction that was given up.
        assert_eq!(logged(&site).await.len(), expected.len());
        for id in expected {
            let told = events(&approver, id).await;
            let steps: Vec<&str> = told.iter().map(|(event, _)| event.as_str()).filter(|event| event.starts_with("publish")).collect();
            assert_eq!(steps, ["publishing", "published"]);
        }
        assert_eq!(site.environment().get("/v1/audit/verify").await.must_be(200).json()["intact"], true);
    }

    async fn what_is_overdue_and_taken_by_two_nodes_is_published_once(db: TestDatabase) {
        let other = db.another().await;
        let site = Site::start(db).await;
        let (ids, _) = overdue(&site).await;
        // SQLite has one process, with one place for writers.
        let nodes = if site.services.db.is_shared() { other.database() } else { site.services.db.clone() };
        let (one, two) = (started(&site), Services { db: nodes, ..started(&site) });
        let (one, two) = tokio::join!(publish_due(&one), publish_due(&two));
        let mut came: Vec<String> = one.unwrap().into_iter().chain(two.unwrap()).map(|outcome| outcome.bundle_id).collect();
        // What one waited for may be left to its next round.
        came.extend(publish_due(&started(&site)).await.unwrap().into_iter().map(|outcome| outcome.bundle_id));
        came.sort_unstable();
        let mut all = ids.clone();
        all.sort_unstable();
        assert_eq!(came, all);
        assert_eq!(logged(&site).await.len(), ids.len());
    }
}
