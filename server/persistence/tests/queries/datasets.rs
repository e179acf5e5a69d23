//! Datasets and editions: who sees them, lists, drafts.

use domain::dataset::{Dataset, DatasetMetadata};
use domain::page::Paging;
use domain::policy::Reach;
use domain::version::VersionState;
use persistence::datasets::{self, DatasetFilter};
use persistence::{PersistenceError, contents, editions, topics, versions};
use testkit::builders::{self, at, limited};
use testkit::databases::TestDatabase;
use testkit::on_both_databases;

use crate::support::{add_bundle, add_dataset, add_public, add_version};

async fn listed(db: &TestDatabase, reach: &Reach, filter: DatasetFilter) -> Vec<String> {
    let page = datasets::list_visible_to(db.pool(), reach, &filter, Paging::default()).await.unwrap();
    assert_eq!(page.total_count, page.items.len() as u64);
    page.items.into_iter().map(|item| item.id).collect()
}

fn by_title() -> DatasetFilter {
    DatasetFilter { by_title: true, ..DatasetFilter::default() }
}

on_both_databases! {
    async fn datasets_are_seen_by_reach(db: TestDatabase) {
        add_public(&db, "public", "all", 1, at(1)).await;
        add_dataset(&db, &builders::dataset("draft")).await;
        add_dataset(&db, &Dataset { department: "health".into(), ..builders::dataset("births") }).await;

        for (reach, seen) in [
            (Reach::PublishedOnly, vec!["public"]),
            (limited(&["health"], &[]), vec!["births", "public"]),
            (limited(&[], &["draft"]), vec!["draft", "public"]),
            (limited(&[], &[]), vec!["public"]),
            (Reach::All, vec!["births", "draft", "public"]),
        ] {
            assert_eq!(listed(&db, &reach, by_title()).await, seen, "{reach:?}");
            for id in ["births", "draft", "public", "missing"] {
                let found = datasets::find_visible_to(db.pool(), &reach, id).await.unwrap();
                assert_eq!(found.is_some(), seen.contains(&id), "{id} by {reach:?}");
            }
        }
        assert!(datasets::exists(db.pool(), "draft").await.unwrap());
        assert!(!datasets::exists(db.pool(), "missing").await.unwrap());
        assert!(matches!(
            datasets::insert(db.pool(), &builders::dataset("draft")).await,
            Err(PersistenceError::Duplicate(_))
        ));
    }

    async fn drafts_are_shown_within_reach_only(db: TestDatabase) {
        add_public(&db, "cpi", "all", 1, at(1)).await;
        let seen = datasets::find_visible_to(db.pool(), &Reach::All, "cpi").await.unwrap().unwrap();
        let edited = Dataset { last_updated: at(500), last_edited_by: builders::actor("other"), ..seen };
        assert!(datasets::save_draft(db.pool(), &edited, &builders::metadata("Secret")).await.unwrap());

        let outside = datasets::find_visible_to(db.pool(), &limited(&["health"], &[]), "cpi").await.unwrap().unwrap();
        assert_eq!(outside.draft, None);
        assert_eq!(outside.shown().title, "cpi");
        assert_eq!(outside.last_updated, at(1));

        let inside = datasets::find_visible_to(db.pool(), &limited(&["economy"], &[]), "cpi").await.unwrap().unwrap();
        assert_eq!(inside.working().title, "Secret");
        assert_eq!(inside.last_updated, at(500));
        assert_eq!(inside.last_edited_by.id, "other");
        let secret = DatasetFilter { title: Some("secret".into()), ..DatasetFilter::default() };
        assert!(listed(&db, &Reach::PublishedOnly, secret).await.is_empty());
    }

    async fn a_draft_out_of_reach_moves_nothing_in_a_list(db: TestDatabase) {
        add_public(&db, "old", "all", 1, at(1)).await;
        add_public(&db, "new", "all", 1, at(2)).await;
        let old = datasets::find_visible_to(db.pool(), &Reach::All, "old").await.unwrap().unwrap();
        let edited = Dataset { last_updated: at(500), ..old };
        assert!(datasets::save_draft(db.pool(), &edited, &edited.working()).await.unwrap());

        let newest = DatasetFilter::default;
        assert_eq!(listed(&db, &Reach::PublishedOnly, newest()).await, ["new", "old"]);
        assert_eq!(listed(&db, &limited(&["health"], &["new"]), newest()).await, ["new", "old"]);
        assert_eq!(listed(&db, &limited(&["economy"], &[]), newest()).await, ["old", "new"]);
        assert_eq!(listed(&db, &Reach::All, newest()).await, ["old", "new"]);
    }

    async fn lists_of_datasets_can_be_filtered(db: TestDatabase) {
        add_public(&db, "cpi", "all", 1, at(1)).await;
        add_version(&db, "gdp", "all", 1, VersionState::Submitted).await;
        let births = Dataset {
            department: "health".into(),
            draft: Some(builders::metadata(r"Births 50%_\ Ŵy")),
            ..builders::dataset("births")
        };
        add_dataset(&db, &births).await;

        let titled = |title: &str| DatasetFilter { title: Some(title.into()), ..by_title() };
        for (filter, seen) in [
            (titled("BIRTHS"), vec!["births"]),
            (titled("50%_"), vec!["births"]),
            (titled(r"_\ "), vec!["births"]),
            (titled("Ŵy"), vec!["births"]),
            (titled("c%i"), vec![]),
            (titled("c_i"), vec![]),
            (DatasetFilter { department: Some("health".into()), ..by_title() }, vec!["births"]),
            (DatasetFilter { topics: vec![builders::TOPIC.into(), "x".into()], ..by_title() }, vec!["births", "cpi", "gdp"]),
            (DatasetFilter { topics: vec!["x".into()], ..by_title() }, vec![]),
            (DatasetFilter { ids: vec!["gdp".into(), "cpi".into()], ..by_title() }, vec!["cpi", "gdp"]),
            (DatasetFilter { state: Some(VersionState::Submitted), ..by_title() }, vec!["gdp"]),
            (DatasetFilter { state: Some(VersionState::Published), ..by_title() }, vec!["cpi"]),
        ] {
            assert_eq!(listed(&db, &Reach::All, filter.clone()).await, seen, "{filter:?}");
        }
        let carrying = DatasetFilter { topics: vec![builders::TOPIC.into()], ..by_title() };
        assert_eq!(listed(&db, &Reach::PublishedOnly, carrying).await, ["cpi"]);
        let submitted = DatasetFilter { state: Some(VersionState::Submitted), ..by_title() };
        assert!(listed(&db, &Reach::PublishedOnly, submitted).await.is_empty());
    }

    async fn a_public_dataset_is_not_listed_by_a_hidden_version(db: TestDatabase) {
        add_public(&db, "cpi", "all", 1, at(1)).await;
        add_version(&db, "cpi", "all", 2, VersionState::Submitted).await;
        let submitted = || DatasetFilter { state: Some(VersionState::Submitted), ..by_title() };
        assert!(listed(&db, &Reach::PublishedOnly, submitted()).await.is_empty());
        assert_eq!(listed(&db, &limited(&["economy"], &[]), submitted()).await, ["cpi"]);

        let release = |reach| {
            let pool = db.pool().clone();
            async move { datasets::latest_releases(&pool, &reach, &["cpi", "missing"]).await.unwrap() }
        };
        // It became public before the day that was said, and was released then.
        assert_eq!(release(Reach::PublishedOnly).await, [("cpi".to_owned(), at(1))].into());
        assert_eq!(release(Reach::All).await, [("cpi".to_owned(), at(2 * 86_400))].into());
        assert!(datasets::latest_releases(db.pool(), &Reach::All, &[]).await.unwrap().is_empty());
    }

    async fn lists_come_in_pages(db: TestDatabase) {
        for id in ["a", "b", "c", "d", "e"] {
            add_dataset(&db, &builders::dataset(id)).await;
        }
        let mut seen = Vec::new();
        for offset in [0, 2, 4, 6] {
            let paging = Paging { limit: 2, offset };
            let page = datasets::list_visible_to(db.pool(), &Reach::All, &DatasetFilter::default(), paging).await.unwrap();
            assert_eq!((page.total_count, page.limit, page.offset), (5, 2, offset));
            assert!(page.items.len() <= 2);
            seen.extend(page.items.into_iter().map(|item| item.id));
        }
        assert_eq!(seen, ["a", "b", "c", "d", "e"]);
    }

    async fn the_slower_editor_of_a_draft_changes_nothing(db: TestDatabase) {
        add_dataset(&db, &builders::dataset("cpi")).await;
        let read = datasets::find_visible_to(db.pool(), &Reach::All, "cpi").await.unwrap().unwrap();
        assert!(datasets::save_draft(db.pool(), &read, &builders::metadata("first")).await.unwrap());
        assert!(!datasets::save_draft(db.pool(), &read, &builders::metadata("second")).await.unwrap());
        assert!(!datasets::delete_unpublished(db.pool(), "cpi", read.revision).await.unwrap());
        let now = datasets::find_visible_to(db.pool(), &Reach::All, "cpi").await.unwrap().unwrap();
        assert_eq!((now.working().title.as_str(), now.revision), ("first", read.revision + 1));
    }

    async fn only_what_was_never_public_can_be_deleted(db: TestDatabase) {
        add_public(&db, "cpi", "all", 1, at(1)).await;
        let public = datasets::find_visible_to(db.pool(), &Reach::All, "cpi").await.unwrap().unwrap();
        assert!(!datasets::delete_unpublished(db.pool(), "cpi", public.revision).await.unwrap());

        let version = add_version(&db, "gdp", "all", 1, VersionState::Approved).await;
        let bundle = builders::bundle("b");
        let items = add_bundle(&db, &bundle, &[&version]).await;
        let refused = datasets::delete_unpublished(db.pool(), "gdp", 1).await;
        assert!(matches!(refused, Err(PersistenceError::Reference(_))), "{refused:?}");
        assert!(contents::remove(db.pool(), &bundle.id, &items[0].id, at(1)).await.unwrap());
        assert!(datasets::delete_unpublished(db.pool(), "gdp", 1).await.unwrap());
        assert!(!datasets::exists(db.pool(), "gdp").await.unwrap());
        assert!(versions::find_by_id(db.pool(), &version.id).await.unwrap().is_none());
    }

    async fn editions_are_seen_by_reach_with_their_latest_visible_version(db: TestDatabase) {
        add_public(&db, "cpi", "2025", 1, at(1)).await;
        add_public(&db, "cpi", "2025", 2, at(2)).await;
        add_version(&db, "cpi", "2025", 3, VersionState::Created).await;
        add_version(&db, "cpi", "2026", 4, VersionState::Created).await;

        let seen = |reach: Reach| {
            let pool = db.pool().clone();
            async move {
                let all = editions::list_visible_to(&pool, &reach, "cpi").await.unwrap();
                all.into_iter().map(|e| (e.edition, e.latest_version)).collect::<Vec<_>>()
            }
        };
        let outside = vec![("2025".to_owned(), Some(2))];
        let inside = vec![("2026".to_owned(), Some(4)), ("2025".to_owned(), Some(3))];
        assert_eq!(seen(Reach::PublishedOnly).await, outside);
        assert_eq!(seen(limited(&["health"], &["gdp"])).await, outside);
        assert_eq!(seen(limited(&["economy"], &[])).await, inside);
        assert_eq!(seen(limited(&[], &["cpi"])).await, inside);
        assert_eq!(seen(Reach::All).await, inside);
        let hidden = editions::find_visible_to(db.pool(), &Reach::PublishedOnly, "cpi", "2026").await.unwrap();
        assert_eq!(hidden, None);
        let shown = editions::find_visible_to(db.pool(), &Reach::PublishedOnly, "cpi", "2025").await.unwrap().unwrap();
        assert_eq!((shown.published_at, shown.latest_release), (Some(at(1)), Some(at(2))), "released when it became public");
        let again = editions::insert(db.pool(), &builders::edition("cpi", "2026"), &builders::actor("editor"), at(9)).await;
        assert!(matches!(again, Err(PersistenceError::Duplicate(_))));
    }

    async fn with_a_bundle_its_own_are_seen_besides_what_is_public(db: TestDatabase) {
        add_public(&db, "cpi", "2025", 1, at(1)).await;
        let second = add_version(&db, "cpi", "2025", 2, VersionState::Approved).await;
        add_version(&db, "cpi", "2025", 3, VersionState::Approved).await;
        let first = add_version(&db, "gdp", "all", 1, VersionState::Approved).await;
        let other = add_version(&db, "rpi", "all", 1, VersionState::Approved).await;
        add_bundle(&db, &builders::bundle("one"), &[&second, &first]).await;
        add_bundle(&db, &builders::bundle("two"), &[&other]).await;

        let reach = Reach::with_bundle("one");
        assert_eq!(listed(&db, &reach, by_title()).await, ["cpi", "gdp"]);
        let gdp = datasets::find_visible_to(db.pool(), &reach, "gdp").await.unwrap().unwrap();
        assert!(gdp.published.is_none() && gdp.draft.is_some());
        let seen = versions::list_visible_to(db.pool(), &reach, "cpi", "2025").await.unwrap();
        assert_eq!(seen.iter().map(|version| version.version).collect::<Vec<_>>(), [2, 1]);
        let editions = editions::list_visible_to(db.pool(), &reach, "cpi").await.unwrap();
        assert_eq!(editions[0].latest_version, Some(2));
        assert_eq!(datasets::find_visible_to(db.pool(), &reach, "rpi").await.unwrap(), None);
        assert_eq!(listed(&db, &Reach::with_bundle("none"), by_title()).await, ["cpi"]);
    }

    async fn with_a_version_it_alone_is_seen_besides_what_is_public(db: TestDatabase) {
        add_public(&db, "cpi", "2025", 1, at(1)).await;
        add_version(&db, "cpi", "2025", 2, VersionState::Approved).await;
        let third = add_version(&db, "cpi", "2025", 3, VersionState::Created).await;
        let first = add_version(&db, "gdp", "all", 1, VersionState::Created).await;
        add_version(&db, "rpi", "all", 1, VersionState::Approved).await;

        let seen = versions::list_visible_to(db.pool(), &Reach::with_version(&third.id), "cpi", "2025").await.unwrap();
        assert_eq!(seen.iter().map(|version| version.version).collect::<Vec<_>>(), [3, 1]);
        let reach = Reach::with_version(&first.id);
        assert_eq!(listed(&db, &reach, by_title()).await, ["cpi", "gdp"]);
        let gdp = datasets::find_visible_to(db.pool(), &reach, "gdp").await.unwrap().unwrap();
        assert!(gdp.published.is_none() && gdp.draft.is_some());
        assert_eq!(listed(&db, &Reach::with_version("none"), by_title()).await, ["cpi"]);
    }

    async fn topics_are_counted_for_public_datasets_alone(db: TestDatabase) {
        add_version(&db, "gdp", "all", 1, VersionState::Approved).await;
        assert_eq!(topics::public_topics(db.pool()).await.unwrap(), []);
        add_public(&db, "cpi", "all", 1, at(1)).await;
        let pair = ("cpi".to_owned(), builders::TOPIC.to_owned());
        assert_eq!(topics::public_topics(db.pool()).await.unwrap(), [pair]);
        assert!(topics::department_exists(db.pool(), "economy").await.unwrap());
        assert!(!topics::department_exists(db.pool(), "health").await.unwrap());
        assert_eq!(topics::departments(db.pool()).await.unwrap().len(), 1);
    }

    async fn a_dataset_needs_its_department(db: TestDatabase) {
        let lost = datasets::insert(db.pool(), &builders::dataset("lost")).await;
        assert!(matches!(lost, Err(PersistenceError::Reference(_))), "{lost:?}");
        let empty = DatasetMetadata::default();
        assert!(!datasets::save_draft(db.pool(), &builders::dataset("lost"), &empty).await.unwrap());
    }
}
