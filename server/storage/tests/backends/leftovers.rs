//! What was left by somebody who was killed: found by its age, and removed.

use std::collections::HashSet;
use std::time::{Duration, SystemTime};

use bytes::Bytes;
use storage::Storage;

/// An instant after everything that a test does.
fn later() -> SystemTime {
    SystemTime::UNIX_EPOCH + Duration::from_secs(100 * 365 * 24 * 3600)
}

pub async fn objects_are_told_apart_by_their_age(storage: Storage) {
    for key in ["files/b", "files/a", "images/a/original"] {
        storage.put(key, "text/csv", Bytes::from_static(b"abc")).await.unwrap();
    }
    assert_eq!(storage.list_older("files/", later()).await.unwrap(), ["files/a", "files/b"]);
    assert!(storage.list_older("files/", SystemTime::UNIX_EPOCH).await.unwrap().is_empty());
}

pub async fn uploads_that_nobody_goes_on_with_are_cleared(storage: Storage) {
    let part = || Bytes::from(vec![7; storage::PART_SIZE]);
    let (mut lost, mut kept) = (String::new(), String::new());
    for (key, id) in [("files/lost", &mut lost), ("files/kept", &mut kept)] {
        *id = storage.begin_parts(key, "text/csv").await.unwrap();
        storage.put_part(key, id, 1, part()).await.unwrap();
    }
    let known = HashSet::from([kept.clone()]);
    assert_eq!(storage.clear_abandoned(&["files/"], &known, SystemTime::UNIX_EPOCH).await.unwrap(), 0);
    assert_eq!(storage.clear_abandoned(&["files/"], &known, later()).await.unwrap(), 1);
    assert_eq!(storage.clear_abandoned(&["files/"], &known, later()).await.unwrap(), 0);
    assert!(storage.put_part("files/lost", &lost, 2, part()).await.is_err());
    let tag = storage.put_part("files/kept", &kept, 1, part()).await.unwrap();
    storage.join_parts("files/kept", &kept, &[tag]).await.unwrap();
    assert_eq!(storage.read("files/kept").await.unwrap().unwrap(), part());
}
