//! Whether the whole publish queue is paused: a row of its own among what the office has set, and what keeps pausing and
//! publishing apart.
//!
//! Every transaction that takes a bundle for publication, or makes one public, asks here before anything else, and what it was
//! told holds until it ends. On SQLite that is so because there is one writer at a time. On PostgreSQL such transactions share
//! an advisory lock, which whoever pauses the queue waits to have alone: when the pause is committed, nothing that had asked
//! before is under way any more, and whatever asks later is told of it. A publication does not wait for whoever waits to pause:
//! it is left for the next look, and keeps no connection from those that are being committed.
//!
//! So nothing is published while somebody waits, and no wait may be without end: a transaction whose node freezes is ended by
//! the database, and whoever waits to pause gives up after a while.

use std::time::Duration;

use domain::office::{QueuePause, QueueSwitch, SettingChange};
use sea_orm::{ConnectionTrait, DbBackend, DbErr, EntityTrait, RuntimeErr, Statement, sqlx};

use crate::convert::{from_json, json, micros};
use crate::db::Tx;
use crate::entities::office_setting;
use crate::error::{PersistenceError, Result};
use crate::hold::SILENCE_MS;
use crate::office::{UNSET, write};

/// The row's name, which is that of no setting.
const NAME: &str = "publish-queue";
/// The first half of the advisory lock that publications share; the second is nought.
pub(crate) const QUEUE: i32 = 0x4443_5002;
/// What PostgreSQL calls that a lock was waited for too long.
const LOCK_NOT_AVAILABLE: &str = "55P03";

/// The queue as a transaction that publishes finds it, and which stays so until it ends; `None` while the queue is paused or
/// somebody waits to pause it: then nothing is to be published.
pub async fn open(tx: &Tx) -> Result<Option<QueueSwitch>> {
    if tx.get_database_backend() != DbBackend::Sqlite {
        let row = tx.query_one_raw(locking("pg_try_advisory_xact_lock_shared($1, 0) AS shared")).await?;
        if !row.map(|row| row.try_get::<bool>("", "shared")).transpose()?.unwrap_or(false) {
            return Ok(None);
        }
    }
    let queue = find(tx).await?;
    Ok(queue.paused().is_none().then_some(queue))
}

/// Whether the queue is paused, for a transaction that has to be told; nobody pauses the queue until it ends.
///
/// Ask before any row is written and before [`crate::hold::wait_for_holder`], so that no two transactions wait for each other.
pub async fn ask(tx: &Tx) -> Result<QueueSwitch> {
    share(tx).await?;
    find(tx).await
}

/// Waits for whoever is about to pause the queue, and keeps others from it until this transaction ends.
pub(crate) async fn share(tx: &Tx) -> Result<()> {
    if tx.get_database_backend() != DbBackend::Sqlite {
        tx.query_one_raw(locking("pg_advisory_xact_lock_shared($1, 0) IS NULL AS waited")).await?;
    }
    Ok(())
}

/// Waits until no transaction that has asked is under way, and keeps others from asking until this one ends; false where one is
/// still under way after this time. Then the transaction is good for nothing any more.
pub async fn take(tx: &Tx, patience: Duration) -> Result<bool> {
    if tx.get_database_backend() == DbBackend::Sqlite {
        return Ok(true);
    }
    // Until the transaction ends, as it keeps everybody from publishing whatever it waits for.
    let patience = patience.as_millis().max(1);
    tx.execute_unprepared(&format!("SET LOCAL lock_timeout = {patience}")).await?;
    match tx.query_one_raw(locking("pg_advisory_xact_lock($1, 0) IS NULL AS waited")).await {
        Ok(_) => Ok(true),
        Err(error) if is_out_of_patience(&error) => Ok(false),
        Err(error) => Err(PersistenceError::from(error)),
    }
}

/// Whether somebody pauses the queue just now or waits to, so that [`open`] lets nobody publish.
pub async fn is_wanted(db: &impl ConnectionTrait) -> Result<bool> {
    if db.get_database_backend() == DbBackend::Sqlite {
        return Ok(false);
    }
    let sql = "SELECT EXISTS (SELECT 1 FROM pg_locks WHERE locktype = 'advisory' AND mode = 'ExclusiveLock' \
               AND classid = $1::int::oid AND objsubid = 2 \
               AND database = (SELECT oid FROM pg_database WHERE datname = current_database())) AS wanted";
    let row = db.query_one_raw(Statement::from_sql_and_values(DbBackend::Postgres, sql, [QUEUE.into()])).await?;
    Ok(row.map(|row| row.try_get::<bool>("", "wanted")).transpose()?.unwrap_or(false))
}

/// A lock on the queue; with it the transaction is ended where nothing is heard of it for as long as of one that is held ready.
fn locking(lock: &str) -> Statement {
    let sql = format!("SELECT {lock}, set_config('idle_in_transaction_session_timeout', $2, true) AS silence");
    Statement::from_sql_and_values(DbBackend::Postgres, sql, [QUEUE.into(), SILENCE_MS.to_string().into()])
}

fn is_out_of_patience(error: &DbErr) -> bool {
    if let DbErr::Query(RuntimeErr::SqlxError(error)) | DbErr::Exec(RuntimeErr::SqlxError(error)) = error
        && let sqlx::Error::Database(error) = error.as_ref()
    {
        return error.code().is_some_and(|code| code == LOCK_NOT_AVAILABLE);
    }
    false
}

/// Whether the queue is paused now, for whoever only looks.
pub async fn find(db: &impl ConnectionTrait) -> Result<QueueSwitch> {
    let Some(row) = office_setting::Entity::find_by_id(NAME).one(db).await? else {
        return Ok(QueueSwitch { pause: None, revision: UNSET });
    };
    let pause: Option<QueuePause> = row.value.map(|text| from_json(&text)).transpose()?;
    Ok(QueueSwitch { pause, revision: row.revision })
}

/// Saves the switch if it is of the revision after the one that is there; false where it is not.
pub async fn save(db: &impl ConnectionTrait, switch: &QueueSwitch, changed: &SettingChange) -> Result<bool> {
    let row = office_setting::Model {
        name: NAME.to_owned(),
        value: switch.pause.as_ref().map(json).transpose()?,
        revision: switch.revision,
        changed_at: micros(changed.at),
        changed_by: changed.by.clone(),
        reason: changed.reason.clone(),
    };
    write(db, row).await
}
