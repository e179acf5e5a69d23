//! What can go wrong between us and the database.

use sea_orm::{DbErr, SqlErr};

/// A failure of persistence.
#[derive(Debug, thiserror::Error)]
pub enum PersistenceError {
    /// A unique constraint was broken: something with that key exists.
    #[error("something with that key exists already")]
    Duplicate(#[source] DbErr),
    /// A row is referred to, or refers to something missing.
    #[error("a reference does not hold")]
    Reference(#[source] DbErr),
    /// A row holds what no code of ours writes.
    #[error("the database holds an impossible value: {0}")]
    Inconsistent(String),
    /// The database could not be reached or refused.
    #[error("the database cannot be used now")]
    Database(#[source] DbErr),
}

impl From<DbErr> for PersistenceError {
    fn from(error: DbErr) -> Self {
        match error.sql_err() {
            Some(SqlErr::UniqueConstraintViolation(_)) => Self::Duplicate(error),
            Some(SqlErr::ForeignKeyConstraintViolation(_)) => Self::Reference(error),
            _ => Self::Database(error),
        }
    }
}

/// What the crate's functions return.
pub type Result<T, E = PersistenceError> = std::result::Result<T, E>;
