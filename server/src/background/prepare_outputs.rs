//! Makes the files of large outputs of filters.

use std::time::Duration;

use services::filters;
use tokio_util::sync::CancellationToken;

use crate::state::AppState;

/// The longest wait between two looks at the queue.
const PERIOD: Duration = Duration::from_secs(1);

/// Works on a nudge and on a timer until told to stop.
pub async fn run(state: AppState, stop: CancellationToken) {
    match filters::take_up_outputs(&state.services).await {
        Ok(0) => {}
        Ok(outputs) => tracing::warn!(outputs, "taking up outputs that this node was making when it stopped"),
        Err(error) => {
            tracing::error!(error = &error as &dyn std::error::Error, "outputs left halfway come back by themselves");
        }
    }
    loop {
        let prepared = tokio::select! {
            () = stop.cancelled() => return,
            prepared = filters::prepare_due(&state.services, &state.config.public_url) => prepared,
        };
        match prepared {
            Ok(prepared) => {
                for outcome in &prepared {
                    metrics::counter!("output_jobs_total", "outcome" => outcome.as_str()).increment(1);
                }
                if !prepared.is_empty() {
                    continue;
                }
            }
            Err(error) => {
                tracing::error!(error = &error as &dyn std::error::Error, "the queue of outputs cannot be worked on");
            }
        }
        tokio::select! {
            () = stop.cancelled() => return,
            () = state.services.nudges.outputs.notified() => {}
            () = tokio::time::sleep(PERIOD) => {}
        }
    }
}
