//! What tables hold in their dimensions.

use sea_orm_migration::prelude::*;

/// The step.
#[derive(DeriveMigrationName)]
pub struct Migration;

const UP: &[&str] = &["CREATE TABLE file_dimensions (
        file_id TEXT NOT NULL REFERENCES files (id) ON DELETE CASCADE,
        position BIGINT NOT NULL,
        name TEXT NOT NULL,
        complete BOOLEAN NOT NULL,
        option_count BIGINT NOT NULL,
        options TEXT NOT NULL,
        PRIMARY KEY (file_id, position)
    )"];

const DOWN: &[&str] = &["DROP TABLE file_dimensions"];

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        crate::run(manager, UP).await
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        crate::run(manager, DOWN).await
    }
}
