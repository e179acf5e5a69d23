//! Steps that many of these tests begin with.

use chrono::{DateTime, Utc};
use domain::bundle::{Bundle, ContentItem};
use domain::dataset::Dataset;
use domain::file::FileSight;
use domain::version::{Version, VersionState};
use persistence::{bundles, contents, datasets, editions, files, publication, topics, versions};
use testkit::builders;
use testkit::databases::TestDatabase;

/// A dataset, in its department.
pub async fn add_dataset(db: &TestDatabase, dataset: &Dataset) {
    topics::save_department(db.pool(), &builders::department(&dataset.department)).await.unwrap();
    datasets::insert(db.pool(), dataset).await.unwrap();
}

/// A version in this state with a sound file `data.csv`; its dataset and edition come with it where they are missing.
pub async fn add_version(db: &TestDatabase, dataset: &str, edition: &str, number: u32, state: VersionState) -> Version {
    if !datasets::exists(db.pool(), dataset).await.unwrap() {
        add_dataset(db, &builders::dataset(dataset)).await;
    }
    let all = domain::policy::Reach::All;
    if editions::find_visible_to(db.pool(), &all, dataset, edition).await.unwrap().is_none() {
        editions::insert(db.pool(), &builders::edition(dataset, edition), &builders::actor("editor"), builders::at(0))
            .await
            .unwrap();
    }
    let version = Version { state, ..builders::version(dataset, edition, number) };
    versions::insert(db.pool(), &version).await.unwrap();
    files::insert(db.pool(), &builders::file(&version, "data.csv"), &FileSight::default()).await.unwrap();
    version
}

/// A bundle that holds these versions.
pub async fn add_bundle(db: &TestDatabase, bundle: &Bundle, held: &[&Version]) -> Vec<ContentItem> {
    bundles::insert(db.pool(), bundle).await.unwrap();
    for version in held {
        let id = format!("item-{}", version.id);
        contents::add(db.pool(), &id, bundle, version, builders::at(0)).await.unwrap();
    }
    contents::list_of_bundle(db.pool(), &bundle.id).await.unwrap()
}

/// An approved version made public at an instant, by a bundle of its own.
pub async fn publish(db: &TestDatabase, version: &Version, now: DateTime<Utc>) {
    let items = add_bundle(db, &builders::bundle(&format!("of-{}", version.id)), &[version]).await;
    let tx = db.database().begin().await.unwrap();
    assert!(publication::publish_contents(&tx, &items, now).await.unwrap());
    persistence::db::commit(tx).await.unwrap();
}

/// A new public version.
pub async fn add_public(db: &TestDatabase, dataset: &str, edition: &str, number: u32, now: DateTime<Utc>) -> Version {
    let version = add_version(db, dataset, edition, number, VersionState::Approved).await;
    publish(db, &version, now).await;
    version
}
