//! Objects as files of this machine, for readers that need to jump about in them.

use std::path::{Path, PathBuf};

use futures::TryStreamExt;
use tokio::io::AsyncWriteExt;

use crate::{Storage, StorageError, sync};

const ACTION: &str = "copy an object to a file";

impl Storage {
    /// Where an object lies on this machine's disk; nothing where the objects are elsewhere or encrypted.
    ///
    /// An object is replaced and never written over, so what was opened there stays as it was.
    pub fn local_file(&self, key: &str) -> Result<Option<PathBuf>, StorageError> {
        self.check_key(key)?;
        Ok(self.folder.as_ref().filter(|_| self.seal.is_none()).map(|root| sync::object_path(root, &self.bucket, key)))
    }

    /// Copies an object into a file that is made anew; false where there is no such object.
    ///
    /// # Errors
    /// Where the object or the disk fails; what was written of the file is left to the caller.
    pub async fn fetch(&self, key: &str, to: &Path) -> Result<bool, StorageError> {
        let Some(mut stream) = self.get(key, None).await? else { return Ok(false) };
        let failed = |error: std::io::Error| StorageError::service(ACTION, error);
        let mut file = tokio::fs::File::create(to).await.map_err(failed)?;
        while let Some(chunk) = stream.try_next().await.map_err(failed)? {
            file.write_all(&chunk).await.map_err(failed)?;
        }
        file.flush().await.map_err(failed)?;
        Ok(true)
    }

    /// Stores a file of this machine as an object, in place of any that was there.
    pub async fn put_file(&self, key: &str, media_type: &str, from: &Path) -> Result<(), StorageError> {
        let failed = |error: std::io::Error| StorageError::service("store a file", error);
        let file = tokio::fs::File::open(from).await.map_err(failed)?;
        let stream = tokio_util::io::ReaderStream::with_capacity(file, 256 * 1024);
        self.put_stream(key, media_type, stream, u64::MAX).await?;
        Ok(())
    }
}
