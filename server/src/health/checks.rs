//! What is looked at, and when it counts as in order.

use std::time::Duration;

use chrono::{DateTime, TimeDelta, Utc};
use domain::catalogue::SearchQuery;
use domain::delivery::{CircuitState, Sink};
use domain::uk_time;
use persistence::{probes, queue_pause, revisions};
use services::{Services, deliveries};

use super::{HealthBoard, Manner};
use crate::clock::Stopwatch;

/// How long one look may take.
const LONGEST: Duration = Duration::from_secs(5);
/// How long the scheduler may be silent; it looks for due bundles every second.
const SILENCE: TimeDelta = TimeDelta::seconds(15);
/// How old follow-up work may be.
const OLDEST_WORK: TimeDelta = TimeDelta::minutes(5);
/// How far the clocks of this node and the database may be apart: publications are exact to a quarter of a second.
const DRIFT: TimeDelta = TimeDelta::milliseconds(200);

/// A part that can fail.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Component {
    /// The database, written and read.
    Database,
    /// The object storage.
    Storage,
    /// This node's search index.
    SearchIndex,
    /// The scheduler of this node.
    Scheduler,
    /// The publish queue, which an operator may pause.
    PublishQueue,
    /// The work that follows from commits.
    Outbox,
    /// The clock, against the database's.
    Clock,
    /// A receiver of publications outside of the catalogue.
    Receiver(Sink),
}

impl Component {
    /// Every component, in the order in which they are told.
    pub const ALL: [Self; 7] = [
        Self::Database,
        Self::Storage,
        Self::SearchIndex,
        Self::Scheduler,
        Self::PublishQueue,
        Self::Outbox,
        Self::Clock,
    ];

    /// The same with the receivers that are configured.
    pub(super) fn all_with_receivers(services: &Services) -> Vec<Self> {
        let receivers = deliveries::receivers(services).into_iter().map(|(sink, _)| Self::Receiver(sink));
        Self::ALL.into_iter().chain(receivers).collect()
    }

    /// What the runbook's commands select it by.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Database => "Database",
            Self::Storage => "Storage",
            Self::SearchIndex => "Search index",
            Self::Scheduler => "Scheduler",
            Self::PublishQueue => "Publish queue",
            Self::Outbox => "Outbox",
            Self::Clock => "Clock",
            Self::Receiver(sink) => sink.title(),
        }
    }

    /// Whether nothing works, or nothing is published, without it.
    #[must_use]
    pub const fn is_vital(self) -> bool {
        matches!(self, Self::Database | Self::Storage | Self::Scheduler)
    }

    /// Whether only a node that publishes has it.
    pub(super) const fn is_of_scheduler(self) -> bool {
        matches!(self, Self::Scheduler | Self::PublishQueue)
    }

    /// Looks at it, and how long that took.
    pub(super) async fn look(
        self,
        services: &Services,
        board: &HealthBoard,
        manner: Manner,
    ) -> (Result<String, String>, Duration) {
        let watch = Stopwatch::start();
        let outcome = tokio::time::timeout(LONGEST, async {
            match self {
                Self::Database => database(services).await,
                Self::Storage => storage(services).await,
                Self::SearchIndex => search_index(services).await,
                Self::Scheduler => scheduler(services, board),
                Self::PublishQueue => publish_queue(services).await,
                Self::Outbox => outbox(services, manner).await,
                Self::Clock => clock(services).await,
                Self::Receiver(sink) => receiver(services, sink),
            }
        });
        let outcome = outcome.await.unwrap_or_else(|_| Err(format!("no answer within {} seconds", LONGEST.as_secs())));
        (outcome, watch.elapsed())
    }
}

async fn database(services: &Services) -> Result<String, String> {
    let db = &services.db;
    db.probe(&services.settings.node, services.clock.now()).await.map_err(|error| error.to_string())?;
    let pool = db.pool_figures();
    Ok(format!(
        "{} reads and writes; {} of {} connections open, {} of them idle",
        db.kind(),
        pool.open,
        pool.most,
        pool.idle
    ))
}

async fn storage(services: &Services) -> Result<String, String> {
    services.storage.check().await.map_err(|error| error.to_string())?;
    Ok("the storage answers".to_owned())
}

async fn search_index(services: &Services) -> Result<String, String> {
    let found = services::catalogue::search(services, SearchQuery::default()).await;
    found.map_err(|error| error.to_string())?;
    let revision = revisions::current(services.db.pool()).await.map_err(|error| error.to_string())?;
    let behind = revision.saturating_sub(services.index.cursor());
    // It follows within a second; one publication under way at the moment of looking is nothing to tell.
    if behind > 1 {
        return Err(format!("the index is {behind} revisions behind"));
    }
    Ok(format!("the index is at revision {}", services.index.cursor()))
}

fn scheduler(services: &Services, board: &HealthBoard) -> Result<String, String> {
    let silent = services.clock.now() - board.last_beat();
    if silent > SILENCE {
        return Err(format!("the scheduler has been silent for {} seconds", silent.num_seconds()));
    }
    Ok("the scheduler looks for due bundles".to_owned())
}

/// Everybody may read this, so that it tells neither who paused the queue nor why.
async fn publish_queue(services: &Services) -> Result<String, String> {
    let queue = queue_pause::find(services.db.pool()).await.map_err(|error| error.to_string())?;
    match queue.paused() {
        Some(pause) => {
            let since = uk_time::date_time(pause.since);
            Err(format!("the queue is paused since {since}: no bundle is published until an operator resumes it"))
        }
        None => Ok("the queue goes on".to_owned()),
    }
}

async fn outbox(services: &Services, manner: Manner) -> Result<String, String> {
    let oldest = probes::oldest_open_work(services.db.pool()).await.map_err(|error| error.to_string())?;
    let age = oldest.map(|since| services.clock.now() - since);
    let limit = OLDEST_WORK.max(TimeDelta::from_std(manner.interval * 2).unwrap_or(OLDEST_WORK));
    match age {
        Some(age) if age > limit => Err(format!("follow-up work has waited for {} seconds", age.num_seconds())),
        _ => Ok("follow-up work is done in time".to_owned()),
    }
}

/// How far a clock that was read between `before` and `after` of another is apart from that one at least.
fn skew(before: DateTime<Utc>, theirs: DateTime<Utc>, after: DateTime<Utc>) -> TimeDelta {
    // It was read at some moment in between: only what lies outside of it is known to be apart.
    (before - theirs).max(theirs - after).max(TimeDelta::zero())
}

async fn clock(services: &Services) -> Result<String, String> {
    let before = services.clock.now();
    let theirs = services.db.time().await.map_err(|error| error.to_string())?;
    let after = services.clock.now();
    let apart = skew(before, theirs, after);
    metrics::gauge!("clock_skew_seconds").set(apart.as_seconds_f64());
    if apart > DRIFT {
        return Err(format!("the clock and the database's are at least {} ms apart", apart.num_milliseconds()));
    }
    Ok("the clock agrees with the database's".to_owned())
}

/// A receiver counts as in order until its circuit opens; publications go on without it.
fn receiver(services: &Services, sink: Sink) -> Result<String, String> {
    let circuit = services.outlets.circuits.state(sink.as_str(), services.clock.now());
    match circuit {
        CircuitState::Closed => Ok("it takes what it is sent".to_owned()),
        CircuitState::HalfOpen => Err("it failed too often and is tried again with the next delivery".to_owned()),
        CircuitState::Open => Err("it failed too often and is left in peace for a moment; deliveries wait".to_owned()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn clocks_are_apart_by_what_the_way_to_the_database_does_not_explain() {
        let at = |ms: i64| DateTime::from_timestamp_millis(ms).unwrap();
        let apart = |before, theirs, after| skew(at(before), at(theirs), at(after)).num_milliseconds();
        assert_eq!(apart(1000, 1005, 1010), 0);
        assert_eq!(apart(1000, 1000, 1900), 0, "a slow answer is no skew");
        assert_eq!((apart(1000, 750, 1010), apart(1000, 1260, 1010)), (250, 250));
        let told = |ms| TimeDelta::milliseconds(ms) > DRIFT;
        assert!(told(201) && !told(200));
    }
}
