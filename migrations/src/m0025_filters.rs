//! Saved filters, and what was made of them.

use sea_orm_migration::prelude::*;

/// The step.
#[derive(DeriveMigrationName)]
pub struct Migration;

const UP: &[&str] = &[
    "CREATE TABLE filters (
        id TEXT PRIMARY KEY,
        dataset_id TEXT NOT NULL,
        edition TEXT NOT NULL,
        number BIGINT NOT NULL,
        selection TEXT NOT NULL,
        owner TEXT,
        created_at BIGINT NOT NULL,
        last_updated BIGINT NOT NULL,
        expires_at BIGINT NOT NULL,
        revision BIGINT NOT NULL
    )",
    "CREATE INDEX filters_by_expiry ON filters (expires_at)",
    "CREATE TABLE filter_outputs (
        id TEXT PRIMARY KEY,
        filter_id TEXT NOT NULL,
        dataset_id TEXT NOT NULL,
        edition TEXT NOT NULL,
        number BIGINT NOT NULL,
        selection TEXT NOT NULL,
        row_count BIGINT NOT NULL,
        created_at BIGINT NOT NULL,
        expires_at BIGINT NOT NULL
    )",
    "CREATE INDEX filter_outputs_by_expiry ON filter_outputs (expires_at)",
];

const DOWN: &[&str] = &["DROP TABLE filter_outputs", "DROP TABLE filters"];

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        crate::run(manager, UP).await
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        crate::run(manager, DOWN).await
    }
}
