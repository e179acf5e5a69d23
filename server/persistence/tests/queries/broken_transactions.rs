//! Transactions that the database ends by itself, as SQLite does where the disk fails it; connections that nothing ends; and the
//! one whose commit has little left to do.

use persistence::{Connection, db as database, hold, outbox, outbox::Task};
use sea_orm::DbBackend;
use testkit::builders::at;
use testkit::on_both_databases;

on_both_databases! {
    async fn a_transaction_that_ended_by_itself_takes_no_later_one_with_it(db: TestDatabase) {
        for n in 0..20 {
            let tx = db.database().begin().await.unwrap();
            outbox::push(&tx, &Task::new(format!("lost {n}"), "wagtail", "cpi", serde_json::json!({})), at(0)).await.unwrap();
            // As after a full disk: nothing is open any more, and the driver does not know.
            tx.execute_unprepared("ROLLBACK").await.unwrap();
            drop(tx);
            let tx = db.database().begin().await.unwrap();
            outbox::push(&tx, &Task::new(format!("kept {n}"), "wagtail", "cpi", serde_json::json!({})), at(0)).await.unwrap();
            database::commit(tx).await.unwrap();
            let seen_by_another = outbox::open_count(db.another().await.pool()).await.unwrap();
            assert_eq!(seen_by_another, n + 1);
        }
    }
    async fn no_connection_ends_by_its_age_for_the_pool_then_counts_them_wrongly(db: TestDatabase) {
        let pool = db.pool();
        let (idle, oldest, least) = match pool.get_database_backend() {
            DbBackend::Sqlite => {
                let options = pool.get_sqlite_connection_pool().options();
                (options.get_idle_timeout(), options.get_max_lifetime(), options.get_min_connections())
            }
            _ => {
                let options = pool.get_postgres_connection_pool().options();
                (options.get_idle_timeout(), options.get_max_lifetime(), options.get_min_connections())
            }
        };
        assert_eq!((idle, oldest, least), (None, None, 0));
    }    async fn what_is_held_is_written_early_and_its_commit_waits_for_no_copy_into_the_file(db: TestDatabase) {
        let database = &db.database();
        let Some(file) = database.file().await.unwrap() else { return };
        let bytes_of = |path: &std::path::Path| std::fs::metadata(path).map_or(0, |found| found.len());
        let log = file.with_file_name(format!("{}-wal", file.file_name().unwrap().to_string_lossy()));
        // Twelve megabytes: three times the memory of that connection, and three times what another one leaves in the log.
        let large = serde_json::json!({ "text": "x".repeat(12_000) });
        let tx = hold::begin(database, &[]).await.unwrap().unwrap();
        let (before, size) = (bytes_of(&log), bytes_of(&file));
        for n in 0..1_000 {
            outbox::push(&tx, &Task::new(format!("large {n}"), "wagtail", "cpi", large.clone()), at(0)).await.unwrap();
        }
        hold::settle(database).await;
        let early = bytes_of(&log) - before;
        assert!(early > 6_000_000, "{early}");
        assert_eq!(outbox::open_count(db.pool()).await.unwrap(), 0);
        database::commit(tx).await.unwrap();
        assert_eq!(outbox::open_count(db.pool()).await.unwrap(), 1_000);
        assert_eq!(bytes_of(&file), size);
        // Whoever commits next brings it there.
        let tx = database.begin().await.unwrap();
        outbox::push(&tx, &Task::new("small".to_owned(), "wagtail", "cpi", serde_json::json!({})), at(0)).await.unwrap();
        database::commit(tx).await.unwrap();
        assert!(bytes_of(&file) > size + 6_000_000);
    }
}
