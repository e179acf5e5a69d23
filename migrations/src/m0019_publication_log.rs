//! The public log of publications: append only, numbered and hashed, and closed against changes by the database itself.

use sea_orm_migration::prelude::*;
use sea_orm_migration::sea_orm::DbBackend;

/// The step.
#[derive(DeriveMigrationName)]
pub struct Migration;

// What was published before this step is not in the log: nobody kept what it was called then.
const UP: &[&str] = &[
    "CREATE TABLE publication_log (
        sequence BIGINT PRIMARY KEY,
        release_id TEXT,
        title TEXT,
        title_cy TEXT,
        scheduled_at BIGINT,
        published_at BIGINT NOT NULL,
        versions TEXT NOT NULL,
        previous_hash TEXT NOT NULL,
        hash TEXT NOT NULL
    )",
    "CREATE TABLE publication_chain (
        id BIGINT PRIMARY KEY,
        sequence BIGINT NOT NULL,
        hash TEXT NOT NULL
    )",
    "INSERT INTO publication_chain (id, sequence, hash)
        VALUES (1, 0, '0000000000000000000000000000000000000000000000000000000000000000')",
    "CREATE INDEX publication_log_by_time ON publication_log (published_at)",
    "CREATE INDEX publication_log_by_release ON publication_log (release_id)",
];

const CLOSED_ON_SQLITE: &[&str] = &[
    "CREATE TRIGGER publication_log_follows BEFORE INSERT ON publication_log BEGIN
        SELECT RAISE(ABORT, 'the publication log goes on from its newest record only') WHERE NOT EXISTS (
            SELECT 1 FROM publication_chain WHERE id = 1 AND sequence = NEW.sequence - 1 AND hash = NEW.previous_hash);
        UPDATE publication_chain SET sequence = NEW.sequence, hash = NEW.hash WHERE id = 1;
    END",
    "CREATE TRIGGER publication_log_never_changes BEFORE UPDATE ON publication_log BEGIN
        SELECT RAISE(ABORT, 'the publication log is append only'); END",
    "CREATE TRIGGER publication_log_never_goes BEFORE DELETE ON publication_log BEGIN
        SELECT RAISE(ABORT, 'the publication log is append only'); END",
    "CREATE TRIGGER publication_chain_goes_on BEFORE UPDATE ON publication_chain
        WHEN NEW.id <> OLD.id OR NEW.sequence <> OLD.sequence + 1 BEGIN
        SELECT RAISE(ABORT, 'the publication log is append only'); END",
    "CREATE TRIGGER publication_chain_never_goes BEFORE DELETE ON publication_chain BEGIN
        SELECT RAISE(ABORT, 'the publication log is append only'); END",
];

const CLOSED_ON_POSTGRES: &[&str] = &[
    "CREATE FUNCTION publication_log_follows() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
        UPDATE publication_chain SET sequence = NEW.sequence, hash = NEW.hash
            WHERE id = 1 AND sequence = NEW.sequence - 1 AND hash = NEW.previous_hash;
        IF NOT FOUND THEN RAISE EXCEPTION 'the publication log goes on from its newest record only'; END IF;
        RETURN NEW;
    END $$",
    "CREATE FUNCTION publication_log_stays() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
        RAISE EXCEPTION 'the publication log is append only';
    END $$",
    "CREATE TRIGGER publication_log_follows BEFORE INSERT ON publication_log
        FOR EACH ROW EXECUTE FUNCTION publication_log_follows()",
    "CREATE TRIGGER publication_log_never_changes BEFORE UPDATE ON publication_log
        FOR EACH ROW EXECUTE FUNCTION publication_log_stays()",
    "CREATE TRIGGER publication_log_never_goes BEFORE DELETE ON publication_log
        FOR EACH ROW EXECUTE FUNCTION publication_log_stays()",
    "CREATE TRIGGER publication_log_never_empty BEFORE TRUNCATE ON publication_log
        FOR EACH STATEMENT EXECUTE FUNCTION publication_log_stays()",
    "CREATE TRIGGER publication_chain_goes_on BEFORE UPDATE ON publication_chain FOR EACH ROW
        WHEN (NEW.id <> OLD.id OR NEW.sequence <> OLD.sequence + 1) EXECUTE FUNCTION publication_log_stays()",
    "CREATE TRIGGER publication_chain_never_goes BEFORE DELETE ON publication_chain
        FOR EACH ROW EXECUTE FUNCTION publication_log_stays()",
    "CREATE TRIGGER publication_chain_never_empty BEFORE TRUNCATE ON publication_chain
        FOR EACH STATEMENT EXECUTE FUNCTION publication_log_stays()",
];

const DOWN: &[&str] = &["DROP TABLE publication_log", "DROP TABLE publication_chain"];

const DOWN_ON_POSTGRES: &[&str] = &["DROP FUNCTION publication_log_follows()", "DROP FUNCTION publication_log_stays()"];

fn is_sqlite(manager: &SchemaManager<'_>) -> bool {
    manager.get_database_backend() == DbBackend::Sqlite
}

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        crate::run(manager, UP).await?;
        crate::run(manager, if is_sqlite(manager) { CLOSED_ON_SQLITE } else { CLOSED_ON_POSTGRES }).await
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        crate::run(manager, DOWN).await?;
        crate::run(manager, if is_sqlite(manager) { &[] } else { DOWN_ON_POSTGRES }).await
    }
}
