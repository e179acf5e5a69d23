//! Encryption at rest: nothing readable in the folder, old plain objects still read, and what is asked of other services.

use bytes::Bytes;
use futures::TryStreamExt;
use storage::{Backend, ServerSideEncryption, Settings, Storage};
use tempfile::TempDir;
use testkit::foreign_s3::ForeignS3;

use super::{KEY, embedded, encrypted, foreign};

const SECRET: &[u8] = b"Gross domestic product rose by 0.4 per cent";

fn files_with(folder: &std::path::Path, words: &[u8]) -> usize {
    let mut found = 0;
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            found += files_with(&path, words);
        } else if std::fs::read(&path).unwrap().windows(words.len()).any(|seen| seen == words) {
            found += 1;
        }
    }
    found
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn nothing_in_the_folder_can_be_read_without_the_key() {
    let folder = TempDir::new().unwrap();
    let plain = Storage::open(&embedded(&folder)).await.unwrap();
    plain.put("old", "text/csv", Bytes::from_static(SECRET)).await.unwrap();
    // Ten bytes longer than a segment, so that sealed they would begin beyond its end.
    let long: Vec<u8> = (0..65_546_u32).map(|at| (at % 251) as u8).collect();
    plain.put("long", "text/csv", Bytes::from(long.clone())).await.unwrap();
    assert_eq!(files_with(folder.path(), SECRET), 1, "the look finds what lies there plainly");
    drop(plain);

    let storage = Storage::open(&encrypted(&folder, KEY)).await.unwrap();
    storage.put("new", "text/csv", Bytes::from_static(SECRET)).await.unwrap();
    let parts: Vec<_> = (0..300_000).map(|_| Ok(Bytes::from_static(SECRET))).collect();
    let large = storage.put_stream("large", "text/csv", futures::stream::iter(parts), u64::MAX).await.unwrap();
    assert_eq!(storage.digest("large").await.unwrap().unwrap(), large);
    assert_eq!(storage.head("large").await.unwrap().unwrap().size, large.size);
    assert_eq!(files_with(folder.path(), SECRET), 1, "only the old one");
    assert!(storage.local_file("new").unwrap().is_none());

    // What was there before the key still comes, whole and in part; moved, it is encrypted too.
    assert_eq!(storage.read("old").await.unwrap().unwrap(), SECRET);
    let part = storage.get("old", Some(6..=13)).await.unwrap().unwrap();
    assert_eq!(part.size, 8);
    assert_eq!(part.try_collect::<Vec<_>>().await.unwrap().concat(), b"domestic");
    for range in [65_536..=65_545_usize, 65_545..=65_545, 10..=65_545] {
        let part = storage.get("long", Some(*range.start() as u64..=*range.end() as u64)).await.unwrap().unwrap();
        assert_eq!(part.try_collect::<Vec<_>>().await.unwrap().concat(), long[range]);
    }
    assert!(storage.get("long", Some(65_546..=65_547)).await.is_err(), "beyond the end");
    assert!(storage.get("new", Some(1_000_000..=1_000_001)).await.is_err(), "beyond the end of a sealed one");
    drop(storage);

    let without = Storage::open(&embedded(&folder)).await.unwrap();
    assert!(without.read("new").await.is_err() && without.head("new").await.is_err());
    drop(without);
    let other = Storage::open(&encrypted(&folder, "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=")).await.unwrap();
    assert!(other.read("new").await.is_err());
    assert!(other.digest("new").await.unwrap_err().is_damage(), "it will not come right by asking again");
}

#[tokio::test]
async fn a_key_that_is_none_is_refused_at_the_start() {
    let folder = TempDir::new().unwrap();
    assert!(Storage::open(&encrypted(&folder, "not a key")).await.is_err());
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn another_service_is_asked_to_encrypt() {
    let service = ForeignS3::start().await.unwrap();
    let plain = foreign(service.endpoint(), "asked");
    let Backend::Remote { endpoint, access_key_id, secret_access_key, force_path_style, .. } = plain.backend.clone()
    else {
        panic!("a service elsewhere");
    };
    let encryption = Some(ServerSideEncryption::Service);
    let backend = Backend::Remote { endpoint, access_key_id, secret_access_key, force_path_style, encryption };
    let storage = Storage::open(&Settings { backend, ..plain.clone() }).await.unwrap();
    storage.put("whole", "text/csv", Bytes::from_static(SECRET)).await.unwrap();
    let large: Vec<_> = (0..9).map(|_| Ok(Bytes::from(vec![1; 1 << 20]))).collect();
    storage.put_stream("parts", "text/csv", futures::stream::iter(large), u64::MAX).await.unwrap();
    Storage::open(&plain).await.unwrap().put("unasked", "text/csv", Bytes::from_static(SECRET)).await.unwrap();
    for (key, told) in [("whole", Some("AES256")), ("parts", Some("AES256")), ("unasked", None)] {
        assert_eq!(storage.head(key).await.unwrap().unwrap().encryption.as_deref(), told, "{key}");
    }
}
