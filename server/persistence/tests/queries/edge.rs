//! Requests with a key, and what health asks.

use chrono::TimeDelta;
use domain::office::{Setting, SettingChange, SettingName, Switch};
use persistence::idempotency::{self, KeptAnswer};
use persistence::office::{self, StoredSetting};
use persistence::outbox::{self, Task};
use persistence::sessions::{self, StoredSession};
use persistence::{db, probes};
use testkit::builders::at;
use testkit::databases::TestDatabase;
use testkit::on_both_databases;

async fn begin(db: &TestDatabase, seconds: i64) -> bool {
    let now = at(seconds);
    idempotency::begin(db.pool(), "k", "print", now, now + TimeDelta::seconds(60), now - TimeDelta::hours(24))
        .await
        .unwrap()
}

on_both_databases! {
    async fn nodes_are_known_by_when_they_were_last_seen(db: TestDatabase) {
        for (node, seconds) in [("here", 90), ("old", 9), ("one", 10), ("another", 20), ("one", 30)] {
            db.database().probe(node, at(seconds)).await.unwrap();
        }
        let seen = probes::nodes_since(db.pool(), "here", at(10)).await.unwrap();
        assert_eq!(seen, [("one".to_owned(), at(30)), ("another".to_owned(), at(20))]);
    }

    async fn a_key_is_taken_once_until_it_is_forgotten(db: TestDatabase) {
        assert!(begin(&db, 0).await);
        assert!(!begin(&db, 1).await);
        let answer = KeptAnswer { status: 201, headers: "[]".to_owned(), body: Some("{}".to_owned()) };
        idempotency::keep(db.pool(), "k", "print and body", &answer).await.unwrap();
        let kept = idempotency::find(db.pool(), "k").await.unwrap().unwrap();
        assert_eq!((kept.fingerprint.as_str(), kept.answer), ("print and body", Some(answer)));
        assert!(!begin(&db, 24 * 3600 - 1).await);
        assert!(begin(&db, 24 * 3600).await);
        assert_eq!(idempotency::forget(db.pool(), at(24 * 3600)).await.unwrap(), 1);
    }

    async fn an_attempt_that_committed_nothing_can_be_taken_over_once_its_time_is_up(db: TestDatabase) {
        assert!(begin(&db, 0).await);
        let seen = idempotency::find(db.pool(), "k").await.unwrap().unwrap();
        let take = async |seconds| {
            idempotency::take_over(db.pool(), "k", &seen, at(seconds), at(seconds + 60)).await.unwrap()
        };
        assert!(!take(59).await);
        assert!(take(60).await);
        assert!(!take(60).await, "somebody else has it now");
        idempotency::release(db.pool(), "k").await.unwrap();
        assert_eq!(idempotency::find(db.pool(), "k").await.unwrap(), None);
    }

    async fn a_commit_is_noted_with_what_it_commits_and_a_rollback_is_not(db: TestDatabase) {
        assert!(begin(&db, 0).await);
        let committed = async || idempotency::find(db.pool(), "k").await.unwrap().unwrap().committed;
        let work = async |keep: bool| {
            let tx = db.database().begin().await.unwrap();
            persistence::revisions::raise(&tx, &[]).await.unwrap();
            if keep { db::commit(tx).await.unwrap() } else { drop(tx) }
        };
        idempotency::within("k".to_owned(), work(false)).await;
        work(true).await;
        assert!(!committed().await, "neither a rollback nor a commit of somebody else counts");
        idempotency::within("k".to_owned(), work(true)).await;
        assert!(committed().await);
        idempotency::release(db.pool(), "k").await.unwrap();
        let seen = idempotency::find(db.pool(), "k").await.unwrap().unwrap();
        assert!(!idempotency::take_over(db.pool(), "k", &seen, at(999), at(1099)).await.unwrap());
    }

    async fn a_node_proves_that_it_can_write_and_tells_its_connections(db: TestDatabase) {
        for seconds in [0, 1] {
            db.database().probe("here", at(seconds)).await.unwrap();
        }
        let figures = db.database().pool_figures();
        assert!(figures.open >= 1 && figures.idle <= figures.open && figures.open <= figures.most, "{figures:?}");
        let first = db.database().time().await.unwrap();
        assert!(db.database().time().await.unwrap() >= first);
    }

    async fn a_setting_that_cannot_be_read_switches_no_other_off(db: TestDatabase) {
        let changed = SettingChange { at: at(1), by: "admin".to_owned(), reason: "a test".to_owned() };
        for setting in [Setting::Maintenance(Switch { on: true }), Setting::FourEyes(Switch { on: false })] {
            let (name, changed) = (setting.name(), changed.clone());
            let stored = StoredSetting { name, value: Some(setting), revision: office::UNSET + 1, changed };
            assert!(office::save(db.pool(), &stored).await.unwrap());
        }
        // As a newer node may write it.
        let newer = r#"UPDATE office_settings SET value = '{"on":false,"for":"health"}' WHERE name = 'four-eyes'"#;
        db.execute(newer).await.unwrap();
        let read = office::list(db.pool()).await.unwrap();
        assert_eq!(read.iter().map(|one| one.name).collect::<Vec<_>>(), [SettingName::Maintenance]);
    }

    async fn open_sessions_and_the_age_of_work_are_counted(db: TestDatabase) {
        for (id, user_id) in [("a", Some("u")), ("b", None), ("c", Some("u"))] {
            let session = StoredSession {
                id: id.to_owned(),
                user_id: user_id.map(str::to_owned),
                data: "{}".to_owned(),
                details: sessions::SessionDetails::default(),
                expires_at: at(if id == "c" { 10 } else { 20 }),
            };
            sessions::insert(db.pool(), &session).await.unwrap();
        }
        assert_eq!(probes::open_sessions(db.pool(), at(15)).await.unwrap(), 1);
        assert_eq!(probes::oldest_open_work(db.pool()).await.unwrap(), None);
        let task = Task::new("1".to_owned(), "alert", "", serde_json::json!({}));
        outbox::push(db.pool(), &task, at(7)).await.unwrap();
        assert_eq!(probes::oldest_open_work(db.pool()).await.unwrap(), Some(at(7)));
    }
}
