//! Finding the versions that carry alerts and corrections, and what readers tell the office.

use sea_orm_migration::prelude::*;

/// The step.
#[derive(DeriveMigrationName)]
pub struct Migration;

const UP: &[&str] = &[
    "ALTER TABLE versions ADD COLUMN alerted BOOLEAN NOT NULL DEFAULT FALSE",
    "UPDATE versions SET alerted = TRUE WHERE metadata LIKE '%\"alerts\":[{%'",
    "CREATE INDEX versions_alerted ON versions (published_at) WHERE alerted",
    "CREATE TABLE feedback (
        id TEXT PRIMARY KEY,
        kind TEXT NOT NULL,
        page TEXT NOT NULL,
        dataset_id TEXT,
        message TEXT NOT NULL,
        address TEXT,
        language TEXT NOT NULL,
        state TEXT NOT NULL,
        created_at BIGINT NOT NULL,
        handled_by TEXT,
        handled_at BIGINT
    )",
    "CREATE INDEX feedback_by_time ON feedback (created_at)",
    "CREATE INDEX feedback_by_dataset ON feedback (dataset_id, created_at)",
];

const DOWN: &[&str] =
    &["DROP TABLE feedback", "DROP INDEX versions_alerted", "ALTER TABLE versions DROP COLUMN alerted"];

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        crate::run(manager, UP).await
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        crate::run(manager, DOWN).await
    }
}
