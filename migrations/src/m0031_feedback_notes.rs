//! Who dealt with what a reader told, by name, and what they noted.

use sea_orm_migration::prelude::*;

/// The step.
#[derive(DeriveMigrationName)]
pub struct Migration;

const UP: &[&str] =
    &["ALTER TABLE feedback ADD COLUMN note TEXT", "ALTER TABLE feedback ADD COLUMN handled_by_name TEXT"];

const DOWN: &[&str] = &["ALTER TABLE feedback DROP COLUMN handled_by_name", "ALTER TABLE feedback DROP COLUMN note"];

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        crate::run(manager, UP).await
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        crate::run(manager, DOWN).await
    }
}
