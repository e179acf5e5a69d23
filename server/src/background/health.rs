//! Looks at every component at intervals.

use chrono::TimeDelta;
use tokio_util::sync::CancellationToken;

use crate::health::Manner;
use crate::state::AppState;

/// Looks until told to stop.
pub async fn run(state: AppState, stop: CancellationToken) {
    let manner = Manner {
        patience: TimeDelta::from_std(state.config.healthcheck_critical_timeout).unwrap_or_default(),
        interval: state.config.healthcheck_interval,
        schedules: state.config.enable_private_endpoints,
    };
    loop {
        state.health.look(&state.services, manner).await;
        tokio::select! {
            () = stop.cancelled() => return,
            () = tokio::time::sleep(manner.interval) => {}
        }
    }
}
