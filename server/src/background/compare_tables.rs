//! Compares large tables that somebody waits for.

use services::data;
use tokio_util::sync::CancellationToken;

use crate::state::AppState;

/// Works on a nudge until told to stop; what is being compared then stops at its next batch of rows.
pub async fn run(state: AppState, stop: CancellationToken) {
    loop {
        let ended = tokio::select! {
            () = stop.cancelled() => return,
            ended = data::compare_due(&state.services) => ended,
        };
        for outcome in &ended {
            metrics::counter!("comparisons_total", "outcome" => outcome.as_str()).increment(1);
        }
        tokio::select! {
            () = stop.cancelled() => return,
            () = state.services.nudges.comparisons.notified() => {}
        }
    }
}
