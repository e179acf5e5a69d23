//! Which names objects can have, and lists of them.

use bytes::Bytes;
use futures::{StreamExt, TryStreamExt, stream};
use storage::{Storage, StorageError};

pub async fn takes_spaces_letters_and_percent_signs(storage: Storage) {
    let mut keys = vec![
        "a b/c d.csv",
        "a+b.csv",
        "100%.csv",
        "a%20b.csv",
        "tŷ/ŵyth âl.csv",
        "q?x=1&y=2#z",
        "..dots../...",
        "'quoted' \"twice\" <xml>",
    ];
    for key in &keys {
        let bytes = Bytes::from(format!("I am {key}"));
        storage.put(key, "text/plain", bytes).await.unwrap();
    }
    for key in &keys {
        let read = storage.read(key).await.unwrap();
        assert_eq!(read, Some(Bytes::from(format!("I am {key}"))), "{key}");
        assert!(storage.head(key).await.unwrap().is_some(), "{key}");
    }
    keys.sort_unstable();
    assert_eq!(storage.list("").await.unwrap(), keys);
    assert_eq!(storage.list("tŷ/ŵ").await.unwrap(), ["tŷ/ŵyth âl.csv"]);
    assert_eq!(storage.list("a%").await.unwrap(), ["a%20b.csv"]);
    for key in &keys {
        storage.delete(key).await.unwrap();
    }
    assert!(storage.list("").await.unwrap().is_empty());
}

pub async fn refuses_hostile_keys(storage: Storage) {
    let hostile = ["../x", "a/../../x", "..", ".", "./x", "/etc/passwd", "", "a//b", "a/", "a\\..\\b", "a\0b", "a\nb"];
    let long = "k".repeat(2000);
    for key in hostile.into_iter().chain([long.as_str()]) {
        let bytes = Bytes::from_static(b"abc");
        let refused = |what: &str, e: StorageError| {
            assert!(matches!(e, StorageError::Key { .. }), "{what} {key:?}: {e}");
        };
        let arriving = stream::iter([Ok(bytes.clone())]);
        refused("put", storage.put(key, "a/b", bytes).await.unwrap_err());
        let streamed = storage.put_stream(key, "a/b", arriving, 10).await;
        refused("stream", streamed.unwrap_err());
        refused("head", storage.head(key).await.unwrap_err());
        refused("read", storage.read(key).await.unwrap_err());
        refused("get", storage.get(key, None).await.err().unwrap());
        refused("delete", storage.delete(key).await.unwrap_err());
    }
    assert!(storage.list("").await.unwrap().is_empty());
}

pub async fn lists_by_prefix(storage: Storage) {
    for key in ["b/1", "a/2", "a/10", "a/1", "a-b", "ab/c/d"] {
        storage.put(key, "a/b", Bytes::new()).await.unwrap();
    }
    assert_eq!(storage.list("a/").await.unwrap(), ["a/1", "a/10", "a/2"]);
    assert_eq!(storage.list("a/1").await.unwrap(), ["a/1", "a/10"]);
    assert_eq!(storage.list("ab").await.unwrap(), ["ab/c/d"]);
    assert!(storage.list("c").await.unwrap().is_empty());
    assert_eq!(storage.list("").await.unwrap().len(), 6);
}

/// One page of a list holds a thousand keys.
pub async fn lists_over_a_thousand(storage: Storage) {
    let expected: Vec<String> = (0..1005).map(|n| format!("many/{n:04}")).collect();
    stream::iter(expected.clone())
        .map(|key| {
            let storage = storage.clone();
            async move { storage.put(&key, "a/b", Bytes::new()).await }
        })
        .buffer_unordered(16)
        .try_collect::<()>()
        .await
        .unwrap();
    storage.put("other", "a/b", Bytes::new()).await.unwrap();
    assert_eq!(storage.list("many/").await.unwrap(), expected);
}
