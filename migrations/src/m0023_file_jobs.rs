//! Files that are looked into after they were taken in.

use sea_orm_migration::prelude::*;

/// The step.
#[derive(DeriveMigrationName)]
pub struct Migration;

// `available_at` is when a job may be taken; while somebody has it, when their hold is over.
const UP: &[&str] = &[
    "CREATE TABLE file_jobs (
        file_id TEXT PRIMARY KEY REFERENCES files (id) ON DELETE CASCADE,
        state TEXT NOT NULL,
        attempts BIGINT NOT NULL,
        forgiven BIGINT NOT NULL,
        available_at BIGINT NOT NULL,
        held_by TEXT,
        progress BIGINT NOT NULL,
        last_error TEXT,
        problems TEXT NOT NULL,
        created_at BIGINT NOT NULL
    )",
    "CREATE INDEX file_jobs_due ON file_jobs (state, available_at)",
];

const DOWN: &[&str] = &["DROP TABLE file_jobs"];

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        crate::run(manager, UP).await
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        crate::run(manager, DOWN).await
    }
}
