//! The switch of the publish queue: changed by one at a time, and never between what a publication was told and its commit.

use std::time::Duration;

use domain::office::{QueuePause, QueueSwitch, SettingChange};
use persistence::{Database, Tx, db, hold, office, queue_pause};
use sea_orm::{ConnectionTrait, DbBackend, Statement};
use testkit::builders::at;
use testkit::on_both_databases;

fn changed() -> SettingChange {
    SettingChange { at: at(1), by: "Ann".to_owned(), reason: "A figure is doubted".to_owned() }
}

fn paused(revision: i64) -> QueueSwitch {
    let pause =
        QueuePause { since: at(1), by: "Ann".to_owned(), reason: "A figure is doubted".to_owned(), until: None };
    QueueSwitch { pause: Some(pause), revision }
}

/// Waits for what happens beside the test.
async fn soon<T>(what: impl Future<Output = T>) -> T {
    tokio::time::timeout(Duration::from_secs(60), what).await.unwrap()
}

/// How long the database lets a transaction be silent.
async fn silence(tx: &Tx) -> String {
    let sql = "SELECT current_setting('idle_in_transaction_session_timeout') AS silence";
    let row = tx.query_one_raw(Statement::from_string(DbBackend::Postgres, sql)).await.unwrap().unwrap();
    row.try_get("", "silence").unwrap()
}

/// Pauses the queue as another node does.
async fn pause(node: Database) {
    let tx = node.begin().await.unwrap();
    assert!(queue_pause::take(&tx, Duration::from_secs(60)).await.unwrap());
    assert!(queue_pause::save(&tx, &paused(office::UNSET + 1), &changed()).await.unwrap());
    db::commit(tx).await.unwrap();
}

on_both_databases! {
    async fn the_switch_is_saved_over_the_revision_before_and_no_other(db: TestDatabase) {
        let unset = QueueSwitch { pause: None, revision: office::UNSET };
        assert_eq!(queue_pause::find(db.pool()).await.unwrap(), unset);
        for (revision, expected) in [(office::UNSET + 2, false), (office::UNSET + 1, true), (office::UNSET + 1, false)] {
            let saved = queue_pause::save(db.pool(), &paused(revision), &changed()).await.unwrap();
            assert_eq!(saved, expected, "{revision}");
        }
        let pause = paused(0).pause.map(|pause| QueuePause { until: Some(at(9)), ..pause });
        let over = QueueSwitch { pause, revision: office::UNSET + 2 };
        assert!(queue_pause::save(db.pool(), &over, &changed()).await.unwrap());
        assert_eq!(queue_pause::find(db.pool()).await.unwrap(), over);
        // It is no setting, and in nobody's way who reads those.
        assert!(office::list(db.pool()).await.unwrap().is_empty());
    }

    async fn nobody_pauses_the_queue_until_whoever_was_told_has_ended(db: TestDatabase) {
        let node = db.another().await;
        let publishing = db.database().begin().await.unwrap();
        assert!(queue_pause::open(&publishing).await.unwrap().is_some());
        assert!(!queue_pause::is_wanted(db.pool()).await.unwrap(), "whoever publishes pauses nothing");
        let pausing = tokio::spawn(pause(node.database()));
        if db.database().is_shared() {
            // So does a holder see that somebody waits.
            soon(async {
                while !hold::is_asked_back(&db.database()).await.unwrap() {
                    tokio::task::yield_now().await;
                }
            })
            .await;
            assert!(queue_pause::is_wanted(db.pool()).await.unwrap());
            // What comes after it does not wait, and what was told before may ask again.
            let next = db.database().begin().await.unwrap();
            assert!(soon(queue_pause::open(&next)).await.unwrap().is_none());
            assert!(soon(queue_pause::open(&publishing)).await.unwrap().is_some());
        }
        assert!(!pausing.is_finished());
        assert!(queue_pause::find(db.pool()).await.unwrap().paused().is_none());
        db::commit(publishing).await.unwrap();
        soon(pausing).await.unwrap();
        assert!(!queue_pause::is_wanted(db.pool()).await.unwrap());
        let late = db.database().begin().await.unwrap();
        assert_eq!(queue_pause::ask(&late).await.unwrap(), paused(office::UNSET + 1));
        assert!(queue_pause::open(&late).await.unwrap().is_none());
    }

    async fn whoever_waits_to_pause_gives_up_after_a_while_and_the_others_go_on(db: TestDatabase) {
        if !db.database().is_shared() {
            return; // There is one writer.
        }
        let node = db.another().await;
        let publishing = db.database().begin().await.unwrap();
        assert!(queue_pause::open(&publishing).await.unwrap().is_some());
        let pausing = node.database().begin().await.unwrap();
        assert!(!soon(queue_pause::take(&pausing, Duration::from_millis(1))).await.unwrap());
        let next = db.database().begin().await.unwrap();
        assert!(queue_pause::open(&next).await.unwrap().is_some(), "nobody waits any more");
        pausing.rollback().await.unwrap();
        for tx in [publishing, next] {
            db::commit(tx).await.unwrap();
        }
        let again = node.database().begin().await.unwrap();
        assert!(soon(queue_pause::take(&again, Duration::from_millis(1))).await.unwrap());
        // Whoever pauses keeps all others back, and is seen as well.
        assert!(queue_pause::is_wanted(db.pool()).await.unwrap());
        let late = db.database().begin().await.unwrap();
        assert!(queue_pause::open(&late).await.unwrap().is_none());
    }

    async fn whoever_has_asked_is_not_waited_for_without_end(db: TestDatabase) {
        if !db.database().is_shared() {
            return; // There is one process.
        }
        let database = db.database();
        let begun = database.begin().await.unwrap();
        assert_eq!(silence(&begun).await, "0");
        assert!(queue_pause::open(&begun).await.unwrap().is_some());
        assert_eq!(silence(&begun).await, "5s");
        db::commit(begun).await.unwrap();
        let asking = database.begin().await.unwrap();
        assert_eq!(silence(&asking).await, "0", "it ends with the transaction");
        queue_pause::ask(&asking).await.unwrap();
        assert_eq!(silence(&asking).await, "5s");
        db::commit(asking).await.unwrap();
        let pausing = database.begin().await.unwrap();
        assert!(soon(queue_pause::take(&pausing, Duration::from_secs(60))).await.unwrap());
        assert_eq!(silence(&pausing).await, "5s");
        pausing.rollback().await.unwrap();
        let held = hold::begin(&database, &["b"]).await.unwrap().unwrap();
        assert!(queue_pause::open(&held).await.unwrap().is_some());
        assert_eq!(silence(&held).await, "5s", "as it was held for before");
    }

    async fn publications_do_not_wait_for_each_other(db: TestDatabase) {
        if !db.database().is_shared() {
            return; // There is one writer.
        }
        let node = db.another().await;
        let (one, other) = (db.database().begin().await.unwrap(), node.database().begin().await.unwrap());
        for tx in [&one, &other] {
            assert!(soon(queue_pause::open(tx)).await.unwrap().is_some());
        }
    }
}
