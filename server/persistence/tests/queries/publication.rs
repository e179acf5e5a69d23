//! The rows of a publication: all of them, or none.

use domain::dataset::Dataset;
use domain::file::FileState;
use domain::policy::Reach;
use domain::version::VersionState;
use persistence::{bundles, datasets, db, editions, files, publication, publication_log, topics, versions};
use sea_orm::{ConnectionTrait, DbBackend, Statement};
use testkit::builders::{self, at};
use testkit::databases::TestDatabase;
use testkit::on_both_databases;

use crate::support::{add_bundle, add_public, add_version};

async fn is_public(db: &TestDatabase, dataset: &str) -> [bool; 5] {
    let (pool, public) = (db.pool(), &Reach::PublishedOnly);
    let file = format!("{dataset}.all.1/data.csv");
    let topics = topics::public_topics(pool).await.unwrap();
    [
        datasets::find_visible_to(pool, public, dataset).await.unwrap().is_some(),
        editions::find_visible_to(pool, public, dataset, "all").await.unwrap().is_some(),
        versions::find_visible_to(pool, public, dataset, "all", 1).await.unwrap().is_some(),
        files::find_visible_to(pool, public, &file).await.unwrap().is_some(),
        topics.iter().any(|(id, _)| id == dataset),
    ]
}

/// Waits until a statement of this database waits for a lock that another transaction holds.
async fn until_somebody_waits(db: &TestDatabase) {
    let question = "SELECT count(*) AS waiting FROM pg_stat_activity \
                    WHERE datname = current_database() AND wait_event_type = 'Lock'";
    let deadline = tokio::time::Instant::now() + std::time::Duration::from_secs(30);
    while tokio::time::Instant::now() < deadline {
        let asked = Statement::from_string(DbBackend::Postgres, question);
        let row = db.pool().query_one_raw(asked).await.unwrap().unwrap();
        if row.try_get::<i64>("", "waiting").unwrap() > 0 {
            return;
        }
        tokio::task::yield_now().await;
    }
    panic!("nothing waited for the lock");
}

on_both_databases! {
    async fn everything_of_a_bundle_becomes_public_with_the_commit(db: TestDatabase) {
        let cpi = add_version(&db, "cpi", "all", 1, VersionState::Approved).await;
        let gdp = add_version(&db, "gdp", "all", 1, VersionState::Approved).await;
        let other = add_version(&db, "pay", "all", 1, VersionState::Approved).await;
        let items = add_bundle(&db, &builders::bundle("b"), &[&cpi, &gdp]).await;

        let node = db.another().await;
        let tx = db.database().begin().await.unwrap();
        assert!(publication::publish_contents(&tx, &items, at(5)).await.unwrap());
        for dataset in ["cpi", "gdp"] {
            assert_eq!(is_public(&node, dataset).await, [false; 5], "{dataset} before the commit");
        }
        db::commit(tx).await.unwrap();
        for dataset in ["cpi", "gdp"] {
            assert_eq!(is_public(&node, dataset).await, [true; 5], "{dataset}");
        }
        assert_eq!(is_public(&node, &other.dataset_id).await, [false; 5]);

        let public = versions::find_by_id(db.pool(), &cpi.id).await.unwrap().unwrap();
        assert_eq!((public.state, public.published_at, public.revision), (VersionState::Published, Some(at(5)), 2));
        let listed = files::list_of_version(db.pool(), &cpi).await.unwrap();
        assert_eq!(listed[0].file.state, FileState::Published);
    }

    async fn one_changed_item_holds_everything_back(db: TestDatabase) {
        let cpi = add_version(&db, "cpi", "all", 1, VersionState::Approved).await;
        let gdp = add_version(&db, "gdp", "all", 1, VersionState::Approved).await;
        let items = add_bundle(&db, &builders::bundle("b"), &[&cpi, &gdp]).await;
        assert!(versions::touch(db.pool(), &gdp).await.unwrap());

        let tx = db.database().begin().await.unwrap();
        assert!(!publication::publish_contents(&tx, &items, at(5)).await.unwrap());
        tx.rollback().await.unwrap();
        for dataset in ["cpi", "gdp"] {
            assert_eq!(is_public(&db, dataset).await, [false; 5], "{dataset}");
        }
        assert_eq!(versions::find_by_id(db.pool(), &cpi.id).await.unwrap(), Some(cpi.clone()));
        let listed = files::list_of_version(db.pool(), &cpi).await.unwrap();
        assert_eq!(listed[0].file.state, FileState::Ready);
        let dataset = datasets::find_visible_to(db.pool(), &Reach::All, "cpi").await.unwrap().unwrap();
        assert_eq!(dataset, builders::dataset("cpi"));
    }

    async fn bundles_of_one_dataset_are_written_together_as_one_after_the_other(db: TestDatabase) {
        let mut came = Vec::new();
        for name in ["apart", "together"] {
            let mut all = Vec::new();
            for edition in ["one", "two", "three"] {
                let version = add_version(&db, name, edition, 1, VersionState::Approved).await;
                all.push(add_bundle(&db, &builders::bundle(&format!("{name} {edition}")), &[&version]).await);
            }
            let all = if name == "together" { vec![all.concat()] } else { all };
            for items in all {
                let tx = db.database().begin().await.unwrap();
                assert!(publication::publish_contents(&tx, &items, at(5)).await.unwrap(), "{name}");
                db::commit(tx).await.unwrap();
            }
            let dataset = datasets::find_visible_to(db.pool(), &Reach::All, name).await.unwrap().unwrap();
            let mut seen = vec![(dataset.revision, dataset.published_at, Some(dataset.last_updated))];
            for edition in ["one", "two", "three"] {
                let found = editions::find_visible_to(db.pool(), &Reach::PublishedOnly, name, edition).await.unwrap().unwrap();
                let version = versions::find_visible_to(db.pool(), &Reach::PublishedOnly, name, edition, 1).await.unwrap().unwrap();
                seen.extend([(1, found.published_at, None), (version.revision, version.published_at, Some(version.last_updated))]);
            }
            came.push(seen);
        }
        assert_eq!(came[0], came[1]);
        assert_eq!(came[0][0].0, 4, "once for each bundle");
    }

    async fn one_bundle_that_is_not_as_it_was_holds_all_others_back(db: TestDatabase) {
        let mut items = Vec::new();
        for dataset in ["cpi", "gdp", "pay"] {
            let version = add_version(&db, dataset, "all", 1, VersionState::Approved).await;
            items.extend(add_bundle(&db, &builders::bundle(dataset), &[&version]).await);
        }
        // Of one bundle another draft was approved than that of the dataset, which another one holds as well.
        let other = add_version(&db, "cpi", "next", 1, VersionState::Approved).await;
        items.extend(add_bundle(&db, &builders::bundle("next"), &[&other]).await);
        items[3].approved_draft = Some(items[0].draft_revision + 1);
        let done = async |items: &[domain::bundle::ContentItem]| {
            let tx = db.database().begin().await.unwrap();
            let done = publication::publish_contents(&tx, items, at(5)).await.unwrap();
            tx.rollback().await.unwrap();
            done
        };
        assert!(!done(&items).await);
        assert!(done(&items[..3]).await);
        let gdp = versions::find_by_id(db.pool(), "gdp.all.1").await.unwrap().unwrap();
        assert!(versions::touch(db.pool(), &gdp).await.unwrap());
        assert!(!done(&items[..3]).await);
        assert!(done(&[items[0].clone(), items[2].clone()]).await);
    }

    async fn many_bundles_take_no_more_statements_than_one(db: TestDatabase) {
        let mut counts = Vec::new();
        for (name, number) in [("one", 1), ("many", 7)] {
            let (mut all, mut items) = (Vec::new(), Vec::new());
            for n in 0..number {
                let version = add_version(&db, &format!("{name}-{n}"), "all", 1, VersionState::Approved).await;
                let bundle = builders::scheduled(&format!("{name} {n}"), at(0));
                items.extend(add_bundle(&db, &bundle, &[&version]).await);
                all.push(bundle);
            }
            let (told, mut heard) = tokio::sync::mpsc::unbounded_channel();
            let watched = db.another().await.database().observed(move |statement, _| { told.send(statement.to_owned()).unwrap(); });
            let tx = watched.begin().await.unwrap();
            assert!(bundles::save_all(&tx, &all.iter().collect::<Vec<_>>(), None).await.unwrap());
            assert!(publication::publish_contents(&tx, &items, at(5)).await.unwrap());
            let with_items: Vec<_> = all.iter().zip(items.chunks(1)).collect();
            let entries = publication_log::entries_of(&tx, &with_items).await.unwrap();
            publication_log::append_all(&tx, entries, at(5)).await.unwrap();
            tx.rollback().await.unwrap();
            let mut statements = Vec::new();
            while let Ok(statement) = heard.try_recv() {
                statements.push(statement);
            }
            counts.push(statements.len());
        }
        assert!(counts[0] > 5 && counts[0] == counts[1], "{counts:?}");
    }

    async fn only_approved_versions_are_published(db: TestDatabase) {
        for (number, state) in (1..).zip(VersionState::ALL) {
            let version = add_version(&db, "cpi", "all", number, *state).await;
            let items = add_bundle(&db, &builders::bundle(&format!("{number}")), &[&version]).await;
            let tx = db.database().begin().await.unwrap();
            let done = publication::publish_contents(&tx, &items, at(5)).await.unwrap();
            tx.rollback().await.unwrap();
            assert_eq!(done, *state == VersionState::Approved, "{state}");
        }
    }

    async fn the_draft_becomes_public_with_its_topics(db: TestDatabase) {
        add_public(&db, "cpi", "all", 1, at(1)).await;
        let seen = datasets::find_visible_to(db.pool(), &Reach::All, "cpi").await.unwrap().unwrap();
        let mut draft = builders::metadata("New title");
        draft.topics = vec!["b".into(), "a".into()];
        let edited = Dataset { last_updated: at(50), ..seen };
        assert!(datasets::save_draft(db.pool(), &edited, &draft).await.unwrap());
        let public = |dataset: Option<Dataset>| dataset.unwrap().published.unwrap().title;
        let found = datasets::find_visible_to(db.pool(), &Reach::PublishedOnly, "cpi").await.unwrap();
        assert_eq!(public(found), "cpi");

        add_public(&db, "cpi", "all", 2, at(100)).await;
        let found = datasets::find_visible_to(db.pool(), &Reach::PublishedOnly, "cpi").await.unwrap();
        assert_eq!(found.as_ref().unwrap().published_at, Some(at(1)));
        assert_eq!(found.as_ref().unwrap().last_updated, at(100));
        assert_eq!(public(found), "New title");
        let mut carried = topics::public_topics(db.pool()).await.unwrap();
        carried.sort();
        assert_eq!(carried, [("cpi".to_owned(), "a".to_owned()), ("cpi".to_owned(), "b".to_owned())]);
        let edition = editions::find_visible_to(db.pool(), &Reach::PublishedOnly, "cpi", "all").await.unwrap().unwrap();
        assert_eq!((edition.published_at, edition.latest_version), (Some(at(1)), Some(2)));
    }

    async fn editions_that_become_public_are_left_alone_by_whoever_moves_others(db: TestDatabase) {
        let cpi = add_version(&db, "cpi", "all", 1, VersionState::Approved).await;
        add_version(&db, "cpi", "next", 1, VersionState::Created).await;
        let items = add_bundle(&db, &builders::bundle("b"), &[&cpi]).await;
        // On SQLite whoever may write is alone in any case.
        if db.database().kind() == "PostgreSQL" {
            let publishing = db.database().begin().await.unwrap();
            assert!(publication::publish_contents(&publishing, &items, at(5)).await.unwrap());
            let moving = db.database().begin().await.unwrap();
            assert_eq!(editions::lock_free(&moving, "cpi").await.unwrap(), ["next"]);
            let other = db.database().begin().await.unwrap();
            assert!(editions::lock_free(&other, "cpi").await.unwrap().is_empty(), "one mover at a time");
            for tx in [publishing, moving, other] {
                tx.rollback().await.unwrap();
            }
            // Whoever begins a version refers to its edition only.
            let beginning = db.database().begin().await.unwrap();
            versions::insert(&beginning, &builders::version("cpi", "next", 2)).await.unwrap();
            let moving = db.database().begin().await.unwrap();
            assert_eq!(editions::lock_free(&moving, "cpi").await.unwrap(), ["all", "next"]);
            moving.rollback().await.unwrap();
            beginning.rollback().await.unwrap();
        }
        let moving = db.database().begin().await.unwrap();
        assert_eq!(editions::lock_free(&moving, "cpi").await.unwrap(), ["all", "next"]);
        moving.rollback().await.unwrap();
    }

    async fn an_edit_accepted_beside_a_publication_keeps_it_from_going_public(db: TestDatabase) {
        add_version(&db, "cpi", "all", 1, VersionState::Approved).await;
        let read = datasets::find_visible_to(db.pool(), &Reach::All, "cpi").await.unwrap().unwrap();
        let editing = db.database().begin().await.unwrap();
        assert!(datasets::save_draft(&editing, &read, &builders::metadata("Accepted")).await.unwrap());

        let database = db.database();
        let publishing = tokio::spawn(async move {
            let tx = database.begin().await.unwrap();
            let done = datasets::publish_drafts(&tx, &[("cpi", 1)], at(5)).await.unwrap();
            db::commit(tx).await.unwrap();
            done
        });
        if db.database().kind() == "PostgreSQL" {
            until_somebody_waits(&db).await;
        }
        db::commit(editing).await.unwrap();
        assert!(!publishing.await.unwrap(), "what was looked at is not there any more");

        let now = datasets::find_visible_to(db.pool(), &Reach::All, "cpi").await.unwrap().unwrap();
        assert_eq!((now.working().title.as_str(), now.published), ("Accepted", None));
        assert!(datasets::publish_drafts(db.pool(), &[("cpi", 2)], at(6)).await.unwrap());
        let now = datasets::find_visible_to(db.pool(), &Reach::All, "cpi").await.unwrap().unwrap();
        assert_eq!(now.shown().title, "Accepted");
        assert_eq!(now.revision, 3);
        assert!(!datasets::save_draft(db.pool(), &read, &builders::metadata("Stale")).await.unwrap());
    }
}
