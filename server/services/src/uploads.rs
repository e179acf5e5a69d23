//! Uploads that come in several requests, and go on after a cut, a restart or on another node (ADR 22).
//!
//! What has arrived is told only when it is kept: full parts in a multipart upload of the storage, the rest in a small
//! object beside, and how far it is in the database.

mod append;
mod begin;
mod checksum;
mod finish;
mod hold;
mod look;
mod tidy;
mod writer;

pub use append::{Incoming, append};
pub use begin::begin;
pub use checksum::{Algorithm, Checksum};
pub use look::{end, look};
pub use tidy::{clear_unfinished, take_up_again, tidy};

use chrono::TimeDelta;
use domain::file::File;
pub use persistence::uploads::Upload;

use crate::ServiceError;

/// How long an upload waits for more.
pub const KEPT: TimeDelta = TimeDelta::hours(24);

/// How an upload stands after something was done to it.
#[derive(Clone, Debug)]
pub struct Progress {
    /// The upload.
    pub upload: Upload,
    /// The file that it became with its last byte.
    pub file: Option<File>,
}

/// Why bytes were not taken.
#[derive(Debug, thiserror::Error)]
pub enum UploadError {
    /// As elsewhere.
    #[error(transparent)]
    Service(#[from] ServiceError),
    /// Somebody else is writing.
    #[error("the upload is being written by another request")]
    Held,
    /// It has ended without a file.
    #[error("the upload has ended")]
    Gone,
    /// It stands elsewhere than the sender thinks.
    #[error("the upload has {offset} bytes")]
    Offset {
        /// Where.
        offset: u64,
    },
    /// The bytes are not those that were sent.
    #[error("the bytes are not those of the checksum")]
    Checksum,
    /// The sender stopped, or was silent for too long; what came is kept.
    #[error("the sender stopped")]
    Cut,
}

impl From<persistence::PersistenceError> for UploadError {
    fn from(error: persistence::PersistenceError) -> Self {
        Self::Service(error.into())
    }
}

impl From<storage::StorageError> for UploadError {
    fn from(error: storage::StorageError) -> Self {
        Self::Service(error.into())
    }
}

impl From<domain::refusal::Refusal> for UploadError {
    fn from(refusal: domain::refusal::Refusal) -> Self {
        Self::Service(refusal.into())
    }
}
