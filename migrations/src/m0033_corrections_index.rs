//! The list of corrections finds its versions by an index that both databases use: SQLite leaves one on a condition alone where
//! the condition's value comes with the question.

use sea_orm_migration::prelude::*;

/// The step.
#[derive(DeriveMigrationName)]
pub struct Migration;

// A name of its own: a connection to SQLite that has not heard of the end of the old index would refuse a new one of its name.
const UP: &[&str] =
    &["CREATE INDEX versions_by_alert ON versions (alerted, published_at)", "DROP INDEX versions_alerted"];

const DOWN: &[&str] =
    &["CREATE INDEX versions_alerted ON versions (published_at) WHERE alerted", "DROP INDEX versions_by_alert"];

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        crate::run(manager, UP).await
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        crate::run(manager, DOWN).await
    }
}
