//! When people get letters of notifications, and the letters that wait until then.

use sea_orm_migration::prelude::*;

/// The step.
#[derive(DeriveMigrationName)]
pub struct Migration;

const UP: &[&str] = &[
    "ALTER TABLE notification_choices ADD COLUMN daily BOOLEAN NOT NULL DEFAULT FALSE",
    "CREATE TABLE letter_times (
        user_id TEXT PRIMARY KEY REFERENCES users (id) ON DELETE CASCADE,
        daily_at TEXT NOT NULL,
        quiet_from TEXT NOT NULL,
        quiet_until TEXT NOT NULL
    )",
    "CREATE TABLE held_letters (
        id TEXT PRIMARY KEY,
        user_id TEXT NOT NULL REFERENCES users (id) ON DELETE CASCADE,
        kind TEXT NOT NULL,
        subject TEXT NOT NULL,
        payload TEXT NOT NULL,
        held_at BIGINT NOT NULL,
        due_at BIGINT NOT NULL
    )",
    "CREATE INDEX held_letters_by_user ON held_letters (user_id, due_at)",
    "CREATE INDEX held_letters_by_instant ON held_letters (due_at)",
];

const DOWN: &[&str] =
    &["DROP TABLE held_letters", "DROP TABLE letter_times", "ALTER TABLE notification_choices DROP COLUMN daily"];

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        crate::run(manager, UP).await
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        crate::run(manager, DOWN).await
    }
}
