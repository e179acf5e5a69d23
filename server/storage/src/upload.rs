//! Stores an object as it arrives: in one piece when it is small, in parts when it is not.

use std::io;
use std::pin::pin;

use bytes::{Bytes, BytesMut};
use futures::{Stream, TryStreamExt};
use sha2::{Digest, Sha256};

use crate::{Headers, Storage, StorageError};

/// The size of every part but the last, in bytes.
pub const PART_SIZE: usize = 8 * 1024 * 1024;
/// The most parts S3 takes for one object.
const MOST_PARTS: u64 = 10_000;

/// What was stored.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Stored {
    /// How many bytes arrived.
    pub size: u64,
    /// The SHA-256 of the bytes, in lower-case hexadecimal.
    pub sha256: String,
}

pub(crate) async fn run<S>(
    storage: &Storage,
    key: &str,
    headers: Headers<'_>,
    stream: S,
    limit: u64,
) -> Result<Stored, StorageError>
where
    S: Stream<Item = io::Result<Bytes>> + Send,
{
    let stream = pin!(stream);
    let mut parts = Parts::new(stream, limit);
    let first = parts.next().await?;
    if first.len() < PART_SIZE {
        storage.put_with(key, headers, first).await?;
        return Ok(parts.stored());
    }
    let mut upload = Upload::begin(storage, key, headers).await?;
    match send_all(&mut upload, first, &mut parts).await {
        Ok(()) => Ok(parts.stored()),
        Err(e) => {
            upload.abort().await;
            Err(e)
        }
    }
}

async fn send_all<S>(upload: &mut Upload<'_>, first: Bytes, parts: &mut Parts<S>) -> Result<(), StorageError>
where
    S: Stream<Item = io::Result<Bytes>> + Unpin,
{
    let mut part = first;
    while !part.is_empty() {
        upload.send(part).await?;
        part = parts.next().await?;
    }
    upload.complete().await
}

/// Cuts a stream into parts, measuring it on the way.
struct Parts<S> {
    stream: S,
    rest: Bytes,
    size: u64,
    limit: u64,
    hash: Sha256,
}

impl<S> Parts<S>
where
    S: Stream<Item = io::Result<Bytes>> + Unpin,
{
    fn new(stream: S, limit: u64) -> Self {
        Self {
            stream,
            rest: Bytes::new(),
            size: 0,
            limit: limit.min(MOST_PARTS * PART_SIZE as u64),
            hash: Sha256::new(),
        }
    }

    /// The next full part, or what is left at the end.
    async fn next(&mut self) -> Result<Bytes, StorageError> {
        let mut part = BytesMut::new();
        loop {
            let taken = self.rest.len().min(PART_SIZE - part.len());
            part.extend_from_slice(&self.rest.split_to(taken));
            if part.len() == PART_SIZE {
                break;
            }
            let arrived = self.stream.try_next().await;
            match arrived.map_err(|source| StorageError::Interrupted { source })? {
                Some(bytes) => self.measure(bytes)?,
                None => break,
            }
        }
        Ok(part.freeze())
    }

    fn measure(&mut self, bytes: Bytes) -> Result<(), StorageError> {
        self.size += bytes.len() as u64;
        if self.size > self.limit {
            return Err(StorageError::TooLarge { limit: self.limit });
        }
        self.hash.update(&bytes);
        self.rest = bytes;
        Ok(())
    }

    fn stored(self) -> Stored {
        Stored { size: self.size, sha256: hex::encode(self.hash.finalize()) }
    }
}

/// A multipart upload that is aborted unless it completes.
struct Upload<'a> {
    storage: &'a Storage,
    key: &'a str,
    /// Present while there is something to abort.
    id: Option<String>,
    tags: Vec<String>,
}

impl<'a> Upload<'a> {
    async fn begin(storage: &'a Storage, key: &'a str, headers: Headers<'_>) -> Result<Self, StorageError> {
        let id = storage.begin_parts_with(key, headers).await?;
        Ok(Self { storage, key, id: Some(id), tags: Vec::new() })
    }

    async fn send(&mut self, part: Bytes) -> Result<(), StorageError> {
        let Some(id) = &self.id else { return Ok(()) };
        let tag = self.storage.put_part(self.key, id, self.tags.len() + 1, part).await?;
        self.tags.push(tag);
        Ok(())
    }

    async fn complete(&mut self) -> Result<(), StorageError> {
        let Some(id) = &self.id else { return Ok(()) };
        self.storage.join_parts(self.key, id, &self.tags).await?;
        self.id = None;
        Ok(())
    }

    async fn abort(&mut self) {
        if let Some(id) = self.id.take() {
            abort(self.storage.clone(), self.key.to_owned(), id).await;
        }
    }
}

impl Drop for Upload<'_> {
    /// The request that was uploading may itself be dropped half-way.
    fn drop(&mut self) {
        if let (Some(id), Ok(runtime)) = (self.id.take(), tokio::runtime::Handle::try_current()) {
            runtime.spawn(abort(self.storage.clone(), self.key.to_owned(), id));
        }
    }
}

async fn abort(storage: Storage, key: String, id: String) {
    if let Err(e) = storage.abort_parts(&key, &id).await {
        tracing::warn!(key, error = &e as &dyn std::error::Error, "an unfinished upload was left behind");
    }
}
