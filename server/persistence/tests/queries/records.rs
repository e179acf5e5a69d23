//! The audit trail and the catalogue's revision.

use domain::actor::{Actor, Caller};
use domain::bundle::{Bundle, BundleState};
use domain::event::{Event, REMINDED, Via};
use domain::notification::{Concern, NotificationKind};
use domain::page::Paging;
use domain::policy::{Grant, Role};
use domain::version::VersionState;
use persistence::events::Concerned;
use persistence::{PersistenceError, accounts, bundles, db, events, notifications, revisions};
use testkit::builders::{self, actor, at};
use testkit::databases::TestDatabase;
use testkit::on_both_databases;

use crate::support::add_version;

pub fn event(id: &str, resource_type: &str, resource_id: &str, seconds: i64) -> Event {
    Event {
        id: id.to_owned(),
        event_type: "approved".to_owned(),
        resource_type: resource_type.to_owned(),
        resource_id: resource_id.to_owned(),
        actor: actor("approver"),
        from_state: Some("ready_for_review".to_owned()),
        to_state: Some("approved".to_owned()),
        reason: None,
        timestamp: at(seconds),
        details: serde_json::json!({ "items": 2 }),
        before: Some(serde_json::json!({ "state": "ready_for_review" })),
        after: Some(serde_json::json!({ "state": "approved" })),
        bundle_id: (resource_type == "bundle").then(|| resource_id.to_owned()),
        via: Some(Via::token("token-1")),
        client: Some("192.0.2.7".to_owned()),
        trace_id: "request".to_owned(),
    }
}

/// Commits these records as one transaction.
pub async fn append(db: &TestDatabase, records: impl IntoIterator<Item = Event>) -> Result<(), PersistenceError> {
    let tx = db.database().begin().await?;
    records.into_iter().for_each(|record| events::append(&tx, record));
    db::commit(tx).await
}

on_both_databases! {
    async fn comments_on_what_others_made_push_out_none_on_ones_own(db: TestDatabase) {
        for id in ["mine", "theirs"] {
            bundles::insert(db.pool(), &builders::bundle(id)).await.unwrap();
        }
        let made = |id: &str, kind: &str, of: &str| Event {
            event_type: "created".to_owned(),
            actor: actor("editor"),
            ..event(id, kind, of, 1)
        };
        let said = |id: &str, of: &str, about: Option<&str>, seconds: i64| Event {
            event_type: "commented".to_owned(),
            details: serde_json::json!({ "about": about, "text": "Look." }),
            ..event(id, "bundle", of, seconds)
        };
        let mut records = vec![made("a", "bundle", "mine"), made("b", "version", "gdp/all/1")];
        records.extend([said("c", "mine", None, 5), said("d", "theirs", Some("gdp/all/1"), 6)]);
        records.extend(["e", "f", "g"].map(|id| said(id, "theirs", Some("cpi/all/1"), 7)));
        append(&db, records).await.unwrap();
        let caller = Caller { actor: actor("editor"), ..Caller::system("test") };
        let told = async |after: i64| {
            let concerned = Concerned { caller: &caller, after, limit: 2 };
            events::concerning(db.pool(), &concerned, Concern::Comment, NotificationKind::ALL).await.unwrap()
        };
        let ids = |records: &[domain::event::Record]| {
            records.iter().map(|record| record.event.id.clone()).collect::<Vec<_>>()
        };
        let all = told(0).await;
        assert_eq!(ids(&all), ["d", "c"]);
        let first = events::first_since(db.pool(), at(6)).await.unwrap().unwrap();
        assert_eq!(first, all[0].sequence);
        assert_eq!(ids(&told(first - 1).await), ["d"]);
        assert_eq!(events::first_since(db.pool(), at(8)).await.unwrap(), None);
    }

    async fn whoever_commented_on_a_version_is_told_of_what_others_say_of_it_later(db: TestDatabase) {
        let said = |id: &str, of: &str, who: &str, event_type: &str| Event {
            event_type: event_type.to_owned(),
            actor: actor(who),
            ..event(id, "version", of, 1)
        };
        add_version(&db, "gdp", "all", 1, VersionState::Submitted).await;
        let records = [
            said("a", "gdp/all/1", "editor", "created"),
            said("b", "gdp/all/1", "first", "commented"),
            said("c", "gdp/all/1", "second", "commented"),
            said("d", "gdp/all/2", "editor", "commented"),
            said("e", "gdp/all/1", "first", "commented"),
            said("f", "gdp/all/1", "editor", "commented"),
            said("g", "gdp/all/1", "approver", "approved"),
        ];
        append(&db, records).await.unwrap();
        let told = async |caller: Caller| {
            let concerned = Concerned { caller: &caller, after: 0, limit: 9 };
            let found = events::concerning(db.pool(), &concerned, Concern::OwnVersion, NotificationKind::ALL).await;
            found.unwrap().into_iter().map(|record| record.event.id).collect::<Vec<_>>()
        };
        let person = |id: &str| builders::caller(id, &[Grant::of(Role::Editor)]);
        assert_eq!(told(person("first")).await, ["f", "c"], "of nothing of their own, and of no step of the version");
        assert_eq!(told(person("second")).await, ["f", "e"], "nor of what was said before");
        assert_eq!(told(person("editor")).await, ["g", "e", "c", "b"], "who made it and commented is told once");
        assert!(told(person("other")).await.is_empty());
        assert!(told(builders::caller("first", &[])).await.is_empty(), "who may not read it any more is told nothing");
        let later = events::has_concerned(db.pool(), &person("second"), "e").await.unwrap();
        let before = events::has_concerned(db.pool(), &person("second"), "b").await.unwrap();
        assert_eq!((later, before), (true, false));
    }

    async fn failures_in_a_row_are_those_of_bundles_since_the_last_publication(db: TestDatabase) {
        let in_a_row = async || events::publications_failed_in_a_row(db.pool()).await.unwrap();
        let ended = |id: &str, kind: &str, how: &str| Event { event_type: how.to_owned(), ..event(id, kind, "x", 1) };
        assert_eq!(in_a_row().await, 0);
        append(&db, [ended("a", "bundle", "failed"), ended("b", "bundle", "failed"), event("c", "bundle", "x", 1)]).await.unwrap();
        assert_eq!(in_a_row().await, 2);
        // What became of other things neither counts nor ends the row; what a version says of its publication comes after its bundle's.
        append(&db, [ended("d", "file", "failed"), ended("e", "version", "published")]).await.unwrap();
        assert_eq!(in_a_row().await, 2);
        append(&db, [ended("f", "bundle", "published"), ended("g", "version", "published")]).await.unwrap();
        assert_eq!(in_a_row().await, 0);
        append(&db, [ended("h", "bundle", "failed")]).await.unwrap();
        assert_eq!(in_a_row().await, 1);
    }

    async fn what_was_read_beyond_a_mark_stays_read_and_no_mark_goes_back(db: TestDatabase) {
        let pool = db.pool();
        accounts::insert_user(pool, &builders::user("ann"), None).await.unwrap();
        append(&db, ["a", "b", "c"].map(|id| event(id, "bundle", "x", 1))).await.unwrap();
        let mut numbers = Vec::new();
        for id in ["a", "b", "c"] {
            numbers.push(events::number_of(pool, id).await.unwrap().unwrap());
            notifications::mark_read(pool, "ann", id).await.unwrap();
        }
        assert_eq!(events::number_of(pool, "d").await.unwrap(), None);
        // A page that was made after "b", sent from, and then one that was made before it.
        for up_to in [numbers[1], numbers[0]] {
            notifications::mark_all_read(pool, "ann", up_to).await.unwrap();
            assert_eq!(notifications::read_up_to(pool, "ann").await.unwrap(), numbers[1]);
            assert_eq!(notifications::read_alone(pool, "ann").await.unwrap(), ["c"]);
        }
        notifications::mark_all_read(pool, "ann", numbers[2]).await.unwrap();
        assert_eq!(notifications::read_up_to(pool, "ann").await.unwrap(), numbers[2]);
        assert!(notifications::read_alone(pool, "ann").await.unwrap().is_empty());
    }

    async fn reminders_are_told_to_whoever_has_a_hand_in_a_bundle_or_may_review_it(db: TestDatabase) {
        let waiting = BundleState::ReadyForReview { submitted: builders::approval() };
        bundles::insert(db.pool(), &builders::bundle("filled")).await.unwrap();
        bundles::insert(db.pool(), &Bundle { state: waiting, ..builders::bundle("waiting") }).await.unwrap();
        let by = |id: &str, of: &str, event_type: &str, who: Actor| Event {
            event_type: event_type.to_owned(),
            actor: who,
            ..event(id, "bundle", of, 1)
        };
        let scheduler = || Actor::system("scheduler");
        let records = [
            by("a", "filled", "content_added", actor("editor")),
            by("b", "filled", "approved", actor("approver")),
            by("c", "filled", "commented", actor("reader")),
            by("d", "filled", REMINDED, scheduler()),
            by("e", "waiting", REMINDED, scheduler()),
        ];
        append(&db, records).await.unwrap();
        let mut hands = events::hands_in(db.pool(), "filled").await.unwrap();
        hands.sort_unstable();
        assert_eq!(hands, ["approver", "editor"]);
        let told = async |caller: Caller| {
            let concerned = Concerned { caller: &caller, after: 0, limit: 9 };
            let found = events::concerning(db.pool(), &concerned, Concern::ComingUp, NotificationKind::ALL).await;
            found.unwrap().into_iter().map(|record| record.event.id).collect::<Vec<_>>()
        };
        let all = |id: &str| Caller { actor: actor(id), ..Caller::system("test") };
        assert_eq!(told(all("editor")).await, ["e", "d"]);
        assert_eq!(told(all("approver")).await, ["e", "d"]);
        assert_eq!(told(all("reader")).await, ["e"]);
        let editor = builders::caller("editor", &[Grant::of(Role::Editor)]);
        assert_eq!(told(editor).await, ["d"], "who reviews nothing is not waited for");
        assert!(told(builders::caller("approver", &[])).await.is_empty(), "who may not see it is told nothing");
        let timeline = events::of_resource(db.pool(), "bundle", "filled", Paging::default()).await.unwrap();
        assert!(timeline.items.iter().all(|event| event.event_type != REMINDED), "it changes nothing");
    }

    async fn who_is_asked_to_review_a_bundle_is_told_while_it_waits(db: TestDatabase) {
        let waiting = BundleState::ReadyForReview { submitted: builders::approval() };
        bundles::insert(db.pool(), &Bundle { state: waiting, ..builders::bundle("waiting") }).await.unwrap();
        bundles::insert(db.pool(), &builders::bundle("filled")).await.unwrap();
        let asked = |id: &str, of: &str, whom: &str| Event {
            event_type: "review_asked".to_owned(),
            actor: actor("editor"),
            details: serde_json::json!({"asked": "Somebody", "asked_id": whom}),
            ..event(id, "bundle", of, 1)
        };
        append(&db, [asked("a", "waiting", "ann"), asked("b", "waiting", "ben"), asked("c", "filled", "ann")]).await.unwrap();
        let told = async |id: &str| {
            let caller = Caller { actor: actor(id), ..Caller::system("test") };
            let concerned = Concerned { caller: &caller, after: 0, limit: 9 };
            let found = events::concerning(db.pool(), &concerned, Concern::Asked, NotificationKind::ALL).await;
            let found: Vec<String> = found.unwrap().into_iter().map(|record| record.event.id).collect();
            (found, events::has_concerned(db.pool(), &caller, "c").await.unwrap())
        };
        // What does not wait any more was theirs all the same.
        assert_eq!(told("ann").await, (vec!["a".to_owned()], true));
        assert_eq!(told("ben").await, (vec!["b".to_owned()], false));
        assert_eq!(told("cai").await, (Vec::new(), false));
    }

    async fn what_somebody_was_told_stays_theirs_when_it_is_told_no_more(db: TestDatabase) {
        bundles::insert(db.pool(), &builders::bundle("filled")).await.unwrap();
        let record = |id: &str, event_type: &str, who: Actor| Event {
            event_type: event_type.to_owned(),
            actor: who,
            ..event(id, "bundle", "filled", 1)
        };
        let reminder = |id: &str, is_scheduled: bool| Event {
            details: serde_json::json!({ "is_scheduled": is_scheduled }),
            ..record(id, REMINDED, Actor::system("scheduler"))
        };
        let records = [
            record("submitted", "submitted", actor("editor")),
            reminder("scheduled", true),
            reminder("promised", false),
            record("looked", "previewed", actor("reader")),
        ];
        append(&db, records).await.unwrap();
        let theirs = async |caller: Caller| {
            let mut found = Vec::new();
            for id in ["submitted", "scheduled", "promised", "looked", "unknown", ""] {
                if events::has_concerned(db.pool(), &caller, id).await.unwrap() {
                    found.push(id);
                }
            }
            found
        };
        let reviewer = Caller { actor: actor("reviewer"), ..Caller::system("test") };
        assert_eq!(theirs(reviewer).await, ["submitted", "promised"], "the bundle waits for nobody any more");
        let editor = || builders::caller("editor", &[Grant::of(Role::Editor)]);
        assert_eq!(theirs(editor()).await, ["scheduled", "promised"], "and what they did is told to others");
        let other = Caller { actor: actor("other"), ..editor() };
        assert!(theirs(other).await.is_empty(), "who had no hand in it and reviews nothing was told nothing");
        assert!(theirs(builders::caller("editor", &[])).await.is_empty(), "who may not see it is told nothing");
    }

    async fn the_timeline_is_of_one_thing_oldest_first(db: TestDatabase) {
        for (id, kind, of, seconds) in [
            ("1", "bundle", "b", 1), ("2", "bundle", "b", 1), ("3", "bundle", "b", 9),
            ("4", "bundle", "other", 2), ("5", "version", "b", 3), ("6", "user", "u", 99),
        ] {
            append(&db, [event(id, kind, of, seconds)]).await.unwrap();
        }
        let seen = Event { event_type: "previewed".to_owned(), ..event("7", "bundle", "b", 5) };
        append(&db, [seen]).await.unwrap();
        let twice = append(&db, [event("1", "bundle", "b", 1)]).await;
        // On SQLite by the guard against replacing, which comes before the key.
        assert!(twice.is_err(), "{twice:?}");

        let page = events::of_resource(db.pool(), "bundle", "b", Paging::default()).await.unwrap();
        let ids: Vec<&str> = page.items.iter().map(|e| e.id.as_str()).collect();
        assert_eq!((page.total_count, ids), (3, vec!["1", "2", "3"]));
        assert_eq!(page.items[2], event("3", "bundle", "b", 9));
        let second = events::of_resource(db.pool(), "bundle", "b", Paging { limit: 1, offset: 1 }).await.unwrap();
        assert_eq!((second.total_count, second.items[0].id.as_str(), second.items.len()), (3, "2", 1));

        // Of more than fit, the newest are kept, the oldest of these first.
        for (most, wanted) in [(2, vec!["2", "3"]), (9, vec!["1", "2", "3"])] {
            let newest = events::newest_of(db.pool(), "bundle", "b", most).await.unwrap();
            assert_eq!(newest.iter().map(|e| e.id.as_str()).collect::<Vec<_>>(), wanted);
        }

        let recent = events::recent(db.pool(), &["bundle", "version"], 3).await.unwrap();
        assert_eq!(recent.into_iter().map(|e| e.id).collect::<Vec<_>>(), ["3", "5", "4"]);
    }

    async fn the_revision_tells_what_changed_since(db: TestDatabase) {
        assert_eq!(revisions::current(db.pool()).await.unwrap(), 0);
        let raise = |datasets: &'static [&'static str]| {
            let database = db.database();
            async move {
                let named: Vec<String> = datasets.iter().map(|&d| d.to_owned()).collect();
                let tx = database.begin().await.unwrap();
                let revision = revisions::raise(&tx, &named).await.unwrap();
                db::commit(tx).await.unwrap();
                revision
            }
        };
        assert_eq!(raise(&["cpi", "gdp", "cpi"]).await, 1);
        assert_eq!(raise(&["pay", "cpi"]).await, 2);
        let tx = db.database().begin().await.unwrap();
        assert_eq!(revisions::raise(&tx, &["never".to_owned()]).await.unwrap(), 3);
        tx.rollback().await.unwrap();

        for (since, told) in [(0, vec!["cpi", "gdp", "pay"]), (1, vec!["cpi", "pay"]), (2, vec![]), (9, vec![])] {
            let (upto, datasets) = revisions::changed_since(db.pool(), since).await.unwrap();
            assert_eq!((upto, datasets), (2, told.into_iter().map(str::to_owned).collect()), "{since}");
        }
    }

    async fn publications_side_by_side_each_get_a_revision_of_their_own(db: TestDatabase) {
        let raising = (0..8).map(|number| {
            let database = db.database();
            tokio::spawn(async move {
                let tx = database.begin().await.unwrap();
                let revision = revisions::raise(&tx, &[format!("dataset-{number}")]).await.unwrap();
                db::commit(tx).await.unwrap();
                revision
            })
        });
        let mut given = Vec::new();
        for task in raising.collect::<Vec<_>>() {
            given.push(task.await.unwrap());
        }
        given.sort_unstable();
        assert_eq!(given, (1..=8).collect::<Vec<u64>>());
        assert_eq!(revisions::changed_since(db.pool(), 0).await.unwrap().1.len(), 8);
    }
}
