//! SQLite closes what is append only against replacing, too; and a bundle keeps what the public is told of its publication by hand.
//!
//! `INSERT OR REPLACE` takes a row away without asking what guards deletions. On PostgreSQL what is written in place of such a row
//! is a change of it, which its triggers refuse already.

use sea_orm_migration::prelude::*;
use sea_orm_migration::sea_orm::DbBackend;

/// The step.
#[derive(DeriveMigrationName)]
pub struct Migration;

const UP: &[&str] = &["ALTER TABLE bundles ADD COLUMN release_reason TEXT"];

// A row goes for the sake of any key that a new one shares with it. The number by which SQLite itself knows a row is one of
// them; where none was named it reads as -1 here, and no row may take that.
const CLOSED_ON_SQLITE: &[&str] = &[
    "CREATE TRIGGER events_never_give_way BEFORE INSERT ON events
        WHEN EXISTS (SELECT 1 FROM events WHERE id = NEW.id)
            OR EXISTS (SELECT 1 FROM events WHERE sequence = NEW.sequence)
            OR EXISTS (SELECT 1 FROM events WHERE rowid = NEW.rowid) BEGIN
        SELECT RAISE(ABORT, 'the audit trail is append only'); END",
    "CREATE TRIGGER events_count_up AFTER INSERT ON events WHEN NEW.rowid < 1 BEGIN
        SELECT RAISE(ABORT, 'the audit trail is append only'); END",
    "CREATE TRIGGER event_chain_has_one_head BEFORE INSERT ON event_chain
        WHEN EXISTS (SELECT 1 FROM event_chain) BEGIN
        SELECT RAISE(ABORT, 'the audit trail is append only'); END",
    "CREATE TRIGGER access_history_never_gives_way BEFORE INSERT ON access_history
        WHEN EXISTS (SELECT 1 FROM access_history
                WHERE kind = NEW.kind AND subject = NEW.subject AND object = NEW.object AND number = NEW.number)
            OR EXISTS (SELECT 1 FROM access_history WHERE rowid = NEW.rowid) BEGIN
        SELECT RAISE(ABORT, 'the history of access is append only'); END",
    "CREATE TRIGGER access_history_counts_up AFTER INSERT ON access_history WHEN NEW.rowid < 1 BEGIN
        SELECT RAISE(ABORT, 'the history of access is append only'); END",
    "CREATE TRIGGER publication_log_never_gives_way BEFORE INSERT ON publication_log
        WHEN EXISTS (SELECT 1 FROM publication_log WHERE sequence = NEW.sequence)
            OR EXISTS (SELECT 1 FROM publication_log WHERE rowid = NEW.rowid) BEGIN
        SELECT RAISE(ABORT, 'the publication log is append only'); END",
    "CREATE TRIGGER publication_log_counts_up AFTER INSERT ON publication_log WHEN NEW.rowid < 1 BEGIN
        SELECT RAISE(ABORT, 'the publication log is append only'); END",
    "CREATE TRIGGER publication_chain_has_one_head BEFORE INSERT ON publication_chain
        WHEN EXISTS (SELECT 1 FROM publication_chain) BEGIN
        SELECT RAISE(ABORT, 'the publication log is append only'); END",
];

const DOWN: &[&str] = &["ALTER TABLE bundles DROP COLUMN release_reason"];

const DOWN_ON_SQLITE: &[&str] = &[
    "DROP TRIGGER events_never_give_way",
    "DROP TRIGGER events_count_up",
    "DROP TRIGGER event_chain_has_one_head",
    "DROP TRIGGER access_history_never_gives_way",
    "DROP TRIGGER access_history_counts_up",
    "DROP TRIGGER publication_log_never_gives_way",
    "DROP TRIGGER publication_log_counts_up",
    "DROP TRIGGER publication_chain_has_one_head",
];

fn is_sqlite(manager: &SchemaManager<'_>) -> bool {
    manager.get_database_backend() == DbBackend::Sqlite
}

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        crate::run(manager, UP).await?;
        crate::run(manager, if is_sqlite(manager) { CLOSED_ON_SQLITE } else { &[] }).await
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        crate::run(manager, DOWN).await?;
        crate::run(manager, if is_sqlite(manager) { DOWN_ON_SQLITE } else { &[] }).await
    }
}
