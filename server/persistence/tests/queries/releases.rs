//! The release calendar: who sees what, in which order, and what a bundle made public.

use domain::dataset::Edition;
use domain::page::Paging;
use domain::policy::Reach;
use domain::release::{PreReleaseAccess, Release, ReleaseDate, ReleaseDetails, ReleaseState};
use domain::version::VersionState;
use persistence::releases::{ReleaseFilter, ReleaseOrder};
use persistence::{PersistenceError, bundles, db as database, editions, publication, releases, topics};
use testkit::builders::{self, at, limited};
use testkit::databases::TestDatabase;
use testkit::on_both_databases;

use crate::support::{add_bundle, add_version};

async fn add(db: &TestDatabase, release: Release) {
    releases::insert(db.pool(), &release).await.unwrap();
}

async fn ids(db: &TestDatabase, reach: Reach, filter: ReleaseFilter) -> Vec<String> {
    let page = releases::list_visible_to(db.pool(), &reach, &filter, Paging::WHOLE).await.unwrap();
    assert_eq!(page.total_count, page.items.len() as u64);
    page.items.into_iter().map(|r| r.id).collect()
}

on_both_databases! {
    async fn drafts_are_for_those_who_reach_them(db: TestDatabase) {
        topics::save_department(db.pool(), &builders::department("economy")).await.unwrap();
        let draft = |id: &str| Release { state: ReleaseState::Draft, announced_at: None, ..builders::release(id) };
        let details = ReleaseDetails { title: "mine".into(), department: Some("economy".into()), ..ReleaseDetails::default() };
        add(&db, builders::release("public")).await;
        add(&db, draft("office")).await;
        add(&db, Release { details, ..draft("mine") }).await;
        let seen = |reach| ids(&db, reach, ReleaseFilter::default());
        assert_eq!(seen(Reach::PublishedOnly).await, ["public"]);
        assert_eq!(seen(limited(&["health"], &[])).await, ["public"]);
        assert_eq!(seen(limited(&["economy"], &[])).await, ["mine", "public"]);
        assert_eq!(seen(Reach::All).await, ["mine", "office", "public"]);
        let hidden = releases::find_visible_to(db.pool(), &limited(&["economy"], &[]), "office").await.unwrap();
        assert_eq!(hidden, None);
        let own = releases::find_visible_to(db.pool(), &limited(&["economy"], &[]), "mine").await.unwrap();
        assert_eq!(own.unwrap().details.department.as_deref(), Some("economy"));
    }

    async fn releases_are_found_by_state_time_and_words(db: TestDatabase) {
        let march = ReleaseDate::Month { year: 2026, month: 3 };
        add(&db, Release { date: ReleaseDate::At(at(3_600)), state: ReleaseState::Confirmed, ..builders::release("b") }).await;
        add(&db, Release { date: march, ..builders::release("a") }).await;
        add(&db, builders::release("c")).await;
        let details = ReleaseDetails { title: "Late".into(), title_cy: Some("Hwyr".into()), ..ReleaseDetails::default() };
        add(&db, Release { date: ReleaseDate::At(at(86_400 * 60)), details, ..builders::release("d") }).await;
        let ask = |filter| ids(&db, Reach::PublishedOnly, filter);
        assert_eq!(ask(ReleaseFilter::default()).await, ["a", "b", "d", "c"]);
        assert_eq!(ask(ReleaseFilter { order: ReleaseOrder::Latest, ..ReleaseFilter::default() }).await, ["d", "b", "a", "c"]);
        assert_eq!(ask(ReleaseFilter { order: ReleaseOrder::Title, ..ReleaseFilter::default() }).await.len(), 4);
        assert_eq!(ask(ReleaseFilter { states: vec![ReleaseState::Confirmed], ..ReleaseFilter::default() }).await, ["b"]);
        let (from, to) = (Some(at(7_200)), Some(at(86_400)));
        assert_eq!(ask(ReleaseFilter { from, to, ..ReleaseFilter::default() }).await, ["a"], "a month may still come");
        assert_eq!(ask(ReleaseFilter { title: Some("hwyr".into()), ..ReleaseFilter::default() }).await, ["d"]);
        let read = releases::find_visible_to(db.pool(), &Reach::PublishedOnly, "a").await.unwrap().unwrap();
        assert_eq!(read, Release { date: march, ..builders::release("a") });
    }

    async fn a_release_is_saved_at_its_revision_only_and_deleted_as_a_draft_only(db: TestDatabase) {
        let release = builders::release("a");
        add(&db, release.clone()).await;
        let mut confirmed = Release { state: ReleaseState::Confirmed, ..release.clone() };
        confirmed.details.pre_release_access = vec![PreReleaseAccess::new("Chief Economist", "HM Treasury")];
        assert!(releases::save(db.pool(), &confirmed).await.unwrap());
        let read = releases::find_visible_to(db.pool(), &Reach::All, "a").await.unwrap();
        assert_eq!(read, Some(Release { revision: 2, ..confirmed }));
        assert!(!releases::save(db.pool(), &release).await.unwrap());
        assert!(!releases::delete_draft(db.pool(), "a", 2).await.unwrap());
        add(&db, Release { state: ReleaseState::Draft, ..builders::release("b") }).await;
        assert!(!releases::delete_draft(db.pool(), "b", 2).await.unwrap());
        assert!(releases::delete_draft(db.pool(), "b", 1).await.unwrap());
    }

    async fn a_bundle_has_one_release_and_what_it_made_public_is_listed(db: TestDatabase) {
        let version = add_version(&db, "cpi", "all", 1, VersionState::Approved).await;
        let named = Edition { title: "All months".into(), title_cy: Some("Pob mis".into()), ..builders::edition("cpi", "all") };
        assert!(editions::save(db.pool(), &named, &builders::actor("editor")).await.unwrap());
        let bundle = builders::bundle("b");
        let items = add_bundle(&db, &bundle, &[&version]).await;
        let of = |id: &str| Release { bundle_id: Some("b".into()), ..builders::release(id) };
        add(&db, of("a")).await;
        let second = releases::insert(db.pool(), &of("z")).await;
        assert!(matches!(second, Err(PersistenceError::Duplicate(_))), "{second:?}");
        assert_eq!(releases::of_bundle(db.pool(), "b").await.unwrap().unwrap().id, "a");
        assert_eq!(releases::of_bundle(db.pool(), "none").await.unwrap(), None);
        let found = releases::of_bundles(db.pool(), &["none", "b"]).await.unwrap();
        assert_eq!(found.into_iter().map(|(bundle, release)| (bundle, release.id)).collect::<Vec<_>>(), [("b".to_owned(), "a".to_owned())]);
        assert!(releases::public_versions(db.pool(), "b").await.unwrap().is_empty());
        let tx = db.database().begin().await.unwrap();
        assert!(publication::publish_contents(&tx, &items, at(5)).await.unwrap());
        database::commit(tx).await.unwrap();
        let public = releases::public_versions(db.pool(), "b").await.unwrap();
        assert_eq!((public[0].dataset_id.as_str(), public[0].version, public[0].title.as_str()), ("cpi", 1, "cpi"));
        assert_eq!(public[0].contacts, builders::metadata("cpi").contacts);
        let edition = (public[0].edition.as_str(), public[0].edition_title.as_str(), public[0].edition_title_cy.as_deref());
        assert_eq!(edition, ("all", "All months", Some("Pob mis")));

        let on = |topic: &str| ReleaseFilter { topics: vec![topic.to_owned()], ..ReleaseFilter::default() };
        assert!(ids(&db, Reach::All, on(builders::TOPIC)).await.is_empty(), "its topics are told once it is published");
        let release = releases::of_bundle(db.pool(), "b").await.unwrap().unwrap();
        let date = ReleaseDate::At(at(86_400 * 60));
        let came = Release { state: ReleaseState::Published, date, published_at: Some(at(5)), ..release };
        assert!(releases::save(db.pool(), &came).await.unwrap());
        assert_eq!(ids(&db, Reach::PublishedOnly, on(builders::TOPIC)).await, ["a"]);
        assert!(ids(&db, Reach::PublishedOnly, on("nothing")).await.is_empty());
        let until = |as_it_came| ReleaseFilter { to: Some(at(10)), as_it_came, ..ReleaseFilter::default() };
        assert_eq!(ids(&db, Reach::PublishedOnly, until(true)).await, ["a"], "it came before it was told");
        assert!(ids(&db, Reach::PublishedOnly, until(false)).await.is_empty());

        bundles::insert(db.pool(), &builders::bundle("empty")).await.unwrap();
        add(&db, Release { bundle_id: Some("empty".into()), ..builders::release("y") }).await;
        assert!(bundles::delete(db.pool(), &builders::bundle("empty")).await.unwrap());
        let freed = releases::find_visible_to(db.pool(), &Reach::All, "y").await.unwrap().unwrap();
        assert_eq!(freed.bundle_id, None);
    }
}
