//! Receivers that publications wait for: asked shortly before the instant, so that what is due is held ready for it all the same.

use chrono::TimeDelta;
use persistence::db::commits;
use serde_json::json;
use services::bundles::{GivenUp, Kept, Together, next_together, prepare_upcoming, publish_due, publish_together};
use testkit::databases::TestDatabase;
use testkit::on_both_databases;
use testkit::receiver::Behaviour;

use super::Around;
use crate::instant::{given_up, published};

const DOWN: Behaviour = Behaviour::Answer(503, "closed");

/// A site on which publications wait for Wagtail.
async fn around(db: TestDatabase) -> Around {
    Around::start(db, &[("WAGTAIL_BLOCKING", "true")]).await
}

/// Nine seconds before their instant, with everything due looked at.
async fn looked_at(around: &Around) {
    around.site.run_tasks().await;
    around.site.advance(TimeDelta::seconds(51));
    assert!(prepare_upcoming(&around.site.services).await.unwrap().is_empty());
}

async fn next(around: &Around) -> Option<Together> {
    next_together(&around.site.services).await.unwrap()
}

/// Holds what is due from its time on until its instant.
async fn held(around: &Around, together: Together) -> Kept {
    let site = &around.site;
    let instant = together.instant;
    site.advance(together.begin - site.now());
    let services = site.services.clone();
    let held = tokio::spawn(async move { publish_together(&services, together).await.unwrap() });
    while !site.services.held.is_ready() && !held.is_finished() {
        tokio::task::yield_now().await;
    }
    site.advance(instant - site.now());
    held.await.unwrap()
}

async fn leave_wagtail_out(around: &Around, id: &str) {
    let skip = format!("/bundles/{id}/steps/wagtail/skip");
    around.operator.post(&skip, json!({"reason": "It is closed today"})).await.must_be(200);
}

on_both_databases! {
    async fn what_waits_for_a_receiver_that_is_up_is_held_ready_and_public_on_its_instant(db: TestDatabase) {
        let around = around(db).await;
        around.scheduled("Autumn", &["cpi"], json!([])).await;
        looked_at(&around).await;
        let together = next(&around).await.unwrap();
        let asked = around.wagtail.received().len();
        around.site.advance(together.begin - TimeDelta::seconds(4) - TimeDelta::microseconds(1) - around.site.now());
        assert_eq!(next(&around).await, Some(together.clone()));
        assert_eq!(around.wagtail.received().len(), asked, "nobody is asked so long before");
        around.site.advance(TimeDelta::microseconds(1));
        for _ in 0..3 {
            assert_eq!(next(&around).await, Some(together.clone()));
        }
        assert_eq!(around.wagtail.received().len(), asked + 1, "asked once");
        let before = commits();
        let outcomes = published(held(&around, together).await);
        assert_eq!((outcomes.len(), outcomes[0].lateness_ms(), commits() - before), (1, Some(0), 1));
        assert_eq!(around.wagtail.received().len(), asked + 1);
        around.site.public().get("/datasets/cpi").await.must_be(200);
    }

    async fn what_a_receiver_stands_in_the_way_of_falls_out_and_the_others_are_held_ready(db: TestDatabase) {
        let around = around(db).await;
        let waits = around.scheduled("Autumn", &["cpi"], json!([])).await;
        let other = around.scheduled("Winter", &["gdp"], json!([])).await;
        leave_wagtail_out(&around, &other).await;
        looked_at(&around).await;
        let both = next(&around).await.unwrap();
        around.wagtail.usually(DOWN);
        around.site.advance(both.begin - TimeDelta::seconds(4) - around.site.now());
        let together = next(&around).await.unwrap();
        assert_ne!(together, both);
        let outcomes = published(held(&around, together).await);
        assert_eq!((outcomes.len(), outcomes[0].bundle_id.as_str(), outcomes[0].lateness_ms()), (1, other.as_str(), Some(0)));
        around.site.public().get("/datasets/gdp").await.must_be(200);
        around.site.public().get("/datasets/cpi").await.must_be(404);
        let failed = publish_due(&around.site.services).await.unwrap().remove(0);
        assert_eq!((failed.bundle_id.as_str(), failed.failure.unwrap().blockers[0].code.as_str()), (waits.as_str(), "integration_down"));
        around.site.public().get("/datasets/cpi").await.must_be(404);
    }

    async fn what_is_to_be_told_to_a_receiver_after_all_is_not_held_ready_while_that_is_down(db: TestDatabase) {
        let around = around(db).await;
        let id = around.scheduled("Autumn", &["cpi"], json!([])).await;
        leave_wagtail_out(&around, &id).await;
        looked_at(&around).await;
        around.wagtail.usually(DOWN);
        let together = next(&around).await.unwrap();
        around.site.advance(together.begin - around.site.now());
        assert_eq!(next(&around).await, Some(together.clone()));
        around.operator.post(&format!("/bundles/{id}/steps/wagtail/replay"), json!({"reason": "It is open"})).await.must_be(200);
        assert_eq!(given_up(held(&around, together).await), Some(GivenUp::Receiver));
        assert!(publish_due(&around.site.services).await.unwrap()[0].failure.is_some());
        around.site.public().get("/datasets/cpi").await.must_be(404);
    }

    async fn what_was_not_held_ready_asks_again_and_takes_one_commit(db: TestDatabase) {
        let around = around(db).await;
        for (title, dataset) in [("Autumn", "cpi"), ("Winter", "gdp")] {
            around.scheduled(title, &[dataset], json!([])).await;
        }
        looked_at(&around).await;
        around.site.advance(TimeDelta::seconds(9));
        let (asked, before) = (around.wagtail.received().len(), commits());
        let outcomes = publish_due(&around.site.services).await.unwrap();
        assert!(outcomes.iter().all(|outcome| outcome.failure.is_none() && outcome.lateness_ms() == Some(0)));
        assert_eq!((outcomes.len(), commits() - before), (2, 2));
        assert_eq!(around.wagtail.received().len(), asked + 1, "once for all that are due together");
    }

    async fn what_was_not_held_ready_fails_while_its_receiver_is_down(db: TestDatabase) {
        let around = around(db).await;
        around.scheduled("Autumn", &["cpi"], json!([])).await;
        looked_at(&around).await;
        around.wagtail.usually(DOWN);
        around.site.advance(TimeDelta::seconds(9));
        let failure = publish_due(&around.site.services).await.unwrap().remove(0).failure.unwrap();
        assert_eq!(failure.blockers[0].code, "integration_down");
        around.site.public().get("/datasets/cpi").await.must_be(404);
    }
}
