//! Does what follows from commits: this node's search index, and the deliveries, for each receiver apart.
//!
//! Every receiver has a worker of its own, so that a slow one delays no other.

use std::time::Duration;

use domain::delivery::Sink;
use services::deliveries;
use tokio::sync::watch;
use tokio::task::JoinSet;
use tokio_util::sync::CancellationToken;

use crate::state::AppState;

/// The longest wait between two looks.
const PERIOD: Duration = Duration::from_secs(1);

/// Works on a nudge and on a timer until told to stop.
pub async fn run(state: AppState, stop: CancellationToken) {
    match deliveries::take_up_again(&state.services).await {
        Ok(0) => {}
        Ok(tasks) => tracing::warn!(tasks, "taking up deliveries that this node had left halfway"),
        Err(error) => {
            tracing::error!(
                error = &error as &dyn std::error::Error,
                "deliveries left halfway come back by themselves"
            );
        }
    }
    let (wake, woken) = watch::channel(());
    let mut workers = JoinSet::new();
    for sink in Sink::ALL {
        workers.spawn(work_for(*sink, state.clone(), woken.clone(), stop.clone()));
    }
    drop(woken);
    loop {
        wake.send_replace(());
        if let Err(error) = services::catalogue::sync_index(&state.services).await {
            tracing::error!(error = &error as &dyn std::error::Error, "the search index cannot be brought up to date");
        }
        tokio::select! {
            () = stop.cancelled() => break,
            () = state.services.nudges.follow_up.notified() => {}
            () = tokio::time::sleep(PERIOD) => {}
        }
    }
    while workers.join_next().await.is_some() {}
}

/// Delivers to one receiver whenever woken, until nothing is due.
async fn work_for(sink: Sink, state: AppState, mut woken: watch::Receiver<()>, stop: CancellationToken) {
    loop {
        match deliveries::run_due_while(&state.services, sink, || !stop.is_cancelled()).await {
            Ok(tried) => {
                for delivered in &tried {
                    let (sink, outcome) = (delivered.sink.as_str(), delivered.outcome.as_str());
                    metrics::counter!("deliveries_total", "sink" => sink, "outcome" => outcome).increment(1);
                }
                if !tried.is_empty() && !stop.is_cancelled() {
                    continue;
                }
            }
            Err(error) => {
                tracing::error!(%sink, error = &error as &dyn std::error::Error, "deliveries cannot be made");
            }
        }
        tokio::select! {
            () = stop.cancelled() => return,
            changed = woken.changed() => {
                if changed.is_err() {
                    return;
                }
            }
        }
    }
}
