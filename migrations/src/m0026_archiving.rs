//! What each department keeps in standard storage, and the versions that are held there.

use sea_orm_migration::prelude::*;

/// The step.
#[derive(DeriveMigrationName)]
pub struct Migration;

const UP: &[&str] = &[
    "CREATE TABLE archive_policies (
        department TEXT PRIMARY KEY,
        enabled BOOLEAN NOT NULL,
        keep_versions BIGINT,
        keep_months BIGINT,
        revision BIGINT NOT NULL
    )",
    "CREATE TABLE archive_holds (
        version_id TEXT PRIMARY KEY,
        reason TEXT NOT NULL,
        held_by TEXT NOT NULL,
        held_at BIGINT NOT NULL
    )",
];

const DOWN: &[&str] = &["DROP TABLE archive_holds", "DROP TABLE archive_policies"];

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        crate::run(manager, UP).await
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        crate::run(manager, DOWN).await
    }
}
