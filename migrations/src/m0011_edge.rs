//! Answers kept for repeated requests, and where each node proves that it can write.

use sea_orm_migration::prelude::*;

/// The step.
#[derive(DeriveMigrationName)]
pub struct Migration;

const UP: &[&str] = &[
    "CREATE TABLE idempotent_requests (
        id TEXT PRIMARY KEY,
        fingerprint TEXT NOT NULL,
        created_at BIGINT NOT NULL,
        locked_until BIGINT NOT NULL,
        committed BOOLEAN NOT NULL DEFAULT FALSE,
        status BIGINT,
        headers TEXT,
        body TEXT
    )",
    "CREATE INDEX idempotent_requests_by_age ON idempotent_requests (created_at)",
    "CREATE TABLE health_probes (
        node TEXT PRIMARY KEY,
        written_at BIGINT NOT NULL
    )",
];

const DOWN: &[&str] = &["DROP TABLE health_probes", "DROP TABLE idempotent_requests"];

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        crate::run(manager, UP).await
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        crate::run(manager, DOWN).await
    }
}
