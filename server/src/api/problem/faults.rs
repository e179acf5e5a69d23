//! Faults of ours: told to the log in full, to the caller not at all.

use std::error::Error;

use axum::http::{StatusCode, header};
use persistence::PersistenceError;
use search::SearchError;
use services::ServiceError;
use storage::StorageError;

use super::Problem;

/// Seconds after which a dependency may be back.
const RETRY_AFTER: &str = "5";

impl From<ServiceError> for Problem {
    fn from(error: ServiceError) -> Self {
        let unavailable = match error {
            ServiceError::Refused(refusal) => return refusal.into(),
            ServiceError::Persistence(PersistenceError::Database(_))
            | ServiceError::Storage(StorageError::Unreachable { .. } | StorageError::Service { .. })
            | ServiceError::Search(SearchError::Busy)
            | ServiceError::Provider(_)
            | ServiceError::Mail(_) => true,
            ServiceError::Persistence(
                PersistenceError::Duplicate(_) | PersistenceError::Reference(_) | PersistenceError::Inconsistent(_),
            )
            | ServiceError::Storage(
                StorageError::InUse { .. }
                | StorageError::Key { .. }
                | StorageError::TooLarge { .. }
                | StorageError::Range
                | StorageError::Interrupted { .. },
            )
            | ServiceError::Search(SearchError::Folder { .. } | SearchError::Index(_) | SearchError::Document(_))
            | ServiceError::Internal(_) => false,
        };
        tracing::error!(causes = %chain(&error), "a request failed");
        if unavailable {
            Self::of_status(StatusCode::SERVICE_UNAVAILABLE).with_header(header::RETRY_AFTER, RETRY_AFTER)
        } else {
            Self::of_status(StatusCode::INTERNAL_SERVER_ERROR)
        }
    }
}

/// The error and everything under it in one line.
fn chain(error: &dyn Error) -> String {
    let mut text = error.to_string();
    let mut below = error.source();
    while let Some(cause) = below {
        text.push_str(": ");
        text.push_str(&cause.to_string());
        below = cause.source();
    }
    text
}

impl From<PersistenceError> for Problem {
    fn from(error: PersistenceError) -> Self {
        ServiceError::from(error).into()
    }
}

impl From<serde_json::Error> for Problem {
    fn from(error: serde_json::Error) -> Self {
        ServiceError::Internal(format!("an answer cannot be written: {error}")).into()
    }
}
