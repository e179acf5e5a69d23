//! Holding a publication ready: the transaction that makes bundles public is written before the instant and committed at it.
//!
//! On PostgreSQL its locks reach every node, so three things keep it from being in anybody's way: one node at a time holds;
//! who wants to take a step with a held bundle, or to pause the queue, shows it by waiting for an advisory lock, which the
//! holder looks for; and a holder that falls silent loses its transaction. On SQLite there is one process, whose memory does
//! the same.

use sea_orm::{ConnectionTrait, DbBackend, Statement, Value};

use crate::db::{Database, Tx};
use crate::error::Result;
use crate::queue_pause::{self, QUEUE};

/// The first half of this program's advisory locks on bundles; the second is made of the bundle's id.
const BUNDLES: i32 = 0x4443_5001;
/// The advisory lock of the one who holds.
const HOLDER: i64 = 0x4443_5000;
/// How long a transaction that publishes may be left without a statement, in milliseconds; of the holder's see [`keep`].
pub(crate) const SILENCE_MS: u32 = 5_000;

/// Begins a transaction that will be held with these bundles; `None` where another node holds one.
pub async fn begin(db: &Database, bundles: &[&str]) -> Result<Option<Tx>> {
    let tx = db.begin_apart().await?;
    if tx.get_database_backend() == DbBackend::Sqlite {
        return Ok(Some(tx));
    }
    tx.execute_unprepared(&format!("SET LOCAL idle_in_transaction_session_timeout = {SILENCE_MS}")).await?;
    let elected = statement("SELECT pg_try_advisory_xact_lock($1) AS elected", [HOLDER.into()]);
    let row = tx.query_one_raw(elected).await?;
    if !row.map(|row| row.try_get::<bool>("", "elected")).transpose()?.unwrap_or(false) {
        return Ok(None);
    }
    // Before the bundles, as whoever takes a step does.
    queue_pause::share(&tx).await?;
    let all = bundles.join(",");
    let sql = "SELECT count(pg_advisory_xact_lock($1, hashtext(id))) FROM unnest(string_to_array($2, ',')) AS id";
    tx.query_one_raw(statement(sql, [BUNDLES.into(), all.into()])).await?;
    Ok(Some(tx))
}

/// Brings what was written so far to the disk, where the commit would have to.
pub async fn settle(db: &Database) {
    db.settle().await;
}

/// Shows that the holder is alive, several times a second; an error where it was given up.
pub async fn keep(tx: &Tx) -> Result<()> {
    tx.execute_unprepared("SELECT 1").await?;
    Ok(())
}

/// Whether another node wants to take a step with a held bundle, or to pause the whole queue.
pub async fn is_asked_back(db: &Database) -> Result<bool> {
    let pool = db.pool();
    if pool.get_database_backend() == DbBackend::Sqlite {
        return Ok(false);
    }
    let sql = "SELECT EXISTS (SELECT 1 FROM pg_locks WHERE locktype = 'advisory' AND NOT granted \
               AND classid IN ($1::int::oid, $2::int::oid) \
               AND database = (SELECT oid FROM pg_database WHERE datname = current_database())) AS asked";
    let row = pool.query_one_raw(statement(sql, [BUNDLES.into(), QUEUE.into()])).await?;
    Ok(row.map(|row| row.try_get::<bool>("", "asked")).transpose()?.unwrap_or(false))
}

/// Waits until nobody holds a bundle, and keeps it from being held until this transaction ends.
pub async fn wait_for_holder(tx: &Tx, bundle: &str) -> Result<()> {
    if tx.get_database_backend() != DbBackend::Sqlite {
        let sql = "SELECT pg_advisory_xact_lock_shared($1, hashtext($2)) IS NULL AS waited";
        tx.query_one_raw(statement(sql, [BUNDLES.into(), bundle.into()])).await?;
    }
    Ok(())
}

fn statement(sql: &str, values: impl IntoIterator<Item = Value>) -> Statement {
    Statement::from_sql_and_values(DbBackend::Postgres, sql, values)
}
