//! The audit trail as a chain: numbered, hashed, and closed against changes by the database itself.
//!
//! Records of an older database are chained as they stand, in the order of their time. Their hashes are made here as
//! `persistence` made them when this step was written; a test of `persistence` checks that the two agree.

use sea_orm_migration::prelude::*;
use sea_orm_migration::sea_orm::{DatabaseBackend, QueryResult, Statement};
use sha2::{Digest, Sha256};

/// The step.
#[derive(DeriveMigrationName)]
pub struct Migration;

const BEFORE_COPYING: &[&str] = &[
    "ALTER TABLE events RENAME TO events_unchained",
    r#"CREATE TABLE events (
        sequence BIGINT NOT NULL UNIQUE,
        id TEXT PRIMARY KEY,
        event_type TEXT NOT NULL,
        resource_type TEXT NOT NULL,
        resource_id TEXT NOT NULL,
        bundle_id TEXT,
        actor TEXT NOT NULL,
        actor_id TEXT NOT NULL,
        via TEXT,
        client TEXT,
        from_state TEXT,
        to_state TEXT,
        reason TEXT,
        at BIGINT NOT NULL,
        request_id TEXT NOT NULL,
        details TEXT NOT NULL,
        "before" TEXT,
        "after" TEXT,
        previous_hash TEXT NOT NULL,
        hash TEXT NOT NULL
    )"#,
    "CREATE TABLE event_chain (
        id BIGINT PRIMARY KEY,
        sequence BIGINT NOT NULL,
        hash TEXT NOT NULL
    )",
];

const AFTER_COPYING: &[&str] = &[
    "DROP TABLE events_unchained",
    "CREATE INDEX events_by_resource ON events (resource_type, resource_id, at)",
    "CREATE INDEX events_by_time ON events (at)",
    "CREATE INDEX events_by_actor ON events (actor_id, sequence)",
    "CREATE INDEX events_by_type ON events (event_type, sequence)",
    "CREATE INDEX events_by_bundle ON events (bundle_id, sequence)",
];

const CLOSED_ON_SQLITE: &[&str] = &[
    "CREATE TRIGGER events_follow BEFORE INSERT ON events BEGIN
        SELECT RAISE(ABORT, 'the audit trail goes on from its newest record only') WHERE NOT EXISTS (
            SELECT 1 FROM event_chain WHERE id = 1 AND sequence = NEW.sequence - 1 AND hash = NEW.previous_hash);
        UPDATE event_chain SET sequence = NEW.sequence, hash = NEW.hash WHERE id = 1;
    END",
    "CREATE TRIGGER events_never_change BEFORE UPDATE ON events BEGIN
        SELECT RAISE(ABORT, 'the audit trail is append only'); END",
    "CREATE TRIGGER events_never_go BEFORE DELETE ON events BEGIN
        SELECT RAISE(ABORT, 'the audit trail is append only'); END",
    "CREATE TRIGGER event_chain_goes_on BEFORE UPDATE ON event_chain
        WHEN NEW.id <> OLD.id OR NEW.sequence <> OLD.sequence + 1 BEGIN
        SELECT RAISE(ABORT, 'the audit trail is append only'); END",
    "CREATE TRIGGER event_chain_never_goes BEFORE DELETE ON event_chain BEGIN
        SELECT RAISE(ABORT, 'the audit trail is append only'); END",
];

const CLOSED_ON_POSTGRES: &[&str] = &[
    "CREATE FUNCTION events_follow() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
        UPDATE event_chain SET sequence = NEW.sequence, hash = NEW.hash
            WHERE id = 1 AND sequence = NEW.sequence - 1 AND hash = NEW.previous_hash;
        IF NOT FOUND THEN RAISE EXCEPTION 'the audit trail goes on from its newest record only'; END IF;
        RETURN NEW;
    END $$",
    "CREATE FUNCTION events_stay() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
        RAISE EXCEPTION 'the audit trail is append only';
    END $$",
    "CREATE TRIGGER events_follow BEFORE INSERT ON events FOR EACH ROW EXECUTE FUNCTION events_follow()",
    "CREATE TRIGGER events_never_change BEFORE UPDATE ON events FOR EACH ROW EXECUTE FUNCTION events_stay()",
    "CREATE TRIGGER events_never_go BEFORE DELETE ON events FOR EACH ROW EXECUTE FUNCTION events_stay()",
    "CREATE TRIGGER events_never_empty BEFORE TRUNCATE ON events FOR EACH STATEMENT EXECUTE FUNCTION events_stay()",
    "CREATE TRIGGER event_chain_goes_on BEFORE UPDATE ON event_chain FOR EACH ROW
        WHEN (NEW.id <> OLD.id OR NEW.sequence <> OLD.sequence + 1) EXECUTE FUNCTION events_stay()",
    "CREATE TRIGGER event_chain_never_goes BEFORE DELETE ON event_chain FOR EACH ROW EXECUTE FUNCTION events_stay()",
    "CREATE TRIGGER event_chain_never_empty BEFORE TRUNCATE ON event_chain
        FOR EACH STATEMENT EXECUTE FUNCTION events_stay()",
];

const DOWN: &[&str] = &[
    "CREATE TABLE events_unchained (
        id TEXT PRIMARY KEY,
        event_type TEXT NOT NULL,
        resource_type TEXT NOT NULL,
        resource_id TEXT NOT NULL,
        actor TEXT NOT NULL,
        actor_id TEXT NOT NULL,
        from_state TEXT,
        to_state TEXT,
        reason TEXT,
        at BIGINT NOT NULL,
        request_id TEXT NOT NULL,
        details TEXT NOT NULL
    )",
    "INSERT INTO events_unchained
        SELECT id, event_type, resource_type, resource_id, actor, actor_id, from_state, to_state, reason, at, request_id, details
        FROM events",
    "DROP TABLE events",
    "DROP TABLE event_chain",
    "ALTER TABLE events_unchained RENAME TO events",
    "CREATE INDEX events_by_resource ON events (resource_type, resource_id, at)",
    "CREATE INDEX events_by_time ON events (at)",
];

const DOWN_ON_POSTGRES: &[&str] = &["DROP FUNCTION events_follow()", "DROP FUNCTION events_stay()"];

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    /// On one connection on SQLite, too: another would still remember the table by its old name.
    fn use_transaction(&self) -> Option<bool> {
        Some(true)
    }

    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        crate::run(manager, BEFORE_COPYING).await?;
        let (sequence, hash) = chain_what_is_there(manager).await?;
        let start = format!("INSERT INTO event_chain (id, sequence, hash) VALUES (1, {sequence}, '{hash}')");
        crate::run(manager, &[&start]).await?;
        crate::run(manager, AFTER_COPYING).await?;
        match manager.get_database_backend() {
            DatabaseBackend::Sqlite => crate::run(manager, CLOSED_ON_SQLITE).await,
            _ => crate::run(manager, CLOSED_ON_POSTGRES).await,
        }
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        crate::run(manager, DOWN).await?;
        match manager.get_database_backend() {
            DatabaseBackend::Sqlite => Ok(()),
            _ => crate::run(manager, DOWN_ON_POSTGRES).await,
        }
    }
}

/// Copies every record into the chain, oldest first; the number and the hash of the last one.
async fn chain_what_is_there(manager: &SchemaManager<'_>) -> Result<(i64, String), DbErr> {
    let db = manager.get_connection();
    let backend = manager.get_database_backend();
    let mut head = (0_i64, "0".repeat(64));
    let mut after = (i64::MIN, String::new());
    loop {
        let place = |n: usize| if backend == DatabaseBackend::Sqlite { "?".to_owned() } else { format!("${n}") };
        let (a, b, c) = (place(1), place(2), place(3));
        let batch = Statement::from_sql_and_values(
            backend,
            format!(
                "SELECT * FROM events_unchained WHERE at > {a} OR (at = {b} AND id > {c}) ORDER BY at, id LIMIT 500"
            ),
            [after.0.into(), after.0.into(), after.1.clone().into()],
        );
        let rows = db.query_all_raw(batch).await?;
        if rows.is_empty() {
            return Ok(head);
        }
        for row in &rows {
            let record = Unchained::read(row)?;
            let hash = record.hash(head.0 + 1, &head.1);
            db.execute_raw(record.copy(backend, head.0 + 1, &head.1, &hash)).await?;
            head = (head.0 + 1, hash);
            after = (record.at, record.id);
        }
    }
}

/// A record as it was kept before.
struct Unchained {
    id: String,
    event_type: String,
    resource_type: String,
    resource_id: String,
    actor: String,
    actor_id: String,
    from_state: Option<String>,
    to_state: Option<String>,
    reason: Option<String>,
    at: i64,
    request_id: String,
    details: String,
}

impl Unchained {
    fn read(row: &QueryResult) -> Result<Self, DbErr> {
        Ok(Self {
            id: row.try_get("", "id")?,
            event_type: row.try_get("", "event_type")?,
            resource_type: row.try_get("", "resource_type")?,
            resource_id: row.try_get("", "resource_id")?,
            actor: row.try_get("", "actor")?,
            actor_id: row.try_get("", "actor_id")?,
            from_state: row.try_get("", "from_state")?,
            to_state: row.try_get("", "to_state")?,
            reason: row.try_get("", "reason")?,
            at: row.try_get("", "at")?,
            request_id: row.try_get("", "request_id")?,
            details: row.try_get("", "details")?,
        })
    }

    fn bundle_id(&self) -> Option<&str> {
        (self.resource_type == "bundle").then_some(self.resource_id.as_str())
    }

    /// What is not known of an old record is `null`.
    fn hash(&self, sequence: i64, previous: &str) -> String {
        let fields = serde_json::json!([
            "audit-1",
            sequence,
            previous,
            self.id,
            self.at,
            self.event_type,
            self.resource_type,
            self.resource_id,
            self.bundle_id(),
            self.actor,
            self.actor_id,
            null_text(),
            null_text(),
            self.request_id,
            self.from_state,
            self.to_state,
            self.reason,
            self.details,
            null_text(),
            null_text(),
        ]);
        hex::encode(Sha256::digest(fields.to_string()))
    }

    fn copy(&self, backend: DatabaseBackend, sequence: i64, previous: &str, hash: &str) -> Statement {
        let places: Vec<String> = (1..=16)
            .map(|n| if backend == DatabaseBackend::Sqlite { "?".to_owned() } else { format!("${n}") })
            .collect();
        let sql = format!(
            "INSERT INTO events (sequence, id, event_type, resource_type, resource_id, bundle_id, actor, actor_id, \
             from_state, to_state, reason, at, request_id, details, previous_hash, hash) VALUES ({})",
            places.join(", ")
        );
        let values: [Value; 16] = [
            sequence.into(),
            self.id.clone().into(),
            self.event_type.clone().into(),
            self.resource_type.clone().into(),
            self.resource_id.clone().into(),
            self.bundle_id().map(ToOwned::to_owned).into(),
            self.actor.clone().into(),
            self.actor_id.clone().into(),
            self.from_state.clone().into(),
            self.to_state.clone().into(),
            self.reason.clone().into(),
            self.at.into(),
            self.request_id.clone().into(),
            self.details.clone().into(),
            previous.into(),
            hash.into(),
        ];
        Statement::from_sql_and_values(backend, sql, values)
    }
}

const fn null_text() -> Option<String> {
    None
}
