//! Objects that arrive as streams.

use std::io;

use bytes::Bytes;
use futures::{Stream, StreamExt, stream};
use sha2::{Digest, Sha256};
use storage::{PART_SIZE, Storage, StorageError};

const MIB: usize = 1024 * 1024;
const NO_LIMIT: u64 = u64::MAX;

/// Bytes that differ from part to part, in chunks that do not divide a part.
fn chunks(total: usize) -> Vec<Bytes> {
    let bytes: Bytes = (0..total).map(|n| (n.wrapping_mul(2_654_435_761) >> 13) as u8).collect();
    let mut chunks = Vec::new();
    for start in (0..total).step_by(300_007) {
        chunks.push(bytes.slice(start..total.min(start + 300_007)));
    }
    chunks
}

fn arriving(chunks: Vec<Bytes>) -> impl Stream<Item = io::Result<Bytes>> + Send {
    stream::iter(chunks.into_iter().map(Ok))
}

fn breaking(chunks: Vec<Bytes>) -> impl Stream<Item = io::Result<Bytes>> + Send {
    arriving(chunks).chain(stream::iter([Err(io::Error::other("the line broke"))]))
}

async fn goes_through(storage: &Storage, total: usize) {
    let chunks = chunks(total);
    let sha256 = hex::encode(Sha256::digest(chunks.concat()));
    let stored = storage.put_stream("in/object", "text/csv", arriving(chunks), total as u64).await.unwrap();
    assert_eq!(stored.size, total as u64);
    assert_eq!(stored.sha256, sha256);

    let info = storage.head("in/object").await.unwrap().unwrap();
    assert_eq!(info.size, total as u64);
    assert_eq!(info.media_type, "text/csv");
    let read = storage.read("in/object").await.unwrap().unwrap();
    assert_eq!(hex::encode(Sha256::digest(&read)), sha256);
}

pub async fn stores_a_small_stream(storage: Storage) {
    goes_through(&storage, 0).await;
    goes_through(&storage, 1_000_000).await;
}

pub async fn stores_a_large_stream_in_parts(storage: Storage) {
    goes_through(&storage, 20 * MIB).await;
}

pub async fn stores_a_stream_of_exactly_one_part(storage: Storage) {
    goes_through(&storage, PART_SIZE).await;
}

pub async fn a_stream_over_the_limit_leaves_nothing(storage: Storage) {
    for (total, limit) in [(1000, 999), (17 * MIB, 17 * MIB as u64 - 1)] {
        let stored = storage.put_stream("object", "text/csv", arriving(chunks(total)), limit).await;
        let Err(StorageError::TooLarge { limit: told }) = stored else {
            panic!("{stored:?}");
        };
        assert_eq!(told, limit);
        assert_eq!(storage.head("object").await.unwrap(), None);
        assert!(storage.list("").await.unwrap().is_empty());
    }
}

pub async fn a_stream_that_breaks_leaves_nothing(storage: Storage) {
    for total in [0, 1000, 17 * MIB] {
        let stored = storage.put_stream("object", "text/csv", breaking(chunks(total)), NO_LIMIT).await;
        let Err(StorageError::Interrupted { source }) = stored else {
            panic!("{stored:?}");
        };
        assert_eq!(source.to_string(), "the line broke");
        assert_eq!(storage.head("object").await.unwrap(), None);
        assert!(storage.list("").await.unwrap().is_empty());
    }
}

pub async fn a_failed_stream_leaves_the_older_object(storage: Storage) {
    let older = Bytes::from_static(b"older");
    storage.put("object", "text/plain", older.clone()).await.unwrap();
    let failed = storage.put_stream("object", "text/csv", breaking(chunks(9 * MIB)), NO_LIMIT).await;
    assert!(failed.is_err());
    assert_eq!(storage.read("object").await.unwrap(), Some(older));
    let info = storage.head("object").await.unwrap().unwrap();
    assert_eq!(info.media_type, "text/plain");
}

/// Asks the service itself, without the crate under test, for uploads left open.
pub async fn assert_no_unfinished_uploads(endpoint: &str, bucket: &str) {
    let answer = ask(endpoint, "GET", &format!("/{bucket}?uploads")).await;
    assert!(answer.contains("ListMultipartUploadsResult"), "{answer}");
    assert!(!answer.contains("<UploadId>"), "{answer}");
}

/// What the foreign service answers to a request without a body, head and all.
async fn ask(endpoint: &str, method: &str, path: &str) -> String {
    use tokio::io::{AsyncReadExt, AsyncWriteExt};

    let host = endpoint.strip_prefix("http://").unwrap();
    let mut connection = tokio::net::TcpStream::connect(host).await.unwrap();
    let request = format!("{method} {path} HTTP/1.0\r\nHost: {host}\r\n\r\n");
    connection.write_all(request.as_bytes()).await.unwrap();
    let mut answer = String::new();
    connection.read_to_string(&mut answer).await.unwrap();
    answer
}
