//! Holding a publication ready: the transaction that makes bundles public is written before the instant and committed at it.
//!
//! On PostgreSQL its locks reach every node, so three things keep it from being in anybody's way: one node at a time holds;
//! who wants to take a step with a held bundle, or to pause the queue, shows it by waiting for an advisory lock, which the
//! holder looks for; and a holder that falls silent loses its transaction. Whoever publishes a bundle by itself takes the same
//! lock, and never waits for it. On SQLite there is one process, whose memory does the same.

use sea_orm::{ConnectionTrait, DbBackend, Statement, Value};

use crate::db::{Database, Tx};
use crate::error::Result;
use crate::queue_pause::{self, QUEUE};

/// The first half of this program's advisory locks on bundles; the second is made of the bundle's id.
const BUNDLES: i32 = 0x4443_5001;
/// The advisory lock of the one who holds.
const HOLDER: i64 = 0x4443_5000;
/// Whether somebody waits for the queue, or for a bundle that is kept by whoever has the lock of the holder. Of a lock with one number
/// the database tells its halves, of which the first is nought here.
const ASKED_BACK: &str = "WITH locks AS MATERIALIZED ( \
    SELECT pid, granted, classid, objid, objsubid FROM pg_locks WHERE locktype = 'advisory' \
    AND database = (SELECT oid FROM pg_database WHERE datname = current_database())) \
    SELECT EXISTS (SELECT 1 FROM locks AS asked WHERE NOT asked.granted AND (asked.classid = $2::int::oid \
    OR (asked.classid = $1::int::oid AND EXISTS ( \
    SELECT 1 FROM locks AS kept JOIN locks AS holder ON holder.pid = kept.pid \
    WHERE kept.granted AND kept.classid = asked.classid AND kept.objid = asked.objid \
    AND holder.granted AND holder.classid = 0::oid AND holder.objid = $3::bigint::oid AND holder.objsubid = 1)))) AS asked";
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

/// Whether another node wants to take a step with a held bundle, or to pause the whole queue; not whether somebody waits for a
/// bundle that is published by itself.
pub async fn is_asked_back(db: &Database) -> Result<bool> {
    let pool = db.pool();
    if pool.get_database_backend() == DbBackend::Sqlite {
        return Ok(false);
    }
    let row = pool.query_one_raw(statement(ASKED_BACK, [BUNDLES.into(), QUEUE.into(), HOLDER.into()])).await?;
    Ok(row.map(|row| row.try_get::<bool>("", "asked")).transpose()?.unwrap_or(false))
}

/// Waits until nobody holds a bundle, and keeps it from being held and from being taken until this transaction ends; which
/// the database does itself where nothing is heard of it any more, as nobody could publish the bundle meanwhile.
pub async fn wait_for_holder(tx: &Tx, bundle: &str) -> Result<()> {
    if tx.get_database_backend() != DbBackend::Sqlite {
        let sql = "SELECT pg_advisory_xact_lock_shared($1, hashtext($2)) IS NULL AS waited, \
                   set_config('idle_in_transaction_session_timeout', $3, true) AS silence";
        tx.query_one_raw(statement(sql, [BUNDLES.into(), bundle.into(), SILENCE_MS.to_string().into()])).await?;
    }
    Ok(())
}

/// Takes a bundle for its publication and keeps steps with it waiting until this transaction ends; false where somebody takes a
/// step with it, or waits to, or it is held: then it is theirs, and is left alone.
///
/// Call it with the row of the bundle locked. Whoever waited for that row behind a holder who gave it up then finds who asked for
/// the bundle meanwhile, and does not come before them. Nobody is waited for here, so that it may come after rows.
pub async fn try_take(tx: &Tx, bundle: &str) -> Result<bool> {
    if tx.get_database_backend() == DbBackend::Sqlite {
        return Ok(true);
    }
    let sql = "SELECT pg_try_advisory_xact_lock($1, hashtext($2)) AS taken";
    let row = tx.query_one_raw(statement(sql, [BUNDLES.into(), bundle.into()])).await?;
    Ok(row.map(|row| row.try_get::<bool>("", "taken")).transpose()?.unwrap_or(false))
}

/// Has this transaction end with an error where it waits for a row for longer than a moment: many wait behind it.
pub async fn wait_shortly(tx: &Tx) -> Result<()> {
    if tx.get_database_backend() != DbBackend::Sqlite {
        tx.execute_unprepared("SET LOCAL lock_timeout = 500").await?;
    }
    Ok(())
}

/// [`try_take`] for several at once, whose rows are locked; those that were taken.
pub async fn try_take_all(tx: &Tx, bundles: &[&str]) -> Result<Vec<String>> {
    if tx.get_database_backend() == DbBackend::Sqlite {
        return Ok(bundles.iter().map(|id| (*id).to_owned()).collect());
    }
    let all = bundles.join(",");
    let sql =
        "SELECT id, pg_try_advisory_xact_lock($1, hashtext(id)) AS taken FROM unnest(string_to_array($2, ',')) AS id";
    let mut taken = Vec::with_capacity(bundles.len());
    for row in tx.query_all_raw(statement(sql, [BUNDLES.into(), all.into()])).await? {
        if row.try_get::<bool>("", "taken")? {
            taken.push(row.try_get::<String>("", "id")?);
        }
    }
    Ok(taken)
}

fn statement(sql: &str, values: impl IntoIterator<Item = Value>) -> Statement {
    Statement::from_sql_and_values(DbBackend::Postgres, sql, values)
}
