//! Looking at objects beside the process that holds the folder.

use bytes::Bytes;
use storage::Storage;
use tempfile::TempDir;

use super::{KEY, embedded, encrypted};

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn objects_are_looked_at_where_another_process_holds_them() {
    let folder = TempDir::new().unwrap();
    let (plainly, sealed) = (embedded(&folder), encrypted(&folder, KEY));
    assert!(!Storage::open_beside(&plainly).await.unwrap().shows_objects(), "nobody has kept anything there yet");
    let before = Storage::open(&plainly).await.unwrap();
    before.put("files/old", "text/csv", Bytes::from_static(b"abc")).await.unwrap();
    assert!(before.shows_objects() && !before.is_stand_in());
    drop(before);

    let storage = Storage::open(&sealed).await.unwrap();
    storage.put("files/new", "text/plain", Bytes::from(vec![7; 70_000])).await.unwrap();
    let parts = [Ok(Bytes::from(vec![7; storage::PART_SIZE])), Ok(Bytes::from_static(b"rest"))];
    storage.put_stream("files/large", "text/csv", futures::stream::iter(parts), u64::MAX).await.unwrap();
    // What the other process is in the middle of.
    let under_way = folder.path().join("new/objects/.tmp.7.internal.part");
    std::fs::write(&under_way, "half").unwrap();

    let beside = Storage::open_beside(&sealed).await.unwrap();
    assert!(beside.shows_objects() && beside.is_stand_in());
    for key in ["files/old", "files/new", "files/large"] {
        let known = storage.head(key).await.unwrap();
        assert!(known.is_some(), "{key}");
        assert_eq!(beside.head(key).await.unwrap(), known, "{key}");
    }
    for key in ["files/none", "files", "files/old/below"] {
        assert_eq!(beside.head(key).await.unwrap(), None, "{key}");
    }
    assert!(beside.head("../.lock").await.is_err(), "no key leads out of the folder");
    let without = Storage::open_beside(&plainly).await.unwrap();
    assert!(without.head("files/new").await.is_err() && without.head("files/old").await.unwrap().is_some());
    storage.delete("files/new").await.unwrap();
    assert_eq!(beside.head("files/new").await.unwrap(), None);
    assert!(under_way.exists());
}
