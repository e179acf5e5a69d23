//! Outputs of filters that are too large to be made while they are read: a job each, and the files that it made.

use sea_orm_migration::prelude::*;

/// The step.
#[derive(DeriveMigrationName)]
pub struct Migration;

const UP: &[&str] = &[
    "CREATE TABLE output_jobs (
        output_id TEXT PRIMARY KEY REFERENCES filter_outputs (id) ON DELETE CASCADE,
        file_id TEXT NOT NULL,
        asked_by TEXT NOT NULL,
        state TEXT NOT NULL,
        attempts BIGINT NOT NULL,
        forgiven BIGINT NOT NULL,
        available_at BIGINT NOT NULL,
        held_by TEXT,
        rows_written BIGINT NOT NULL,
        last_error TEXT,
        created_at BIGINT NOT NULL,
        expires_at BIGINT NOT NULL
    )",
    "CREATE INDEX output_jobs_by_state ON output_jobs (state, available_at)",
    "CREATE INDEX output_jobs_by_asker ON output_jobs (asked_by, state)",
    "CREATE INDEX output_jobs_by_file ON output_jobs (file_id)",
    "CREATE INDEX output_jobs_by_expiry ON output_jobs (expires_at)",
    "CREATE TABLE output_files (
        output_id TEXT NOT NULL REFERENCES output_jobs (output_id) ON DELETE CASCADE,
        format TEXT NOT NULL,
        object_key TEXT NOT NULL,
        size BIGINT NOT NULL,
        sha256 TEXT NOT NULL,
        made_at BIGINT NOT NULL,
        PRIMARY KEY (output_id, format)
    )",
];

const DOWN: &[&str] = &["DROP TABLE output_files", "DROP TABLE output_jobs"];

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        crate::run(manager, UP).await
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        crate::run(manager, DOWN).await
    }
}
