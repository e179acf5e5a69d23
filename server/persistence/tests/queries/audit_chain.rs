//! The audit trail's chain: in one order, closed by the database, and telling where it was broken.

use domain::event::Event;
use persistence::{db, events};
use testkit::databases::TestDatabase;
use testkit::on_both_databases;

use crate::records::{append, event};

async fn ten_records(db: &TestDatabase) {
    append(db, (1..=4).map(|n| event(&format!("id-{n:02}"), "bundle", "b", n))).await.unwrap();
    for n in 5..=10 {
        append(db, [event(&format!("id-{n:02}"), "version", "gdp/time-series/1", n)]).await.unwrap();
    }
    let verdict = events::verify(db.pool()).await.unwrap();
    assert_eq!((verdict.sound, verdict.head_sequence, verdict.broken), (10, 10, None));
}

/// The number, id and problem of the first record that does not hold.
async fn broken(db: &TestDatabase) -> (i64, Option<String>, String) {
    let found = events::verify(db.pool()).await.unwrap().broken.unwrap();
    (found.sequence, found.id, found.problem)
}

on_both_databases! {
    async fn the_database_refuses_to_change_or_remove_a_record(db: TestDatabase) {
        ten_records(&db).await;
        // A record that follows the newest as it should, under keys of its own or those of another.
        let next = |verb: &str, keys: &str, values: &str| {
            let told = "event_type, resource_type, resource_id, actor, actor_id, at, request_id, details";
            format!(
                "{verb} INTO events ({keys}, {told}, previous_hash, hash) SELECT {values}, {told}, hash, 'x' FROM events WHERE sequence = 10"
            )
        };
        let mut attempts: Vec<String> = [
            "UPDATE events SET reason = 'another' WHERE sequence = 3",
            "UPDATE events SET at = at WHERE sequence = 3",
            "DELETE FROM events WHERE sequence = 10",
            "DELETE FROM events",
            "UPDATE event_chain SET sequence = 2",
            "UPDATE event_chain SET sequence = 9, hash = 'x'",
            "DELETE FROM event_chain",
            "INSERT INTO events SELECT 11, 'x', event_type, resource_type, resource_id, bundle_id, actor, actor_id, via, client, \
             from_state, to_state, reason, at, request_id, details, \"before\", \"after\", previous_hash, hash FROM events WHERE sequence = 10",
            "INSERT INTO event_chain (id, sequence, hash) VALUES (1, 9, 'x') \
             ON CONFLICT (id) DO UPDATE SET sequence = excluded.sequence, hash = excluded.hash",
        ].map(str::to_owned).to_vec();
        attempts.push(next("INSERT", "sequence, id", "11, 'id-03'") + " ON CONFLICT (id) DO UPDATE SET reason = 'another'");
        if db.database().kind() == "SQLite" {
            // What is put in place of something else goes past what guards deletions.
            attempts.push("INSERT OR REPLACE INTO event_chain SELECT 1, 9, hash FROM events WHERE sequence = 9".to_owned());
            attempts.push("REPLACE INTO event_chain (rowid, id, sequence, hash) VALUES (1, 2, 9, 'x')".to_owned());
            attempts.push(next("INSERT OR REPLACE", "sequence, id", "11, 'id-03'"));
            attempts.push(next("INSERT OR REPLACE", "sequence, id", "10, 'x'"));
            attempts.push(next("INSERT OR REPLACE", "rowid, sequence, id", "4, 11, 'x'"));
            attempts.push(next("INSERT OR REPLACE", "rowid, sequence, id", "-1, 11, 'x'"));
        } else {
            attempts.extend(["TRUNCATE events", "TRUNCATE event_chain"].map(str::to_owned));
        }
        for attempt in attempts {
            let refused = db.execute(&attempt).await.unwrap_err().to_string();
            assert!(refused.contains("the audit trail"), "{attempt}: {refused}");
        }
        assert_eq!(events::verify(db.pool()).await.unwrap().broken, None);
        // Nothing of all that keeps the next record out.
        append(&db, [event("id-11", "bundle", "b", 11)]).await.unwrap();
        assert_eq!(events::verify(db.pool()).await.unwrap().sound, 11);
    }

    async fn a_record_that_was_tampered_with_is_named(db: TestDatabase) {
        ten_records(&db).await;
        db.unguard_audit_trail().await;
        for (column, value) in [
            ("event_type", "'rejected'"), ("actor", "'{}'"), ("actor_id", "'x'"), ("reason", "'x'"), ("at", "at + 1"),
            ("details", "'{}'"), ("\"before\"", "NULL"), ("\"after\"", "'1'"), ("client", "NULL"), ("via", "'token:2'"),
            ("request_id", "'x'"), ("resource_id", "'x'"), ("resource_type", "'x'"), ("bundle_id", "NULL"),
            ("from_state", "NULL"), ("to_state", "''"), ("id", "'x'"),
        ] {
            let kept = if column == "id" { "'id-03'".to_owned() } else { "(SELECT kept FROM keeping)".to_owned() };
            db.execute(&format!("CREATE TABLE keeping AS SELECT {column} AS kept FROM events WHERE sequence = 3")).await.unwrap();
            db.execute(&format!("UPDATE events SET {column} = {value} WHERE sequence = 3")).await.unwrap();
            let (sequence, id, problem) = broken(&db).await;
            assert_eq!((sequence, id.as_deref()), (3, Some(if column == "id" { "x" } else { "id-03" })), "{column}");
            assert!(problem.contains("was changed"), "{column}: {problem}");
            db.execute(&format!("UPDATE events SET {column} = {kept} WHERE sequence = 3")).await.unwrap();
            db.execute("DROP TABLE keeping").await.unwrap();
            assert_eq!(events::verify(db.pool()).await.unwrap().broken, None, "{column} put back");
        }
    }

    async fn records_taken_out_of_the_middle_or_off_the_end_are_missed(db: TestDatabase) {
        ten_records(&db).await;
        db.unguard_audit_trail().await;
        db.execute("CREATE TABLE keeping AS SELECT * FROM events").await.unwrap();

        db.execute("DELETE FROM events WHERE sequence IN (4, 5)").await.unwrap();
        let (sequence, id, problem) = broken(&db).await;
        assert_eq!((sequence, id), (4, None));
        assert!(problem.contains("missing") && problem.contains("number 6"), "{problem}");
        // Numbers moved up close the gap, not the chain.
        db.execute("UPDATE events SET sequence = -sequence WHERE sequence > 5").await.unwrap();
        db.execute("UPDATE events SET sequence = -sequence - 2 WHERE sequence < 0").await.unwrap();
        assert_eq!(broken(&db).await.0, 4);

        db.execute("DELETE FROM events").await.unwrap();
        db.execute("INSERT INTO events SELECT * FROM keeping WHERE sequence <= 8").await.unwrap();
        let (sequence, id, problem) = broken(&db).await;
        assert_eq!((sequence, id), (9, None));
        assert!(problem.contains("newest records are missing, 2"), "{problem}");

        // A head set back to fit is found by what was written after it, and the wrong hash by itself.
        db.execute("INSERT INTO events SELECT * FROM keeping WHERE sequence > 8").await.unwrap();
        db.execute("UPDATE event_chain SET sequence = 9, hash = (SELECT hash FROM events WHERE sequence = 9)").await.unwrap();
        let (sequence, id, problem) = broken(&db).await;
        assert_eq!((sequence, id.as_deref()), (10, Some("id-10")), "{problem}");
        db.execute("UPDATE event_chain SET sequence = 10, hash = 'x'").await.unwrap();
        assert_eq!(broken(&db).await.0, 10);
    }

    async fn commits_side_by_side_keep_one_chain(db: TestDatabase) {
        let another = db.another().await;
        let writing = (0..24_i64).map(|n| {
            let database = if n % 2 == 0 { db.database() } else { another.database() };
            tokio::spawn(async move {
                let tx = database.begin().await.unwrap();
                for part in 0..3 {
                    events::append(&tx, event(&format!("id-{n}-{part}"), "bundle", "b", n));
                }
                if n % 6 == 5 { tx.rollback().await.unwrap() } else { db::commit(tx).await.unwrap() }
            })
        });
        for task in writing.collect::<Vec<_>>() {
            task.await.unwrap();
        }
        let verdict = events::verify(db.pool()).await.unwrap();
        assert_eq!((verdict.sound, verdict.head_sequence, verdict.broken), (60, 60, None));
    }

    async fn what_a_transaction_did_not_commit_leaves_no_record(db: TestDatabase) {
        let tx = db.database().begin().await.unwrap();
        events::append(&tx, event("never", "bundle", "b", 1));
        drop(tx);
        append(&db, [Event { reason: Some("\u{1}\"\\ŵ\n".to_owned()), ..event("kept", "bundle", "b", 2) }]).await.unwrap();
        let verdict = events::verify(db.pool()).await.unwrap();
        assert_eq!((verdict.sound, verdict.broken), (1, None));
    }
}
