//! The public log of publications: one chain, closed by the database, that names what became public and nothing else.

use chrono::TimeDelta;
use domain::bundle::{Bundle, BundleState, ContentItem};
use domain::page::Paging;
use domain::publication_log::{NamedRelease, Publication};
use domain::release::{Release, ReleaseDate, ReleaseDetails};
use domain::version::VersionState;
use persistence::publication_log::{self, LogFilter};
use persistence::{Database, db as database, publication, releases};
use testkit::builders::{self, at};
use testkit::databases::TestDatabase;
use testkit::on_both_databases;

use crate::support::{add_bundle, add_version};

/// An approved version in a bundle of its own that is public from `seconds` on, as soon as it is logged.
async fn ready(db: &TestDatabase, name: &str, seconds: i64) -> (Bundle, Vec<ContentItem>) {
    let version = add_version(db, name, "all", 1, VersionState::Approved).await;
    let items = add_bundle(db, &builders::bundle(&format!("Internal {name}")), &[&version]).await;
    let state = BundleState::Published {
        approval: builders::approval(),
        schedule: Some(builders::schedule(at(seconds))),
        started_at: at(seconds),
        published_at: at(seconds) + TimeDelta::milliseconds(80),
    };
    (Bundle { state, ..builders::bundle(&format!("Internal {name}")) }, items)
}

async fn publish(db: &Database, bundle: &Bundle, items: &[ContentItem]) {
    let tx = db.begin().await.unwrap();
    assert!(publication::publish_contents(&tx, items, at(0)).await.unwrap());
    publication_log::append(&tx, bundle, items).await.unwrap();
    database::commit(tx).await.unwrap();
}

async fn three(db: &TestDatabase) {
    for (name, seconds) in [("cpi", 10), ("gdp", 20), ("pay", 30)] {
        let (bundle, items) = ready(db, name, seconds).await;
        publish(&db.database(), &bundle, &items).await;
    }
    assert_eq!(broken(db).await, None);
}

async fn list(db: &TestDatabase, filter: LogFilter) -> Vec<Publication> {
    let page = publication_log::list(db.pool(), &filter, Paging::WHOLE).await.unwrap();
    assert_eq!(page.total_count, page.items.len() as u64);
    page.items
}

/// The number and the problem of the first record that does not hold.
async fn broken(db: &TestDatabase) -> Option<(i64, String)> {
    publication_log::verify(db.pool()).await.unwrap().broken.map(|found| (found.sequence, found.problem))
}

on_both_databases! {
    async fn a_publication_is_told_by_what_became_public(db: TestDatabase) {
        let (bundle, items) = ready(&db, "gdp", 60).await;
        let details = ReleaseDetails { title: "The figures".into(), title_cy: Some("Y ffigurau".into()), ..ReleaseDetails::default() };
        let release = Release { details, bundle_id: Some(bundle.id.clone()), date: ReleaseDate::At(at(50)), ..builders::release("figures") };
        releases::insert(db.pool(), &release).await.unwrap();
        publish(&db.database(), &bundle, &items).await;
        let found = list(&db, LogFilter::default()).await;
        let [told] = found.as_slice() else { panic!("{found:?}") };
        assert_eq!((told.sequence, told.previous_hash.as_str(), told.delay_ms()), (1, "0".repeat(64).as_str(), Some(80)));
        let named = NamedRelease { id: "figures".into(), title: "The figures".into(), title_cy: Some("Y ffigurau".into()) };
        assert_eq!((told.release.as_ref(), told.scheduled_at), (Some(&named), Some(at(60))));
        let version = &told.versions[0];
        assert_eq!((version.dataset_id.as_str(), version.edition.as_str(), version.version, version.title.as_str()), ("gdp", "all", 1, "gdp"));
        let file = &version.files[0];
        assert_eq!((file.filename.as_str(), file.size, file.sha256.clone()), ("data.csv", 4, "0".repeat(64)));
        assert!(!told.canonical().contains("Internal"), "{}", told.canonical());
    }

    async fn by_hand_the_calendars_date_counts_if_it_has_passed(db: TestDatabase) {
        for (name, scheduled, promised, told) in [
            ("never", None, None, None),
            ("early", Some(500), None, None),
            ("both-early", Some(500), Some(500), None),
            ("overdue", None, Some(5), Some(at(5))),
        ] {
            let (bundle, items) = ready(&db, name, 60).await;
            let BundleState::Published { approval, started_at, published_at, .. } = bundle.state.clone() else { panic!() };
            let schedule = scheduled.map(|seconds| builders::schedule(at(seconds)));
            let bundle = Bundle { state: BundleState::Published { approval, schedule, started_at, published_at }, ..bundle };
            if let Some(seconds) = promised {
                let date = ReleaseDate::At(at(seconds));
                releases::insert(db.pool(), &Release { bundle_id: Some(bundle.id.clone()), date, ..builders::release(name) }).await.unwrap();
            }
            publish(&db.database(), &bundle, &items).await;
            assert_eq!(list(&db, LogFilter::default()).await[0].scheduled_at, told, "{name}");
        }
    }

    async fn the_log_is_filtered_newest_first(db: TestDatabase) {
        three(&db).await;
        let of = async |filter: LogFilter| {
            list(&db, filter).await.into_iter().map(|told| told.versions[0].dataset_id.clone()).collect::<Vec<_>>()
        };
        assert_eq!(of(LogFilter::default()).await, ["pay", "gdp", "cpi"]);
        assert_eq!(of(LogFilter { dataset: Some("gdp".into()), ..LogFilter::default() }).await, ["gdp"]);
        for other in ["gd", "gdp\"", "all", "%", "dataset_id"] {
            assert!(of(LogFilter { dataset: Some(other.into()), ..LogFilter::default() }).await.is_empty(), "{other}");
        }
        assert_eq!(of(LogFilter { from: Some(at(15)), to: Some(at(25)), ..LogFilter::default() }).await, ["gdp"]);
        assert!(of(LogFilter { release: Some("gdp".into()), ..LogFilter::default() }).await.is_empty());
    }

    async fn the_database_refuses_to_change_or_remove_a_record(db: TestDatabase) {
        three(&db).await;
        let mut attempts = vec![
            "UPDATE publication_log SET title = 'another' WHERE sequence = 2",
            "DELETE FROM publication_log WHERE sequence = 3",
            "DELETE FROM publication_log",
            "UPDATE publication_chain SET sequence = 2",
            "DELETE FROM publication_chain",
            "INSERT INTO publication_log SELECT 4, release_id, title, title_cy, scheduled_at, published_at, versions, previous_hash, hash \
             FROM publication_log WHERE sequence = 3",
            "INSERT INTO publication_chain (id, sequence, hash) VALUES (1, 2, 'x') \
             ON CONFLICT (id) DO UPDATE SET sequence = excluded.sequence, hash = excluded.hash",
        ];
        if db.database().kind() == "SQLite" {
            // What is put in place of something else goes past what guards deletions.
            attempts.extend([
                "INSERT OR REPLACE INTO publication_chain SELECT 1, 2, hash FROM publication_log WHERE sequence = 2",
                "INSERT OR REPLACE INTO publication_log SELECT * FROM publication_log WHERE sequence = 3",
                "INSERT OR REPLACE INTO publication_log (rowid, sequence, published_at, versions, previous_hash, hash) \
                 SELECT 2, 4, published_at, versions, hash, 'x' FROM publication_log WHERE sequence = 3",
            ]);
        } else {
            attempts.extend(["TRUNCATE publication_log", "TRUNCATE publication_chain"]);
        }
        for attempt in attempts {
            let refused = db.execute(attempt).await.unwrap_err().to_string();
            assert!(refused.contains("the publication log"), "{attempt}: {refused}");
        }
        assert_eq!(broken(&db).await, None);
    }

    async fn a_record_that_was_tampered_with_is_named(db: TestDatabase) {
        three(&db).await;
        db.unguard_publication_log().await;
        db.execute("CREATE TABLE keeping AS SELECT * FROM publication_log").await.unwrap();
        for change in [
            "release_id = 'x'", "scheduled_at = NULL", "scheduled_at = scheduled_at + 1", "published_at = published_at + 1",
            "versions = '[]'", "versions = 'nonsense'", "hash = 'x'",
        ] {
            db.execute(&format!("UPDATE publication_log SET {change} WHERE sequence = 2")).await.unwrap();
            let (sequence, problem) = broken(&db).await.unwrap();
            assert!(sequence == 2 && problem.contains("was changed"), "{change}: {sequence} {problem}");
            db.execute("DELETE FROM publication_log").await.unwrap();
            db.execute("INSERT INTO publication_log SELECT * FROM keeping").await.unwrap();
            assert_eq!(broken(&db).await, None, "{change} put back");
        }
        db.execute("DELETE FROM publication_log WHERE sequence = 2").await.unwrap();
        assert!(matches!(broken(&db).await, Some((2, problem)) if problem.contains("number 3")));
        db.execute("DELETE FROM publication_log WHERE sequence > 1").await.unwrap();
        assert!(matches!(broken(&db).await, Some((2, problem)) if problem.contains("newest records are missing, 2")));
        db.execute("INSERT INTO publication_log SELECT * FROM keeping WHERE sequence > 1").await.unwrap();
        db.execute("UPDATE publication_chain SET sequence = 2, hash = (SELECT hash FROM publication_log WHERE sequence = 2)").await.unwrap();
        assert!(matches!(broken(&db).await, Some((3, problem)) if problem.contains("beyond")));
    }

    async fn publications_side_by_side_keep_one_chain(db: TestDatabase) {
        let another = db.another().await;
        let mut publishing = Vec::new();
        for n in 0..12_i64 {
            let (bundle, items) = ready(&db, &format!("dataset-{n}"), n).await;
            let database = if n % 2 == 0 { db.database() } else { another.database() };
            publishing.push((n, database, bundle, items));
        }
        let tasks = publishing.into_iter().map(|(n, database, bundle, items)| {
            tokio::spawn(async move {
                let tx = database.begin().await.unwrap();
                assert!(publication::publish_contents(&tx, &items, at(0)).await.unwrap());
                publication_log::append(&tx, &bundle, &items).await.unwrap();
                if n % 6 == 5 { tx.rollback().await.unwrap() } else { database::commit(tx).await.unwrap() }
            })
        });
        for task in tasks.collect::<Vec<_>>() {
            task.await.unwrap();
        }
        let verdict = publication_log::verify(db.pool()).await.unwrap();
        assert_eq!((verdict.sound, verdict.head_sequence, verdict.broken), (10, 10, None));
    }

    async fn many_versions_cost_no_more_statements_than_one(db: TestDatabase) {
        let mut counts = Vec::new();
        for (bundle, held) in [("one", 1), ("many", 7)] {
            let mut versions = Vec::new();
            for n in 0..held {
                versions.push(add_version(&db, &format!("{bundle}-{n}"), "all", 1, VersionState::Approved).await);
            }
            let items = add_bundle(&db, &builders::bundle(bundle), &versions.iter().collect::<Vec<_>>()).await;
            let state = BundleState::Published { approval: builders::approval(), schedule: None, started_at: at(1), published_at: at(1) };
            let (told, mut heard) = tokio::sync::mpsc::unbounded_channel();
            let watched = db.another().await.database().observed(move |statement, _| { told.send(statement.to_owned()).unwrap(); });
            let tx = watched.begin().await.unwrap();
            assert!(publication::publish_contents(&tx, &items, at(0)).await.unwrap());
            while heard.try_recv().is_ok() {}
            publication_log::append(&tx, &Bundle { state, ..builders::bundle(bundle) }, &items).await.unwrap();
            let mut statements = Vec::new();
            while let Ok(statement) = heard.try_recv() {
                statements.push(statement);
            }
            database::commit(tx).await.unwrap();
            counts.push(statements.len());
            assert_eq!(list(&db, LogFilter::default()).await[0].versions.len(), held);
        }
        assert_eq!(counts, [4, 4]);
    }
}
