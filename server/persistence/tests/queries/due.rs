//! What the scheduler finds, and when.

use chrono::TimeDelta;
use domain::bundle::{Bundle, BundleState};
use persistence::bundles::{self, Lease};
use persistence::hold;
use testkit::builders::{self, approval, at, schedule, scheduled};
use testkit::databases::TestDatabase;
use testkit::on_both_databases;

/// A bundle that a node is publishing under a lease until the instant.
async fn add_publishing(db: &TestDatabase, id: &str, until: chrono::DateTime<chrono::Utc>) {
    let (schedule, started_at) = (Some(schedule(at(0))), at(0));
    let state = BundleState::Publishing { approval: approval(), schedule, started_at, told: None };
    let bundle = Bundle { state, ..builders::bundle(id) };
    bundles::insert(db.pool(), &bundle).await.unwrap();
    let lease = Lease { node: "one".into(), expires_at: until };
    assert!(bundles::save(db.pool(), &bundle, Some(&lease)).await.unwrap());
}

on_both_databases! {
    async fn a_bundle_is_due_at_its_instant_and_not_a_microsecond_before(db: TestDatabase) {
        let instant = at(60) + TimeDelta::microseconds(1);
        bundles::insert(db.pool(), &scheduled("b", instant)).await.unwrap();
        let before = instant - TimeDelta::microseconds(1);
        assert!(bundles::due(db.pool(), before, 99).await.unwrap().is_empty());
        assert_eq!(bundles::due(db.pool(), instant, 99).await.unwrap(), ["b"]);
        assert_eq!(bundles::due(db.pool(), instant + TimeDelta::days(400), 99).await.unwrap(), ["b"]);
        assert_eq!(bundles::next_instant(db.pool(), at(-1)).await.unwrap(), Some(instant));
    }

    async fn a_publication_is_taken_over_when_its_lease_runs_out(db: TestDatabase) {
        add_publishing(&db, "b", at(30)).await;
        let before = at(30) - TimeDelta::microseconds(1);
        assert!(bundles::due(db.pool(), before, 99).await.unwrap().is_empty());
        assert_eq!(bundles::due(db.pool(), at(30), 99).await.unwrap(), ["b"]);
        assert_eq!(bundles::next_instant(db.pool(), at(-1)).await.unwrap(), Some(at(30)));
    }

    async fn a_lease_is_held_longer_and_let_go_of_by_its_node_alone_and_leaves_the_revision(db: TestDatabase) {
        add_publishing(&db, "b", at(30)).await;
        let system = domain::actor::Caller::system("test");
        let now = async || bundles::find_visible_to(db.pool(), &system, "b").await.unwrap().unwrap();
        let taken = now().await;
        let until = |node: &str, seconds: i64| Lease { node: node.to_owned(), expires_at: at(seconds) };
        assert!(bundles::hold_until(db.pool(), &taken, &until("one", 60)).await.unwrap());
        assert!(bundles::due(db.pool(), at(59), 99).await.unwrap().is_empty());
        assert_eq!(now().await, taken);
        // Another node holds nothing, nor does this one as it was before it was taken.
        let before = Bundle { revision: taken.revision - 1, ..taken.clone() };
        for (bundle, node) in [(&taken, "two"), (&before, "one")] {
            assert!(!bundles::hold_until(db.pool(), bundle, &until(node, 90)).await.unwrap());
        }
        assert_eq!(bundles::lease_of(db.pool(), "b").await.unwrap(), Some(until("one", 60)));
        assert!(bundles::hold_until(db.pool(), &taken, &until("one", 40)).await.unwrap());
        assert_eq!(bundles::due(db.pool(), at(40), 99).await.unwrap(), ["b"]);
        // What is concluded is held by nobody.
        let failure = domain::bundle::Failure { code: "c".into(), message: "m".into(), blockers: vec![], at: at(0) };
        let failed = BundleState::Failed { approval: approval(), schedule: Some(schedule(at(0))), failure };
        assert!(bundles::save(db.pool(), &Bundle { state: failed, ..taken.clone() }, None).await.unwrap());
        let concluded = Bundle { revision: taken.revision + 1, ..taken };
        assert!(!bundles::hold_until(db.pool(), &concluded, &until("one", 90)).await.unwrap());
    }

    async fn what_is_being_published_is_due_since_its_instant_however_long_its_lease_is_held(db: TestDatabase) {
        assert_eq!(bundles::due_longest(db.pool()).await.unwrap(), None);
        bundles::insert(db.pool(), &scheduled("later", at(50))).await.unwrap();
        assert_eq!(bundles::due_longest(db.pool()).await.unwrap(), Some(at(50)));
        // By hand, before the instant that it was scheduled for.
        let state = BundleState::Publishing { approval: approval(), schedule: Some(schedule(at(90))), started_at: at(40), told: None };
        bundles::insert(db.pool(), &Bundle { state, ..builders::bundle("by hand") }).await.unwrap();
        assert_eq!(bundles::due_longest(db.pool()).await.unwrap(), Some(at(40)));
        add_publishing(&db, "b", at(3000)).await;
        assert_eq!(bundles::due_longest(db.pool()).await.unwrap(), Some(at(0)));
    }

    async fn due_bundles_come_earliest_first_and_others_never(db: TestDatabase) {
        assert_eq!(bundles::next_instant(db.pool(), at(-1)).await.unwrap(), None);
        let failure = domain::bundle::Failure { code: "c".into(), message: "m".into(), blockers: vec![], at: at(0) };
        let past = || Some(schedule(at(0)));
        for (id, state) in [
            ("created", BundleState::Created),
            ("approved", BundleState::Approved { approval: approval(), kept_channels: Vec::new() }),
            ("failed", BundleState::Failed { approval: approval(), schedule: past(), failure }),
            ("public", BundleState::Published { approval: approval(), schedule: past(), started_at: at(0), published_at: at(0) }),
        ] {
            bundles::insert(db.pool(), &Bundle { state, ..builders::bundle(id) }).await.unwrap();
        }
        assert!(bundles::due(db.pool(), at(1000), 99).await.unwrap().is_empty());
        assert_eq!(bundles::next_instant(db.pool(), at(-1)).await.unwrap(), None);

        bundles::insert(db.pool(), &scheduled("third", at(30))).await.unwrap();
        bundles::insert(db.pool(), &scheduled("second", at(20))).await.unwrap();
        bundles::insert(db.pool(), &scheduled("also third", at(30))).await.unwrap();
        bundles::insert(db.pool(), &scheduled("far", at(9999))).await.unwrap();
        add_publishing(&db, "orphan", at(10)).await;
        assert_eq!(bundles::due(db.pool(), at(1000), 99).await.unwrap(), ["orphan", "second", "also third", "third"]);
        assert_eq!(bundles::due(db.pool(), at(1000), 2).await.unwrap(), ["orphan", "second"]);
        assert_eq!(bundles::next_instant(db.pool(), at(-1)).await.unwrap(), Some(at(10)));
        assert_eq!(bundles::next_instant(db.pool(), at(10)).await.unwrap(), Some(at(20)), "what is due is no next instant");
        let soon = bundles::scheduled_until(db.pool(), at(30)).await.unwrap();
        assert_eq!(soon.iter().map(|b| b.id.as_str()).collect::<Vec<_>>(), ["second", "also third", "third"]);
        assert_eq!(bundles::ids_scheduled_until(db.pool(), at(30)).await.unwrap(), ["second", "also third", "third"]);
        // What is due at the first of these is overdue, not ahead.
        let ahead = bundles::scheduled_between(db.pool(), at(20), at(30)).await.unwrap();
        assert_eq!(ahead.iter().map(|b| b.id.as_str()).collect::<Vec<_>>(), ["also third", "third"]);
    }

    async fn rows_that_somebody_has_are_left_and_none_is_waited_for(db: TestDatabase) {
        for id in ["a", "b", "c"] {
            bundles::insert(db.pool(), &scheduled(id, at(0))).await.unwrap();
        }
        let other = db.another().await.database();
        let one = db.database().begin().await.unwrap();
        if !db.database().is_shared() {
            // Whoever writes is alone.
            assert_eq!(bundles::lock_free(&one, &["c", "a", "gone"]).await.unwrap(), ["a", "c"]);
            assert_eq!(hold::try_take_all(&one, &["a", "c"]).await.unwrap(), ["a", "c"]);
            return;
        }
        let two = other.begin().await.unwrap();
        bundles::lock(&one, "b").await.unwrap();
        assert!(hold::try_take(&one, "c").await.unwrap());
        assert_eq!(bundles::lock_free(&two, &["c", "b", "a", "gone"]).await.unwrap(), ["a", "c"]);
        assert_eq!(hold::try_take_all(&two, &["a", "c"]).await.unwrap(), ["a"]);
        assert!(hold::try_take_all(&two, &[]).await.unwrap().is_empty());
    }
}
