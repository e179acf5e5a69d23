//! What imports did: how it is known once others come in between, and what of it is locked to take it back.

use std::collections::BTreeSet;

use domain::imported::{CarriedOut, ImportedItem, ImportedKind};
use domain::version::{Version, VersionState};
use persistence::{bundles, datasets, imports};
use testkit::builders::{self, actor, at};
use testkit::databases::TestDatabase;
use testkit::on_both_databases;

use crate::support::{add_bundle, add_dataset, add_version};

async fn keep(db: &TestDatabase, item: &ImportedItem) {
    let import = CarriedOut { id: "i".to_owned(), by: actor("editor"), at: at(0), undone: None };
    imports::keep(db.pool(), &import, item, None).await.unwrap();
}

fn of_version(kind: ImportedKind, version: &Version, found: Option<i64>, left: i64) -> ImportedItem {
    ImportedItem {
        edition: Some(version.edition.clone()),
        version: Some(version.version),
        version_id: Some(version.id.clone()),
        found,
        ..ImportedItem::new(kind, &version.dataset_id, left, at(0))
    }
}

/// The revisions in which the import left its things, in their order.
async fn left(db: &TestDatabase) -> Vec<i64> {
    imports::items_of(db.pool(), "i").await.unwrap().iter().map(|kept| kept.item.left).collect()
}

on_both_databases! {
    async fn what_was_done_to_a_version_is_known_by_its_new_revision_unless_somebody_came_in_between(db: TestDatabase) {
        let version = add_version(&db, "cpi", "all", 1, VersionState::Created).await;
        keep(&db, &of_version(ImportedKind::Version, &version, None, 1)).await;
        keep(&db, &of_version(ImportedKind::File, &version, Some(1), 2)).await;
        assert_eq!(left(&db).await, [2, 2]);
        // Somebody has made the third revision of it.
        keep(&db, &of_version(ImportedKind::File, &version, Some(3), 4)).await;
        assert_eq!(left(&db).await, [2, 2, 4]);
        keep(&db, &of_version(ImportedKind::File, &version, Some(4), 5)).await;
        assert_eq!(left(&db).await, [2, 2, 5, 5]);
    }

    async fn a_dataset_that_is_made_anew_is_nothing_that_an_import_made(db: TestDatabase) {
        add_dataset(&db, &builders::dataset("cpi")).await;
        add_dataset(&db, &builders::dataset("gdp")).await;
        keep(&db, &ImportedItem::new(ImportedKind::Dataset, "cpi", 1, at(0))).await;
        keep(&db, &ImportedItem::new(ImportedKind::Dataset, "gdp", 1, at(0))).await;
        assert!(!datasets::delete_unpublished(db.pool(), "cpi", 9).await.unwrap());
        assert_eq!(left(&db).await, [1, 1], "it is still there");
        assert!(datasets::delete_unpublished(db.pool(), "cpi", 1).await.unwrap());
        add_dataset(&db, &builders::dataset("cpi")).await;
        // Another import has changed the new one, and was undone.
        for dataset in ["cpi", "gdp"] {
            imports::follow_draft(db.pool(), dataset, 1, 3, at(5)).await.unwrap();
        }
        assert_eq!(left(&db).await, [-1, 3]);
    }

    async fn only_what_goes_is_locked_and_not_what_holds_it(db: TestDatabase) {
        let version = add_version(&db, "cpi", "all", 1, VersionState::Created).await;
        add_version(&db, "gdp", "all", 1, VersionState::Created).await;
        add_dataset(&db, &builders::dataset("pay")).await;
        let edition = ImportedItem { edition: Some("all".to_owned()), ..ImportedItem::new(ImportedKind::Edition, "gdp", 1, at(0)) };
        let draft = ImportedItem::new(ImportedKind::Draft, "pay", 2, at(0));
        let within = [ImportedKind::Version, ImportedKind::Details, ImportedKind::File].map(|kind| of_version(kind, &version, None, 1));
        let tx = db.database().begin().await.unwrap();
        let locked = imports::lock_free(&tx, &within.iter().collect::<Vec<_>>()).await.unwrap();
        assert_eq!(locked.versions, BTreeSet::from([version.id.clone()]));
        assert_eq!((locked.editions.len(), locked.datasets.len()), (0, 0), "{locked:?}");
        let locked = imports::lock_free(&tx, &[&edition, &draft]).await.unwrap();
        assert_eq!(locked.editions, BTreeSet::from([("gdp".to_owned(), "all".to_owned())]));
        assert_eq!((locked.versions.len(), locked.datasets), (0, BTreeSet::from(["pay".to_owned()])));
        tx.rollback().await.unwrap();
    }

    async fn bundles_under_review_are_locked_in_the_order_of_their_ids(db: TestDatabase) {
        let cpi = add_version(&db, "cpi", "all", 1, VersionState::Approved).await;
        let gdp = add_version(&db, "gdp", "all", 1, VersionState::Approved).await;
        let pay = add_version(&db, "pay", "all", 1, VersionState::Approved).await;
        for (id, held) in [("b", &cpi), ("a", &gdp), ("c", &pay)] {
            add_bundle(&db, &builders::bundle(id), &[held]).await;
            db.execute(&format!("UPDATE bundles SET state = 'ready_for_review' WHERE id = '{id}'")).await.unwrap();
        }
        let gdp_later = add_version(&db, "gdp", "all", 2, VersionState::Approved).await;
        add_bundle(&db, &builders::bundle("0"), &[&gdp_later]).await;
        let tx = db.database().begin().await.unwrap();
        assert_eq!(bundles::lock_under_review(&tx, &["cpi", "gdp"]).await.unwrap(), ["a", "b"]);
        assert!(bundles::lock_under_review(&tx, &[]).await.unwrap().is_empty());
        tx.rollback().await.unwrap();
    }
}
