//! Bundles: their states, what they hold, and who was faster.

use domain::bundle::{Bundle, BundleDetails, BundleState, Channel, Failure, Mark, Schedule};
use domain::policy::Reach;
use domain::refusal::Blocker;
use domain::release::PublicReason;
use domain::version::{Version, VersionState};
use persistence::bundles::{self, Lease};
use persistence::{PersistenceError, contents, datasets, editions, publication, teams, versions};
use testkit::builders::{self, approval, at, limited};
use testkit::databases::TestDatabase;
use testkit::on_both_databases;

use crate::support::{add_bundle, add_public, add_version};

async fn found(db: &TestDatabase, id: &str) -> Option<Bundle> {
    bundles::find_visible_to(db.pool(), &domain::actor::Caller::system("test"), id).await.unwrap()
}

fn titled(id: &str, title: &str, state: BundleState) -> Bundle {
    let bundle = builders::bundle(id);
    Bundle { details: BundleDetails { title: title.into(), ..bundle.details }, state, ..bundle }
}

fn every_state() -> Vec<BundleState> {
    let schedule = Schedule { publication_date: at(60), notification_channels: vec![Channel::Slack, Channel::Email] };
    let failure = Failure {
        code: "missing_items".into(),
        message: "Bundle publication failed: missing_items".into(),
        blockers: vec![Blocker::new("version_changed", "Look at it again.").about("cpi/all/1", Some("/admin".into()))],
        at: at(61),
    };
    vec![
        BundleState::Created,
        BundleState::InProgress,
        BundleState::ReadyForReview { submitted: Mark { by: builders::actor("editor"), at: at(3) } },
        BundleState::Approved { approval: approval(), kept_channels: Vec::new() },
        BundleState::Approved { approval: approval(), kept_channels: vec![Channel::Webhook] },
        BundleState::Scheduled { approval: approval(), schedule: schedule.clone() },
        BundleState::Publishing {
            approval: approval(),
            schedule: Some(schedule.clone()),
            started_at: at(60),
            told: PublicReason::of(Some("It leaked.".into()), Some("Fe ollyngodd.".into())),
        },
        BundleState::Publishing { approval: approval(), schedule: None, started_at: at(60), told: None },
        BundleState::Published {
            approval: approval(),
            schedule: Some(schedule.clone()),
            started_at: at(60),
            published_at: at(61),
        },
        BundleState::Published { approval: approval(), schedule: None, started_at: at(60), published_at: at(61) },
        BundleState::Failed { approval: approval(), schedule: Some(schedule), failure: failure.clone() },
        BundleState::Failed { approval: approval(), schedule: None, failure },
    ]
}

on_both_databases! {
    async fn a_draft_is_ahead_in_every_bundle_that_would_make_it_public(db: TestDatabase) {
        let public = add_version(&db, "gdp", "all", 1, VersionState::Approved).await;
        let next = add_version(&db, "gdp", "all", 2, VersionState::Approved).await;
        let annual = add_version(&db, "gdp", "annual", 1, VersionState::Approved).await;
        let other = add_version(&db, "cpi", "all", 1, VersionState::Approved).await;
        let published = BundleState::Published { approval: approval(), schedule: None, started_at: at(0), published_at: at(0) };
        for (bundle, held) in [
            (titled("first", "First", published), &public),
            (titled("second", "Second", BundleState::Approved { approval: approval(), kept_channels: Vec::new() }), &next),
            (titled("annual", "Annual", BundleState::InProgress), &annual),
            (titled("prices", "Prices", BundleState::InProgress), &other),
        ] {
            add_bundle(&db, &bundle, &[held]).await;
        }
        assert_eq!(bundles::unpublished_with(db.pool(), "gdp").await.unwrap(), ["annual", "second"]);
        assert!(bundles::unpublished_with(db.pool(), "none").await.unwrap().is_empty());
    }

    async fn every_state_comes_back_with_its_evidence(db: TestDatabase) {
        let mut bundle = builders::bundle("b");
        bundles::insert(db.pool(), &bundle).await.unwrap();
        for (attempts, state) in (1..).zip(every_state()) {
            bundle = Bundle { state, attempts, last_modified: at(i64::from(attempts)), ..bundle };
            assert!(bundles::save(db.pool(), &bundle, None).await.unwrap());
            bundle.revision += 1;
            assert_eq!(found(&db, "b").await, Some(bundle.clone()));
        }
        for (number, state) in every_state().into_iter().enumerate() {
            let new = titled(&format!("new {number}"), &format!("new {number}"), state);
            bundles::insert(db.pool(), &new).await.unwrap();
            assert_eq!(found(&db, &new.id).await, Some(new));
        }
    }

    async fn the_slower_editor_of_a_bundle_changes_nothing(db: TestDatabase) {
        teams::save(db.pool(), &domain::people::Team::new("press", "Press", vec![])).await.unwrap();
        let version = add_version(&db, "cpi", "all", 1, VersionState::Approved).await;
        let mut read = builders::bundle("b");
        read.details.preview_teams = vec!["press".into()];
        add_bundle(&db, &read, &[&version]).await;
        let first = Bundle { state: BundleState::InProgress, ..read.clone() };
        assert!(bundles::save(db.pool(), &first, None).await.unwrap());

        let second = titled("b", "another title", every_state().swap_remove(3));
        assert!(!bundles::save(db.pool(), &second, None).await.unwrap());
        assert!(!bundles::delete(db.pool(), &second).await.unwrap());
        let kept = Bundle { revision: 2, item_count: 1, ..first };
        assert_eq!(found(&db, "b").await, Some(kept.clone()));

        assert!(bundles::delete(db.pool(), &kept).await.unwrap());
        assert_eq!(found(&db, "b").await, None);
        assert_eq!(contents::count_of(db.pool(), "b").await.unwrap(), 0);
        assert!(versions::find_by_id(db.pool(), &version.id).await.unwrap().is_some());
    }

    async fn titles_are_unique_among_bundles_not_published(db: TestDatabase) {
        let published = || every_state().into_iter().find(|state| state.published_at().is_some()).unwrap();
        bundles::insert(db.pool(), &titled("old", "GDP", published())).await.unwrap();
        bundles::insert(db.pool(), &titled("older", "GDP", published())).await.unwrap();
        for (number, state) in every_state().into_iter().filter(|s| s.published_at().is_none()).enumerate() {
            let title = format!("title {number}");
            bundles::insert(db.pool(), &titled(&format!("{number}"), &title, state)).await.unwrap();
            let taken = bundles::insert(db.pool(), &titled("new", &title, BundleState::Created)).await;
            assert!(matches!(taken, Err(PersistenceError::Duplicate(_))), "{title}: {taken:?}");
        }
        bundles::insert(db.pool(), &titled("new", "GDP", BundleState::Created)).await.unwrap();
        let renamed = titled("new", "title 0", BundleState::Created);
        let refused = bundles::save(db.pool(), &renamed, None).await;
        assert!(matches!(refused, Err(PersistenceError::Duplicate(_))), "{refused:?}");
    }

    async fn a_version_is_in_one_bundle_only(db: TestDatabase) {
        let version = add_version(&db, "cpi", "all", 1, VersionState::Approved).await;
        let (first, second) = (builders::bundle("first"), builders::bundle("second"));
        add_bundle(&db, &first, &[&version]).await;
        add_bundle(&db, &second, &[]).await;
        for bundle in [&first, &second] {
            let twice = contents::add(db.pool(), "another item", bundle, &version, at(1)).await;
            assert!(matches!(twice, Err(PersistenceError::Duplicate(_))), "{twice:?}");
        }
        assert_eq!(bundles::holding(db.pool(), &version.id).await.unwrap().unwrap().id, "first");
        assert!(!contents::remove(db.pool(), "second", "item-cpi.all.1", at(1)).await.unwrap());
        assert!(contents::remove(db.pool(), "first", "item-cpi.all.1", at(1)).await.unwrap());
        assert!(bundles::holding(db.pool(), &version.id).await.unwrap().is_none());
        contents::add(db.pool(), "another item", &second, &version, at(1)).await.unwrap();
        assert_eq!(contents::count_of(db.pool(), "second").await.unwrap(), 1);
    }

    async fn a_draft_is_news_as_far_as_it_says_other_than_what_is_public(db: TestDatabase) {
        let version = add_version(&db, "cpi", "all", 1, VersionState::Approved).await;
        let items = add_bundle(&db, &builders::bundle("b"), &[&version]).await;
        assert!(items[0].draft_is_news, "nothing of it is public");
        let tx = db.database().begin().await.unwrap();
        assert!(publication::publish_contents(&tx, &items, at(1)).await.unwrap());
        persistence::db::commit(tx).await.unwrap();
        let is_news = async || contents::list_of_bundle(db.pool(), "b").await.unwrap()[0].draft_is_news;
        assert!(!is_news().await);
        for (title, news) in [("Prices", true), ("cpi", false)] {
            let dataset = datasets::find_visible_to(db.pool(), &Reach::All, "cpi").await.unwrap().unwrap();
            assert!(datasets::save_draft(db.pool(), &dataset, &builders::metadata(title)).await.unwrap());
            assert_eq!(is_news().await, news, "{title}");
        }
    }

    async fn a_new_edition_tells_who_titled_it_last_until_it_is_public(db: TestDatabase) {
        let version = add_version(&db, "cpi", "all", 1, VersionState::Approved).await;
        let items = add_bundle(&db, &builders::bundle("b"), &[&version]).await;
        assert_eq!(items[0].edition_titled_by, Some(builders::actor("editor")));
        let edition = editions::find_visible_to(db.pool(), &Reach::All, "cpi", "all").await.unwrap().unwrap();
        assert!(editions::save(db.pool(), &edition, &builders::actor("other")).await.unwrap());
        let items = contents::list_of_bundle(db.pool(), "b").await.unwrap();
        assert_eq!(items[0].edition_titled_by, Some(builders::actor("other")));
        let tx = db.database().begin().await.unwrap();
        assert!(publication::publish_contents(&tx, &items, at(1)).await.unwrap());
        persistence::db::commit(tx).await.unwrap();
        assert_eq!(contents::list_of_bundle(db.pool(), "b").await.unwrap()[0].edition_titled_by, None);
    }

    async fn items_tell_what_publication_needs_to_know(db: TestDatabase) {
        add_public(&db, "cpi", "all", 1, at(1)).await;
        let second = add_version(&db, "cpi", "all", 2, VersionState::Approved).await;
        let third = add_version(&db, "cpi", "all", 3, VersionState::Approved).await;
        let other = add_version(&db, "gdp", "all", 2, VersionState::Approved).await;
        add_version(&db, "pay", "all", 1, VersionState::Approved).await;
        let later = add_version(&db, "pay", "all", 2, VersionState::Approved).await;
        let items = add_bundle(&db, &builders::bundle("b"), &[&third, &other, &second, &later]).await;
        let told: Vec<_> = items.iter().map(|i| (i.reference(), i.missing_predecessor)).collect();
        assert_eq!(told, [
            ("cpi/all/3".to_owned(), None),
            ("gdp/all/2".to_owned(), Some(1)),
            ("cpi/all/2".to_owned(), None),
            ("pay/all/2".to_owned(), Some(1)),
        ]);
        assert_eq!((items[0].sound_files, items[0].unsound_files, items[0].gaps.len()), (1, 0, 0));
        assert!(contents::all_reached(&limited(&["economy"], &[]), &items));
        assert!(!contents::all_reached(&limited(&["health"], &["cpi", "gdp"]), &items));
        assert!(!contents::all_reached(&Reach::PublishedOnly, &items));

        assert!(versions::touch(db.pool(), &Version { last_updated: at(9), ..second }).await.unwrap());
        contents::mark_validated(db.pool(), "b", at(7)).await.unwrap();
        let items = contents::list_of_bundle(db.pool(), "b").await.unwrap();
        assert!(items.iter().all(|item| item.last_validated == at(7)));
        let changed: Vec<_> = items.iter().filter(|i| i.version_revision != i.validated_revision).collect();
        assert_eq!(changed.len(), 1);
        assert_eq!(changed[0].reference(), "cpi/all/2");
    }

    async fn leases_last_until_the_next_change(db: TestDatabase) {
        let bundle = builders::scheduled("b", at(0));
        bundles::insert(db.pool(), &bundle).await.unwrap();
        assert_eq!(bundles::lease_of(db.pool(), "b").await.unwrap(), None);
        let lease = Lease { node: "one".into(), expires_at: at(30) };
        assert!(bundles::save(db.pool(), &bundle, Some(&lease)).await.unwrap());
        let other = Lease { node: "two".into(), expires_at: at(99) };
        assert!(!bundles::save(db.pool(), &bundle, Some(&other)).await.unwrap());
        assert_eq!(bundles::lease_of(db.pool(), "b").await.unwrap(), Some(lease));
        assert!(bundles::save(db.pool(), &Bundle { revision: 2, ..bundle }, None).await.unwrap());
        assert_eq!(bundles::lease_of(db.pool(), "b").await.unwrap(), None);
    }

    async fn instants_are_found_with_both_ends_whatever_became_of_their_bundle(db: TestDatabase) {
        let mut bundle = builders::bundle("b");
        bundles::insert(db.pool(), &bundle).await.unwrap();
        for (number, state) in every_state().into_iter().enumerate() {
            bundle = Bundle { state, ..bundle };
            assert!(bundles::save(db.pool(), &bundle, None).await.unwrap());
            bundle.revision += 1;
            let has_instant = bundle.state.schedule().is_some();
            for (from, until, is_between) in [(60, 60, true), (0, 60, true), (60, 99, true), (0, 59, false), (61, 99, false)] {
                let found = bundles::any_instant_between(db.pool(), at(from), at(until)).await.unwrap();
                assert_eq!(found, is_between && has_instant, "state {number}: {from} to {until}");
            }
        }
    }

    async fn drafts_stay_as_they_are_from_a_look_to_its_approval(db: TestDatabase) {
        let cpi = add_version(&db, "cpi", "all", 1, VersionState::Approved).await;
        add_bundle(&db, &builders::bundle("b"), &[&cpi]).await;
        let tx = db.database().begin().await.unwrap();
        let others_write = bundles::lock_drafts(&tx, "b").await.unwrap();
        // On SQLite whoever may write is alone in any case.
        assert_eq!(others_write, db.database().kind() == "PostgreSQL");
        if others_write {
            let edit = "SELECT id FROM datasets WHERE id = 'cpi' FOR UPDATE NOWAIT";
            assert!(db.execute(edit).await.is_err(), "the draft can be edited meanwhile");
            tx.rollback().await.unwrap();
            db.execute(edit).await.unwrap();
        }
    }

    async fn bundles_are_saved_together_each_with_its_own_and_none_that_somebody_changed(db: TestDatabase) {
        let before = ["a", "b", "c"].map(|id| builders::scheduled(id, at(0)));
        for bundle in &before {
            bundles::insert(db.pool(), bundle).await.unwrap();
        }
        let system = domain::actor::Caller::system("test");
        let now = async |id: &str| bundles::find_visible_to(db.pool(), &system, id).await.unwrap();
        let changed = before.map(|bundle| {
            let details = BundleDetails { title: format!("New {}", bundle.id), ..bundle.details.clone() };
            let state = BundleState::Published {
                approval: approval(),
                schedule: (bundle.id == "b").then(|| builders::schedule(at(7))),
                started_at: at(1),
                published_at: at(2),
            };
            Bundle { details, state, ..bundle }
        });
        assert!(bundles::save_all(db.pool(), &changed.iter().collect::<Vec<_>>(), None).await.unwrap());
        let saved = changed.map(|bundle| Bundle { revision: bundle.revision + 1, ..bundle });
        for bundle in &saved {
            assert_eq!(now(&bundle.id).await.as_ref(), Some(bundle));
        }
        assert!(bundles::save_all(db.pool(), &[], None).await.unwrap());

        // Somebody was faster with one of them, and another is gone: it does not come back.
        let [a, b, c] = saved;
        assert!(bundles::save(db.pool(), &b, None).await.unwrap());
        for all in [[&a, &b], [&a, &c]] {
            let tx = db.database().begin().await.unwrap();
            if all[1].id == "c" {
                assert!(bundles::delete(&tx, &c).await.unwrap());
            }
            assert!(!bundles::save_all(&tx, &all, None).await.unwrap());
            assert_eq!(bundles::find_visible_to(&tx, &system, "c").await.unwrap().is_some(), all[1].id == "b");
            tx.rollback().await.unwrap();
        }
        assert_eq!(now("a").await, Some(a));
    }

    async fn what_many_bundles_hold_is_loaded_together(db: TestDatabase) {
        add_public(&db, "gdp", "all", 1, at(0)).await;
        for number in 2..8 {
            let version = add_version(&db, "gdp", "all", number, VersionState::Approved).await;
            let bundle = titled(&format!("b{}", number / 2), &format!("b{}", number / 2), BundleState::InProgress);
            if number % 2 == 0 {
                add_bundle(&db, &bundle, &[&version]).await;
            } else {
                contents::add(db.pool(), &format!("item-{number}"), &bundle, &version, at(0)).await.unwrap();
            }
        }
        add_bundle(&db, &titled("empty", "empty", BundleState::Created), &[]).await;
        let statements = std::sync::Arc::new(std::sync::atomic::AtomicUsize::new(0));
        let counted = statements.clone();
        let watched = db.database().observed(move |_, _| {
            counted.fetch_add(1, std::sync::atomic::Ordering::SeqCst);
        });
        let mut counts = Vec::new();
        for asked in [vec!["b1"], vec!["b1", "b2", "b3", "empty"]] {
            let lists = contents::lists_of_bundles(watched.pool(), &asked).await.unwrap();
            counts.push(statements.swap(0, std::sync::atomic::Ordering::SeqCst));
            for id in asked {
                // A version whose predecessor is in another bundle lacks it, whatever else is asked for.
                let alone = contents::list_of_bundle(db.pool(), id).await.unwrap();
                assert_eq!(lists.get(id).cloned().unwrap_or_default(), alone);
                let missing: Vec<Option<u32>> = alone.iter().map(|item| item.missing_predecessor).collect();
                let expected = match id { "b1" => vec![None, None], "b2" => vec![Some(3), None], "b3" => vec![Some(5), None], _ => vec![] };
                assert_eq!(missing, expected, "{id}");
            }
        }
        assert_eq!(counts[0], counts[1], "more bundles take no more statements");
    }
}
