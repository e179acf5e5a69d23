//! Fresh databases with the present schema, on SQLite and on a real PostgreSQL.
#![expect(clippy::expect_used, reason = "a test without its database can only stop, saying why")]

mod cluster;

use std::future::Future;
use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use migrations::{Migrator, MigratorTrait};
use persistence::{Database, Settings};
use sea_orm::{ConnectOptions, ConnectionTrait, DatabaseConnection, DbErr, Statement};
use tempfile::TempDir;

use cluster::Cluster;

/// More than any test holds at once, few enough for many tests side by side on one cluster.
const MAX_CONNECTIONS: u32 = 5;
/// The stack of every thread of a test: that of the program's own workers (server/src/cli.rs).
const STACK: usize = 8 << 20;
/// What a test's SQLite file is called.
const SQLITE_FILE: &str = "catalogue.sqlite";
/// The advisory lock under which the migrated template is made.
const TEMPLATE_LOCK: i64 = 0x6461_7461_7365_7473;

/// A database that no other test sees; it is removed when the last clone is dropped.
#[derive(Clone, Debug)]
pub struct TestDatabase {
    // Declared, and so dropped, before what it is connected to.
    database: Database,
    place: Arc<Place>,
}

#[derive(Debug)]
enum Place {
    Sqlite { url: String, _folder: TempDir },
    Postgres { url: String, name: String, cluster: Arc<Cluster> },
}

impl TestDatabase {
    /// A migrated SQLite file in a folder of its own.
    pub async fn sqlite() -> Self {
        Self::open(Place::sqlite().await).await
    }

    /// A migrated database in a real PostgreSQL.
    pub async fn postgres() -> Self {
        Self::open(Place::postgres(true).await).await
    }

    /// A SQLite file without any table.
    pub async fn empty_sqlite() -> Self {
        Self::open(Place::empty_sqlite()).await
    }

    /// A database without any table in a real PostgreSQL.
    pub async fn empty_postgres() -> Self {
        Self::open(Place::postgres(false).await).await
    }

    /// The database; clones share its connections.
    #[must_use]
    pub fn database(&self) -> Database {
        self.database.clone()
    }

    /// The connections, for queries.
    #[must_use]
    pub const fn pool(&self) -> &DatabaseConnection {
        self.database.pool()
    }

    /// The address under which a program can reach it.
    #[must_use]
    pub fn url(&self) -> &str {
        match self.place.as_ref() {
            Place::Sqlite { url, .. } | Place::Postgres { url, .. } => url,
        }
    }

    /// Another set of connections to the same database, as another node would have.
    pub async fn another(&self) -> Self {
        Self { database: connect(self.url()).await, place: Arc::clone(&self.place) }
    }

    /// Runs a statement past everything of ours, as somebody with every right over the database could.
    pub async fn execute(&self, statement: &str) -> Result<(), DbErr> {
        self.pool().execute_unprepared(statement).await.map(|_| ())
    }

    /// Waits until somebody waits for a lock in it, in PostgreSQL.
    pub async fn somebody_waits(&self) {
        let sql = "SELECT count(*) AS waiting FROM pg_stat_activity \
                   WHERE datname = current_database() AND wait_event_type = 'Lock'";
        loop {
            let asked = Statement::from_string(self.pool().get_database_backend(), sql);
            let row = self.pool().query_one_raw(asked).await.expect("reading who waits").expect("a count");
            if row.try_get::<i64>("", "waiting").expect("a number") > 0 {
                return;
            }
            tokio::task::yield_now().await;
        }
    }

    /// Takes away what guards the audit trail.
    pub async fn unguard_audit_trail(&self) {
        self.drop_triggers(&[
            ("events_follow", "events"),
            ("events_never_change", "events"),
            ("events_never_go", "events"),
            ("event_chain_goes_on", "event_chain"),
            ("event_chain_never_goes", "event_chain"),
        ])
        .await;
        self.drop_triggers_of_sqlite(&["events_never_give_way", "events_count_up", "event_chain_has_one_head"]).await;
    }

    /// Takes away what guards the publication log.
    pub async fn unguard_publication_log(&self) {
        self.drop_triggers(&[
            ("publication_log_follows", "publication_log"),
            ("publication_log_never_changes", "publication_log"),
            ("publication_log_never_goes", "publication_log"),
            ("publication_chain_goes_on", "publication_chain"),
            ("publication_chain_never_goes", "publication_chain"),
        ])
        .await;
        self.drop_triggers_of_sqlite(&[
            "publication_log_never_gives_way",
            "publication_log_counts_up",
            "publication_chain_has_one_head",
        ])
        .await;
    }

    async fn drop_triggers_of_sqlite(&self, triggers: &[&str]) {
        if self.database.kind() == "SQLite" {
            for trigger in triggers {
                self.execute(&format!("DROP TRIGGER {trigger}")).await.expect("taking a trigger away");
            }
        }
    }

    async fn drop_triggers(&self, triggers: &[(&str, &str)]) {
        for (trigger, table) in triggers {
            let of = if self.database.kind() == "SQLite" { String::new() } else { format!(" ON {table}") };
            self.execute(&format!("DROP TRIGGER {trigger}{of}")).await.expect("taking a trigger away");
        }
    }

    async fn open(place: Place) -> Self {
        let url = match &place {
            Place::Sqlite { url, .. } | Place::Postgres { url, .. } => url,
        };
        Self { database: connect(url).await, place: Arc::new(place) }
    }
}

impl Place {
    fn empty_sqlite() -> Self {
        let folder = tempfile::tempdir().expect("a temporary folder");
        Self::Sqlite { url: at_file(&folder.path().join(SQLITE_FILE)), _folder: folder }
    }

    async fn sqlite() -> Self {
        let folder = tempfile::tempdir().expect("a temporary folder");
        let file = folder.path().join(SQLITE_FILE);
        match cluster::variable("TEST_TEMPLATES") {
            Some(templates) => copy_of_template(Path::new(&templates), &file).await,
            None => migrated(&at_file(&file)).await,
        }
        Self::Sqlite { url: at_file(&file), _folder: folder }
    }

    async fn postgres(is_migrated: bool) -> Self {
        let cluster = Cluster::of_process().await;
        let name = format!("t_{}", fresh_word());
        let admin = alone(cluster.url()).await;
        let template = if is_migrated { template(&admin, &cluster).await } else { "template0".to_owned() };
        run(&admin, &format!("CREATE DATABASE {name} TEMPLATE {template}")).await;
        admin.close().await.expect("closing a connection");
        Self::Postgres { url: at_database(cluster.url(), &name), name, cluster }
    }
}

impl Drop for Place {
    fn drop(&mut self) {
        let Self::Postgres { name, cluster, .. } = self else { return };
        let (url, statement) = (cluster.url().to_owned(), format!("DROP DATABASE IF EXISTS {name} WITH (FORCE)"));
        // On a thread of its own, for a drop can neither wait nor know in which runtime it happens.
        let dropping = std::thread::spawn(move || {
            let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
            let dropped = runtime.block_on(async {
                let admin = sea_orm::Database::connect(alone_options(&url)).await?;
                admin.execute_unprepared(&statement).await
            });
            dropped.map(|_| ()).map_err(std::io::Error::other)
        });
        // What is left over goes with the cluster.
        let _ = dropping.join();
    }
}

/// Copies a migrated SQLite file, made by whichever process comes first.
async fn copy_of_template(templates: &Path, file: &Path) {
    let template = templates.join(format!("{}.sqlite", schema_name()));
    if !template.exists() {
        // Renamed only when it is complete; of two that are made at once either serves.
        let unfinished = templates.join(format!("{}.unfinished", fresh_word()));
        migrated(&at_file(&unfinished)).await;
        std::fs::rename(&unfinished, &template).expect("naming a template");
    }
    std::fs::copy(&template, file).expect("copying a template");
}

fn at_file(path: &Path) -> String {
    format!("sqlite://{}", path.display())
}

/// Of the present schema: another as soon as a migration is added.
fn schema_name() -> String {
    let names: Vec<String> = Migrator::migrations().iter().map(|step| step.name().to_owned()).collect();
    format!("migrated_{:016x}", fnv(&names.join(" ")))
}

/// The name of a migrated database to copy, made by whichever process comes first.
async fn template(admin: &DatabaseConnection, cluster: &Cluster) -> String {
    let name = schema_name();
    run(admin, &format!("SELECT pg_advisory_lock({TEMPLATE_LOCK})")).await;
    let asked = Statement::from_string(
        admin.get_database_backend(),
        format!("SELECT datname FROM pg_database WHERE datname = '{name}'"),
    );
    if admin.query_one_raw(asked).await.expect("reading the list of databases").is_none() {
        // Renamed only when it is complete, so that a run that was stopped leaves no half of one.
        let unfinished = format!("{name}_{}", fresh_word());
        run(admin, &format!("CREATE DATABASE {unfinished} TEMPLATE template0")).await;
        migrated(&at_database(cluster.url(), &unfinished)).await;
        run(admin, &format!("ALTER DATABASE {unfinished} RENAME TO {name}")).await;
    }
    run(admin, &format!("SELECT pg_advisory_unlock({TEMPLATE_LOCK})")).await;
    name
}

async fn migrated(url: &str) {
    let pool = alone(&format!("{url}{}", if url.starts_with("sqlite:") { "?mode=rwc" } else { "" })).await;
    if url.starts_with("sqlite:") {
        run(&pool, "PRAGMA synchronous = OFF").await;
    }
    Migrator::up(&pool, None).await.expect("migrating a fresh database");
    pool.close().await.expect("closing a connection");
}

async fn connect(url: &str) -> Database {
    let settings = Settings { url: url.to_owned(), max_connections: MAX_CONNECTIONS };
    Database::connect(&settings).await.expect("connecting to a test's database")
}

fn alone_options(url: &str) -> ConnectOptions {
    let mut options = ConnectOptions::new(url);
    options.max_connections(1).sqlx_logging(false).acquire_timeout(Duration::from_secs(60));
    persistence::db::without_upkeep(&mut options);
    options
}

async fn alone(url: &str) -> DatabaseConnection {
    sea_orm::Database::connect(alone_options(url)).await.expect("connecting to a test's database server")
}

async fn run(db: &DatabaseConnection, statement: &str) {
    db.execute_unprepared(statement).await.expect(statement);
}

/// The same server's other database.
fn at_database(admin_url: &str, name: &str) -> String {
    let (server, _) = admin_url.rsplit_once('/').expect("TEST_POSTGRES_URL ends in the name of a database");
    format!("{server}/{name}")
}

#[expect(clippy::disallowed_methods, reason = "names of databases that are thrown away; no test sees them")]
fn fresh_word() -> String {
    uuid::Uuid::now_v7().simple().to_string()
}

/// FNV-1a: the same in every process, which the standard library's hasher does not promise.
fn fnv(text: &str) -> u64 {
    text.bytes().fold(0xcbf2_9ce4_8422_2325, |hash, byte| (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3))
}

/// Runs a test on a database, on as many threads as a server would use.
pub fn run_with<D, T>(database: impl FnOnce() -> D + Send, test: impl FnOnce(TestDatabase) -> T + Send)
where
    D: Future<Output = TestDatabase>,
    T: Future<Output = ()>,
{
    let mut runtime = tokio::runtime::Builder::new_multi_thread();
    let runtime = runtime.worker_threads(2).thread_stack_size(STACK).enable_all().build().expect("a runtime");
    let mut thread = std::thread::Builder::new().stack_size(STACK);
    if let Some(name) = std::thread::current().name() {
        thread = thread.name(name.to_owned());
    }
    let ended = std::thread::scope(|scope| {
        let run = || runtime.block_on(async { test(database().await).await });
        thread.spawn_scoped(scope, run).expect("a thread").join()
    });
    if let Err(panic) = ended {
        std::panic::resume_unwind(panic);
    }
}

/// Makes two tests of each function, `name::sqlite` and `name::postgres`.
///
/// ```text
/// on_both_databases! {
///     /// What must hold.
///     async fn a_fresh_catalogue_is_empty(db: TestDatabase) { … }
/// }
/// ```
#[macro_export]
macro_rules! on_both_databases {
    ($($(#[$meta:meta])* async fn $name:ident($db:ident: TestDatabase) $body:block)+) => {$(
        $(#[$meta])*
        mod $name {
            use super::*;

            async fn body($db: $crate::databases::TestDatabase) $body

            #[test]
            fn sqlite() {
                $crate::databases::run_with($crate::databases::TestDatabase::sqlite, body);
            }

            #[test]
            fn postgres() {
                $crate::databases::run_with($crate::databases::TestDatabase::postgres, body);
            }
        }
    )+};
}
