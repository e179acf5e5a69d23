//! Transactions that the database ends by itself, as SQLite does where the disk fails it; and connections that nothing ends.

use persistence::{Connection, db as database, outbox, outbox::Task};
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
    }
}
