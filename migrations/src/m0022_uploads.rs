//! Uploads that come in several requests.

use sea_orm_migration::prelude::*;

/// The step.
#[derive(DeriveMigrationName)]
pub struct Migration;

// `parts` are the tags of the parts that are stored, `tail_key` where what came after the last of them is, and `hash` the
// state of a SHA-256 over the parts.
const UP: &[&str] = &[
    "CREATE TABLE uploads (
        id TEXT PRIMARY KEY,
        owner TEXT NOT NULL,
        state TEXT NOT NULL,
        length BIGINT NOT NULL,
        received BIGINT NOT NULL,
        meant TEXT NOT NULL,
        object_key TEXT NOT NULL,
        multipart_id TEXT,
        parts TEXT NOT NULL,
        tail_key TEXT,
        hash TEXT NOT NULL,
        problem TEXT,
        held_by TEXT,
        held_until BIGINT,
        created_at BIGINT NOT NULL,
        expires_at BIGINT NOT NULL
    )",
    "CREATE INDEX uploads_by_end ON uploads (state, expires_at)",
    "CREATE INDEX uploads_held ON uploads (held_by) WHERE held_by IS NOT NULL",
];

const DOWN: &[&str] = &["DROP TABLE uploads"];

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        crate::run(manager, UP).await
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        crate::run(manager, DOWN).await
    }
}
