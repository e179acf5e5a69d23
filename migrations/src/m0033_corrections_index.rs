//! The list of corrections finds its versions by an index that both databases use: SQLite leaves one on a condition alone where
//! the condition's value comes with the question.

use sea_orm_migration::prelude::*;

/// The step.
#[derive(DeriveMigrationName)]
pub struct Migration;

// Under a name of its own: statements may go over several connections, and SQLite refuses a name that the schema as another
// connection remembers it still holds.
const UP: &[&str] =
    &["CREATE INDEX versions_alerted_at ON versions (alerted, published_at)", "DROP INDEX versions_alerted"];

const DOWN: &[&str] =
    &["CREATE INDEX versions_alerted ON versions (published_at) WHERE alerted", "DROP INDEX versions_alerted_at"];

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        crate::run(manager, UP).await
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        crate::run(manager, DOWN).await
    }
}
