//! Clocks that are wrong: stepped back and forward around an instant, and apart between nodes.

use chrono::TimeDelta;
use server::clock::system;
use services::bundles::{GivenUp, Held, Preparations, publish_due, publish_one};
use services::{Clock, Services};
use testkit::databases::TestDatabase;
use testkit::on_both_databases;

use crate::instant::{events, given_up, held_ready, published, schedule, scheduled};
use crate::support::*;

on_both_databases! {
    async fn a_clock_that_leaps_over_the_instant_publishes_once_and_takes_nothing_back(db: TestDatabase) {
        let site = Site::start(db).await;
        let (id, approver) = scheduled(&site, "gdp").await;
        site.advance(TimeDelta::hours(2) - TimeDelta::milliseconds(1500));
        assert!(publish_due(&site.services).await.unwrap().is_empty());
        site.advance(TimeDelta::seconds(2));
        let outcomes = publish_due(&site.services).await.unwrap();
        assert_eq!((outcomes.len(), outcomes[0].lateness_ms()), (1, Some(500)));
        // It is set back: what is public stays public, and is not published again when the instant comes again.
        site.advance(-TimeDelta::seconds(2));
        site.public().get("/files/downloads/gdp/gdp.csv").await.must_be(200);
        assert!(publish_one(&site.services, &id).await.unwrap().is_none());
        site.advance(TimeDelta::seconds(2));
        assert!(publish_due(&site.services).await.unwrap().is_empty());
        let told = events(&approver, &id).await;
        assert_eq!(told.iter().filter(|(event, _)| event == "published").count(), 1);
    }

    async fn what_is_held_ready_waits_for_a_clock_that_is_set_back(db: TestDatabase) {
        let site = Site::start(db).await;
        scheduled(&site, "gdp").await;
        let (together, held) = held_ready(&site).await;
        site.advance(together.instant - TimeDelta::microseconds(1) - site.now());
        site.advance(-TimeDelta::seconds(2));
        site.public().get("/datasets/gdp").await.must_be(404);
        site.advance(TimeDelta::seconds(2));
        site.public().get("/datasets/gdp").await.must_be(404);
        site.advance(TimeDelta::microseconds(1));
        assert_eq!(published(held.await.unwrap()).len(), 1);
        site.public().get("/datasets/gdp").await.must_be(200);
    }

    async fn what_is_held_ready_is_not_called_punctual_where_the_clock_leaps_far_over_the_instant(db: TestDatabase) {
        let site = Site::start(db).await;
        scheduled(&site, "gdp").await;
        let (together, held) = held_ready(&site).await;
        site.advance(together.instant + TimeDelta::seconds(2) - site.now());
        assert_eq!(given_up(held.await.unwrap()), Some(GivenUp::Late));
        let outcomes = publish_due(&site.services).await.unwrap();
        assert_eq!((outcomes.len(), outcomes[0].lateness_ms()), (1, Some(2000)));
    }

    async fn a_node_whose_clock_is_fast_publishes_nothing_early(db: TestDatabase) {
        publish_by_two(db, 500, 0).await;
    }

    async fn a_node_whose_clock_is_slow_holds_nobody_up_and_publishes_nothing_again(db: TestDatabase) {
        publish_by_two(db, 0, -500).await;
    }
}

/// Lets two nodes publish whose clocks are so many milliseconds before that of their database: once, and at the instant or later.
async fn publish_by_two(db: TestDatabase, one: i64, other: i64) {
    let databases = (db.another().await, db.another().await);
    let site = Site::start(db).await;
    if !site.services.db.is_shared() {
        return; // One process with one clock.
    }
    let node = |database, apart: i64| {
        let clock = system();
        Services {
            db: database,
            clock: Clock::new(move || clock.now() + TimeDelta::milliseconds(apart)),
            preparations: Preparations::default(),
            held: Held::default(),
            ..site.services.clone()
        }
    };
    let (fast, slow) = (node(databases.0.database(), one), node(databases.1.database(), other));
    let (id, approver) = scheduled(&site, "gdp").await;
    let instant = site.services.db.time().await.unwrap() + TimeDelta::milliseconds(300);
    assert!(instant > site.now(), "the machine's clock is before that of the tests");
    schedule(&site, &approver, &id, instant - site.now()).await;
    assert!(slow.clock.now() < instant && slow.clock.now() < fast.clock.now());
    assert!(one == 0 || fast.clock.now() > instant);
    let mut outcomes = Vec::new();
    while outcomes.is_empty() {
        let seen = site.public().get("/files/downloads/gdp/gdp.csv").await.status;
        let time = site.services.db.time().await.unwrap();
        assert!(seen == 404 || time >= instant, "{seen} at {time}");
        outcomes.extend(publish_due(&slow).await.unwrap());
        outcomes.extend(publish_due(&fast).await.unwrap());
    }
    assert!(site.services.db.time().await.unwrap() >= instant);
    // The slow one finds nothing to do when the instant comes for it as well.
    while slow.clock.now() <= instant {
        outcomes.extend(publish_due(&slow).await.unwrap());
    }
    outcomes.extend(publish_due(&slow).await.unwrap());
    assert_eq!(outcomes.len(), 1);
    let told = events(&approver, &id).await;
    assert_eq!(told.iter().filter(|(event, _)| event == "published").count(), 1);
}
