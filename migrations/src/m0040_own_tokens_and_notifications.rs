//! Tokens that people make for themselves; what somebody has read of their notifications, and which of them they want.

use sea_orm_migration::prelude::*;

/// The step.
#[derive(DeriveMigrationName)]
pub struct Migration;

const UP: &[&str] = &[
    "ALTER TABLE service_tokens ADD COLUMN owner_id TEXT",
    "CREATE INDEX service_tokens_by_owner ON service_tokens (owner_id)",
    "CREATE TABLE notification_marks (
        user_id TEXT PRIMARY KEY REFERENCES users (id) ON DELETE CASCADE,
        read_up_to BIGINT NOT NULL
    )",
    "CREATE TABLE notification_reads (
        user_id TEXT NOT NULL REFERENCES users (id) ON DELETE CASCADE,
        event_id TEXT NOT NULL,
        PRIMARY KEY (user_id, event_id)
    )",
    "CREATE TABLE notification_choices (
        user_id TEXT NOT NULL REFERENCES users (id) ON DELETE CASCADE,
        kind TEXT NOT NULL,
        in_portal BOOLEAN NOT NULL,
        by_mail BOOLEAN NOT NULL,
        PRIMARY KEY (user_id, kind)
    )",
];

const DOWN: &[&str] = &[
    "DROP TABLE notification_choices",
    "DROP TABLE notification_reads",
    "DROP TABLE notification_marks",
    "DROP INDEX service_tokens_by_owner",
    "ALTER TABLE service_tokens DROP COLUMN owner_id",
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
