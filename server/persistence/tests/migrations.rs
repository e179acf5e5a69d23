//! The schema goes up, all the way down and up again on both databases.
#![expect(clippy::unwrap_used, reason = "a test stops at what it did not expect")]

use std::collections::BTreeSet;

use migrations::{Migrator, MigratorTrait};
use sea_orm::{ConnectionTrait, DatabaseConnection, DbBackend, Statement};
use testkit::databases::{TestDatabase, run_with};

async fn up_down_up(db: TestDatabase) {
    let pool = db.pool();
    assert_eq!(tables(pool).await, BTreeSet::new());

    Migrator::up(pool, None).await.unwrap();
    let made = tables(pool).await;
    for table in
        ["datasets", "versions", "files", "bundles", "bundle_contents", "events", "outbox", "users", "sessions"]
    {
        assert!(made.contains(table), "{table} is missing from {made:?}");
    }
    assert_eq!(Migrator::get_pending_migrations(pool).await.unwrap().len(), 0);
    Migrator::up(pool, None).await.unwrap();

    Migrator::down(pool, None).await.unwrap();
    assert_eq!(tables(pool).await, BTreeSet::new());

    Migrator::up(pool, None).await.unwrap();
    assert_eq!(tables(pool).await, made);
    assert_eq!(persistence::revisions::current(pool).await.unwrap(), 0);
}

/// Records of before the chain are taken into it as they stand, and stay when the chain is taken away again.
async fn old_records_are_chained(db: TestDatabase) {
    const ACTOR: &str = r#"{"id":"a","name":"Aŵel \"A\"","kind":"user"}"#;
    let pool = db.pool();
    Migrator::up(pool, Some(4)).await.unwrap();
    for n in 1..=620 {
        let at = 1_795_000_000_000_000_i64 + n / 2;
        let state = if n % 2 == 0 { "NULL" } else { "'approved'" };
        let values = format!(
            "'id-{n:04}', 'approved', 'bundle', 'b', '{ACTOR}', 'a', NULL, {state}, 'say ''yes''', {at}, 'request', '[{n}]'"
        );
        db.execute(&format!("INSERT INTO events VALUES ({values})")).await.unwrap();
    }
    Migrator::up(pool, None).await.unwrap();
    let verdict = persistence::events::verify(pool).await.unwrap();
    assert_eq!((verdict.sound, verdict.head_sequence, verdict.broken), (620, 620, None));
    let later = u32::try_from(Migrator::migrations().len()).unwrap() - 4;
    Migrator::down(pool, Some(later)).await.unwrap();
    let all = Statement::from_string(pool.get_database_backend(), "SELECT id FROM events ORDER BY id");
    assert_eq!(pool.query_all_raw(all).await.unwrap().len(), 620);
    Migrator::up(pool, None).await.unwrap();
    assert_eq!(persistence::events::verify(pool).await.unwrap().sound, 620);
}

/// Rights of before the history of access count from when their holders were made, and end where they are known to have ended.
async fn old_rights_begin_their_history(db: TestDatabase) {
    let pool = db.pool();
    let steps = Migrator::migrations();
    let before = steps.iter().position(|step| step.name() == "m0018_access_history").unwrap();
    Migrator::up(pool, Some(u32::try_from(before).unwrap())).await.unwrap();
    const GRANTS: &str = r#"[{"role":"editor"}]"#;
    for statement in [
        format!(
            "INSERT INTO users (id, email, name, disabled, grants, created_at, last_edited, revision) VALUES ('ann', 'a@b', 'Ann', FALSE, '{GRANTS}', 10, 30, 2)"
        ),
        format!(
            "INSERT INTO users (id, email, name, disabled, grants, created_at, last_edited, revision) VALUES ('bob', 'b@b', 'Bob', TRUE, '{GRANTS}', 10, 30, 2)"
        ),
        format!("INSERT INTO teams (id, name, grants, revision) VALUES ('press', 'Press', '{GRANTS}', 1)"),
        "INSERT INTO team_members (team_id, user_id) VALUES ('press', 'ann')".to_owned(),
        format!(
            "INSERT INTO service_tokens (id, name, token_hash, grants, approve_own, created_at, revoked_at, revision) VALUES ('t', 'T', 'h', '{GRANTS}', FALSE, 10, 20, 2)"
        ),
    ] {
        db.execute(&statement).await.unwrap();
    }
    Migrator::up(pool, None).await.unwrap();
    let at = |micros: i64| chrono::DateTime::from_timestamp_micros(micros).unwrap();
    let found = persistence::access::holders_until(pool, at(100)).await.unwrap();
    let told: Vec<(&str, Vec<(i64, bool)>)> = found
        .holders
        .iter()
        .map(|holder| {
            let since = holder.held.iter().map(|since| (since.at.timestamp_micros(), since.held.is_some()));
            (holder.id.as_str(), since.collect())
        })
        .collect();
    let expected =
        [("ann", vec![(10, true)]), ("bob", vec![(10, true), (30, false)]), ("t", vec![(10, true), (20, false)])];
    assert_eq!(told, expected);
    assert_eq!(found.holders[0].teams["press"].len(), 1);
    assert_eq!(found.teams["press"][0].held.as_ref().unwrap().len(), 1);
    assert_eq!(persistence::access::holders_until(pool, at(10)).await.unwrap().holders.len(), 0);
}

#[test]
fn sqlite_begins_the_history_of_access() {
    run_with(TestDatabase::empty_sqlite, old_rights_begin_their_history);
}

#[test]
fn postgres_begins_the_history_of_access() {
    run_with(TestDatabase::empty_postgres, old_rights_begin_their_history);
}

#[test]
fn sqlite_chains_old_records() {
    run_with(TestDatabase::empty_sqlite, old_records_are_chained);
}

#[test]
fn postgres_chains_old_records() {
    run_with(TestDatabase::empty_postgres, old_records_are_chained);
}

/// Tables of ours; the migrator's own list of steps is not one.
async fn tables(pool: &DatabaseConnection) -> BTreeSet<String> {
    let query = match pool.get_database_backend() {
        DbBackend::Sqlite => "SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite_%'",
        _ => "SELECT table_name::text AS name FROM information_schema.tables WHERE table_schema = 'public'",
    };
    let rows = pool.query_all_raw(Statement::from_string(pool.get_database_backend(), query)).await.unwrap();
    let names = rows.iter().map(|row| row.try_get::<String>("", "name").unwrap());
    names.filter(|name| name != "seaql_migrations").collect()
}

#[test]
fn sqlite_goes_up_down_and_up_again() {
    run_with(TestDatabase::empty_sqlite, up_down_up);
}

#[test]
fn postgres_goes_up_down_and_up_again() {
    run_with(TestDatabase::empty_postgres, up_down_up);
}

testkit::on_both_databases! {
    async fn a_test_database_has_every_step(db: TestDatabase) {
        assert_eq!(Migrator::get_pending_migrations(db.pool()).await.unwrap().len(), 0);
        assert!(!tables(db.pool()).await.is_empty());
    }

    async fn two_test_databases_share_nothing(db: TestDatabase) {
        let other = match db.database().kind() {
            "SQLite" => TestDatabase::sqlite().await,
            _ => TestDatabase::postgres().await,
        };
        persistence::revisions::raise(db.pool(), &[]).await.unwrap();
        assert_eq!(persistence::revisions::current(db.pool()).await.unwrap(), 1);
        assert_eq!(persistence::revisions::current(other.pool()).await.unwrap(), 0);
    }
}
