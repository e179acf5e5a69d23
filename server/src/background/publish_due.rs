//! Wakes at the exact instant of the next due bundle, at every nudge, and every second to be safe.

use std::time::Duration;

use persistence::bundles;
use services::bundles::{Running, surely_now};
use tokio_util::sync::CancellationToken;

use super::outcomes::Outcomes;
use crate::state::AppState;

/// The longest wait between two looks.
const SAFETY: Duration = Duration::from_secs(1);

/// Publishes whatever is due until told to stop; a publication under way is finished first.
pub async fn run(state: AppState, outcomes: Outcomes, stop: CancellationToken) {
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
            Some(came) = running.next(), if !running.is_idle() => came.iter().for_each(|outcome| outcomes.report(outcome)),
            _ = again.tick() => running.try_again(),
            () = tokio::time::sleep(wait) => {}
        }
    }
    running.stop_waiting();
    while let Some(came) = running.next().await {
        came.iter().for_each(|outcome| outcomes.report(outcome));
    }
}

/// How long until the next instant; what is due already is under way, or is tried again after a while.
async fn until_next(state: &AppState) -> Duration {
    let Ok(now) = surely_now(&state.services).await else { return SAFETY };
    let next = bundles::next_instant(state.services.db.pool(), now).await.ok().flatten();
    let wait = next.map_or(SAFETY, |at| (at - now).to_std().unwrap_or(Duration::ZERO));
    wait.clamp(Duration::from_millis(1), SAFETY)
}
