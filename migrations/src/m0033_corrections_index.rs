//! The list of corrections finds its versions by an index that both databases use: SQLite leaves one on a condition alone where
//! the condition's value comes with the question.

use sea_orm_migration::prelude::*;

/// The step.
#[derive(DeriveMigrationName)]
pub struct Migration;

const UP: &[&str] =
    &["DROP INDEX versions_alerted", "CREATE INDEX versions_alerted ON versions (alerted, published_at)"];

const DOWN: &[&str] =
    &["DROP INDEX versions_alerted", "CREATE INDEX versions_alerted ON versions (published_at) WHERE alerted"];

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        crate::run(manager, UP).await
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        crate::run(manager, DOWN).await
    }
}
