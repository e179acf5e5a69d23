//! Deliveries: the order, the end and the skipping of what follows from commits; webhooks and the log of their calls.

use sea_orm_migration::prelude::*;

/// The step.
#[derive(DeriveMigrationName)]
pub struct Migration;

const UP: &[&str] = &[
    "ALTER TABLE outbox ADD COLUMN name TEXT NOT NULL DEFAULT ''",
    "ALTER TABLE outbox ADD COLUMN lane TEXT",
    "ALTER TABLE outbox ADD COLUMN given_up_at BIGINT",
    "ALTER TABLE outbox ADD COLUMN forgiven BIGINT NOT NULL DEFAULT 0",
    "ALTER TABLE outbox ADD COLUMN skip_reason TEXT",
    "UPDATE outbox SET name = kind",
    "CREATE INDEX outbox_by_kind ON outbox (kind, available_at) WHERE finished_at IS NULL",
    "CREATE INDEX outbox_by_lane ON outbox (lane, id) WHERE finished_at IS NULL",
    "CREATE INDEX outbox_by_subject ON outbox (kind, subject)",
    "CREATE TABLE webhooks (
        id TEXT PRIMARY KEY,
        url TEXT NOT NULL,
        description TEXT NOT NULL,
        events TEXT NOT NULL,
        enabled BOOLEAN NOT NULL,
        secret TEXT NOT NULL,
        previous_secret TEXT,
        previous_until BIGINT,
        created_by TEXT NOT NULL,
        created_at BIGINT NOT NULL,
        last_modified BIGINT NOT NULL,
        revision BIGINT NOT NULL
    )",
    "CREATE TABLE webhook_calls (
        id TEXT PRIMARY KEY,
        webhook_id TEXT NOT NULL REFERENCES webhooks (id) ON DELETE CASCADE,
        message_id TEXT NOT NULL,
        event TEXT NOT NULL,
        bundle_id TEXT,
        attempt BIGINT NOT NULL,
        called_at BIGINT NOT NULL,
        took_ms BIGINT NOT NULL,
        status BIGINT,
        error TEXT
    )",
    "CREATE INDEX webhook_calls_newest ON webhook_calls (webhook_id, called_at DESC, id)",
    "CREATE INDEX webhook_calls_by_age ON webhook_calls (called_at)",
];

const DOWN: &[&str] = &[
    "DROP TABLE webhook_calls",
    "DROP TABLE webhooks",
    "DROP INDEX outbox_by_subject",
    "DROP INDEX outbox_by_lane",
    "DROP INDEX outbox_by_kind",
    "ALTER TABLE outbox DROP COLUMN skip_reason",
    "ALTER TABLE outbox DROP COLUMN forgiven",
    "ALTER TABLE outbox DROP COLUMN given_up_at",
    "ALTER TABLE outbox DROP COLUMN lane",
    "ALTER TABLE outbox DROP COLUMN name",
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
