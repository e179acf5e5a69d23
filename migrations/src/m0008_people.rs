//! Revisions of teams, tokens and departments, when accounts were last edited, grants of teams, and the ways to ask for them.

use sea_orm_migration::prelude::*;

/// The step.
#[derive(DeriveMigrationName)]
pub struct Migration;

const UP: &[&str] = &[
    "ALTER TABLE users ADD COLUMN last_edited BIGINT NOT NULL DEFAULT 0",
    "UPDATE users SET last_edited = created_at",
    "ALTER TABLE teams ADD COLUMN grants TEXT NOT NULL DEFAULT '[]'",
    "ALTER TABLE teams ADD COLUMN revision BIGINT NOT NULL DEFAULT 1",
    "ALTER TABLE teams ADD COLUMN last_edited BIGINT",
    "ALTER TABLE service_tokens ADD COLUMN revision BIGINT NOT NULL DEFAULT 1",
    "ALTER TABLE departments ADD COLUMN revision BIGINT NOT NULL DEFAULT 1",
    "CREATE INDEX team_members_by_user ON team_members (user_id)",
];

const DOWN: &[&str] = &[
    "DROP INDEX team_members_by_user",
    "ALTER TABLE departments DROP COLUMN revision",
    "ALTER TABLE service_tokens DROP COLUMN revision",
    "ALTER TABLE teams DROP COLUMN last_edited",
    "ALTER TABLE teams DROP COLUMN revision",
    "ALTER TABLE teams DROP COLUMN grants",
    "ALTER TABLE users DROP COLUMN last_edited",
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
