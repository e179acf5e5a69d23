//! Whose a bundle is: of whoever holds it ready, publishes it by itself, or takes a step with it.

use std::time::Duration;

use persistence::{Tx, hold};
use sea_orm::{ConnectionTrait, DbBackend, Statement};
use testkit::on_both_databases;

/// Waits for what happens beside the test.
async fn soon<T>(what: impl Future<Output = T>) -> T {
    tokio::time::timeout(Duration::from_secs(60), what).await.unwrap()
}

async fn silence(tx: &Tx) -> String {
    let sql = "SELECT current_setting('idle_in_transaction_session_timeout') AS silence";
    let row = tx.query_one_raw(Statement::from_string(DbBackend::Postgres, sql)).await.unwrap().unwrap();
    row.try_get("", "silence").unwrap()
}

on_both_databases! {
    async fn whoever_takes_a_step_keeps_the_bundle_from_being_taken(db: TestDatabase) {
        let node = db.another().await;
        let step = db.database().begin().await.unwrap();
        hold::wait_for_holder(&step, "b").await.unwrap();
        if !db.database().is_shared() {
            assert!(hold::try_take(&step, "b").await.unwrap(), "there is one writer");
            return;
        }
        assert_eq!(silence(&step).await, "5s", "nobody could publish it meanwhile");
        let publishing = node.database().begin().await.unwrap();
        assert!(!soon(hold::try_take(&publishing, "b")).await.unwrap());
        assert!(hold::try_take(&publishing, "d").await.unwrap(), "another bundle is nobody's");
        step.rollback().await.unwrap();
        assert!(hold::try_take(&publishing, "b").await.unwrap());
        // Then steps wait.
        let next = db.database();
        let waiting = tokio::spawn(async move {
            let step = next.begin().await.unwrap();
            hold::wait_for_holder(&step, "b").await.unwrap();
        });
        soon(db.somebody_waits()).await;
        assert!(!waiting.is_finished());
        // Which is no matter of whoever holds another bundle.
        let held = hold::begin(&db.database(), &["c"]).await.unwrap().unwrap();
        assert!(!hold::is_asked_back(&db.database()).await.unwrap());
        held.rollback().await.unwrap();
        publishing.rollback().await.unwrap();
        soon(waiting).await.unwrap();
    }

    async fn what_is_held_or_asked_back_is_not_taken(db: TestDatabase) {
        if !db.database().is_shared() {
            return; // One process, whose memory tells who holds.
        }
        let node = db.another().await;
        let held = hold::begin(&db.database(), &["b"]).await.unwrap().unwrap();
        let publishing = node.database().begin().await.unwrap();
        assert!(!soon(hold::try_take(&publishing, "b")).await.unwrap());
        let next = db.database();
        let asking = tokio::spawn(async move {
            let step = next.begin().await.unwrap();
            hold::wait_for_holder(&step, "b").await.unwrap();
            step
        });
        soon(db.somebody_waits()).await;
        assert!(hold::is_asked_back(&db.database()).await.unwrap());
        held.rollback().await.unwrap();
        // Whoever waited has it with the end of the holder, and nobody comes in between.
        assert!(!hold::try_take(&publishing, "b").await.unwrap());
        soon(asking).await.unwrap().rollback().await.unwrap();
        assert!(hold::try_take(&publishing, "b").await.unwrap());
    }
}
