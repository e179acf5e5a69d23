//! What operators tell the public of an incident.

use sea_orm_migration::prelude::*;

/// The step.
#[derive(DeriveMigrationName)]
pub struct Migration;

/// `public_updates` is a list of what was said and when; it is null while the public was told nothing.
const UP: &[&str] = &[
    "ALTER TABLE incidents ADD COLUMN public_updates TEXT",
    "CREATE INDEX incidents_told_of ON incidents (opened_at) WHERE public_updates IS NOT NULL",
];

const DOWN: &[&str] = &["DROP INDEX incidents_told_of", "ALTER TABLE incidents DROP COLUMN public_updates"];

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        crate::run(manager, UP).await
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        crate::run(manager, DOWN).await
    }
}
