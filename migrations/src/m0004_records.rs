//! The audit trail, the outbox and the catalogue's revision.

use sea_orm_migration::prelude::*;

/// The step.
#[derive(DeriveMigrationName)]
pub struct Migration;

const UP: &[&str] = &[
    "CREATE TABLE events (
        id TEXT PRIMARY KEY,
        event_type TEXT NOT NULL,
        resource_type TEXT NOT NULL,
        resource_id TEXT NOT NULL,
        actor TEXT NOT NULL,
        actor_id TEXT NOT NULL,
        from_state TEXT,
        to_state TEXT,
        reason TEXT,
        at BIGINT NOT NULL,
        request_id TEXT NOT NULL,
        details TEXT NOT NULL
    )",
    "CREATE INDEX events_by_resource ON events (resource_type, resource_id, at)",
    "CREATE INDEX events_by_time ON events (at)",
    "CREATE TABLE outbox (
        id TEXT PRIMARY KEY,
        bundle_id TEXT,
        kind TEXT NOT NULL,
        subject TEXT NOT NULL,
        payload TEXT NOT NULL,
        blocking BOOLEAN NOT NULL,
        available_at BIGINT NOT NULL,
        attempts BIGINT NOT NULL,
        last_error TEXT,
        started_at BIGINT,
        finished_at BIGINT
    )",
    "CREATE INDEX outbox_open ON outbox (finished_at, available_at)",
    "CREATE INDEX outbox_by_bundle ON outbox (bundle_id)",
    "CREATE TABLE catalogue (
        id BIGINT PRIMARY KEY,
        revision BIGINT NOT NULL
    )",
    "INSERT INTO catalogue (id, revision) VALUES (1, 0)",
    "CREATE TABLE changes (
        revision BIGINT NOT NULL,
        dataset_id TEXT NOT NULL,
        PRIMARY KEY (revision, dataset_id)
    )",
];

const DOWN: &[&str] = &["DROP TABLE changes", "DROP TABLE catalogue", "DROP TABLE outbox", "DROP TABLE events"];

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        crate::run(manager, UP).await
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        crate::run(manager, DOWN).await
    }
}
