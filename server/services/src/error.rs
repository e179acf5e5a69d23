//! What a use case can answer besides its result.

use domain::refusal::Refusal;
use persistence::PersistenceError;
use search::SearchError;
use storage::StorageError;

/// A refusal that the caller can understand, or a fault that is ours.
#[derive(Debug, thiserror::Error)]
pub enum ServiceError {
    /// Refused; nothing changed.
    #[error(transparent)]
    Refused(#[from] Refusal),
    /// The database failed.
    #[error("the database failed")]
    Persistence(#[from] PersistenceError),
    /// The storage failed.
    #[error("the storage failed")]
    Storage(#[source] StorageError),
    /// The search index failed.
    #[error("the search index failed")]
    Search(#[from] SearchError),
    /// The OpenID provider does not answer.
    #[error("the OpenID provider failed")]
    Provider(#[source] integrations::openid::OpenidError),
    /// The mail server did not take a letter.
    #[error("a letter was not sent")]
    Mail(#[from] integrations::mail::MailError),
    /// A fault of ours.
    #[error("internal fault: {0}")]
    Internal(String),
}

impl From<StorageError> for ServiceError {
    fn from(error: StorageError) -> Self {
        match error {
            StorageError::TooLarge { limit } => Self::Refused(Refusal::TooLarge { limit }),
            StorageError::Interrupted { .. } => Self::Refused(Refusal::field(
                "file",
                "interrupted",
                "The upload stopped before the whole file had arrived. Send it again.",
            )),
            other => Self::Storage(other),
        }
    }
}

impl ServiceError {
    /// The refusal, where it is one.
    #[must_use]
    pub const fn refusal(&self) -> Option<&Refusal> {
        match self {
            Self::Refused(refusal) => Some(refusal),
            _ => None,
        }
    }
}

/// What use cases return.
pub type Result<T, E = ServiceError> = std::result::Result<T, E>;
