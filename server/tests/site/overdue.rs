//! Many bundles whose instant passed while nothing ran: public by one commit, in order and told as late, and what is not fit apart.

use std::sync::Arc;

use chrono::TimeDelta;
use domain::bundle::BundleStage;
use domain::delivery::Sink;
use domain::policy::Role;
use persistence::db::commits;
use persistence::{bundles, outbox};
use services::bundles::{Held, Preparations, PublishOutcome, publish_due};
use services::{Services, Settings};
use testkit::on_both_databases;

use crate::instant::{events, only_file, schedule};
use crate::support::*;

/// So many that they are published together.
const MANY: i64 = 13;

/// Scheduled bundles of one dataset each, of which the one made last is due first; with their approver, in the order of their instants.
async fn overdue(site: &Site) -> (Vec<String>, Caller) {
    let editor = site.service("editor", &[Role::Editor]).await;
    let approver = site.service("approver", &[Role::Approver]).await;
    let mut ids = Vec::new();
    for n in 0..MANY {
        let dataset = format!("d{n}");
        approved_version(&editor, &approver, &dataset, &dataset).await;
        let id = approved_bundle(&editor, &approver, &dataset, &[(&dataset, "1")]).await;
        schedule(site, &approver, &id, TimeDelta::hours(2) - TimeDelta::minutes(n)).await;
        ids.insert(0, id);
    }
    site.advance(TimeDelta::hours(3));
    (ids, approver)
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
        let (ids, _) = overdue(&site).await;
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
