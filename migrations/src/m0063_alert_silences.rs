//! Conditions of the runbook that open no incident for a time.

use sea_orm_migration::prelude::*;

/// The step.
#[derive(DeriveMigrationName)]
pub struct Migration;

/// `silence_key` is the condition with its subject, so that one silence of it holds at a time.
const UP: &[&str] = &["CREATE TABLE alert_silences (
        silence_key TEXT PRIMARY KEY,
        alert_condition TEXT NOT NULL,
        subject TEXT NOT NULL,
        reason TEXT NOT NULL,
        silenced_by TEXT NOT NULL,
        silenced_at BIGINT NOT NULL,
        until BIGINT NOT NULL
    )"];

const DOWN: &[&str] = &["DROP TABLE alert_silences"];

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        crate::run(manager, UP).await
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        crate::run(manager, DOWN).await
    }
}
