//! When versions were released is told by the date that was said and the instant they became public, and is read off indexes alone.

use sea_orm_migration::prelude::*;

/// The step.
#[derive(DeriveMigrationName)]
pub struct Migration;

// Under names of their own: a connection of SQLite that has not heard of an index dropped by another takes its name for taken.
const UP: &[&str] = &[
    "CREATE INDEX versions_by_release ON versions (dataset_id, state, release_date, published_at)",
    "DROP INDEX versions_by_dataset",
    "CREATE INDEX versions_of_editions_by_release ON versions (dataset_id, edition, number, state, release_date, published_at)",
    "DROP INDEX versions_of_editions",
];

const DOWN: &[&str] = &[
    "CREATE INDEX versions_of_editions ON versions (dataset_id, edition, number, state, release_date)",
    "DROP INDEX versions_of_editions_by_release",
    "CREATE INDEX versions_by_dataset ON versions (dataset_id, state, release_date)",
    "DROP INDEX versions_by_release",
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
