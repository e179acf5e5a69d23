//! Looks at every component at intervals.

use tokio_util::sync::CancellationToken;

use crate::health::Manner;
use crate::state::AppState;

/// Looks until told to stop.
pub async fn run(state: AppState, stop: CancellationToken) {
    let manner = Manner::of(&state.config);
    loop {
        state.health.look(&state.services, manner).await;
        tokio::select! {
            () = stop.cancelled() => return,
            () = tokio::time::sleep(manner.interval) => {}
        }
    }
}
