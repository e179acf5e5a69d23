//! Does what follows from commits: the outbox, and this node's search index.

use std::time::Duration;

use tokio_util::sync::CancellationToken;

use crate::state::AppState;

/// The longest wait between two looks.
const PERIOD: Duration = Duration::from_secs(1);

/// Works on a nudge and on a timer until told to stop.
pub async fn run(state: AppState, stop: CancellationToken) {
    loop {
        if let Err(error) = services::catalogue::sync_index(&state.services).await {
            tracing::error!(error = &error as &dyn std::error::Error, "the search index cannot be brought up to date");
        }
        if let Err(error) = services::tasks::run_due(&state.services).await {
            tracing::error!(error = &error as &dyn std::error::Error, "follow-up tasks cannot be done");
        }
        tokio::select! {
            () = stop.cancelled() => return,
            () = state.services.nudges.follow_up.notified() => {}
            () = tokio::time::sleep(PERIOD) => {}
        }
    }
}
