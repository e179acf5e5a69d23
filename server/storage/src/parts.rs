//! An object in parts, for whoever sends it over many requests: what has to be kept between them is told to the caller.

use std::collections::HashSet;
use std::time::SystemTime;

use aws_sdk_s3::error::ProvideErrorMetadata;
use aws_sdk_s3::primitives::{ByteStream, DateTime};
use aws_sdk_s3::types::{CompletedMultipartUpload, CompletedPart};
use bytes::Bytes;
use sha2_kept::Sha256;
use sha2_kept::digest::Digest;
use sha2_kept::digest::common::hazmat::{SerializableState, SerializedState};

use crate::storage::SHA256;
use crate::{Headers, Storage, StorageError, client, key, seal, sweep};

const ACTION: &str = "store an object";
const CLEAR: &str = "clear uploads that nobody goes on with";

impl Storage {
    /// Begins an object in parts and gives the id under which they are sent.
    pub async fn begin_parts(&self, key: &str, media_type: &str) -> Result<String, StorageError> {
        self.begin_parts_with(key, Headers::of(media_type)).await
    }

    pub(crate) async fn begin_parts_with(&self, key: &str, headers: Headers<'_>) -> Result<String, StorageError> {
        key::check(key, self.key_limit)?;
        let mut request = self.client.create_multipart_upload().bucket(&*self.bucket).key(key);
        request = request.content_type(headers.media_type);
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
        let answer = request.send().await.map_err(|e| StorageError::service(ACTION, e))?;
        answer.upload_id.ok_or_else(|| StorageError::service(ACTION, "the answer names no upload"))
    }

    /// Stores a part, in place of an earlier one of its number, and gives its tag; numbers begin at 1.
    pub async fn put_part(&self, key: &str, id: &str, number: usize, part: Bytes) -> Result<String, StorageError> {
        let part = self.sealed(key, number, part)?;
        let number = i32::try_from(number).map_err(|e| StorageError::service(ACTION, e))?;
        let request = self.client.upload_part().bucket(&*self.bucket).key(key).upload_id(id).part_number(number);
        let answer = request.body(ByteStream::from(part)).send().await.map_err(|e| StorageError::service(ACTION, e))?;
        answer.e_tag.ok_or_else(|| StorageError::service(ACTION, "the answer has no tag"))
    }

    /// Makes the object of its parts, given by their tags in order.
    pub async fn join_parts(&self, key: &str, id: &str, tags: &[String]) -> Result<(), StorageError> {
        let parts =
            (1..).zip(tags).map(|(number, tag)| CompletedPart::builder().part_number(number).e_tag(tag).build());
        let parts = CompletedMultipartUpload::builder().set_parts(Some(parts.collect())).build();
        self.client
            .complete_multipart_upload()
            .bucket(&*self.bucket)
            .key(key)
            .upload_id(id)
            .multipart_upload(parts)
            .customize()
            .config_override(client::patient(self.is_remote))
            .send()
            .await
            .map_err(|e| StorageError::service(ACTION, e))?;
        Ok(())
    }

    /// Forgets an object in parts; one that is unknown is fine.
    pub async fn abort_parts(&self, key: &str, id: &str) -> Result<(), StorageError> {
        let request = self.client.abort_multipart_upload().bucket(&*self.bucket).key(key).upload_id(id);
        match request.send().await {
            Err(e) if e.code() == Some("NoSuchUpload") => Ok(()),
            Err(e) => Err(StorageError::service("forget the parts of an object", e)),
            Ok(_) => Ok(()),
        }
    }

    /// Clears what a crash left in the embedded folder, but for the uploads that somebody will go on with.
    ///
    /// A service elsewhere is left alone: others may be uploading there.
    pub fn clear_unfinished(&self, kept: &HashSet<String>) -> Result<(), StorageError> {
        self.folder
            .as_deref()
            .map_or(Ok(()), |root| sweep::uploads_but(root, kept))
            .map_err(|e| StorageError::service("clear its folder", e))
    }
}

impl Storage {
    /// Forgets uploads in parts with these prefixes that began before an instant, but for those of these ids; how many.
    ///
    /// In the embedded folder nothing is forgotten that had a part since then, whatever its prefix.
    pub async fn clear_abandoned(
        &self,
        prefixes: &[&str],
        kept: &HashSet<String>,
        before: SystemTime,
    ) -> Result<u64, StorageError> {
        if let Some(root) = self.folder.clone() {
            let kept = kept.clone();
            let work = tokio::task::spawn_blocking(move || sweep::uploads_before(&root, &kept, before));
            let done = work.await.map_err(|e| StorageError::service(CLEAR, e))?;
            return done.map_err(|e| StorageError::service(CLEAR, e));
        }
        let mut cleared = 0;
        for prefix in prefixes {
            for (key, id) in self.parts_begun_before(prefix, before).await? {
                if !kept.contains(&id) {
                    self.abort_parts(&key, &id).await?;
                    cleared += 1;
                }
            }
        }
        Ok(cleared)
    }

    /// The uploads in parts that a service elsewhere holds: each its key and id.
    async fn parts_begun_before(
        &self,
        prefix: &str,
        before: SystemTime,
    ) -> Result<Vec<(String, String)>, StorageError> {
        let before = DateTime::from(before);
        let (mut found, mut from) = (Vec::new(), None);
        loop {
            let (key, id): (Option<String>, Option<String>) = from.unwrap_or_default();
            let request = self.client.list_multipart_uploads().bucket(&*self.bucket).prefix(prefix);
            let request = request.set_key_marker(key.clone()).set_upload_id_marker(id.clone());
            let page = request.send().await.map_err(|e| StorageError::service(CLEAR, e))?;
            let older = page.uploads.unwrap_or_default().into_iter();
            let older = older.filter(|upload| upload.initiated.is_some_and(|begun| begun < before));
            found.extend(older.filter_map(|upload| Some((upload.key?, upload.upload_id?))));
            let next = (page.next_key_marker, page.next_upload_id_marker);
            // A service that says there is more and not from where on would be asked for ever.
            if page.is_truncated != Some(true) || next.0.is_none() || next == (key, id) {
                return Ok(found);
            }
            from = Some(next);
        }
    }
}

/// A SHA-256 that can be put down and taken up again, by another process too.
#[derive(Clone, Default)]
pub struct RunningHash(Sha256);

impl RunningHash {
    /// Takes up what [`RunningHash::put_down`] gave; nothing where that was something else.
    #[must_use]
    pub fn take_up(text: &str) -> Option<Self> {
        let bytes = hex::decode(text).ok()?;
        let state = SerializedState::<Sha256>::try_from(bytes.as_slice()).ok()?;
        Sha256::deserialize(&state).ok().map(Self)
    }

    /// Its state as text.
    #[must_use]
    pub fn put_down(&self) -> String {
        hex::encode(self.0.serialize())
    }

    /// Takes more bytes in.
    pub fn update(&mut self, bytes: &[u8]) {
        Digest::update(&mut self.0, bytes);
    }

    /// The hash of all of them, in lower-case hexadecimal.
    #[must_use]
    pub fn finish(self) -> String {
        hex::encode(self.0.finalize())
    }
}

impl std::fmt::Debug for RunningHash {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("RunningHash")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_hash_that_was_put_down_goes_on() {
        let mut whole = RunningHash::default();
        whole.update(b"one, two, three");
        let mut part = RunningHash::default();
        part.update(b"one, t");
        let mut rest = RunningHash::take_up(&part.put_down()).unwrap();
        rest.update(b"wo, three");
        assert_eq!(rest.finish(), whole.finish());
        assert!(RunningHash::take_up("00").is_none() && RunningHash::take_up("x").is_none());
    }
}
