//! A mail server that is slow, refuses, drops the connection, or answers twice: letters and alerts arrive, or it is told why not.

use chrono::TimeDelta;
use serde_json::{Value, json};
use testkit::mail_server::{Letter, Treatment};
use testkit::on_both_databases;
use testkit::receiver::Behaviour;

use super::Around;

/// Two who read letters about publications, the second of whom has left.
const READERS: &str = "desk@example.org,gone@example.org";
const GONE: &str = "gone@example.org";

fn ids(letters: &[Letter]) -> Vec<String> {
    letters.iter().map(|letter| letter.header("Message-ID")).collect()
}

/// Lets an hour pass, and does what is due then.
async fn an_hour_later(around: &Around) {
    around.site.advance(TimeDelta::hours(1));
    around.site.run_tasks().await;
}

/// An incident that an operator opens; its id.
async fn incident(around: &Around, title: &str) -> String {
    let body = json!({"title": title, "severity": "p3"});
    let opened = around.operator.post("/v1/incidents", body).await.must_be(201).json();
    around.site.run_tasks().await;
    opened["id"].as_str().unwrap().to_owned()
}

/// What happened to an incident.
async fn history(around: &Around, id: &str) -> Vec<Value> {
    let sheet = around.operator.get(&format!("/v1/incidents/{id}")).await.must_be(200).json();
    sheet["timeline"].as_array().unwrap().clone()
}

on_both_databases! {
    async fn an_address_that_is_refused_for_good_waits_for_an_operator_at_once(db: TestDatabase) {
        let around = Around::start(db, &[("NOTIFICATION_EMAILS", READERS)]).await;
        around.mail.knows_nobody_at(GONE);
        let id = around.scheduled("Autumn", &["cpi"], json!(["email"])).await;
        around.publish().await;
        let (desk, gone) = (around.step(&id, "email:1").await, around.step(&id, "email:2").await);
        assert_eq!((&desk["state"], &desk["attempts"]), (&json!("done"), &json!(1)), "{desk}");
        assert_eq!((&gone["state"], &gone["attempts"]), (&json!("failed"), &json!(1)), "{gone}");
        assert!(gone["given_up_at"].is_string() && gone["last_error"].as_str().unwrap().contains("550"), "{gone}");
        for _ in 0..3 {
            an_hour_later(&around).await;
        }
        assert_eq!((around.mail.tries(), around.mail.letters().len()), (2, 1), "it is not asked again and again");
        around.operator.post(&format!("/bundles/{id}/steps/email:2/replay"), json!({"reason": "Is it there now?"})).await.must_be(200);
        an_hour_later(&around).await;
        assert_eq!(around.mail.tries(), 3);
        assert_eq!(around.told(&id).await, ["step_given_up", "step_replayed", "step_given_up"]);
    }

    async fn an_alarm_that_one_reader_is_refused_reaches_the_others(db: TestDatabase) {
        let around = Around::start(db, &[("NOTIFICATION_EMAILS", READERS), ("TRACKER_BLOCKING", "true")]).await;
        around.mail.knows_nobody_at(GONE);
        around.tracker.usually(Behaviour::Answer(503, "closed"));
        let id = around.scheduled("Autumn", &["cpi"], json!([])).await;
        around.publish().await;
        let (desk, gone) = (around.step(&id, "email_alert:1").await, around.step(&id, "email_alert:2").await);
        assert!(desk["state"] == "done" && gone["given_up_at"].is_string(), "{desk} {gone}");
        assert!(around.mail.letters()[0].part("text/plain").unwrap().contains("Bundle publication failed: Tracker is down"));
    }

    async fn what_a_mail_server_refuses_of_us_is_tried_again(db: TestDatabase) {
        let around = Around::start(db, &[]).await;
        around.mail.next([Treatment::Refuse("530 say who you are first"), Treatment::Refuse("421 closing")]);
        let id = around.scheduled("Autumn", &["cpi"], json!(["email"])).await;
        around.publish().await;
        let step = around.step(&id, "email:1").await;
        assert!(step["given_up_at"].is_null() && step["next_attempt_at"].is_string(), "{step}");
        for _ in 0..2 {
            an_hour_later(&around).await;
        }
        let step = around.step(&id, "email:1").await;
        assert_eq!((&step["state"], &step["attempts"], around.mail.letters().len()), (&json!("done"), &json!(3), 1));
    }

    async fn a_letter_that_takes_too_long_is_sent_again_under_the_same_id(db: TestDatabase) {
        let around = Around::start(db, &[("EMAIL_TIMEOUT", "2s")]).await;
        around.mail.next([Treatment::Stall]);
        let id = around.scheduled("Autumn", &["cpi"], json!(["email"])).await;
        around.publish().await;
        let step = around.step(&id, "email:1").await;
        assert_eq!(step["state"], "failed");
        assert!(step["last_error"].as_str().unwrap().contains("within 2 seconds"), "{step}");
        assert_eq!(around.status(&id).await["state"], "published");
        an_hour_later(&around).await;
        assert_eq!(around.step(&id, "email:1").await["state"], "done");
        assert_eq!(around.mail.letters().len(), 1);
        // The slow one comes through after all: its reader can tell that it is the same.
        around.mail.let_go();
        around.mail.has_received(2).await;
        let ids = ids(&around.mail.letters());
        assert!(!ids[0].is_empty() && ids[0] == ids[1], "{ids:?}");
    }

    async fn a_letter_whose_answer_is_lost_is_sent_again_under_the_same_id(db: TestDatabase) {
        let around = Around::start(db, &[]).await;
        around.mail.next([Treatment::Drop, Treatment::KeepAndDrop]);
        let id = around.scheduled("Autumn", &["cpi"], json!(["email"])).await;
        around.publish().await;
        assert!(around.mail.letters().is_empty());
        for kept in 1..=2 {
            an_hour_later(&around).await;
            assert_eq!(around.mail.letters().len(), kept);
        }
        let step = around.step(&id, "email:1").await;
        assert_eq!((&step["state"], &step["attempts"]), (&json!("done"), &json!(3)));
        let letters = around.mail.letters();
        let known = ids(&letters);
        assert!(!known[0].is_empty() && known[0] == known[1], "{known:?}");
        assert_eq!(letters[0].header("Subject"), letters[1].header("Subject"));
    }

    async fn a_second_answer_is_none_to_another_letter(db: TestDatabase) {
        let around = Around::start(db, &[("NOTIFICATION_EMAILS", READERS)]).await;
        around.mail.next([Treatment::AnswerTwice, Treatment::AnswerTwice]);
        let id = around.scheduled("Autumn", &["cpi"], json!(["email"])).await;
        around.publish().await;
        an_hour_later(&around).await;
        for name in ["email:1", "email:2"] {
            let step = around.step(&id, name).await;
            assert_eq!((&step["state"], &step["attempts"]), (&json!("done"), &json!(1)), "{step}");
        }
        let known = ids(&around.mail.letters());
        assert!(known.len() == 2 && known[0] != known[1], "{known:?}");
    }

    async fn an_alert_of_an_incident_that_is_refused_ends_and_its_history_says_so(db: TestDatabase) {
        let around = Around::start(db, &[("NOTIFICATION_EMAILS", READERS)]).await;
        around.mail.knows_nobody_at(GONE);
        let id = incident(&around, "Slow").await;
        assert_eq!(around.mail.letters().len(), 1);
        let told = history(&around, &id).await;
        let types: Vec<&str> = told.iter().map(|event| event["event_type"].as_str().unwrap()).collect();
        assert_eq!(types, ["opened", "alert_refused"]);
        for _ in 0..4 {
            an_hour_later(&around).await;
        }
        assert_eq!(around.mail.tries(), 2, "nobody could end it, so it ends itself");
        let backlog = persistence::outbox::backlog(around.site.services.db.pool()).await.unwrap();
        assert!(backlog.iter().all(|line| line.kind != "email"), "{backlog:?}");
    }

    async fn an_alert_of_an_incident_is_tried_for_as_long_as_the_mail_server_is_away(db: TestDatabase) {
        let around = Around::start(db, &[]).await;
        around.mail.next([Treatment::Drop, Treatment::Drop, Treatment::Drop, Treatment::Drop, Treatment::KeepAndDrop]);
        let id = incident(&around, "Slow").await;
        for _ in 0..5 {
            an_hour_later(&around).await;
        }
        let known = ids(&around.mail.letters());
        assert!(known.len() == 2 && !known[0].is_empty() && known[0] == known[1], "{known:?}");
        an_hour_later(&around).await;
        assert_eq!((around.mail.tries(), history(&around, &id).await.len()), (6, 1));
    }
}
