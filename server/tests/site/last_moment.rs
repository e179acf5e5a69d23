//! The last moment before an instant: whoever took a step by then has it, whatever node they are on and whichever waits to publish.

use chrono::{DateTime, TimeDelta, Utc};
use domain::bundle::{BundleCommand, BundleStage, Schedule};
use domain::page::Paging;
use persistence::Database;
use server::clock::system;
use services::bundles::{
    GivenUp, Held, Kept, Preparations, PublishOutcome, next_together, prepare_upcoming, publish_due, publish_one,
    publish_together, take_step, timeline,
};
use services::{Clock, Ctx, Services, deliveries};
use testkit::databases::TestDatabase;
use testkit::on_both_databases;

use crate::instant::{given_up, held_ready, published, schedule, scheduled, soon};
use crate::support::*;

/// How often each step is taken about an instant.
const ROUNDS: i64 = 3;

/// Another node over the same database.
fn node(site: &Site, db: Database, clock: Clock) -> Services {
    Services { db, clock, held: Held::default(), preparations: Preparations::default(), ..site.services.clone() }
}

fn asks(now: DateTime<Utc>) -> Ctx {
    Ctx { caller: Some(domain::actor::Caller::system("test")), ..Ctx::public(now, "a-test".to_owned()) }
}

fn cancel() -> BundleCommand {
    BundleCommand::CancelSchedule { reason: None }
}

fn move_to(at: DateTime<Utc>) -> BundleCommand {
    BundleCommand::Schedule(Schedule { publication_date: at, notification_channels: Vec::new() })
}

fn by_hand() -> BundleCommand {
    BundleCommand::PublishNow { reason: None }
}

/// How often something happened to a bundle.
async fn times(site: &Site, id: &str, event: &str) -> usize {
    let told = timeline(&site.services, &asks(site.now()), id, Paging::WHOLE).await.unwrap().items;
    told.iter().filter(|told| told.event_type == event).count()
}

/// A step is taken while one node holds the bundle and another, for which the instant has come, waits for the rows that are held.
async fn goes_before_who_waits(db: TestDatabase, step: impl Fn(DateTime<Utc>) -> BundleCommand, becomes: BundleStage) {
    let databases = (db.another().await, db.another().await);
    let site = Site::start(db).await;
    if !site.services.db.is_shared() {
        return; // One process, which does not publish what it holds.
    }
    let (id, _) = scheduled(&site, "gdp").await;
    let (together, held) = held_ready(&site).await;
    let clock = site.services.clock.clone();
    let fast = Services {
        preparations: site.services.preparations.clone(),
        ..node(&site, databases.0.database(), Clock::new(move || clock.now() + TimeDelta::minutes(1)))
    };
    let own = id.clone();
    let publishing = tokio::spawn(async move { publish_one(&fast, &own).await.unwrap() });
    soon(site.database.somebody_waits()).await;
    assert!(site.now() < together.instant);
    let other = node(&site, databases.1.database(), site.services.clock.clone());
    let command = step(together.instant + TimeDelta::hours(1));
    let taken = soon(take_step(&other, &asks(site.now()), &id, None, command)).await.unwrap();
    assert_eq!(taken.stage(), becomes);
    assert!(soon(publishing).await.unwrap().is_none());
    assert_eq!(given_up(soon(held).await.unwrap()), Some(GivenUp::Wanted));
    site.public().get("/datasets/gdp").await.must_be(404);
    assert_eq!(times(&site, &id, "published").await, 0);
    let published = publish_due(&site.services).await.unwrap().len();
    assert_eq!(published, usize::from(becomes == BundleStage::Publishing));
    assert_eq!(times(&site, &id, "published").await, published);
}

/// What a node publishes from now until a while after an instant, by its own clock.
async fn publish_until(services: Services, end: DateTime<Utc>) -> Vec<PublishOutcome> {
    let mut outcomes = Vec::new();
    while services.clock.now() < end {
        outcomes.extend(publish_due(&services).await.unwrap());
    }
    outcomes
}

/// Lets one node hold a bundle and two publish what is due, while on one of them a step is taken so long before the instant: it has
/// the bundle, or the bundle is public, once and whole, and never both nor neither. Whether it was held before the step, for which
/// there has to be enough room until the instant.
async fn races(
    site: &Site,
    (one, two): (&Services, &Services),
    (round, ahead, room): (String, i64, i64),
    command: BundleCommand,
) -> bool {
    let (id, approver) = scheduled(site, &round).await;
    let instant = site.services.db.time().await.unwrap() + TimeDelta::milliseconds(room);
    assert!(instant > site.now(), "the machine's clock is before that of the tests");
    schedule(site, &approver, &id, instant - site.now()).await;
    for services in [one, two] {
        assert!(prepare_upcoming(services).await.unwrap().is_empty());
    }
    let (holder, together) = (one.clone(), next_together(one).await.unwrap());
    let holding = tokio::spawn(async move {
        match together {
            Some(together) => publish_together(&holder, together).await.unwrap(),
            None => Kept::GivenUp(GivenUp::Unready),
        }
    });
    let end = instant + TimeDelta::milliseconds(400);
    let due = [one, two].map(|services| tokio::spawn(publish_until(services.clone(), end)));
    let mut was_held = false;
    while two.clock.now() < instant - TimeDelta::milliseconds(ahead) {
        was_held |= one.held.is_ready();
        tokio::task::yield_now().await;
    }
    let stays = !matches!(command, BundleCommand::PublishNow { .. });
    let taken = take_step(two, &asks(two.clock.now()), &id, None, command).await;
    assert!(taken.as_ref().err().is_none_or(|error| error.refusal().is_some()), "{round}: {taken:?}");
    let mut published = match holding.await.unwrap() {
        Kept::Published(outcomes) => outcomes.len(),
        Kept::GivenUp(_) => 0,
    };
    for due in due {
        published += due.await.unwrap().len();
    }
    published += publish_due(one).await.unwrap().len();
    let is_kept = taken.is_ok() && stays;
    assert_eq!(published, usize::from(!is_kept), "{round}: {taken:?}");
    assert_eq!(times(site, &id, "published").await, published, "{round}");
    let seen = site.public().get(&format!("/files/downloads/{round}/{round}.csv")).await;
    seen.must_be(if is_kept { 404 } else { 200 });
    was_held
}

on_both_databases! {
    async fn who_cancels_before_the_instant_goes_before_a_node_that_waits_to_publish(db: TestDatabase) {
        goes_before_who_waits(db, |_| cancel(), BundleStage::Approved).await;
    }

    async fn who_moves_it_before_the_instant_goes_before_a_node_that_waits_to_publish(db: TestDatabase) {
        goes_before_who_waits(db, move_to, BundleStage::Scheduled).await;
    }

    async fn who_publishes_by_hand_before_the_instant_goes_before_a_node_that_waits_to_publish(db: TestDatabase) {
        goes_before_who_waits(db, |_| by_hand(), BundleStage::Publishing).await;
    }

    async fn who_may_not_leave_a_step_out_makes_no_node_give_a_bundle_up(db: TestDatabase) {
        let site = Site::start(db).await;
        if !site.services.db.is_shared() {
            return; // One process, in which whoever may not do it is not heard.
        }
        let (id, _) = scheduled(&site, "gdp").await;
        let (together, held) = held_ready(&site).await;
        let nobody = domain::actor::Caller { all_permissions: false, ..domain::actor::Caller::system("nobody") };
        let ctx = Ctx { caller: Some(nobody), ..asks(site.now()) };
        // Both are refused while the bundle is held: they do not wait for whoever holds it.
        assert!(soon(deliveries::skip(&site.services, &ctx, &id, "wagtail", "why not")).await.unwrap_err().refusal().is_some());
        assert!(soon(deliveries::replay(&site.services, &ctx, &id, "wagtail", None)).await.unwrap_err().refusal().is_some());
        assert!(!held.is_finished());
        site.advance(together.instant - site.now());
        assert_eq!(published(soon(held).await.unwrap()).len(), 1);
    }

    async fn of_two_nodes_and_a_step_about_the_instant_exactly_one_has_the_bundle(db: TestDatabase) {
        let databases = (db.another().await, db.another().await);
        let site = Site::start(db).await;
        if !site.services.db.is_shared() {
            return; // One process with one clock.
        }
        let one = node(&site, databases.0.database(), system());
        let two = node(&site, databases.1.database(), system());
        let later = move_to(one.clock.now() + TimeDelta::hours(9));
        for round in 0..ROUNDS {
            // From well before the instant to a moment after it.
            let ahead = 40 - 25 * round;
            for (name, command) in [("cancelled", cancel()), ("moved", later.clone()), ("by-hand", by_hand())] {
                // As much room as this machine needs, as otherwise nothing is raced.
                let mut room = 1_500;
                while !races(&site, (&one, &two), (format!("{name}-{round}-{room}"), ahead, room), command.clone()).await {
                    room *= 2;
                    assert!(room <= 6_000, "{name}-{round} was never held before its step");
                }
            }
        }
    }
}
