//! Backups that were made, so that their age can be told.

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
];

const DOWN: &[&str] = &["DROP TABLE backups"];

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        crate::run(manager, UP).await
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        crate::run(manager, DOWN).await
    }
}
