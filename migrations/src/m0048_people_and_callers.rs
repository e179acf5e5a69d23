//! Invitations, callers that are let in no more for a time, and who deals with what a reader told.

use sea_orm_migration::prelude::*;

/// The step.
#[derive(DeriveMigrationName)]
pub struct Migration;

const UP: &[&str] = &[
    "CREATE TABLE invitations (
        user_id TEXT PRIMARY KEY REFERENCES users (id) ON DELETE CASCADE,
        invited_by TEXT NOT NULL,
        invited_at BIGINT NOT NULL,
        sent_at BIGINT,
        expires_at BIGINT NOT NULL
    )",
    "CREATE TABLE caller_blocks (
        subject TEXT PRIMARY KEY,
        kind TEXT NOT NULL,
        title TEXT NOT NULL,
        reason TEXT NOT NULL,
        blocked_by TEXT NOT NULL,
        blocked_at BIGINT NOT NULL,
        until BIGINT NOT NULL
    )",
    "ALTER TABLE feedback ADD COLUMN assigned_to TEXT",
    "ALTER TABLE feedback ADD COLUMN assigned_to_name TEXT",
    "ALTER TABLE feedback ADD COLUMN correction TEXT",
];

const DOWN: &[&str] = &[
    "ALTER TABLE feedback DROP COLUMN correction",
    "ALTER TABLE feedback DROP COLUMN assigned_to_name",
    "ALTER TABLE feedback DROP COLUMN assigned_to",
    "DROP TABLE caller_blocks",
    "DROP TABLE invitations",
];

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        crate::run(manager, UP).await
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        crate::run(manager, DOWN).await
    }
}
