//! Looks into large files after they were taken in.

use std::time::Duration;

use services::files;
use tokio_util::sync::CancellationToken;

use crate::state::AppState;

/// The longest wait between two looks at the queue.
const PERIOD: Duration = Duration::from_secs(1);

/// Works on a nudge and on a timer until told to stop.
pub async fn run(state: AppState, stop: CancellationToken) {
    match files::take_up_again(&state.services).await {
        Ok(0) => {}
        Ok(files) => tracing::warn!(files, "taking up files that this node was looking into when it stopped"),
        Err(error) => {
            tracing::error!(error = &error as &dyn std::error::Error, "files left halfway come back by themselves");
        }
    }
    loop {
        let looked = tokio::select! {
            () = stop.cancelled() => return,
            looked = files::run_due(&state.services) => looked,
        };
        match looked {
            Ok(looked) => {
                for outcome in &looked {
                    metrics::counter!("file_jobs_total", "outcome" => outcome.as_str()).increment(1);
                }
                if !looked.is_empty() {
                    continue;
                }
            }
            Err(error) => {
                tracing::error!(error = &error as &dyn std::error::Error, "the queue of files cannot be worked on");
            }
        }
        tokio::select! {
            () = stop.cancelled() => return,
            () = state.services.nudges.files.notified() => {}
            () = tokio::time::sleep(PERIOD) => {}
        }
    }
}
