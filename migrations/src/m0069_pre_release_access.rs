//! Who is given a release before the public, by position; nobody where a program of before wrote it.

use sea_orm_migration::prelude::*;

/// The step.
#[derive(DeriveMigrationName)]
pub struct Migration;

const UP: &[&str] = &["ALTER TABLE releases ADD COLUMN pre_release_access TEXT NOT NULL DEFAULT '[]'"];

const DOWN: &[&str] = &["ALTER TABLE releases DROP COLUMN pre_release_access"];

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        crate::run(manager, UP).await
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        crate::run(manager, DOWN).await
    }
}
