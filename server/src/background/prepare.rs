//! Looks at the bundles that are due soon, so that nothing but a commit is left for their instant.

use std::time::Duration;

use tokio_util::sync::CancellationToken;

use crate::state::AppState;

/// The wait between two looks.
const PERIOD: Duration = Duration::from_secs(1);

/// Looks once a second until told to stop.
pub async fn run(state: AppState, stop: CancellationToken) {
    loop {
        match services::bundles::prepare_upcoming(&state.services).await {
            Ok(unfit) => {
                for (bundle, blockers) in unfit {
                    let id = &bundle.id;
                    metrics::counter!("bundle_preflight_warnings_total").increment(1);
                    if blockers.iter().any(|blocker| blocker.code == "bytes_missing") {
                        metrics::counter!("data_corruption_total", "what" => "files").increment(1);
                    }
                    tracing::warn!(bundle.id = %id, reasons = blockers.len(), "bundle {id} publication will fail unless it is mended: {}",
                        blockers.iter().map(|blocker| blocker.message.as_str()).collect::<Vec<_>>().join(" "));
                }
            }
            Err(error) => {
                tracing::error!(error = &error as &dyn std::error::Error, "the next bundles cannot be looked at");
            }
        }
        tokio::select! {
            () = stop.cancelled() => return,
            () = tokio::time::sleep(PERIOD) => {}
        }
    }
}
