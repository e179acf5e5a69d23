//! Writing what arrives: full parts at once, what is left at the end.

use bytes::{Bytes, BytesMut};
use domain::refusal::Refusal;
use persistence::uploads;
use storage::{PART_SIZE, RunningHash};

use super::checksum::{Checking, Checksum};
use super::{KEPT, Upload, UploadError};
use crate::{ServiceError, Services};

const MEDIA_TYPE: &str = "application/octet-stream";

/// Writes one request's bytes; never holds more than a part of them.
pub(super) struct Writer<'a> {
    services: &'a Services,
    holder: &'a str,
    pub(super) upload: Upload,
    hash: RunningHash,
    /// What came after the last full part.
    rest: BytesMut,
    /// With a checksum nothing counts before it was found right.
    checking: Option<Checking>,
}

impl<'a> Writer<'a> {
    /// Takes up where the request before ended.
    pub(super) async fn take_up(
        services: &'a Services,
        holder: &'a str,
        upload: Upload,
        checksum: Option<Checksum>,
    ) -> Result<Self, UploadError> {
        let damaged = |what: &str| ServiceError::Internal(format!("the {what} of upload {} is damaged", upload.id));
        let hash = RunningHash::take_up(&upload.hash).ok_or_else(|| damaged("hash"))?;
        let mut rest = BytesMut::new();
        if let Some(key) = &upload.tail_key {
            let bytes = services.storage.read(key).await?.ok_or_else(|| damaged("tail"))?;
            rest.extend_from_slice(&bytes);
        }
        if (upload.parts.len() * PART_SIZE + rest.len()) as u64 != upload.received && upload.received != upload.length {
            return Err(damaged("tail").into());
        }
        Ok(Self { services, holder, upload, hash, rest, checking: checksum.map(Checking::new) })
    }

    /// How many bytes there are, kept or not.
    fn total(&self) -> u64 {
        (self.upload.parts.len() * PART_SIZE + self.rest.len()) as u64
    }

    /// Takes more bytes.
    pub(super) async fn write(&mut self, bytes: &Bytes) -> Result<(), UploadError> {
        if self.total() + bytes.len() as u64 > self.upload.length {
            return Err(Refusal::TooLarge { limit: self.upload.length }.into());
        }
        if let Some(checking) = &mut self.checking {
            checking.update(bytes);
        }
        let mut bytes = bytes.clone();
        while !bytes.is_empty() {
            // Room for a part is taken once, so that it never has to grow.
            self.rest.reserve(PART_SIZE - self.rest.len());
            let taken = bytes.split_to(bytes.len().min(PART_SIZE - self.rest.len()));
            self.rest.extend_from_slice(&taken);
            if self.rest.len() == PART_SIZE {
                self.part_is_full().await?;
            }
        }
        Ok(())
    }

    async fn part_is_full(&mut self) -> Result<(), UploadError> {
        let part = std::mem::take(&mut self.rest).freeze();
        self.send(part).await?;
        if self.checking.is_none() {
            let tail = self.upload.tail_key.take();
            self.upload.received = (self.upload.parts.len() * PART_SIZE) as u64;
            self.save().await?;
            self.forget(tail).await;
        }
        Ok(())
    }

    /// Whether the bytes are those of the checksum, if there was one.
    pub(super) fn check(&mut self) -> Result<(), UploadError> {
        let right = self.checking.take().is_none_or(Checking::holds);
        if right { Ok(()) } else { Err(UploadError::Checksum) }
    }

    /// Keeps what is left, as the end of the whole or for the next request.
    pub(super) async fn keep_rest(&mut self) -> Result<(), UploadError> {
        let (total, storage) = (self.total(), &self.services.storage);
        let rest = self.rest.split().freeze();
        let tail = self.upload.tail_key.take();
        if total < self.upload.length && !rest.is_empty() {
            let key = format!("uploads/{}-{total}", self.upload.id);
            storage.put(&key, MEDIA_TYPE, rest).await?;
            self.upload.tail_key = Some(key);
        } else if total == self.upload.length && self.upload.multipart_id.is_none() {
            self.hash.update(&rest);
            storage.put(&self.upload.object_key, MEDIA_TYPE, rest).await?;
        } else if !rest.is_empty() {
            self.send(rest).await?;
        }
        self.upload.received = total;
        self.save().await?;
        let old = tail.filter(|key| self.upload.tail_key.as_ref() != Some(key));
        self.forget(old).await;
        Ok(())
    }

    async fn send(&mut self, part: Bytes) -> Result<(), UploadError> {
        let (key, storage) = (&self.upload.object_key, &self.services.storage);
        let id = match &self.upload.multipart_id {
            Some(id) => id.clone(),
            None => {
                let id = storage.begin_parts(key, MEDIA_TYPE).await?;
                self.upload.multipart_id = Some(id.clone());
                // It is known before it has parts, so that it can always be cleared away.
                let known =
                    Upload { parts: Vec::new(), hash: RunningHash::default().put_down(), ..self.upload.clone() };
                if !uploads::save(self.services.db.pool(), &known, self.holder).await? {
                    storage.abort_parts(key, &id).await?;
                    return Err(UploadError::Held);
                }
                id
            }
        };
        self.hash.update(&part);
        let tag = storage.put_part(key, &id, self.upload.parts.len() + 1, part).await?;
        self.upload.parts.push(tag);
        Ok(())
    }

    async fn save(&mut self) -> Result<(), UploadError> {
        self.upload.hash = self.hash.put_down();
        self.upload.expires_at = self.services.clock.now() + KEPT;
        let held = uploads::save(self.services.db.pool(), &self.upload, self.holder).await?;
        if held { Ok(()) } else { Err(UploadError::Held) }
    }

    async fn forget(&self, tail: Option<String>) {
        if let Some(key) = tail {
            crate::files::discard(self.services, &key).await;
        }
    }
}
