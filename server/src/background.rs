//! The tasks beside the requests: publication at the instant, what follows from it, health and housekeeping.

mod compare_tables;
mod conditions;
mod examine_files;
mod follow_up;
mod health;
mod housekeeping;
mod outcomes;
mod prepare;
mod prepare_outputs;
mod publish_due;
mod publish_together;
mod remind;
mod renew_options;
mod watch_revision;

pub use conditions::Conditions;
pub use housekeeping::{look_round, run as keep_house};

use std::time::Duration;

use tokio::task::JoinSet;
use tokio_util::sync::CancellationToken;

use crate::state::AppState;

/// How long what was counted in memory may take to be written down at the end.
const LAST_COUNTS: Duration = Duration::from_secs(5);

/// Starts the tasks; they end, each at a safe point, when `stop` is cancelled.
pub fn start(state: &AppState, stop: &CancellationToken) -> JoinSet<()> {
    let mut tasks = JoinSet::new();
    if state.config.enable_private_endpoints {
        let outcomes = outcomes::Outcomes::default();
        tasks.spawn(publish_due::run(state.clone(), outcomes.clone(), stop.clone()));
        tasks.spawn(publish_together::run(state.clone(), outcomes, stop.clone()));
        tasks.spawn(prepare::run(state.clone(), stop.clone()));
        tasks.spawn(examine_files::run(state.clone(), stop.clone()));
        tasks.spawn(remind::run(state.clone(), stop.clone()));
        tasks.spawn(renew_options::run(state.clone(), stop.clone()));
    }
    tasks.spawn(prepare_outputs::run(state.clone(), stop.clone()));
    tasks.spawn(compare_tables::run(state.clone(), stop.clone()));
    tasks.spawn(watch_revision::run(state.clone(), stop.clone()));
    tasks.spawn(follow_up::run(state.clone(), stop.clone()));
    tasks.spawn(health::run(state.clone(), stop.clone()));
    tasks.spawn(housekeeping::run(state.clone(), stop.clone()));
    tasks
}

/// Lets requests and tasks under way finish, which were told to stop, as long as `patience` lasts; then writes down what was counted
/// in memory, since the answers that were given last count, too.
pub async fn end(state: &AppState, serving: impl Future, mut tasks: JoinSet<()>, patience: Duration) {
    let all = async {
        serving.await;
        while tasks.join_next().await.is_some() {}
    };
    if tokio::time::timeout(patience, all).await.is_err() {
        tracing::warn!("requests or tasks were still under way and have been cut off");
    }
    if tokio::time::timeout(LAST_COUNTS, housekeeping::keep_counts(state)).await.is_err() {
        tracing::warn!("what was counted last cannot be written down in time");
    }
}
