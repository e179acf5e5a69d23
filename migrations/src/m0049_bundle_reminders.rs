//! Which reminders of a bundle's instant were sent.

use sea_orm_migration::prelude::*;

/// The step.
#[derive(DeriveMigrationName)]
pub struct Migration;

/// One row for each bundle, instant and number of hours before it: what is sent once is not sent again by any node.
const UP: &[&str] = &[
    "CREATE TABLE bundle_reminders (
        bundle_id TEXT NOT NULL REFERENCES bundles (id) ON DELETE CASCADE,
        instant BIGINT NOT NULL,
        hours_ahead BIGINT NOT NULL,
        sent_at BIGINT NOT NULL,
        PRIMARY KEY (bundle_id, instant, hours_ahead)
    )",
    "CREATE INDEX bundle_reminders_by_instant ON bundle_reminders (instant)",
];

const DOWN: &[&str] = &["DROP INDEX bundle_reminders_by_instant", "DROP TABLE bundle_reminders"];

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        crate::run(manager, UP).await
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        crate::run(manager, DOWN).await
    }
}
