//! What the embedded service leaves in its folder, and finds there again.

use std::path::Path;
use std::time::Duration;

use bytes::Bytes;
use futures::{StreamExt, stream};
use storage::{PART_SIZE, Storage, StorageError};
use tempfile::TempDir;

use super::{embedded, embedded_storage};

fn names(folder: &Path) -> Vec<String> {
    std::fs::read_dir(folder.join("new/objects"))
        .unwrap()
        .map(|entry| entry.unwrap().file_name().into_string().unwrap())
        .collect()
}

/// Every file beside the bucket is the lock or belongs to an object.
pub fn assert_no_leftovers(folder: &Path) {
    for name in names(folder) {
        let expected =
            name == "private" || name == ".lock" || (name.starts_with(".bucket-") && !name.contains(".upload-"));
        assert!(expected, "{name} was left behind");
    }
    let outside: Vec<_> = std::fs::read_dir(folder).unwrap().collect();
    assert_eq!(outside.len(), 1, "{outside:?}");
}

#[tokio::test]
async fn finds_its_objects_again() {
    let (storage, folder) = embedded_storage().await;
    let bytes = Bytes::from_static(b"abc");
    storage.put("a/b", "text/csv", bytes.clone()).await.unwrap();
    drop(storage);
    let storage = Storage::open(&embedded(&folder)).await.unwrap();
    assert_eq!(storage.read("a/b").await.unwrap(), Some(bytes));
    let info = storage.head("a/b").await.unwrap().unwrap();
    assert_eq!(info.media_type, "text/csv");
}

#[tokio::test]
async fn clears_what_a_crash_left() {
    let (storage, folder) = embedded_storage().await;
    storage.put("a", "text/csv", Bytes::new()).await.unwrap();
    drop(storage);
    let mut before = names(folder.path());
    for name in [
        ".tmp.0.internal.part",
        ".upload_id-0b2e.part-1",
        ".upload-0b2e.json",
        ".bucket-cA.object-YQ.upload-0b2e.metadata.json",
    ] {
        std::fs::write(folder.path().join("new/objects").join(name), "x").unwrap();
    }
    let storage = Storage::open(&embedded(&folder)).await.unwrap();
    storage.clear_unfinished(&std::collections::HashSet::new()).unwrap();
    let mut after = names(folder.path());
    before.sort();
    after.sort();
    assert_eq!(after, before);
    assert!(storage.head("a").await.unwrap().is_some());
}

#[tokio::test]
async fn goes_on_with_parts_after_a_crash_in_the_middle_of_joining_them() {
    let (storage, folder) = embedded_storage().await;
    let lost = storage.begin_parts("lost", "text/csv").await.unwrap();
    storage.put_part("lost", &lost, 1, Bytes::from_static(b"x")).await.unwrap();
    let id = storage.begin_parts("a", "text/csv").await.unwrap();
    let whole = Bytes::from(vec![7; storage::PART_SIZE]);
    let mut tags = vec![storage.put_part("a", &id, 1, whole.clone()).await.unwrap()];
    drop(storage);
    // Joining begins with a second name for everything and removes the first names one by one.
    let root = folder.path().join("new/objects");
    for name in [format!(".upload-{id}.json"), format!(".upload_id-{id}.part-1")] {
        std::fs::rename(root.join(&name), root.join(format!(".held{name}"))).unwrap();
    }
    let storage = Storage::open(&embedded(&folder)).await.unwrap();
    storage.clear_unfinished(&std::iter::once(id.clone()).collect()).unwrap();
    assert!(storage.put_part("lost", &lost, 2, Bytes::from_static(b"x")).await.is_err());
    tags.push(storage.put_part("a", &id, 2, Bytes::from_static(b"rest")).await.unwrap());
    storage.join_parts("a", &id, &tags).await.unwrap();
    let object = storage.read("a").await.unwrap().unwrap();
    assert_eq!(object, [whole, Bytes::from_static(b"rest")].concat());
    assert_no_leftovers(folder.path());
}

#[tokio::test]
async fn a_deleted_object_leaves_no_files() {
    let (storage, folder) = embedded_storage().await;
    let before = names(folder.path()).len();
    storage.put("a", "text/csv", Bytes::new()).await.unwrap();
    assert!(names(folder.path()).len() > before);
    storage.delete("a").await.unwrap();
    assert_eq!(names(folder.path()).len(), before);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_upload_that_is_dropped_leaves_nothing() {
    let (storage, folder) = embedded_storage().await;
    let (reached, waiting) = tokio::sync::oneshot::channel();
    let part = stream::iter([Ok(Bytes::from(vec![7; PART_SIZE + 1]))]);
    let stalled = stream::once(async move {
        reached.send(()).unwrap();
        std::future::pending().await
    });
    let sender = {
        let storage = storage.clone();
        let stream = part.chain(stalled);
        tokio::spawn(async move {
            let stored = storage.put_stream("a", "a/b", stream, u64::MAX).await;
            stored.map(|_| ())
        })
    };
    waiting.await.unwrap();
    assert!(names(folder.path()).iter().any(|n| n.contains(".part-1")));
    sender.abort();
    assert!(sender.await.unwrap_err().is_cancelled());

    // The removal runs beside, so ask until it is done.
    let removed = async {
        while names(folder.path()).iter().any(|n| n.contains("upload")) {
            tokio::time::sleep(Duration::from_millis(10)).await;
        }
    };
    tokio::time::timeout(Duration::from_secs(30), removed).await.expect("the parts to be removed");
    assert_eq!(storage.head("a").await.unwrap(), None);
}

#[tokio::test]
async fn a_second_opener_is_refused() {
    let (storage, folder) = embedded_storage().await;
    let second = Storage::open(&embedded(&folder)).await;
    let refused = second.err();
    assert!(matches!(refused, Some(StorageError::InUse { .. })), "{refused:?}");
    let told = refused.map(|error| error.to_string()).unwrap_or_default();
    let holder = format!("another catalogue is running as process {}", std::process::id());
    assert!(told.starts_with(&holder), "{told}");
    storage.check().await.unwrap();
}

#[tokio::test]
async fn a_folder_that_vanished_is_noticed() {
    let folder = TempDir::new().unwrap();
    let storage = Storage::open(&embedded(&folder)).await.unwrap();
    storage.check().await.unwrap();
    std::fs::remove_dir_all(folder.path().join("new")).unwrap();
    let checked = storage.check().await;
    assert!(matches!(checked, Err(StorageError::Unreachable { .. })));
}
