//! What can go wrong with objects.

use std::error::Error;
use std::io;

/// Why an object could not be stored or read.
#[derive(Debug, thiserror::Error)]
pub enum StorageError {
    /// The bucket is missing or the service does not answer.
    #[error("the storage bucket {bucket} cannot be reached")]
    Unreachable {
        /// The bucket asked for.
        bucket: String,
        /// What the service said.
        source: Box<dyn Error + Send + Sync>,
    },
    /// The folder of the embedded storage belongs to another running process.
    #[error("another catalogue is running{holder} and has the storage folder {folder}")]
    InUse {
        /// The folder asked for.
        folder: String,
        /// Which process it is, such as ` as process 7`; empty where it does not say.
        holder: String,
    },
    /// The key cannot name an object.
    #[error("{key:?} cannot be the key of an object")]
    Key {
        /// The key as it was given.
        key: String,
    },
    /// More bytes were sent than are allowed.
    #[error("the object is larger than {limit} bytes")]
    TooLarge {
        /// The most bytes allowed.
        limit: u64,
    },
    /// The range asked for lies outside the object.
    #[error("the range lies outside the object")]
    Range,
    /// The sender stopped before all bytes had arrived.
    #[error("the sender stopped before all bytes had arrived")]
    Interrupted {
        /// What the sender's stream said.
        source: io::Error,
    },
    /// The service refused or failed.
    #[error("the storage service could not {action}")]
    Service {
        /// What was being attempted.
        action: &'static str,
        /// What the service said.
        source: Box<dyn Error + Send + Sync>,
    },
}

impl StorageError {
    /// Whether bytes came and are not those that were stored, so that asking again brings the same.
    #[must_use]
    pub fn is_damage(&self) -> bool {
        let Self::Service { source, .. } = self else { return false };
        source.downcast_ref::<io::Error>().is_some_and(|error| error.kind() == io::ErrorKind::InvalidData)
    }

    pub(crate) fn service(action: &'static str, source: impl Into<Box<dyn Error + Send + Sync>>) -> Self {
        Self::Service { action, source: source.into() }
    }
}
