//! Which bundles are planned, and which reminders were sent.

use domain::actor::Caller;
use domain::bundle::{Bundle, BundleCommand, BundleState};
use domain::release::{Release, ReleaseDate, ReleaseState};
use persistence::{bundles, releases, reminders};
use testkit::builders::{self, at, scheduled};
use testkit::databases::TestDatabase;
use testkit::on_both_databases;

/// A bundle with a release of the calendar.
async fn add(db: &TestDatabase, bundle: &Bundle, state: ReleaseState, date: ReleaseDate) {
    bundles::insert(db.pool(), bundle).await.unwrap();
    let release = Release { state, date, bundle_id: Some(bundle.id.clone()), ..builders::release(&bundle.id) };
    releases::insert(db.pool(), &release).await.unwrap();
}

on_both_databases! {
    async fn a_reminder_is_sent_once_for_each_bundle_instant_and_hour(db: TestDatabase) {
        let bundle = scheduled("b", at(60));
        bundles::insert(db.pool(), &bundle).await.unwrap();
        let key = |instant: i64, hours: u32| ("b".to_owned(), at(instant), hours);
        for (sent, is_new) in [(key(60, 24), true), (key(60, 24), false), (key(60, 1), true), (key(90, 24), true)] {
            assert_eq!(reminders::note_sent(db.pool(), &sent, at(0)).await.unwrap(), is_new, "{sent:?}");
        }
        let later = reminders::sent_after(db.pool(), at(60)).await.unwrap();
        assert_eq!(later.into_iter().collect::<Vec<_>>(), [key(90, 24)]);
        assert_eq!(reminders::sent_after(db.pool(), at(0)).await.unwrap().len(), 3);
        assert_eq!(reminders::forget_before(db.pool(), at(90)).await.unwrap(), 2);
        assert!(bundles::delete(db.pool(), &bundle).await.unwrap());
        assert!(reminders::sent_after(db.pool(), at(0)).await.unwrap().is_empty(), "they go with their bundle");
    }

    async fn of_two_that_send_the_same_reminder_at_once_one_does(db: TestDatabase) {
        bundles::insert(db.pool(), &scheduled("b", at(60))).await.unwrap();
        let key = ("b".to_owned(), at(60), 24);
        let database = db.database();
        let send = async || {
            let tx = database.begin().await.unwrap();
            let is_new = reminders::note_sent(&tx, &key, at(0)).await.unwrap();
            persistence::db::commit(tx).await.unwrap();
            is_new
        };
        let (one, other) = tokio::join!(send(), send());
        assert!(one ^ other);
    }

    async fn what_is_announced_for_an_instant_is_planned(db: TestDatabase) {
        let exact = ReleaseDate::At(at(60));
        add(&db, &builders::bundle("promised"), ReleaseState::Provisional, exact).await;
        let approved = BundleState::Approved { approval: builders::approval(), kept_channels: Vec::new() };
        add(&db, &Bundle { state: approved, ..builders::bundle("approved") }, ReleaseState::Confirmed, exact).await;
        add(&db, &builders::bundle("draft"), ReleaseState::Draft, exact).await;
        add(&db, &builders::bundle("cancelled"), ReleaseState::Cancelled, exact).await;
        add(&db, &builders::bundle("vague"), ReleaseState::Provisional, ReleaseDate::ToBeConfirmed).await;
        add(&db, &builders::bundle("month"), ReleaseState::Provisional, ReleaseDate::Month { year: 2026, month: 3 }).await;
        add(&db, &builders::bundle("far"), ReleaseState::Confirmed, ReleaseDate::At(at(61))).await;
        add(&db, &scheduled("scheduled", at(60)), ReleaseState::Confirmed, exact).await;
        let planned = reminders::planned_until(db.pool(), at(0), at(60)).await.unwrap();
        let ids: Vec<&str> = planned.iter().map(|planned| planned.bundle.id.as_str()).collect();
        assert_eq!(ids, ["approved", "promised"]);
        assert_eq!((planned[1].instant, planned[1].since), (at(60), at(0)));
        assert!(reminders::planned_until(db.pool(), at(60), at(60)).await.unwrap().is_empty(), "it has come");
    }

    async fn a_bundle_comes_at_its_own_instant_or_the_one_that_is_promised(db: TestDatabase) {
        let exact = ReleaseDate::At(at(60));
        add(&db, &builders::bundle("promised"), ReleaseState::Provisional, exact).await;
        add(&db, &builders::bundle("draft"), ReleaseState::Draft, exact).await;
        add(&db, &builders::bundle("month"), ReleaseState::Provisional, ReleaseDate::Month { year: 2026, month: 3 }).await;
        add(&db, &scheduled("scheduled", at(90)), ReleaseState::Confirmed, exact).await;
        let due = scheduled("begun", at(90));
        let (begun, _) = due.apply(BundleCommand::Begin, &[], &Caller::system("test"), at(90)).unwrap();
        add(&db, &begun, ReleaseState::Confirmed, exact).await;
        let ids = ["promised", "draft", "month", "scheduled", "begun", "unknown"];
        let mut found: Vec<_> = reminders::instants_of(db.pool(), &ids).await.unwrap().into_iter().collect();
        found.sort();
        assert_eq!(found, [("promised".to_owned(), at(60)), ("scheduled".to_owned(), at(90))]);
        let asked = reminders::instants_of(db.pool(), &["scheduled"]).await.unwrap();
        assert_eq!(asked.len(), 1, "of no other");
        assert!(reminders::instants_of(db.pool(), &[]).await.unwrap().is_empty());
    }
}
