//! Under which key the copy of a public file is: what was copied keeps the key that it has, all others get one that nobody can guess.

use sea_orm_migration::prelude::*;

/// The step.
#[derive(DeriveMigrationName)]
pub struct Migration;

const UP: &[&str] = &[
    "ALTER TABLE files ADD COLUMN public_key TEXT",
    "UPDATE files SET public_key = (
        SELECT 'datasets/' || versions.dataset_id || '/' || versions.edition || '/' || CAST(versions.number AS TEXT) || '/' || files.filename
        FROM versions WHERE versions.id = files.version_id
    ) WHERE state IN ('moved', 'withdrawn')",
];

const DOWN: &[&str] = &["ALTER TABLE files DROP COLUMN public_key"];

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        crate::run(manager, UP).await
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        crate::run(manager, DOWN).await
    }
}
