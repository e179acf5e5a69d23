//! The list of corrections finds its versions by an index that both databases use: SQLite leaves one on a condition alone where
//! the condition's value comes with the question.

use sea_orm_migration::prelude::*;

/// The step.
#[derive(DeriveMigrationName)]
pub struct Migration;

// Statements may go over several connections. One that remembers the schema as it was before a drop refuses a name that has become
// free, unless it is told to look first; the new index has a name of its own, so that the old one is not taken for it.
const UP: &[&str] = &[
    "CREATE INDEX IF NOT EXISTS versions_alerted_at ON versions (alerted, published_at)",
    "DROP INDEX versions_alerted",
];

const DOWN: &[&str] = &[
    "CREATE INDEX IF NOT EXISTS versions_alerted ON versions (published_at) WHERE alerted",
    "DROP INDEX versions_alerted_at",
];

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        crate::run(manager, UP).await
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        crate::run(manager, DOWN).await
    }
}
