//! Reminds people of bundles whose instant comes, and has letters written that waited, beside the scheduler and never in its way.

use std::time::Duration;

use tokio_util::sync::CancellationToken;

use crate::state::AppState;

/// The wait between two looks: nobody needs to be reminded to the second.
const PERIOD: Duration = Duration::from_secs(30);

/// Looks again and again until told to stop.
pub async fn run(state: AppState, stop: CancellationToken) {
    loop {
        match services::bundles::remind_due(&state.services).await {
            Ok(reminded) => metrics::counter!("bundle_reminders_total").increment(reminded),
            Err(error) => {
                tracing::warn!(
                    error = &error as &dyn std::error::Error,
                    "it cannot be told of which bundles to remind"
                );
            }
        }
        if let Err(error) = services::deliveries::gather_letters(&state.services).await {
            tracing::warn!(error = &error as &dyn std::error::Error, "letters that waited cannot be gathered");
        }
        tokio::select! {
            () = stop.cancelled() => return,
            () = tokio::time::sleep(PERIOD) => {}
        }
    }
}
