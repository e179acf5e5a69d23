//! When versions were released is told by the date that was said and the instant they became public, and is read off indexes alone.

use sea_orm_migration::prelude::*;

/// The step.
#[derive(DeriveMigrationName)]
pub struct Migration;

const UP: &[&str] = &[
    "DROP INDEX versions_by_dataset",
    "CREATE INDEX versions_by_dataset ON versions (dataset_id, state, release_date, published_at)",
    "DROP INDEX versions_of_editions",
    "CREATE INDEX versions_of_editions ON versions (dataset_id, edition, number, state, release_date, published_at)",
];

const DOWN: &[&str] = &[
    "DROP INDEX versions_of_editions",
    "CREATE INDEX versions_of_editions ON versions (dataset_id, edition, number, state, release_date)",
    "DROP INDEX versions_by_dataset",
    "CREATE INDEX versions_by_dataset ON versions (dataset_id, state, release_date)",
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
