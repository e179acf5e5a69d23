//! Where a session came from and when it was last seen, so that people can tell their sessions apart.

use sea_orm_migration::prelude::*;

/// The step.
#[derive(DeriveMigrationName)]
pub struct Migration;

const UP: &[&str] = &[
    "ALTER TABLE sessions ADD COLUMN created_at BIGINT",
    "ALTER TABLE sessions ADD COLUMN last_seen_at BIGINT",
    "ALTER TABLE sessions ADD COLUMN browser TEXT",
    "ALTER TABLE sessions ADD COLUMN address TEXT",
    "CREATE INDEX sessions_by_user ON sessions (user_id)",
];

const DOWN: &[&str] = &[
    "DROP INDEX sessions_by_user",
    "ALTER TABLE sessions DROP COLUMN address",
    "ALTER TABLE sessions DROP COLUMN browser",
    "ALTER TABLE sessions DROP COLUMN last_seen_at",
    "ALTER TABLE sessions DROP COLUMN created_at",
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
