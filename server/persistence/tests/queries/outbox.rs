//! Work that follows from a commit.

use std::collections::BTreeSet;

use chrono::TimeDelta;
use persistence::outbox::{self, Task};
use testkit::builders::at;
use testkit::databases::TestDatabase;
use testkit::on_both_databases;

fn task(id: &str) -> Task {
    Task {
        id: id.to_owned(),
        bundle_id: Some("b".to_owned()),
        kind: format!("kind of {id}"),
        subject: "cpi".to_owned(),
        payload: serde_json::json!({ "of": id }),
        blocking: true,
        attempts: 0,
    }
}

async fn add(db: &TestDatabase, id: &str) {
    outbox::push(db.pool(), &task(id), at(0)).await.unwrap();
}

async fn take(db: &TestDatabase, seconds: i64, limit: u64) -> Vec<(String, u32)> {
    let taken = outbox::take_due(db.pool(), at(seconds), at(seconds + 60), limit).await.unwrap();
    taken.into_iter().map(|task| (task.id, task.attempts)).collect()
}

async fn state(db: &TestDatabase) -> String {
    outbox::steps_of(db.pool(), "b").await.unwrap()[0].state.clone()
}

on_both_databases! {
    async fn work_is_taken_in_order_and_hidden_while_it_is_done(db: TestDatabase) {
        for id in ["2", "1", "3"] {
            add(&db, id).await;
        }
        let before = at(0) - TimeDelta::microseconds(1);
        assert!(outbox::take_due(db.pool(), before, at(60), 9).await.unwrap().is_empty());
        let taken = outbox::take_due(db.pool(), at(0), at(60), 1).await.unwrap();
        assert_eq!(taken[0].payload, serde_json::json!({ "of": "1" }));
        assert_eq!((taken[0].kind.as_str(), taken[0].attempts, taken[0].blocking), ("kind of 1", 1, true));
        assert_eq!(take(&db, 1, 9).await, [("2".to_owned(), 1), ("3".to_owned(), 1)]);
        assert_eq!(take(&db, 59, 9).await, []);
        assert_eq!(take(&db, 60, 9).await, [("1".to_owned(), 2)]);
    }

    async fn finished_work_never_comes_back(db: TestDatabase) {
        add(&db, "1").await;
        assert_eq!(state(&db).await, "pending");
        assert_eq!(take(&db, 0, 9).await.len(), 1);
        assert_eq!(state(&db).await, "running");
        assert_eq!(outbox::open_count(db.pool()).await.unwrap(), 1);
        outbox::finish(db.pool(), "1", at(5)).await.unwrap();
        assert_eq!(outbox::open_count(db.pool()).await.unwrap(), 0);
        assert_eq!(take(&db, 9999, 9).await, []);
        let step = &outbox::steps_of(db.pool(), "b").await.unwrap()[0];
        assert_eq!((step.state.as_str(), step.started_at, step.finished_at), ("done", Some(at(0)), Some(at(5))));
        assert!(outbox::steps_of(db.pool(), "another").await.unwrap().is_empty());
    }

    async fn failed_work_comes_back_when_it_is_told_to(db: TestDatabase) {
        add(&db, "1").await;
        assert_eq!(take(&db, 0, 9).await, [("1".to_owned(), 1)]);
        outbox::fail(db.pool(), "1", "no connection", at(600)).await.unwrap();
        let step = &outbox::steps_of(db.pool(), "b").await.unwrap()[0];
        assert_eq!((step.state.as_str(), step.last_error.as_deref()), ("failed", Some("no connection")));
        assert_eq!(take(&db, 599, 9).await, []);
        assert_eq!(take(&db, 600, 9).await, [("1".to_owned(), 2)]);
    }

    async fn two_takers_get_different_work(db: TestDatabase) {
        let all: BTreeSet<String> = (10..40).map(|number| number.to_string()).collect();
        for id in &all {
            add(&db, id).await;
        }
        let takers = [db.clone(), db.another().await].map(|node| {
            tokio::spawn(async move {
                let mut mine = Vec::new();
                loop {
                    let open = outbox::open_count(node.pool()).await.unwrap();
                    let taken = take(&node, 0, 5).await;
                    for (id, _) in &taken {
                        outbox::finish(node.pool(), id, at(1)).await.unwrap();
                    }
                    mine.extend(taken.into_iter().map(|(id, _)| id));
                    if open == 0 {
                        return mine;
                    }
                }
            })
        });
        let mut taken = Vec::new();
        for taker in takers {
            taken.extend(taker.await.unwrap());
        }
        assert_eq!(taken.len(), all.len(), "some work was taken twice: {taken:?}");
        assert_eq!(BTreeSet::from_iter(taken), all);
    }
}
