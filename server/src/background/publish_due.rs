//! Wakes at the exact instant of the next due bundle, at every nudge, and every second to be safe.

use std::time::Duration;

use persistence::bundles;
use services::bundles::{PublishOutcome, Running};
use tokio_util::sync::CancellationToken;

use crate::state::AppState;

/// The longest wait between two looks.
const SAFETY: Duration = Duration::from_secs(1);

/// Publishes whatever is due until told to stop; a publication under way is finished first.
pub async fn run(state: AppState, stop: CancellationToken) {
    let mut failures_in_a_row = 0_u32;
    match services::bundles::take_up_again(&state.services).await {
        Ok(0) => {}
        Ok(bundles) => tracing::warn!(bundles, "taking up publications that this node had left halfway"),
        Err(error) => {
            tracing::error!(
                error = &error as &dyn std::error::Error,
                "old leases cannot be released; they run out by themselves"
            );
        }
    }
    let mut running = Running::default();
    // By a clock of its own, which neither nudges nor a long queue can hold up.
    let mut again = tokio::time::interval(SAFETY);
    loop {
        state.health.beat(state.services.clock.now());
        if let Err(error) = running.begin_due(&state.services).await {
            tracing::error!(error = &error as &dyn std::error::Error, "the scheduler cannot look for due bundles");
        }
        let wait = until_next(&state).await;
        tokio::select! {
            () = stop.cancelled() => break,
            () = state.services.nudges.schedule.notified() => {}
            Some(outcome) = running.next(), if !running.is_idle() => tell(outcome, &mut failures_in_a_row),
            _ = again.tick() => running.try_again(),
            () = tokio::time::sleep(wait) => {}
        }
    }
    while let Some(outcome) = running.next().await {
        tell(outcome, &mut failures_in_a_row);
    }
}

fn tell(outcome: Option<PublishOutcome>, failures_in_a_row: &mut u32) {
    if let Some(outcome) = outcome {
        report(&outcome, failures_in_a_row);
    }
}

/// How long until the next instant; what is due already is under way, or is tried again after a while.
async fn until_next(state: &AppState) -> Duration {
    let now = state.services.clock.now();
    let next = bundles::next_instant(state.services.db.pool(), now).await.ok().flatten();
    let wait = next.map_or(SAFETY, |at| (at - now).to_std().unwrap_or(Duration::ZERO));
    wait.clamp(Duration::from_millis(1), SAFETY)
}

fn report(outcome: &PublishOutcome, failures_in_a_row: &mut u32) {
    let id = &outcome.bundle_id;
    if let Some(failure) = &outcome.failure {
        *failures_in_a_row += 1;
        metrics::counter!("bundle_publications_total", "outcome" => "failed").increment(1);
        if failure.blockers.iter().any(|blocker| blocker.code == "bytes_missing") {
            metrics::counter!("data_corruption_total", "what" => "files").increment(1);
        }
        tracing::error!(bundle.id = %id, code = %failure.code, reasons = failure.blockers.len(), "bundle {id} publication failed: {}", failure.message);
    } else {
        *failures_in_a_row = 0;
        let lateness_ms = outcome.lateness_ms().unwrap_or(0);
        metrics::counter!("bundle_publications_total", "outcome" => "published").increment(1);
        metrics::histogram!("bundle_publication_lateness_seconds")
            .record(Duration::from_millis(u64::try_from(lateness_ms).unwrap_or(0)).as_secs_f64());
        if lateness_ms > 1000 {
            tracing::warn!(bundle.id = %id, lateness_ms, "bundle {id} publication complete, late");
        } else {
            tracing::info!(bundle.id = %id, lateness_ms, "bundle {id} publication complete");
        }
    }
    metrics::gauge!("bundle_publication_consecutive_failures").set(f64::from(*failures_in_a_row));
}
