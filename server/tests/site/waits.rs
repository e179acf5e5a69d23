//! What a publication waits for: the locks of others, a storage, and files that nobody has read. It says when it became public, is
//! nobody else's meanwhile, and waits for nothing without end.

use std::sync::Arc;

use chrono::TimeDelta;
use domain::bundle::{Bundle, BundleStage};
use domain::page::Paging;
use domain::policy::Role;
use persistence::bundles::Lease;
use persistence::db::commits;
use persistence::publication_log::{self, LogFilter};
use persistence::{Connection, Tx};
use serde_json::json;
use services::bundles::{Held, Preparations, next_together, prepare_upcoming, publish_due, publish_one};
use services::{Services, Settings};
use testkit::databases::TestDatabase;
use testkit::on_both_databases;

use crate::instant::{only_file, schedule, scheduled, soon};
use crate::support::*;

/// What somebody else has locked at the instant.
#[derive(Clone, Copy)]
enum Locked {
    Bundle,
    Contents,
    EndOfLog,
}

async fn lock(tx: &Tx, what: Locked, bundle: &str) {
    match what {
        Locked::Bundle => persistence::bundles::lock(tx, bundle).await.unwrap(),
        Locked::Contents => {
            tx.execute_unprepared("UPDATE versions SET last_updated = last_updated").await.unwrap();
        }
        Locked::EndOfLog => publication_log::keep_end(tx).await.unwrap(),
    }
}

async fn bundle_now(site: &Site, id: &str) -> Bundle {
    let system = domain::actor::Caller::system("test");
    persistence::bundles::find_visible_to(site.services.db.pool(), &system, id).await.unwrap().unwrap()
}

async fn lease_now(site: &Site, id: &str) -> Option<Lease> {
    persistence::bundles::lease_of(site.services.db.pool(), id).await.unwrap()
}

/// A bundle whose publication waits for ten minutes from its instant on says so everywhere, and when it became public.
async fn tells_the_truth(db: TestDatabase, was_looked_at: bool, what: Locked) {
    let other = db.another().await;
    let site = Site::start(db).await;
    if !site.services.db.is_shared() {
        return; // Whoever publishes is the one writer before it reads the clock.
    }
    let (id, approver) = scheduled(&site, "gdp").await;
    site.run_tasks().await;
    site.advance(TimeDelta::hours(2) - TimeDelta::seconds(5));
    if was_looked_at {
        assert!(prepare_upcoming(&site.services).await.unwrap().is_empty());
    }
    site.advance(TimeDelta::seconds(5));
    let locking = other.database().begin().await.unwrap();
    lock(&locking, what, &id).await;
    let (services, own) = (site.services.clone(), id.clone());
    let publishing = tokio::spawn(async move { publish_one(&services, &own).await.unwrap() });
    soon(site.database.somebody_waits()).await;
    site.advance(TimeDelta::minutes(10));
    site.public().get("/datasets/gdp").await.must_be(404);
    locking.rollback().await.unwrap();
    let outcome = soon(publishing).await.unwrap().unwrap();
    assert_eq!(outcome.lateness_ms(), Some(600_000));
    assert_eq!(bundle_now(&site, &id).await.state.published_at(), Some(site.now()));
    let log = publication_log::list(site.services.db.pool(), &LogFilter::default(), Paging::WHOLE).await.unwrap();
    assert_eq!(log.items[0].published_at, site.now());
    let status = approver.get(&format!("/bundles/{id}/status")).await.must_be(200).json();
    assert!(
        status["lateness_ms"] == 600_000 && status["late_because"].as_str().unwrap().contains("had to wait"),
        "{status}"
    );
    let items = persistence::contents::list_of_bundle(site.services.db.pool(), &id).await.unwrap();
    let version = persistence::versions::find_by_id(site.services.db.pool(), &items[0].version_id).await.unwrap();
    assert_eq!(version.unwrap().published_at, Some(site.now()));
    site.public().get("/datasets/gdp").await.must_be(200);
}

/// The bytes of the only file of a bundle with one of them changed, and as they were.
async fn damage(site: &Site, id: &str) -> (String, Vec<u8>) {
    let file = only_file(site, id).await;
    let sound = site.services.storage.read(&file.object_key).await.unwrap().unwrap().to_vec();
    let mut damaged = sound.clone();
    damaged[10] ^= 1;
    site.services.storage.put(&file.object_key, "text/csv", damaged.into()).await.unwrap();
    (file.object_key, sound)
}

on_both_databases! {
    async fn a_bundle_that_was_looked_at_and_is_locked_bears_the_time_at_which_it_became_public(db: TestDatabase) {
        tells_the_truth(db, true, Locked::Bundle).await;
    }

    async fn a_bundle_that_was_looked_at_and_whose_contents_are_locked_is_written_anew(db: TestDatabase) {
        tells_the_truth(db, true, Locked::Contents).await;
    }

    async fn a_bundle_that_was_looked_at_and_waits_for_the_public_log_is_written_anew(db: TestDatabase) {
        tells_the_truth(db, true, Locked::EndOfLog).await;
    }

    async fn a_bundle_that_nobody_looked_at_and_is_locked_bears_the_time_at_which_it_became_public(db: TestDatabase) {
        tells_the_truth(db, false, Locked::Bundle).await;
    }

    async fn a_bundle_that_nobody_looked_at_and_whose_contents_are_locked_is_written_anew(db: TestDatabase) {
        tells_the_truth(db, false, Locked::Contents).await;
    }

    async fn a_bundle_that_nobody_looked_at_and_waits_for_the_public_log_is_written_anew(db: TestDatabase) {
        tells_the_truth(db, false, Locked::EndOfLog).await;
    }

    async fn what_a_fault_interrupts_is_let_go_of_and_published_soon_after_it_is_over(db: TestDatabase) {
        let site = Site::start(db).await;
        let (id, _) = scheduled(&site, "gdp").await;
        let object_key = only_file(&site, &id).await.object_key;
        // The storage takes no such key.
        site.database.execute("UPDATE files SET object_key = 'no/../key'").await.unwrap();
        site.advance(TimeDelta::hours(2));
        assert!(publish_due(&site.services).await.unwrap().is_empty());
        assert_eq!(bundle_now(&site, &id).await.stage(), BundleStage::Publishing);
        let lease = lease_now(&site, &id).await.unwrap();
        assert_eq!((lease.node, lease.expires_at), (site.services.settings.node.clone(), site.now() + TimeDelta::seconds(2)));
        site.database.execute(&format!("UPDATE files SET object_key = '{object_key}'")).await.unwrap();
        site.advance(TimeDelta::seconds(2));
        let node = Services { held: Held::default(), preparations: Preparations::default(), ..site.services.clone() };
        assert_eq!(publish_due(&node).await.unwrap()[0].lateness_ms(), Some(2_000));
        site.public().get("/datasets/gdp").await.must_be(200);
    }

    async fn a_look_that_takes_longer_than_the_lease_is_left_to_its_node(db: TestDatabase) {
        let (locks, others) = (db.another().await, db.another().await);
        let site = Site::start(db).await;
        if !site.services.db.is_shared() {
            return; // One process, which does not begin with a bundle again that is under way.
        }
        let lease = TimeDelta::milliseconds(300);
        let settings = |node: &str| Arc::new(Settings { node: node.to_owned(), lease, ..(*site.services.settings).clone() });
        let one = Services { settings: settings("one"), ..site.services.clone() };
        let two = Services {
            db: others.database(),
            settings: settings("two"),
            held: Held::default(),
            preparations: Preparations::default(),
            ..site.services.clone()
        };
        let (id, _) = scheduled(&site, "gdp").await;
        site.run_tasks().await;
        site.advance(TimeDelta::hours(2));
        // Nobody can ask which files there are.
        let slow = locks.database().begin().await.unwrap();
        slow.execute_unprepared("LOCK TABLE files IN ACCESS EXCLUSIVE MODE").await.unwrap();
        let own = id.clone();
        let publishing = tokio::spawn(async move { publish_one(&one, &own).await.unwrap() });
        let renewed = async || {
            let until = Some(site.now() + lease);
            while lease_now(&site, &id).await.map(|lease| lease.expires_at) != until {
                tokio::task::yield_now().await;
            }
        };
        soon(renewed()).await;
        let taken = bundle_now(&site, &id).await.revision;
        for _ in 0..3 {
            site.advance(TimeDelta::milliseconds(250));
            soon(renewed()).await;
            assert!(publish_one(&two, &id).await.unwrap().is_none());
        }
        assert_eq!(bundle_now(&site, &id).await.revision, taken);
        slow.rollback().await.unwrap();
        assert_eq!(soon(publishing).await.unwrap().unwrap().lateness_ms(), Some(750));
        assert!(publish_one(&two, &id).await.unwrap().is_none());
    }

    async fn what_is_published_by_hand_is_read_first_and_again_once_it_was_mended(db: TestDatabase) {
        let site = Site::start(db).await;
        let editor = site.service("editor", &[Role::Editor]).await;
        let approver = site.service("approver", &[Role::Approver]).await;
        let operator = site.service("operator", &[Role::Operator]).await;
        approved_version(&editor, &approver, "gdp", "gdp").await;
        let id = approved_bundle(&editor, &approver, "Emergency", &[("gdp", "1")]).await;
        let (object_key, sound) = damage(&site, &id).await;
        let by_hand = async || {
            operator.post(&format!("/bundles/{id}/publish"), json!({"reason": "at once"})).await.must_be(202);
            publish_due(&site.services).await.unwrap().remove(0)
        };
        let failure = by_hand().await.failure.unwrap();
        assert_eq!(failure.blockers[0].code, "bytes_missing");
        site.public().get("/datasets/gdp").await.must_be(404);
        site.services.storage.put(&object_key, "text/csv", sound.into()).await.unwrap();
        operator.put(&format!("/bundles/{id}/retry")).await.must_be(200);
        assert!(by_hand().await.failure.is_none());
        site.public().get("/files/downloads/gdp/gdp.csv").await.must_be(200);
    }

    async fn what_is_overdue_after_a_start_is_read_first(db: TestDatabase) {
        let site = Site::start(db).await;
        let (id, approver) = scheduled(&site, "gdp").await;
        let (object_key, sound) = damage(&site, &id).await;
        site.advance(TimeDelta::hours(3));
        let outcomes = publish_due(&site.services).await.unwrap();
        assert_eq!(outcomes[0].failure.as_ref().unwrap().blockers[0].code, "bytes_missing");
        site.public().get("/datasets/gdp").await.must_be(404);
        // Tried again at a new instant it fails again while nobody has mended the file, and is published once somebody has.
        let operator = site.service("operator", &[Role::Operator]).await;
        let again = async || {
            operator.put(&format!("/bundles/{id}/retry")).await.must_be(200);
            schedule(&site, &approver, &id, TimeDelta::seconds(4)).await;
            site.advance(TimeDelta::seconds(4));
            publish_due(&site.services).await.unwrap().remove(0)
        };
        assert_eq!(again().await.failure.unwrap().blockers[0].code, "bytes_missing");
        site.services.storage.put(&object_key, "text/csv", sound.into()).await.unwrap();
        assert!(again().await.failure.is_none());
        site.public().get("/files/downloads/gdp/gdp.csv").await.must_be(200);
    }

    async fn what_is_scheduled_seconds_ahead_is_read_with_its_first_look(db: TestDatabase) {
        let site = Site::start(db).await;
        let (id, approver) = scheduled(&site, "gdp").await;
        let (object_key, sound) = damage(&site, &id).await;
        schedule(&site, &approver, &id, TimeDelta::seconds(3)).await;
        let unfit = prepare_upcoming(&site.services).await.unwrap();
        assert_eq!((unfit.len(), unfit[0].1[0].code.as_str()), (1, "bytes_missing"));
        assert!(next_together(&site.services).await.unwrap().is_none());
        site.services.storage.put(&object_key, "text/csv", sound.into()).await.unwrap();
        schedule(&site, &approver, &id, TimeDelta::seconds(4)).await;
        assert!(prepare_upcoming(&site.services).await.unwrap().is_empty());
        assert!(next_together(&site.services).await.unwrap().is_some());
        site.advance(TimeDelta::seconds(4));
        let before = commits();
        assert_eq!(publish_due(&site.services).await.unwrap()[0].lateness_ms(), Some(0));
        assert_eq!(commits() - before, 1);
    }
}
