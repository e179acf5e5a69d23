//! Indexes that keep lists as fast in a large catalogue as in a small one.

use sea_orm_migration::prelude::*;

/// The step.
#[derive(DeriveMigrationName)]
pub struct Migration;

// The order of each list is the order of an index, so that a page is read and nothing is sorted.
const UP: &[&str] = &[
    "CREATE INDEX datasets_public_newest ON datasets (public_updated_at DESC, id) WHERE published_at IS NOT NULL",
    "CREATE INDEX datasets_public_title ON datasets (title, id) WHERE published_at IS NOT NULL",
    "CREATE INDEX datasets_newest ON datasets (last_updated DESC, id)",
    "CREATE INDEX datasets_by_title ON datasets (title, id)",
    "CREATE INDEX datasets_by_department ON datasets (department, public_updated_at DESC, id)",
    "CREATE INDEX versions_by_dataset ON versions (dataset_id, state, release_date)",
];

const DOWN: &[&str] = &[
    "DROP INDEX versions_by_dataset",
    "DROP INDEX datasets_by_department",
    "DROP INDEX datasets_by_title",
    "DROP INDEX datasets_newest",
    "DROP INDEX datasets_public_title",
    "DROP INDEX datasets_public_newest",
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
