//! Work that follows from a commit.

use std::collections::BTreeSet;

use chrono::TimeDelta;
use persistence::outbox::{self, Hold, Task};
use testkit::builders::at;
use testkit::databases::TestDatabase;
use testkit::on_both_databases;

fn task(id: &str) -> Task {
    Task {
        bundle_id: Some("b".to_owned()),
        name: format!("name of {id}"),
        blocking: true,
        ..Task::new(id.to_owned(), "wagtail", "cpi", serde_json::json!({ "of": id }))
    }
}

fn hold(seconds: i64) -> Hold<'static> {
    Hold { by: "a node", until: at(seconds) }
}

fn in_lane(id: &str, lane: &str) -> Task {
    Task { lane: Some(lane.to_owned()), ..task(id) }
}

async fn add(db: &TestDatabase, id: &str) {
    outbox::push(db.pool(), &task(id), at(0)).await.unwrap();
}

async fn taken(db: &TestDatabase, seconds: i64, limit: u64) -> Vec<Task> {
    outbox::take_due(db.pool(), "wagtail", at(seconds), hold(seconds + 60), limit).await.unwrap()
}

async fn take(db: &TestDatabase, seconds: i64, limit: u64) -> Vec<(String, u32)> {
    taken(db, seconds, limit).await.into_iter().map(|task| (task.id, task.attempts)).collect()
}

async fn state(db: &TestDatabase, id: &str) -> String {
    let (_, step) = outbox::step_named(db.pool(), "b", id).await.unwrap().unwrap();
    step.state
}

on_both_databases! {
    async fn work_is_taken_in_order_and_hidden_while_it_is_done(db: TestDatabase) {
        for id in ["2", "1", "3"] {
            add(&db, id).await;
        }
        let before = at(0) - TimeDelta::microseconds(1);
        assert!(outbox::take_due(db.pool(), "wagtail", before, hold(60), 9).await.unwrap().is_empty());
        assert!(outbox::take_due(db.pool(), "tracker", at(0), hold(60), 9).await.unwrap().is_empty());
        let first = taken(&db, 0, 1).await;
        assert_eq!(first[0].payload, serde_json::json!({ "of": "1" }));
        assert_eq!((first[0].kind.as_str(), first[0].attempts, first[0].blocking), ("wagtail", 1, true));
        assert_eq!(take(&db, 1, 9).await, [("2".to_owned(), 1), ("3".to_owned(), 1)]);
        assert_eq!(take(&db, 59, 9).await, []);
        assert_eq!(take(&db, 60, 9).await, [("1".to_owned(), 2)]);
    }

    async fn finished_work_never_comes_back(db: TestDatabase) {
        add(&db, "1").await;
        assert_eq!(state(&db, "1").await, "pending");
        let mine = taken(&db, 0, 9).await;
        assert_eq!(state(&db, "1").await, "running");
        assert_eq!(outbox::open_count(db.pool()).await.unwrap(), 1);
        assert!(outbox::finish(db.pool(), &mine[0], at(5)).await.unwrap());
        assert!(!outbox::finish(db.pool(), &mine[0], at(6)).await.unwrap());
        assert_eq!(outbox::open_count(db.pool()).await.unwrap(), 0);
        assert_eq!(take(&db, 9999, 9).await, []);
        let step = &outbox::steps_of(db.pool(), "b").await.unwrap()[0];
        assert_eq!((step.state.as_str(), step.started_at, step.finished_at), ("done", Some(at(0)), Some(at(5))));
        assert!(outbox::steps_of(db.pool(), "another").await.unwrap().is_empty());
    }

    async fn failed_work_comes_back_when_it_is_told_to(db: TestDatabase) {
        add(&db, "1").await;
        let mine = taken(&db, 0, 9).await;
        assert!(outbox::fail(db.pool(), &mine[0], "no connection", at(600)).await.unwrap());
        let step = &outbox::steps_of(db.pool(), "b").await.unwrap()[0];
        assert_eq!((step.state.as_str(), step.last_error.as_deref()), ("failed", Some("no connection")));
        assert_eq!(step.next_attempt_at, Some(at(600)));
        assert_eq!(take(&db, 599, 9).await, []);
        assert_eq!(take(&db, 600, 9).await, [("1".to_owned(), 2)]);
    }

    async fn what_a_slow_taker_says_after_its_time_changes_nothing(db: TestDatabase) {
        add(&db, "1").await;
        let slow = taken(&db, 0, 9).await;
        let quick = taken(&db, 60, 9).await;
        assert!(!outbox::fail(db.pool(), &slow[0], "too late", at(600)).await.unwrap());
        assert!(!outbox::give_up(db.pool(), &slow[0], "too late", at(61)).await.unwrap());
        assert!(!outbox::postpone(db.pool(), &slow[0], at(600)).await.unwrap());
        assert!(!outbox::finish(db.pool(), &slow[0], at(61)).await.unwrap());
        assert_eq!(state(&db, "1").await, "running");
        assert!(outbox::finish(db.pool(), &quick[0], at(62)).await.unwrap());
    }

    async fn work_put_back_untried_does_not_count(db: TestDatabase) {
        add(&db, "1").await;
        let mine = taken(&db, 0, 9).await;
        assert!(outbox::postpone(db.pool(), &mine[0], at(30)).await.unwrap());
        assert_eq!(state(&db, "1").await, "pending");
        assert_eq!(take(&db, 29, 9).await, []);
        assert_eq!(take(&db, 30, 9).await, [("1".to_owned(), 1)]);
    }

    async fn later_work_of_a_lane_never_overtakes_earlier(db: TestDatabase) {
        for (id, lane) in [("1", "b/wagtail"), ("2", "b/wagtail"), ("3", "c/wagtail"), ("4", "b/wagtail")] {
            outbox::push(db.pool(), &in_lane(id, lane), at(0)).await.unwrap();
        }
        add(&db, "5").await;
        let first = taken(&db, 0, 9).await;
        let ids: Vec<&str> = first.iter().map(|task| task.id.as_str()).collect();
        assert_eq!(ids, ["1", "3", "5"]);
        assert_eq!(take(&db, 1, 9).await, [], "neither while it is being done");
        outbox::fail(db.pool(), &first[0], "no connection", at(600)).await.unwrap();
        assert_eq!(take(&db, 2, 9).await, [], "nor while it waits for its next try");
        let again = taken(&db, 600, 1).await;
        assert_eq!((again[0].id.as_str(), again[0].attempts), ("1", 2));
        outbox::give_up(db.pool(), &again[0], "no connection", at(601)).await.unwrap();
        for other in &first[1..] {
            // The others' time ran out long ago and they were taken by nobody since.
            assert!(outbox::finish(db.pool(), other, at(602)).await.unwrap());
        }
        assert_eq!(take(&db, 9999, 9).await, [], "nor when it was given up");
        assert!(outbox::skip(db.pool(), "1", "not needed", at(700)).await.unwrap());
        assert_eq!(take(&db, 700, 9).await, [("2".to_owned(), 1)]);
    }

    async fn what_was_given_up_waits_for_an_operator(db: TestDatabase) {
        add(&db, "1").await;
        let mine = taken(&db, 0, 9).await;
        assert!(!outbox::replay(db.pool(), "1", at(1)).await.unwrap(), "it has not failed yet");
        outbox::give_up(db.pool(), &mine[0], "no connection", at(1)).await.unwrap();
        assert_eq!(take(&db, 9999, 9).await, []);
        let step = &outbox::steps_of(db.pool(), "b").await.unwrap()[0];
        assert_eq!((step.state.as_str(), step.given_up_at, step.next_attempt_at), ("failed", Some(at(1)), None));
        let line = &outbox::backlog(db.pool()).await.unwrap()[0];
        assert_eq!((line.kind.as_str(), line.open, line.given_up), ("wagtail", 0, 1));
        assert!(outbox::replay(db.pool(), "1", at(2)).await.unwrap());
        let again = taken(&db, 2, 9).await;
        assert_eq!((again[0].attempts, again[0].forgiven), (2, 1));
        assert!(outbox::finish(db.pool(), &again[0], at(3)).await.unwrap());
        assert!(!outbox::replay(db.pool(), "1", at(4)).await.unwrap());
        assert!(outbox::reopen(db.pool(), "1", at(5)).await.unwrap());
        assert_eq!(take(&db, 5, 9).await, [("1".to_owned(), 3)]);
    }

    async fn what_is_left_out_is_no_longer_done_whoever_holds_it(db: TestDatabase) {
        add(&db, "1").await;
        let mine = taken(&db, 0, 9).await;
        assert!(outbox::skip(db.pool(), "1", "it is down", at(1)).await.unwrap());
        assert!(!outbox::skip(db.pool(), "1", "again", at(2)).await.unwrap());
        assert!(!outbox::finish(db.pool(), &mine[0], at(2)).await.unwrap());
        let step = &outbox::steps_of(db.pool(), "b").await.unwrap()[0];
        assert_eq!((step.state.as_str(), step.skip_reason.as_deref()), ("skipped", Some("it is down")));
        assert_eq!(outbox::skipped_names_of(db.pool(), &["b"]).await.unwrap(), [("b".to_owned(), "name of 1".to_owned())]);
        outbox::note_skipped(db.pool(), &task("2"), "it will be down", at(3)).await.unwrap();
        assert_eq!(state(&db, "2").await, "skipped");
        let mut left_out = outbox::skipped_names_of(db.pool(), &["a", "b"]).await.unwrap();
        left_out.sort_unstable();
        assert_eq!(left_out, ["1", "2"].map(|id| ("b".to_owned(), format!("name of {id}"))));
        assert!(outbox::skipped_names_of(db.pool(), &["a"]).await.unwrap().is_empty());
        assert_eq!(take(&db, 9999, 9).await, []);
        assert!(outbox::forget_skipped(db.pool(), "2").await.unwrap());
        assert!(!outbox::forget_skipped(db.pool(), "2").await.unwrap());
        assert_eq!(outbox::steps_of(db.pool(), "b").await.unwrap().len(), 1);
        add(&db, "3").await;
        assert_eq!(outbox::skip_open_of(db.pool(), "wagtail", "cpi", "gone", at(4)).await.unwrap(), 1);
        assert_eq!(state(&db, "3").await, "skipped");
    }

    async fn open_work_of_some_bundles_is_left_out_by_a_word_of_its_name(db: TestDatabase) {
        for (id, bundle) in [("1", "a"), ("2", "b"), ("3", "c")] {
            for name in ["alert_ahead", "alert"] {
                let own = Task { id: format!("{id}-{name}"), bundle_id: Some(bundle.to_owned()), name: name.to_owned(), ..task(id) };
                outbox::push(db.pool(), &own, at(0)).await.unwrap();
            }
        }
        assert_eq!(outbox::skip_open_named(db.pool(), &["a", "b"], "_ahead", "it was published", at(1)).await.unwrap(), 2);
        let mut left_out = outbox::skipped_names_of(db.pool(), &["a", "b", "c"]).await.unwrap();
        left_out.sort_unstable();
        assert_eq!(left_out, ["a", "b"].map(|bundle| (bundle.to_owned(), "alert_ahead".to_owned())));
    }

    async fn only_what_follows_from_no_bundle_is_found_by_its_id_alone(db: TestDatabase) {
        add(&db, "1").await;
        outbox::push(db.pool(), &Task { bundle_id: None, ..task("2") }, at(0)).await.unwrap();
        let (found, step) = outbox::of_no_bundle(db.pool(), "2").await.unwrap().unwrap();
        assert_eq!((found.id.as_str(), found.kind.as_str(), step.state.as_str()), ("2", "wagtail", "pending"));
        for id in ["1", "3"] {
            assert!(outbox::of_no_bundle(db.pool(), id).await.unwrap().is_none(), "{id}");
        }
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
                    let got = taken(&node, 0, 5).await;
                    for task in &got {
                        assert!(outbox::finish(node.pool(), task, at(1)).await.unwrap());
                    }
                    mine.extend(got.into_iter().map(|task| task.id));
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

    async fn what_was_sent_is_forgotten_after_a_while(db: TestDatabase) {
        let letter = Task { bundle_id: None, ..Task::new("1".into(), "letter", "a@example.org", serde_json::json!({})) };
        let email = Task { bundle_id: Some("b".into()), name: "email:1".into(), ..Task::new("2".into(), "email", "b@example.org", serde_json::json!({"to": "b"})) };
        let open = Task { bundle_id: Some("b".into()), name: "email:2".into(), ..Task::new("3".into(), "email", "c@example.org", serde_json::json!({})) };
        for task in [&letter, &email, &open] {
            outbox::push(db.pool(), task, at(0)).await.unwrap();
        }
        for kind in ["letter", "email"] {
            let taken = outbox::take_due(db.pool(), kind, at(1), hold(60), 1).await.unwrap();
            assert!(outbox::finish(db.pool(), &taken[0], at(5)).await.unwrap());
        }
        assert_eq!(outbox::forget_finished(db.pool(), at(5)).await.unwrap(), 0, "not yet");
        assert_eq!(outbox::forget_finished(db.pool(), at(6)).await.unwrap(), 2);
        assert_eq!(outbox::forget_finished(db.pool(), at(6)).await.unwrap(), 0);
        let steps = outbox::steps_of(db.pool(), "b").await.unwrap();
        assert_eq!(steps.iter().map(|step| step.name.as_str()).collect::<Vec<_>>(), ["email:1", "email:2"]);
        let left = outbox::take_due(db.pool(), "email", at(70), hold(80), 5).await.unwrap();
        assert_eq!(left.iter().map(|task| task.subject.as_str()).collect::<Vec<_>>(), ["c@example.org"]);
    }
}
