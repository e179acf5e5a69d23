//! What can go wrong with the index.

use std::path::PathBuf;

/// Why the index could not be opened, written or read; never caused by what a reader typed.
#[derive(Debug, thiserror::Error)]
pub enum SearchError {
    /// The folder of the index cannot be created, read or emptied.
    #[error("the search index folder {} cannot be used: {source}", path.display())]
    Folder {
        /// The folder.
        path: PathBuf,
        /// What the system said.
        source: std::io::Error,
    },
    /// Another process is writing to the same index.
    #[error("the search index is being written by another process")]
    Busy,
    /// The index itself failed.
    #[error("the search index failed: {0}")]
    Index(#[source] Box<dyn std::error::Error + Send + Sync>),
    /// A stored document cannot be read or written.
    #[error("a document of the search index is not valid: {0}")]
    Document(#[from] serde_json::Error),
}

impl From<tantivy::TantivyError> for SearchError {
    fn from(error: tantivy::TantivyError) -> Self {
        match error {
            tantivy::TantivyError::LockFailure(..) => Self::Busy,
            other => Self::Index(Box::new(other)),
        }
    }
}

impl From<std::io::Error> for SearchError {
    fn from(error: std::io::Error) -> Self {
        Self::Index(Box::new(error))
    }
}
