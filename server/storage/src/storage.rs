//! What can be done with objects.

use std::collections::HashMap;
use std::fs::File;
use std::ops::RangeInclusive;
use std::sync::Arc;
use std::time::SystemTime;

use aws_sdk_s3::Client;
use aws_sdk_s3::error::{ProvideErrorMetadata, SdkError};
use aws_sdk_s3::operation::get_object::GetObjectOutput;
use aws_sdk_s3::primitives::ByteStream;
use aws_sdk_s3::types::{BucketLocationConstraint, CreateBucketConfiguration};
use bytes::{Bytes, BytesMut};
use futures::{Stream, StreamExt, TryStreamExt};
use sha2::{Digest, Sha256};

use crate::seal::{self, Seal};
use crate::settings::{Backend, ServerSideEncryption, Settings};
use crate::upload::{self, Stored};
use crate::{ObjectStream, StorageError, client, embedded, key};

const DEFAULT_REGION: &str = "us-east-1";
const DEFAULT_MEDIA_TYPE: &str = "application/octet-stream";
/// The metadata that tells the SHA-256 of an object's bytes, in lower-case hexadecimal.
pub(crate) const SHA256: &str = "sha256";

/// The objects of one bucket; clones share the connection.
#[derive(Clone)]
pub struct Storage {
    pub(crate) client: Client,
    pub(crate) bucket: Arc<str>,
    pub(crate) is_remote: bool,
    pub(crate) key_limit: usize,
    /// The folder of the embedded service.
    pub(crate) folder: Option<Arc<std::path::Path>>,
    /// The folder of one that another process may hold, in place of which an empty one stands in.
    pub(crate) held_elsewhere: Option<Arc<std::path::Path>>,
    /// What objects are encrypted with before they reach the embedded service.
    pub(crate) seal: Option<Seal>,
    /// What the service is asked to encrypt them with.
    pub(crate) encryption: Option<ServerSideEncryption>,
    /// Keeps the folder of the embedded service for this process.
    lock: Option<Arc<File>>,
}

/// What is known of an object without reading it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ObjectInfo {
    /// How many bytes the object has.
    pub size: u64,
    /// The media type it was stored with.
    pub media_type: String,
    /// The `Content-Disposition` it was stored with.
    pub disposition: Option<String>,
    /// The SHA-256 that was told of its bytes when it was stored, in lower-case hexadecimal.
    pub sha256: Option<String>,
    /// What the service says that it encrypted it with.
    pub encryption: Option<String>,
}

/// What is told of an object with its bytes, to whoever reads it from the service itself.
#[derive(Debug, Clone, Copy)]
pub struct Headers<'a> {
    /// The media type.
    pub media_type: &'a str,
    /// How it is saved, and under which name (`Content-Disposition`).
    pub disposition: Option<&'a str>,
    /// The SHA-256 of its bytes in lower-case hexadecimal, kept as metadata of this name.
    pub sha256: Option<&'a str>,
}

impl<'a> Headers<'a> {
    /// Nothing but the media type.
    pub(crate) const fn of(media_type: &'a str) -> Self {
        Self { media_type, disposition: None, sha256: None }
    }
}

impl Storage {
    /// Opens the storage and creates its folder and bucket where they are missing.
    pub async fn open(settings: &Settings) -> Result<Self, StorageError> {
        let lock = match &settings.backend {
            Backend::Embedded { folder, .. } => Some(embedded::open(folder).await?),
            Backend::Remote { .. } => None,
        };
        Self::with(settings, lock.map(|(service, lock)| (service, Some(lock)))).await
    }

    /// Opens the storage for commands that change and read no object, beside a process that may hold the embedded folder.
    ///
    /// In place of an embedded folder an empty one stands in; see [`Storage::is_stand_in`]. Only [`Storage::head`] looks into the
    /// folder itself.
    pub async fn open_beside(settings: &Settings) -> Result<Self, StorageError> {
        let service = match &settings.backend {
            Backend::Embedded { folder, .. } => Some((embedded::stand_in(folder)?, None)),
            Backend::Remote { .. } => None,
        };
        Self::with(settings, service).await
    }

    async fn with(
        settings: &Settings,
        embedded: Option<(s3s_aws::Client, Option<std::fs::File>)>,
    ) -> Result<Self, StorageError> {
        let is_remote = embedded.is_none();
        let (service, lock) = embedded.map_or((None, None), |(service, lock)| (Some(service), lock));
        let client = match (&settings.backend, service) {
            (_, Some(service)) => client::embedded(&settings.region, service),
            (Backend::Embedded { folder, .. }, None) => {
                return Err(StorageError::InUse { folder: folder.display().to_string(), holder: String::new() });
            }
            (Backend::Remote { endpoint, access_key_id, secret_access_key, force_path_style, .. }, None) => {
                client::remote(
                    &settings.region,
                    endpoint.as_deref(),
                    access_key_id,
                    secret_access_key,
                    *force_path_style,
                )
            }
        };
        let embedded: Option<Arc<std::path::Path>> = match &settings.backend {
            Backend::Embedded { folder, .. } => Some(folder.as_path().into()),
            Backend::Remote { .. } => None,
        };
        let (folder, held_elsewhere) = if lock.is_some() { (embedded, None) } else { (None, embedded) };
        let storage = Self {
            client,
            bucket: settings.bucket.as_str().into(),
            is_remote,
            key_limit: key::limit(settings),
            folder,
            held_elsewhere,
            lock: lock.map(Arc::new),
            seal: match &settings.backend {
                Backend::Embedded { encryption_key: Some(key), .. } => Some(Seal::new(key)?),
                Backend::Embedded { .. } | Backend::Remote { .. } => None,
            },
            encryption: match &settings.backend {
                Backend::Remote { encryption, .. } => encryption.clone(),
                Backend::Embedded { .. } => None,
            },
        };
        storage.make_bucket(&settings.region).await?;
        Ok(storage)
    }

    /// The objects of another bucket of the same service, which has to be there; nothing is asked yet.
    #[must_use]
    pub fn beside(&self, bucket: &str) -> Self {
        Self { bucket: bucket.into(), ..self.clone() }
    }

    async fn make_bucket(&self, region: &str) -> Result<(), StorageError> {
        match self.head_bucket().await {
            Ok(()) => return Ok(()),
            Err(e) if status(&e) != Some(404) => return Err(self.unreachable(e)),
            Err(_) => {}
        }
        let place = (self.is_remote && region != DEFAULT_REGION).then(|| {
            CreateBucketConfiguration::builder().location_constraint(BucketLocationConstraint::from(region)).build()
        });
        let created =
            self.client.create_bucket().bucket(&*self.bucket).set_create_bucket_configuration(place).send().await;
        match created {
            // Another node may have been faster.
            Err(e) if status(&e) != Some(409) => Err(self.unreachable(e)),
            _ => self.check().await,
        }
    }

    /// Whether an empty folder stands in for the embedded one.
    #[must_use]
    pub const fn is_stand_in(&self) -> bool {
        !self.is_remote && self.lock.is_none()
    }

    /// Tells whether the bucket can be reached.
    pub async fn check(&self) -> Result<(), StorageError> {
        self.head_bucket().await.map_err(|e| self.unreachable(e))
    }

    async fn head_bucket(&self) -> Result<(), SdkError<aws_sdk_s3::operation::head_bucket::HeadBucketError>> {
        let request = self.client.head_bucket().bucket(&*self.bucket);
        request.send().await.map(|_| ())
    }

    /// Stores an object whole, in place of any that was there.
    pub async fn put(&self, key: &str, media_type: &str, bytes: Bytes) -> Result<(), StorageError> {
        self.put_with(key, Headers::of(media_type), bytes).await
    }

    pub(crate) async fn put_with(&self, key: &str, headers: Headers<'_>, bytes: Bytes) -> Result<(), StorageError> {
        self.check_key(key)?;
        let bytes = self.sealed(key, 1, bytes)?;
        let mut request = self.client.put_object().bucket(&*self.bucket).key(key).content_type(headers.media_type);
        request = request.set_content_disposition(headers.disposition.map(str::to_owned));
        if let Some(sha256) = headers.sha256 {
            request = request.metadata(SHA256, sha256);
        }
        if self.seal.is_some() {
            request = request.metadata(seal::MARK, seal::FORM);
        }
        if let Some(encryption) = &self.encryption {
            request = request.server_side_encryption(encryption.word()).set_ssekms_key_id(encryption.key_id());
        }
        let done = request.body(ByteStream::from(bytes)).send().await;
        done.map(|_| ()).map_err(|e| StorageError::service("store an object", e))
    }

    /// A part of an object as it is stored.
    pub(crate) fn sealed(&self, key: &str, number: usize, part: Bytes) -> Result<Bytes, StorageError> {
        self.seal.as_ref().map_or(Ok(part.clone()), |seal| seal.part(key, number, &part))
    }

    /// Stores an object as it arrives, leaving nothing behind when it does not arrive whole.
    pub async fn put_stream<S>(
        &self,
        key: &str,
        media_type: &str,
        stream: S,
        limit: u64,
    ) -> Result<Stored, StorageError>
    where
        S: Stream<Item = std::io::Result<Bytes>> + Send,
    {
        self.put_stream_with(key, Headers::of(media_type), stream, limit).await
    }

    /// The same for an object that is read from the service itself, which tells what is told of it here.
    pub async fn put_stream_with<S>(
        &self,
        key: &str,
        headers: Headers<'_>,
        stream: S,
        limit: u64,
    ) -> Result<Stored, StorageError>
    where
        S: Stream<Item = std::io::Result<Bytes>> + Send,
    {
        self.check_key(key)?;
        upload::run(self, key, headers, stream, limit).await
    }

    /// Tells the size and media type of an object, or nothing when there is none.
    pub async fn head(&self, key: &str) -> Result<Option<ObjectInfo>, StorageError> {
        self.check_key(key)?;
        if let Some(root) = &self.held_elsewhere {
            return self.head_beside(root, key).await;
        }
        let request = self.client.head_object().bucket(&*self.bucket).key(key);
        match request.send().await {
            Ok(found) => Ok(Some(ObjectInfo {
                size: match (size("describe an object", found.content_length)?, self.seal_of(found.metadata())?) {
                    (stored, Some(_)) => seal::plain_size(stored),
                    (plain, None) => plain,
                },
                encryption: found.server_side_encryption().map(|kind| kind.as_str().to_owned()),
                sha256: found.metadata().and_then(|held| held.get(SHA256)).cloned(),
                disposition: found.content_disposition,
                media_type: media_type(found.content_type),
            })),
            Err(e) if status(&e) == Some(404) => Ok(None),
            Err(e) => Err(StorageError::service("describe an object", e)),
        }
    }

    /// Reads an object, or a range of its bytes, as a stream; nothing when there is none.
    pub async fn get(
        &self,
        key: &str,
        range: Option<RangeInclusive<u64>>,
    ) -> Result<Option<ObjectStream>, StorageError> {
        self.check_key(key)?;
        if range.as_ref().is_some_and(RangeInclusive::is_empty) {
            return Err(StorageError::Range);
        }
        // Where objects are sealed they are asked for as such, and again where one turns out not to be.
        let asked = match self.ask(key, range.as_ref(), self.seal.is_some()).await {
            Err(StorageError::Range) if self.seal.is_some() => self.beyond(key, range.as_ref()).await?,
            asked => asked?,
        };
        let Some(mut found) = asked else { return Ok(None) };
        let seal = self.seal_of(found.metadata())?.cloned();
        if seal.is_none() && self.seal.is_some() && range.is_some() {
            match self.ask(key, range.as_ref(), false).await? {
                Some(plain) => found = plain,
                None => return Ok(None),
            }
        }
        let stored = size("read an object", found.content_length)?;
        let kind = media_type(found.content_type.take());
        let Some(seal) = seal else {
            return Ok(Some(ObjectStream::new(stored, kind, crate::stream::arriving(found.body))));
        };
        let total = found.content_range().and_then(|told| told.rsplit('/').next()?.parse().ok()).unwrap_or(stored);
        let plain = seal::plain_size(total);
        let range = match range {
            Some(range) if *range.start() >= plain => return Err(StorageError::Range),
            Some(range) => *range.start()..=(*range.end()).min(plain - 1),
            None if plain == 0 => return Ok(Some(ObjectStream::new(0, kind, futures::stream::empty().boxed()))),
            None => 0..=plain - 1,
        };
        let body = seal.opened(key, crate::stream::arriving(found.body), &range);
        Ok(Some(ObjectStream::new(range.end() - range.start() + 1, kind, body)))
    }

    /// A range that lies beyond the end of what is stored when asked for as part of a sealed object: a plain one, which is
    /// shorter, may have it.
    async fn beyond(
        &self,
        key: &str,
        range: Option<&RangeInclusive<u64>>,
    ) -> Result<Option<GetObjectOutput>, StorageError> {
        let found = self.ask(key, range, false).await?;
        let is_sealed = |found: &GetObjectOutput| found.metadata().is_some_and(|held| held.contains_key(seal::MARK));
        if found.as_ref().is_some_and(is_sealed) { Err(StorageError::Range) } else { Ok(found) }
    }

    /// Asks for an object, or the stored bytes in which a range of it lies; nothing when there is none.
    async fn ask(
        &self,
        key: &str,
        range: Option<&RangeInclusive<u64>>,
        sealed: bool,
    ) -> Result<Option<GetObjectOutput>, StorageError> {
        let range = range.map(|range| if sealed { seal::stored_range(range) } else { range.clone() });
        let range = range.map(|range| format!("bytes={}-{}", range.start(), range.end()));
        let request = self.client.get_object().bucket(&*self.bucket).key(key).set_range(range);
        match request.send().await {
            Ok(found) => Ok(Some(found)),
            Err(e) if e.code() == Some("NoSuchBucket") => Err(self.unreachable(e)),
            Err(e) if status(&e) == Some(404) => Ok(None),
            Err(e) if status(&e) == Some(416) => Err(StorageError::Range),
            Err(e) => Err(StorageError::service("read an object", e)),
        }
    }

    /// What opens an object with this metadata; nothing for one that lies there plainly.
    pub(crate) fn seal_of(&self, metadata: Option<&HashMap<String, String>>) -> Result<Option<&Seal>, StorageError> {
        match metadata.and_then(|held| held.get(seal::MARK)).map(String::as_str) {
            None => Ok(None),
            Some(seal::FORM) if self.seal.is_some() => Ok(self.seal.as_ref()),
            Some(_) => Err(StorageError::service("read an object", "it is encrypted, and no key for it is configured")),
        }
    }

    /// Reads an object whole into memory; nothing when there is none.
    pub async fn read(&self, key: &str) -> Result<Option<Bytes>, StorageError> {
        let Some(mut stream) = self.get(key, None).await? else {
            return Ok(None);
        };
        let mut bytes = BytesMut::new();
        while let Some(chunk) = stream.try_next().await.map_err(|e| StorageError::service("read an object", e))? {
            bytes.extend_from_slice(&chunk);
        }
        Ok(Some(bytes.freeze()))
    }

    /// The size and SHA-256 of an object as it can be read back; nothing when there is none.
    pub async fn digest(&self, key: &str) -> Result<Option<Stored>, StorageError> {
        let Some(mut stream) = self.get(key, None).await? else { return Ok(None) };
        let (mut hash, mut size) = (Sha256::new(), 0);
        while let Some(chunk) = stream.try_next().await.map_err(|e| StorageError::service("read an object", e))? {
            size += chunk.len() as u64;
            hash.update(&chunk);
        }
        Ok(Some(Stored { size, sha256: hex::encode(hash.finalize()) }))
    }

    /// Removes an object; one that is absent is fine.
    pub async fn delete(&self, key: &str) -> Result<(), StorageError> {
        self.check_key(key)?;
        let request = self.client.delete_object().bucket(&*self.bucket).key(key);
        match request.send().await {
            Err(e) if e.code() == Some("NoSuchKey") => Ok(()),
            Err(e) => Err(StorageError::service("remove an object", e)),
            Ok(_) => Ok(()),
        }
    }

    /// Names every object whose key begins with the prefix, in the order of their bytes.
    pub async fn list(&self, prefix: &str) -> Result<Vec<String>, StorageError> {
        let mut pages = self.client.list_objects_v2().bucket(&*self.bucket).prefix(prefix).into_paginator().send();
        let mut keys = Vec::new();
        while let Some(page) = pages.next().await {
            let page = page.map_err(|e| StorageError::service("list objects", e))?;
            let contents = page.contents.unwrap_or_default();
            keys.extend(contents.into_iter().filter_map(|object| object.key));
        }
        keys.sort_unstable();
        Ok(keys)
    }

    /// Names every object whose key begins with the prefix and that was stored before an instant.
    pub async fn list_older(&self, prefix: &str, before: SystemTime) -> Result<Vec<String>, StorageError> {
        let mut pages = self.client.list_objects_v2().bucket(&*self.bucket).prefix(prefix).into_paginator().send();
        let before = aws_sdk_s3::primitives::DateTime::from(before);
        let mut keys = Vec::new();
        while let Some(page) = pages.next().await {
            let page = page.map_err(|e| StorageError::service("list objects", e))?;
            let older = page.contents.unwrap_or_default().into_iter();
            let older = older.filter(|object| object.last_modified.is_some_and(|stored| stored < before));
            keys.extend(older.filter_map(|object| object.key));
        }
        keys.sort_unstable();
        Ok(keys)
    }

    pub(crate) fn check_key(&self, key: &str) -> Result<(), StorageError> {
        key::check(key, self.key_limit)
    }

    fn unreachable(&self, source: impl std::error::Error + Send + Sync + 'static) -> StorageError {
        StorageError::Unreachable { bucket: self.bucket.to_string(), source: source.into() }
    }
}

/// The status the service answered with, if it answered.
fn status<E>(error: &SdkError<E>) -> Option<u16> {
    error.raw_response().map(|response| response.status().as_u16())
}

fn size(action: &'static str, length: Option<i64>) -> Result<u64, StorageError> {
    length
        .and_then(|length| u64::try_from(length).ok())
        .ok_or_else(|| StorageError::service(action, "the answer has no size"))
}

pub(crate) fn media_type(answer: Option<String>) -> String {
    answer.unwrap_or_else(|| DEFAULT_MEDIA_TYPE.to_owned())
}
