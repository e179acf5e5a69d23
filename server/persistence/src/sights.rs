//! The database as operators see it: size, schema, what its connections do, and what is held for a time.

use std::path::{Path, PathBuf};
use std::time::SystemTime;

use chrono::{DateTime, Utc};
use domain::operations::{HeldLease, RunningStatement, WriteAheadLog};
use sea_orm::{
    ColumnTrait, ConnectionTrait, DbBackend, EntityTrait, QueryFilter, QueryOrder, QueryResult, QuerySelect, Statement,
};

use crate::convert::{count, instant};
use crate::db::Database;
use crate::entities::{bundle, file_job, outbox, output_job, upload};
use crate::error::{PersistenceError, Result};

/// The most leases of one kind, and the most statements, that are shown.
const MOST: u64 = 50;

/// What the database is and takes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Measure {
    /// Its version.
    pub version: String,
    /// Its bytes on the disk.
    pub bytes: u64,
    /// The write-ahead log of SQLite.
    pub wal: Option<WriteAheadLog>,
    /// How many steps the schema has taken.
    pub steps: u64,
    /// The last of them, and when it was taken.
    pub last_step: Option<(String, DateTime<Utc>)>,
}

impl Database {
    /// What it is and takes.
    pub async fn measure(&self) -> Result<Measure> {
        let (version, bytes) = if self.is_shared() {
            (
                "SELECT current_setting('server_version') AS version",
                "SELECT pg_database_size(current_database()) AS bytes",
            )
        } else {
            (
                "SELECT sqlite_version() AS version",
                "SELECT CAST(page_count * page_size AS BIGINT) AS bytes FROM pragma_page_count(), pragma_page_size()",
            )
        };
        let version: String = self.one(version).await?.try_get("", "version")?;
        let bytes: i64 = self.one(bytes).await?.try_get("", "bytes")?;
        let steps = "SELECT CAST(count(*) AS BIGINT) AS number FROM seaql_migrations";
        let steps: i64 = self.one(steps).await?.try_get("", "number")?;
        let last = "SELECT version, applied_at FROM seaql_migrations ORDER BY version DESC LIMIT 1";
        let last = self.all(last).await?.into_iter().next();
        let last =
            last.map(|row| Ok::<_, PersistenceError>((row.try_get("", "version")?, row.try_get("", "applied_at")?)));
        let last: Option<(String, i64)> = last.transpose()?;
        let last_step = last.and_then(|(name, at)| Some((name, DateTime::from_timestamp(at, 0)?)));
        let wal = self.file().await?.map(|file| wal_of(&file));
        Ok(Measure { version, bytes: count(bytes)?, wal, steps: count(steps)?, last_step })
    }

    /// What other connections to this database do that are not idle, the longest first; nothing on SQLite.
    pub async fn running(&self) -> Result<Vec<RunningStatement>> {
        if !self.is_shared() {
            return Ok(Vec::new());
        }
        let sql = format!(
            "SELECT CAST(pid AS BIGINT) AS pid, COALESCE(state, '') AS state, COALESCE(wait_event_type, '') AS waits_for, \
             array_to_string(pg_blocking_pids(pid), ',') AS blocked_by, \
             COALESCE(CAST(EXTRACT(EPOCH FROM clock_timestamp() - COALESCE(xact_start, state_change)) * 1000 AS BIGINT), 0) AS took_ms, \
             COALESCE(LEFT(query, 300), '') AS statement \
             FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid() \
             AND (COALESCE(state, '') <> 'idle' OR cardinality(pg_blocking_pids(pid)) > 0) \
             ORDER BY took_ms DESC LIMIT {}",
            MOST * 4
        );
        self.all(&sql).await?.iter().map(to_running).collect()
    }

    /// The file of SQLite; nothing where it has none, or the database is another.
    pub async fn file(&self) -> Result<Option<PathBuf>> {
        if self.is_shared() {
            return Ok(None);
        }
        let row = self.one("SELECT file FROM pragma_database_list WHERE name = 'main'").await?;
        let file: Option<String> = row.try_get("", "file")?;
        Ok(file.filter(|file| !file.is_empty()).map(PathBuf::from))
    }

    async fn all(&self, sql: &str) -> Result<Vec<QueryResult>> {
        let backend: DbBackend = self.pool().get_database_backend();
        Ok(self.pool().query_all_raw(Statement::from_string(backend, sql)).await?)
    }

    async fn one(&self, sql: &str) -> Result<QueryResult> {
        let row = self.all(sql).await?.into_iter().next();
        row.ok_or_else(|| PersistenceError::Inconsistent("a database that tells nothing of itself".to_owned()))
    }
}

/// Where SQLite keeps the log of this file.
pub(crate) fn log_beside(file: &Path) -> PathBuf {
    let mut beside = file.as_os_str().to_owned();
    beside.push("-wal");
    PathBuf::from(beside)
}

/// The log beside a file of SQLite, whose own time of change is that of the last checkpoint.
fn wal_of(file: &Path) -> WriteAheadLog {
    WriteAheadLog {
        bytes: std::fs::metadata(log_beside(file)).map_or(0, |wal| wal.len()),
        last_checkpoint: std::fs::metadata(file).and_then(|main| main.modified()).ok().and_then(instant_of),
    }
}

fn instant_of(time: SystemTime) -> Option<DateTime<Utc>> {
    let since = time.duration_since(SystemTime::UNIX_EPOCH).ok()?;
    DateTime::from_timestamp(i64::try_from(since.as_secs()).ok()?, since.subsec_nanos())
}

fn to_running(row: &QueryResult) -> Result<RunningStatement> {
    let blocked_by: String = row.try_get("", "blocked_by")?;
    Ok(RunningStatement {
        pid: row.try_get("", "pid")?,
        state: row.try_get("", "state")?,
        waits_for: row.try_get("", "waits_for")?,
        blocked_by: blocked_by.split(',').filter_map(|pid| pid.parse().ok()).collect(),
        took_ms: row.try_get("", "took_ms")?,
        statement: row.try_get("", "statement")?,
    })
}

/// What nodes hold for a time: publications, deliveries, files, outputs and uploads.
pub async fn leases(db: &impl ConnectionTrait) -> Result<Vec<HeldLease>> {
    let mut held = Vec::new();
    let bundles =
        bundle::Entity::find().filter(bundle::Column::LeaseNode.is_not_null()).order_by_asc(bundle::Column::Id);
    for row in bundles.limit(MOST).all(db).await? {
        add(&mut held, "publication", row.id, row.lease_node, row.lease_expires_at)?;
    }
    let tasks = outbox::Entity::find()
        .filter(outbox::Column::HeldBy.is_not_null())
        .filter(outbox::Column::FinishedAt.is_null())
        .order_by_asc(outbox::Column::Id);
    for row in tasks.limit(MOST).all(db).await? {
        add(&mut held, "delivery", row.id, row.held_by, Some(row.available_at))?;
    }
    let files = file_job::Entity::find()
        .filter(file_job::Column::HeldBy.is_not_null())
        .filter(file_job::Column::State.eq("running"))
        .order_by_asc(file_job::Column::FileId);
    for row in files.limit(MOST).all(db).await? {
        add(&mut held, "file", row.file_id, row.held_by, Some(row.available_at))?;
    }
    let outputs = output_job::Entity::find()
        .filter(output_job::Column::HeldBy.is_not_null())
        .filter(output_job::Column::State.eq("running"))
        .order_by_asc(output_job::Column::OutputId);
    for row in outputs.limit(MOST).all(db).await? {
        add(&mut held, "output", row.output_id, row.held_by, Some(row.available_at))?;
    }
    let uploads = upload::Entity::find().filter(upload::Column::HeldBy.is_not_null()).order_by_asc(upload::Column::Id);
    for row in uploads.limit(MOST).all(db).await? {
        add(&mut held, "upload", row.id, row.held_by, row.held_until)?;
    }
    Ok(held)
}

fn add(held: &mut Vec<HeldLease>, what: &str, of: String, holder: Option<String>, until: Option<i64>) -> Result<()> {
    if let (Some(holder), Some(until)) = (holder, until) {
        held.push(HeldLease { what: what.to_owned(), of, holder, until: instant(until)? });
    }
    Ok(())
}
