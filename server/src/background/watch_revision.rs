//! Looks for what other nodes and commands committed, so that this node's remembered answers follow.

use std::time::Duration;

use tokio_util::sync::CancellationToken;

use crate::state::AppState;

/// The longest that a node may show what another one has replaced.
const PERIOD: Duration = Duration::from_millis(200);

/// Reads the catalogue's revision over and over until told to stop.
pub async fn run(state: AppState, stop: CancellationToken) {
    loop {
        if let Err(error) = state.services.memory.look(&state.services.db).await {
            tracing::warn!(error = &error as &dyn std::error::Error, "the catalogue's revision cannot be read");
        }
        tokio::select! {
            () = stop.cancelled() => return,
            () = tokio::time::sleep(PERIOD) => {}
        }
    }
}
