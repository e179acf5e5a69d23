//! Whole objects and ranges of them.

use bytes::Bytes;
use futures::TryStreamExt;
use storage::{Headers, ObjectInfo, PART_SIZE, Storage, StorageError};

fn every_byte() -> Bytes {
    (0..=255).cycle().take(100_000).collect()
}

async fn range(storage: &Storage, first: u64, last: u64) -> (u64, Vec<u8>) {
    let stream = storage.get("object", Some(first..=last)).await.unwrap();
    let stream = stream.expect("an object");
    let size = stream.size;
    let chunks: Vec<Bytes> = stream.try_collect().await.unwrap();
    (size, chunks.concat())
}

pub async fn comes_back_as_it_went_in(storage: Storage) {
    let bytes = every_byte();
    storage.put("a/b/table.csv", "text/csv; charset=utf-8", bytes.clone()).await.unwrap();

    let info = storage.head("a/b/table.csv").await.unwrap();
    let expected = ObjectInfo {
        size: 100_000,
        media_type: "text/csv; charset=utf-8".into(),
        disposition: None,
        sha256: None,
        encryption: None,
    };
    assert_eq!(info, Some(expected));
    let read = storage.read("a/b/table.csv").await.unwrap();
    assert!(read.as_ref() == Some(&bytes), "other bytes came back");

    let stream = storage.get("a/b/table.csv", None).await.unwrap().unwrap();
    assert_eq!(stream.size, 100_000);
    assert_eq!(stream.media_type, "text/csv; charset=utf-8");
    let chunks: Vec<Bytes> = stream.try_collect().await.unwrap();
    assert!(chunks.concat() == bytes, "other bytes came back");
}

pub async fn tells_how_it_is_saved(storage: Storage) {
    let disposition = "attachment; filename=\"M_n.csv\"; filename*=UTF-8''M%C3%B4n.csv";
    let headers = Headers {
        media_type: "text/csv; charset=windows-1252",
        disposition: Some(disposition),
        sha256: Some("0123456789abcdef"),
    };
    // Whole, and in parts.
    for size in [3, PART_SIZE + 1] {
        let bytes = futures::stream::iter([Ok(Bytes::from(vec![b'a'; size]))]);
        storage.put_stream_with("object", headers, bytes, u64::MAX).await.unwrap();
        let expected = ObjectInfo {
            size: size as u64,
            media_type: headers.media_type.into(),
            disposition: Some(disposition.into()),
            sha256: Some("0123456789abcdef".into()),
            encryption: None,
        };
        assert_eq!(storage.head("object").await.unwrap(), Some(expected));
        assert_eq!(storage.read("object").await.unwrap().unwrap().len(), size);
    }
}

pub async fn is_replaced_by_a_second_put(storage: Storage) {
    storage.put("object", "text/csv", Bytes::from_static(b"older and longer")).await.unwrap();
    storage.put("object", "text/plain", Bytes::from_static(b"newer")).await.unwrap();
    let read = storage.read("object").await.unwrap();
    assert_eq!(read.as_deref(), Some(&b"newer"[..]));
    let info = storage.head("object").await.unwrap().unwrap();
    assert_eq!((info.size, info.media_type.as_str()), (5, "text/plain"));
}

pub async fn an_empty_object_is_an_object(storage: Storage) {
    storage.put("object", "text/plain", Bytes::new()).await.unwrap();
    assert_eq!(storage.head("object").await.unwrap().unwrap().size, 0);
    assert_eq!(storage.read("object").await.unwrap(), Some(Bytes::new()));
}

pub async fn gives_ranges(storage: Storage) {
    let bytes = every_byte();
    storage.put("object", "text/plain", bytes.clone()).await.unwrap();
    assert_eq!(range(&storage, 0, 0).await, (1, vec![0]));
    assert_eq!(range(&storage, 70_000, 70_099).await, (100, bytes[70_000..70_100].to_vec()));
    assert_eq!(range(&storage, 99_999, 99_999).await, (1, vec![bytes[99_999]]));
    // A range that begins inside and ends outside is cut at the end, as HTTP has it.
    let (size, tail) = range(&storage, 99_990, 1_000_000).await;
    assert_eq!((size, tail.as_slice()), (10, &bytes[99_990..]));
}

pub async fn refuses_ranges_outside(storage: Storage) {
    storage.put("object", "text/plain", Bytes::from_static(b"abc")).await.unwrap();
    #[expect(clippy::reversed_empty_ranges, reason = "what is being tested")]
    for outside in [3..=3, 100..=200, 2..=1] {
        let got = storage.get("object", Some(outside.clone())).await;
        assert!(matches!(got, Err(StorageError::Range)), "{outside:?} was given");
    }
}

pub async fn says_nothing_for_a_missing_key(storage: Storage) {
    storage.put("folder/object", "text/plain", Bytes::from_static(b"abc")).await.unwrap();
    for key in ["missing", "folder", "folder/missing"] {
        assert_eq!(storage.head(key).await.unwrap(), None, "{key}");
        assert_eq!(storage.read(key).await.unwrap(), None, "{key}");
        assert!(storage.get(key, None).await.unwrap().is_none(), "{key}");
        assert!(storage.get(key, Some(0..=1)).await.unwrap().is_none(), "{key}");
        storage.delete(key).await.unwrap();
    }
    assert!(storage.head("folder/object").await.unwrap().is_some());
}

pub async fn deletes_twice(storage: Storage) {
    let bytes = Bytes::from_static(b"abc");
    storage.put("a/object", "text/plain", bytes.clone()).await.unwrap();
    storage.delete("a/object").await.unwrap();
    assert_eq!(storage.head("a/object").await.unwrap(), None);
    storage.delete("a/object").await.unwrap();

    // The place is free again, for a name where there was a path.
    storage.put("a", "text/plain", bytes).await.unwrap();
    assert!(storage.read("a").await.unwrap().is_some());
}

pub async fn reaches_its_bucket(storage: Storage) {
    storage.check().await.unwrap();
}
