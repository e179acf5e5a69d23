//! Backups that were made, so that their age can be told; and who sent each file, with the order in which they came.

use sea_orm_migration::prelude::*;

/// The step.
#[derive(DeriveMigrationName)]
pub struct Migration;

const UP: &[&str] = &[
    "CREATE TABLE backups (
        id TEXT PRIMARY KEY,
        taken_at BIGINT NOT NULL,
        made_by TEXT NOT NULL,
        objects BIGINT,
        bytes BIGINT
    )",
    "CREATE INDEX backups_by_time ON backups (taken_at)",
    "ALTER TABLE files ADD COLUMN uploaded_by TEXT",
    "CREATE INDEX files_by_time ON files (created_at, id)",
];

const DOWN: &[&str] = &["DROP INDEX files_by_time", "ALTER TABLE files DROP COLUMN uploaded_by", "DROP TABLE backups"];

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        crate::run(manager, UP).await
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        crate::run(manager, DOWN).await
    }
}
