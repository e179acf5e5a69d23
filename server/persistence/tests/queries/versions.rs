//! Versions: who sees them, numbers, revisions.

use domain::page::Paging;
use domain::policy::Reach;
use domain::version::{Alert, AlertKind, Version, VersionComment, VersionMetadata, VersionState};
use persistence::{PersistenceError, datasets, version_comments, versions};
use testkit::builders::{self, actor, at, limited};
use testkit::databases::TestDatabase;
use testkit::on_both_databases;

use crate::support::{add_bundle, add_public, add_version, publish};

fn comment(id: &str, second: i64) -> VersionComment {
    VersionComment { id: id.to_owned(), author: actor("ann"), text: id.to_owned(), created_at: at(second) }
}

async fn numbers(db: &TestDatabase, reach: &Reach) -> Vec<u32> {
    let seen = versions::list_visible_to(db.pool(), reach, "cpi", "all").await.unwrap();
    seen.into_iter().map(|v| v.version).collect()
}

on_both_databases! {
    async fn versions_are_seen_by_reach(db: TestDatabase) {
        for (number, state) in (1..).zip(VersionState::ALL) {
            add_version(&db, "cpi", "all", number, *state).await;
        }
        for (reach, seen) in [
            (Reach::PublishedOnly, vec![5, 4]),
            (limited(&["health"], &["gdp"]), vec![5, 4]),
            (limited(&["economy"], &[]), vec![5, 4, 3, 2, 1]),
            (limited(&[], &["cpi"]), vec![5, 4, 3, 2, 1]),
            (Reach::All, vec![5, 4, 3, 2, 1]),
        ] {
            assert_eq!(numbers(&db, &reach).await, seen, "{reach:?}");
            for number in 1..=6 {
                let found = versions::find_visible_to(db.pool(), &reach, "cpi", "all", number).await.unwrap();
                assert_eq!(found.is_some(), seen.contains(&number), "{number} by {reach:?}");
            }
            let in_state = versions::list_in_state(db.pool(), &reach, VersionState::Submitted, Paging::default()).await;
            assert_eq!(in_state.unwrap().total_count, u64::from(seen.contains(&2)), "{reach:?}");
        }
    }

    async fn the_versions_of_all_editions_are_seen_by_reach(db: TestDatabase) {
        for (edition, number, published) in [("all", 1, 1), ("old", 1, 2), ("all", 2, 3)] {
            add_public(&db, "cpi", edition, number, at(published)).await;
        }
        add_version(&db, "cpi", "next", 1, VersionState::Approved).await;
        add_public(&db, "gdp", "all", 1, at(4)).await;
        let seen = async |reach: Reach| -> Vec<(String, u32)> {
            let all = versions::list_of_dataset_visible_to(db.pool(), &reach, "cpi").await.unwrap();
            all.into_iter().map(|version| (version.edition, version.version)).collect()
        };
        let public = [("all", 2), ("old", 1), ("all", 1)].map(|(edition, number)| (edition.to_owned(), number));
        assert_eq!(seen(Reach::PublishedOnly).await, public);
        assert_eq!(seen(limited(&["economy"], &[])).await.len(), 4);
    }

    async fn a_version_is_kept_as_it_was_written(db: TestDatabase) {
        let version = add_version(&db, "cpi", "all", 1, VersionState::Approved).await;
        assert_eq!(versions::find_by_id(db.pool(), &version.id).await.unwrap(), Some(version));
    }

    async fn what_editors_said_stays_though_readers_are_told_otherwise(db: TestDatabase) {
        let alert = |id: &str, date| Alert { id: id.into(), date: Some(at(date)), ..Alert::new(AlertKind::Correction, "Wrong.") };
        let metadata = |date, alerts| VersionMetadata { release_date: Some(at(date)), alerts, ..VersionMetadata::default() };
        let approved = add_version(&db, "cpi", "all", 1, VersionState::Approved).await;
        let found = async || versions::find_by_id(db.pool(), &approved.id).await.unwrap().unwrap();
        let prepared = metadata(90, vec![alert("a", 90), alert("b", 50), alert("c", 90)]);
        assert!(versions::save(db.pool(), &Version { metadata: prepared, ..found().await }).await.unwrap());
        publish(&db, &found().await, at(60)).await;
        let public = found().await;
        assert_eq!(public.metadata, metadata(60, vec![alert("a", 60), alert("b", 50), alert("c", 60)]));
        // One alert goes, another comes, and the version is archived.
        let changed = metadata(60, vec![alert("b", 50), alert("c", 60), alert("d", 60)]);
        let archived = Version { state: VersionState::Archived, metadata: changed.clone(), ..public };
        assert!(versions::save(db.pool(), &archived).await.unwrap());
        assert_eq!(found().await.metadata, changed);
        db.execute("UPDATE versions SET published_at = NULL").await.unwrap();
        assert_eq!(found().await.metadata, metadata(90, vec![alert("b", 50), alert("c", 90), alert("d", 60)]));
        let released = datasets::latest_releases(db.pool(), &Reach::All, &["cpi"]).await.unwrap();
        assert_eq!(released.get("cpi"), Some(&at(90)));
        // Whoever says another day says it.
        db.execute(&format!("UPDATE versions SET published_at = {}", at(60).timestamp_micros())).await.unwrap();
        let corrected = found().await;
        let corrected = Version { metadata: VersionMetadata { release_date: Some(at(55)), ..corrected.metadata.clone() }, ..corrected };
        assert!(versions::save(db.pool(), &corrected).await.unwrap());
        assert_eq!(found().await.metadata.release_date, Some(at(55)));
    }

    async fn numbers_count_up_within_an_edition(db: TestDatabase) {
        assert_eq!(versions::next_number(db.pool(), "cpi", "all").await.unwrap(), 1);
        let second = add_version(&db, "cpi", "all", 2, VersionState::Created).await;
        add_version(&db, "cpi", "other", 7, VersionState::Created).await;
        assert_eq!(versions::next_number(db.pool(), "cpi", "all").await.unwrap(), 3);
        let twice = Version { id: "another id".into(), ..second };
        let refused = versions::insert(db.pool(), &twice).await;
        assert!(matches!(refused, Err(PersistenceError::Duplicate(_))), "{refused:?}");
    }

    async fn the_slower_editor_of_a_version_changes_nothing(db: TestDatabase) {
        let read = add_version(&db, "cpi", "all", 1, VersionState::Created).await;
        let first = Version { state: VersionState::Submitted, last_updated: at(5), ..read.clone() };
        assert!(versions::save(db.pool(), &first).await.unwrap());
        let second = Version { state: VersionState::Archived, last_updated: at(6), ..read };
        assert!(!versions::save(db.pool(), &second).await.unwrap());
        assert!(!versions::touch(db.pool(), &second).await.unwrap());
        let now = versions::find_by_id(db.pool(), &first.id).await.unwrap().unwrap();
        assert_eq!(now, Version { revision: 2, ..first });
        assert!(versions::touch(db.pool(), &now).await.unwrap());
        assert_eq!(versions::find_by_id(db.pool(), &now.id).await.unwrap().unwrap().revision, 3);
    }

    async fn versions_to_approve_come_oldest_first_in_pages(db: TestDatabase) {
        for (number, updated) in [(1, 30), (2, 10), (3, 20)] {
            let version = add_version(&db, "cpi", "all", number, VersionState::Submitted).await;
            assert!(versions::touch(db.pool(), &Version { last_updated: at(updated), ..version }).await.unwrap());
        }
        let mut seen = Vec::new();
        for offset in 0..3 {
            let paging = Paging { limit: 1, offset };
            let page = versions::list_in_state(db.pool(), &Reach::All, VersionState::Submitted, paging).await.unwrap();
            assert_eq!((page.total_count, page.items.len()), (3, 1));
            seen.push(page.items[0].version);
        }
        assert_eq!(seen, [2, 3, 1]);
    }

    async fn only_free_approved_versions_within_reach_can_be_added(db: TestDatabase) {
        let taken = add_version(&db, "cpi", "all", 1, VersionState::Approved).await;
        add_bundle(&db, &builders::bundle("b"), &[&taken]).await;
        add_version(&db, "cpi", "all", 2, VersionState::Approved).await;
        add_version(&db, "cpi", "all", 3, VersionState::Submitted).await;
        add_public(&db, "gdp", "all", 1, at(1)).await;
        add_version(&db, "gdp", "all", 2, VersionState::Approved).await;
        for (reach, seen) in [
            (Reach::All, vec!["cpi.all.2", "gdp.all.2"]),
            (limited(&[], &["gdp"]), vec!["gdp.all.2"]),
            (Reach::PublishedOnly, vec![]),
        ] {
            let addable = versions::list_addable(db.pool(), &reach).await.unwrap();
            assert_eq!(addable.into_iter().map(|v| v.id).collect::<Vec<_>>(), seen, "{reach:?}");
        }
    }

    async fn versions_in_somebodys_hands_are_those_they_made_or_changed_last(db: TestDatabase) {
        add_version(&db, "cpi", "all", 1, VersionState::Created).await;
        let of = |number: u32| Version { state: VersionState::Created, ..builders::version("cpi", "all", number) };
        let made = Version { created_by: actor("ann"), last_updated: at(1), ..of(2) };
        let changed = Version { last_edited_by: actor("ann"), last_updated: at(2), ..of(3) };
        let sent = Version { state: VersionState::Submitted, ..Version { created_by: actor("ann"), ..of(4) } };
        for version in [&made, &changed, &sent] {
            versions::insert(db.pool(), version).await.unwrap();
        }
        let held = async |reach: Reach, who: &str, limit: u64| {
            let found = versions::list_in_the_hands_of(db.pool(), &reach, who, VersionState::Created, limit).await.unwrap();
            found.into_iter().map(|version| version.version).collect::<Vec<_>>()
        };
        assert_eq!(held(Reach::All, "ann", 9).await, [3, 2]);
        assert_eq!(held(Reach::All, "ann", 1).await, [3]);
        assert_eq!(held(limited(&["economy"], &[]), "ann", 9).await, [3, 2]);
        assert!(held(limited(&["health"], &[]), "ann", 9).await.is_empty());
        assert!(held(Reach::All, "an", 9).await.is_empty());
    }

    async fn the_newest_comments_are_told_in_the_order_in_which_they_were_made(db: TestDatabase) {
        let version = add_version(&db, "cpi", "all", 1, VersionState::Created).await;
        for (id, second) in [("c", 2), ("a", 1), ("d", 3), ("b", 2)] {
            version_comments::insert(db.pool(), &version.id, &comment(id, second)).await.unwrap();
        }
        for (most, told) in [(9, vec!["a", "b", "c", "d"]), (3, vec!["b", "c", "d"]), (1, vec!["d"])] {
            let found = version_comments::newest_of(db.pool(), &version.id, most).await.unwrap();
            assert_eq!(found.into_iter().map(|comment| comment.id).collect::<Vec<_>>(), told, "{most}");
        }
    }

    async fn nothing_is_said_about_a_version_that_was_deleted(db: TestDatabase) {
        let version = add_version(&db, "cpi", "all", 1, VersionState::Created).await;
        version_comments::insert(db.pool(), &version.id, &comment("a", 1)).await.unwrap();
        assert!(versions::delete(db.pool(), &version.id).await.unwrap());
        let late = version_comments::insert(db.pool(), &version.id, &comment("b", 2)).await;
        assert!(matches!(late, Err(PersistenceError::Reference(_))), "{late:?}");
    }

    async fn a_version_in_a_bundle_cannot_be_deleted(db: TestDatabase) {
        let held = add_version(&db, "cpi", "all", 1, VersionState::Approved).await;
        let free = add_version(&db, "cpi", "all", 2, VersionState::Approved).await;
        add_bundle(&db, &builders::bundle("b"), &[&held]).await;
        assert!(matches!(versions::delete(db.pool(), &held.id).await, Err(PersistenceError::Reference(_))));
        assert!(versions::delete(db.pool(), &free.id).await.unwrap());
        assert!(!versions::delete(db.pool(), &free.id).await.unwrap());
        let files = persistence::files::list_of_version(db.pool(), &free).await.unwrap();
        assert_eq!(files.len(), 0);
    }
}
