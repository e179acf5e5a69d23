//! The outbox says which node is at work, so that a node that starts again takes up at once what it had left halfway.

use sea_orm_migration::prelude::*;

/// The step.
#[derive(DeriveMigrationName)]
pub struct Migration;

const UP: &[&str] = &[
    "ALTER TABLE outbox ADD COLUMN held_by TEXT",
    "CREATE INDEX outbox_held ON outbox (held_by) WHERE held_by IS NOT NULL AND finished_at IS NULL",
];

const DOWN: &[&str] = &["DROP INDEX outbox_held", "ALTER TABLE outbox DROP COLUMN held_by"];

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        crate::run(manager, UP).await
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        crate::run(manager, DOWN).await
    }
}
