//! Receivers that took what they were sent, and whose answer was lost: they get it again, and can tell.

use chrono::TimeDelta;
use serde_json::json;
use testkit::on_both_databases;
use testkit::receiver::{Behaviour, Receiver};

use super::Around;

/// The deliveries that carried a body: what was told, not what was asked.
fn told(receiver: &Receiver) -> Vec<(String, String, Vec<u8>)> {
    let of = |one: testkit::receiver::Received| {
        (one.header("idempotency-key").to_owned(), one.uri.path().to_owned(), one.body)
    };
    receiver.received().into_iter().filter(|one| !one.body.is_empty()).map(of).collect()
}

on_both_databases! {
    async fn what_is_told_twice_after_a_lost_answer_carries_the_same_key(db: TestDatabase) {
        let around = Around::start(db, &[]).await;
        let receivers = [(&around.wagtail, "wagtail"), (&around.tracker, "tracker:cpi"), (&around.slack, "slack")];
        for (receiver, _) in receivers {
            receiver.next([Behaviour::Drop]);
        }
        let first = around.scheduled("Autumn", &["cpi"], json!(["slack"])).await;
        around.publish().await;
        around.site.advance(TimeDelta::hours(1));
        around.site.run_tasks().await;
        let second = around.scheduled("Winter", &["gdp"], json!(["slack"])).await;
        around.publish().await;
        for (receiver, name) in receivers {
            let step = around.step(&first, name).await;
            assert_eq!((&step["state"], &step["attempts"]), (&json!("done"), &json!(2)), "{step}");
            let [lost, again, other] = &told(receiver)[..] else { panic!("{name}: not three") };
            assert!(!lost.0.is_empty() && lost == again, "{name}: {lost:?} {again:?}");
            assert_ne!(lost.0, other.0, "{name}: what is told anew has a key of its own");
            // It is what operators know the step by.
            assert_eq!(step["id"], lost.0.as_str(), "{name}");
        }
        assert_eq!(around.status(&second).await["state"], "published");
    }
}
