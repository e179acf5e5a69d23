//! Connections and transactions.

use std::fs::File;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use domain::event::Event;
use sea_orm::sqlx;
use sea_orm::sqlx::Connection as _;
use sea_orm::sqlx::sqlite::{SqliteConnectOptions, SqliteJournalMode, SqliteSynchronous};
use sea_orm::{
    ConnectOptions, ConnectionTrait, DatabaseConnection, DatabaseTransaction, DbBackend, DbErr, ExecResult,
    QueryResult, SqliteTransactionMode, Statement, TransactionOptions, TransactionTrait,
};
use tokio::sync::OwnedMutexGuard;

use crate::error::Result;
use crate::statements::Statements;

/// Commits of this process, whatever database they went to: who remembers an answer asks whether there was one since.
static COMMITS: AtomicU64 = AtomicU64::new(0);

/// A transaction; nothing of it stays unless `services` commits it.
///
/// It keeps the audit records of what it does and writes them last, at the commit: the chain's head is then locked for
/// a moment only, and always after every other row, so that no two transactions can wait for each other.
#[derive(Debug)]
pub struct Tx {
    inner: DatabaseTransaction,
    records: Mutex<Vec<Event>>,
    /// The writer's place on SQLite, given up after the transaction, as fields are dropped in this order.
    turn: Option<OwnedMutexGuard<()>>,
}

impl Tx {
    /// Keeps a record to be written with the commit.
    pub(crate) fn keep(&self, event: Event) {
        self.records.lock().unwrap_or_else(PoisonError::into_inner).push(event);
    }

    /// Writes the audit records kept so far, for a transaction whose commit must be short and which keeps others from writing anyway.
    pub async fn write_records(&self) -> Result<()> {
        let records = std::mem::take(&mut *self.records.lock().unwrap_or_else(PoisonError::into_inner));
        if records.is_empty() { Ok(()) } else { crate::events::write(&self.inner, &records).await }
    }

    /// Undoes everything at once; dropping does the same later.
    pub async fn rollback(self) -> Result<()> {
        Ok(self.inner.rollback().await?)
    }
}

#[async_trait::async_trait]
impl ConnectionTrait for Tx {
    fn get_database_backend(&self) -> DbBackend {
        self.inner.get_database_backend()
    }

    async fn execute_raw(&self, statement: Statement) -> Result<ExecResult, DbErr> {
        self.inner.execute_raw(statement).await
    }

    async fn execute_unprepared(&self, sql: &str) -> Result<ExecResult, DbErr> {
        self.inner.execute_unprepared(sql).await
    }

    async fn query_one_raw(&self, statement: Statement) -> Result<Option<QueryResult>, DbErr> {
        self.inner.query_one_raw(statement).await
    }

    async fn query_all_raw(&self, statement: Statement) -> Result<Vec<QueryResult>, DbErr> {
        self.inner.query_all_raw(statement).await
    }
}

/// How to reach the database.
#[derive(Clone, Debug)]
pub struct Settings {
    /// `sqlite://…` or `postgres://…`.
    pub url: String,
    /// The most connections at once.
    pub max_connections: u32,
}

/// A connection to SQLite for large transactions whose commit must be short.
///
/// It writes what it changes to the log early, as it has little memory, and leaves the way of the log into the file, which the
/// one who commits waits for, to whoever commits next.
#[derive(Clone, Debug)]
struct Apart {
    pool: DatabaseConnection,
    /// The write-ahead log.
    log: PathBuf,
}

/// The database, SQLite or PostgreSQL; cheap to clone.
#[derive(Clone, Debug)]
pub struct Database {
    pool: DatabaseConnection,
    /// Who may write to SQLite: writers of this process wait here in their order, instead of asking for the file's lock
    /// again and again, ever less often.
    writers: Arc<tokio::sync::Mutex<()>>,
    /// For transactions whose commit must be short; only where SQLite has a file.
    apart: Option<Apart>,
    /// How long statements take.
    statements: Statements,
}

impl Database {
    /// Connects; SQLite is opened with a write-ahead log that is synced at each commit, and created where missing.
    pub async fn connect(settings: &Settings) -> Result<Self> {
        let mut options = connect_options(settings);
        // In KiB: the upper levels of every index of a large catalogue, for each connection.
        options.map_sqlx_sqlite_opts(|sqlite| sqlite_options(sqlite).pragma("cache_size", "-32768"));
        let pool = sea_orm::Database::connect(options).await?;
        let mut database = Self { pool, writers: Arc::default(), apart: None, statements: Statements::default() };
        if let Some(file) = database.file().await? {
            let mut options = connect_options(&Settings { max_connections: 1, ..settings.clone() });
            options.connect_lazy(true);
            options.map_sqlx_sqlite_opts(|sqlite| {
                sqlite_options(sqlite).pragma("cache_size", "-4096").pragma("wal_autocheckpoint", "0")
            });
            let pool = sea_orm::Database::connect(options).await?;
            database.apart = Some(Apart { pool, log: crate::sights::log_beside(&file) });
        }
        let noted = database.statements.clone();
        Ok(database.telling(move |info| noted.note(&info.statement.sql, info.elapsed)))
    }

    /// The same with a listener for the statements of all its connections.
    fn telling(mut self, listen: impl Fn(&sea_orm::metric::Info<'_>) + Send + Sync + 'static) -> Self {
        let listen = Arc::new(listen);
        if let Some(apart) = &mut self.apart {
            let listen = listen.clone();
            apart.pool.set_metric_callback(move |info| listen(info));
        }
        self.pool.set_metric_callback(move |info| listen(info));
        self
    }

    /// Opens a copy of SQLite that nobody else uses; nothing of it is left beside its file when it is closed.
    pub async fn open_copy(file: &Path) -> Result<Self> {
        let file = file.to_owned();
        // The file is named apart, as an address would have to spell it.
        let mut options = ConnectOptions::new("sqlite://copy");
        options.max_connections(1).sqlx_logging(false);
        without_upkeep(&mut options);
        options.map_sqlx_sqlite_opts(move |sqlite| sqlite.filename(&file).journal_mode(SqliteJournalMode::Delete));
        Ok(Self {
            pool: sea_orm::Database::connect(options).await?,
            writers: Arc::default(),
            apart: None,
            statements: Statements::default(),
        })
    }

    /// The same database with `watch` told of every statement, its values written into it, and how long it took.
    ///
    /// Writing the values costs more than many a statement: for tests and for finding what is slow.
    #[must_use]
    pub fn observed(self, watch: impl Fn(&str, Duration) + Send + Sync + 'static) -> Self {
        let noted = self.statements.clone();
        self.telling(move |info| {
            noted.note(&info.statement.sql, info.elapsed);
            watch(&info.statement.to_string(), info.elapsed);
        })
    }

    /// How long statements took in this process.
    #[must_use]
    pub const fn statements(&self) -> &Statements {
        &self.statements
    }

    /// The pool, for reading outside a transaction.
    #[must_use]
    pub const fn pool(&self) -> &DatabaseConnection {
        &self.pool
    }

    /// Begins a transaction that will write; on SQLite it takes the writer's place at once, so that it cannot fail halfway.
    ///
    /// A task that already has a transaction must not begin another: on SQLite it would wait for itself.
    pub async fn begin(&self) -> Result<Tx> {
        self.begin_on(&self.pool).await
    }

    /// The same for a large transaction that is to be committed at an instant; see [`Self::settle`].
    pub(crate) async fn begin_apart(&self) -> Result<Tx> {
        self.begin_on(self.apart.as_ref().map_or(&self.pool, |apart| &apart.pool)).await
    }

    async fn begin_on(&self, pool: &DatabaseConnection) -> Result<Tx> {
        let (turn, sqlite_transaction_mode) = match pool.get_database_backend() {
            DbBackend::Sqlite => {
                (Some(self.writers.clone().lock_owned().await), Some(SqliteTransactionMode::Immediate))
            }
            _ => (None, None),
        };
        let options = TransactionOptions { sqlite_transaction_mode, ..TransactionOptions::default() };
        Ok(Tx { inner: pool.begin_with_options(options).await?, records: Mutex::default(), turn })
    }

    /// Has what a transaction of [`Self::begin_apart`] wrote to the log by now brought to the disk, so that its commit has less to wait for.
    pub(crate) async fn settle(&self) {
        let Some(apart) = &self.apart else { return };
        let log = apart.log.clone();
        let synced = tokio::task::spawn_blocking(move || File::open(log)?.sync_data()).await;
        if let Err(error) = synced.unwrap_or_else(|ended| Err(std::io::Error::other(ended))) {
            // The commit brings it there too, or says that it cannot.
            tracing::warn!(%error, "the log of the database cannot be synced ahead");
        }
    }

    /// Closes the connections that nobody uses now, so that the next use opens new ones; how many were closed, and how many are in use.
    pub async fn renew(&self) -> Result<(u32, u32)> {
        let (closed, left) = match self.pool.get_database_backend() {
            DbBackend::Sqlite => {
                if let Some(apart) = &self.apart {
                    close_idle(apart.pool.get_sqlite_connection_pool()).await;
                }
                close_idle(self.pool.get_sqlite_connection_pool()).await
            }
            _ => close_idle(self.pool.get_postgres_connection_pool()).await,
        };
        self.check().await?;
        Ok((closed, left))
    }

    /// Asks the database for a sign of life.
    pub async fn check(&self) -> Result<()> {
        self.pool.execute_unprepared("SELECT 1").await?;
        Ok(())
    }

    /// `SQLite` or `PostgreSQL`.
    #[must_use]
    pub fn kind(&self) -> &'static str {
        match self.pool.get_database_backend() {
            DbBackend::Sqlite => "SQLite",
            _ => "PostgreSQL",
        }
    }

    /// Whether other nodes can use it too, with clocks of their own.
    #[must_use]
    pub fn is_shared(&self) -> bool {
        self.pool.get_database_backend() != DbBackend::Sqlite
    }

    /// Closes every connection.
    pub async fn close(self) -> Result<()> {
        if let Some(apart) = self.apart {
            apart.pool.close().await?;
        }
        Ok(self.pool.close().await?)
    }
}

fn connect_options(settings: &Settings) -> ConnectOptions {
    let mut options = ConnectOptions::new(settings.url.clone());
    options
        .max_connections(settings.max_connections)
        .connect_timeout(Duration::from_secs(10))
        .acquire_timeout(Duration::from_secs(10))
        .sqlx_logging(false);
    without_upkeep(&mut options);
    // SQLite ends a transaction by itself where the disk fails it. The driver then believes it still open, and whatever
    // comes next over the connection would be part of it and be lost with it: such a connection is closed.
    options.map_sqlx_sqlite_pool_opts(|pool| {
        pool.after_release(|connection, _| {
            Box::pin(async move {
                // Behind what is still to be rolled back.
                connection.ping().await?;
                Ok(!connection.is_in_transaction())
            })
        })
    });
    options
}

fn sqlite_options(sqlite: SqliteConnectOptions) -> SqliteConnectOptions {
    sqlite
        .create_if_missing(true)
        .foreign_keys(true)
        .journal_mode(SqliteJournalMode::Wal)
        .synchronous(SqliteSynchronous::Full)
        .busy_timeout(Duration::from_secs(10))
}

/// Connections stay open however old and idle they are; each is asked for a sign of life before it is used.
///
/// The pool counts its idle connections down before it has counted them up where one is taken in the moment in which it is given
/// back. The task that looks for old ones then takes that count for a number of rounds, and keeps a processor and a thread of the
/// runtime for ever. Where neither age nor idleness ends a connection there is no such task. Nor may there be a least number of connections:
/// it would be opened beside the first one, and two that make a new SQLite file their own at once refuse each other.
pub fn without_upkeep(options: &mut ConnectOptions) {
    options.idle_timeout(None::<Duration>).max_lifetime(None::<Duration>);
}

async fn close_idle<D: sqlx::Database>(pool: &sqlx::Pool<D>) -> (u32, u32) {
    let mut closed = 0;
    // No more than there are now: others may give theirs back meanwhile.
    for _ in 0..pool.num_idle() {
        let Some(connection) = pool.try_acquire() else { break };
        if let Err(error) = connection.close().await {
            tracing::warn!(%error, "an idle connection to the database ended badly");
        }
        closed += 1;
    }
    let idle = u32::try_from(pool.num_idle()).unwrap_or(u32::MAX);
    (closed, pool.size().saturating_sub(idle))
}

/// Commits, audit records last; what the transaction wrote is durable when this returns.
///
/// Where the request carries an `Idempotency-Key`, the same transaction notes that it has taken effect.
pub async fn commit(tx: Tx) -> Result<()> {
    crate::idempotency::note_commit(&tx.inner).await?;
    tx.write_records().await?;
    let committed = tx.inner.commit().await;
    drop(tx.turn);
    // Also where the answer was lost: the commit may have happened all the same.
    COMMITS.fetch_add(1, Ordering::SeqCst);
    Ok(committed?)
}

/// How many transactions this process has committed so far; a number that has not changed means that nothing did.
#[must_use]
pub fn commits() -> u64 {
    COMMITS.load(Ordering::SeqCst)
}
