//! Incidents of the operations desk.

use sea_orm_migration::prelude::*;

/// The step.
#[derive(DeriveMigrationName)]
pub struct Migration;

/// `open_key` is the condition with its subject while the incident is open, and null otherwise: of nodes that see the same
/// at once one opens it.
const UP: &[&str] = &[
    "CREATE TABLE incidents (
        id TEXT PRIMARY KEY,
        title TEXT NOT NULL,
        description TEXT NOT NULL,
        severity TEXT NOT NULL,
        state TEXT NOT NULL,
        alert_condition TEXT,
        subject TEXT NOT NULL,
        open_key TEXT UNIQUE,
        cause TEXT,
        opened_by TEXT NOT NULL,
        opened_at BIGINT NOT NULL,
        began_at BIGINT NOT NULL,
        acknowledged_by TEXT,
        acknowledged_at BIGINT,
        mitigated_at BIGINT,
        resolved_at BIGINT,
        updated_at BIGINT NOT NULL,
        last_seen_at BIGINT,
        recovered_at BIGINT,
        last_modified BIGINT NOT NULL,
        revision BIGINT NOT NULL
    )",
    "CREATE INDEX incidents_by_state ON incidents (state, severity)",
    "CREATE INDEX incidents_by_opening ON incidents (opened_at)",
    "CREATE INDEX incidents_that_hold ON incidents (last_seen_at) WHERE recovered_at IS NULL AND last_seen_at IS NOT NULL",
];

const DOWN: &[&str] = &["DROP TABLE incidents"];

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        crate::run(manager, UP).await
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        crate::run(manager, DOWN).await
    }
}
