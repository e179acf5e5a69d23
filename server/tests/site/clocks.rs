//! Clocks that are wrong: stepped back and forward around an instant, and apart between nodes.

use chrono::TimeDelta;
use server::clock::system;
use services::bundles::{GivenUp, Held, Preparations, publish_due, publish_one};
use services::{Clock, Services};
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

    async fn of_nodes_whose_clocks_are_apart_none_publishes_early(db: TestDatabase) {
        let (one, two) = (db.another().await, db.another().await);
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
        let (fast, slow) = (node(one.database(), 500), node(two.database(), 0));
        let (id, approver) = scheduled(&site, "gdp").await;
        let instant = site.services.db.time().await.unwrap() + TimeDelta::milliseconds(300);
        schedule(&site, &approver, &id, instant - site.now()).await;
        assert!(fast.clock.now() > instant && slow.clock.now() < instant);
        let mut seen_published = Vec::new();
        while seen_published.is_empty() {
            let seen = site.public().get("/files/downloads/gdp/gdp.csv").await.status;
            let time = site.services.db.time().await.unwrap();
            assert!(seen == 404 || time >= instant, "{seen} at {time}");
            seen_published.extend(publish_due(&fast).await.unwrap());
            seen_published.extend(publish_due(&slow).await.unwrap());
        }
        assert!(site.services.db.time().await.unwrap() >= instant);
        assert_eq!(seen_published.len(), 1);
    }
}
