//! Finds the options of tables again that a program of before kept otherwise.

use std::time::Duration;

use tokio_util::sync::CancellationToken;

use crate::state::AppState;

/// The pause between some tables and the next, so that readers hardly notice.
const PERIOD: Duration = Duration::from_secs(15);
/// When it begins anew, since a node of the program of before may go on taking in tables during an upgrade.
const AFRESH: Duration = Duration::from_secs(3600);

/// Goes through all of them over and over until told to stop. Large tables take long, so nothing else waits for this.
pub async fn run(state: AppState, stop: CancellationToken) {
    let mut after = String::new();
    loop {
        let renewed = tokio::select! {
            () = stop.cancelled() => return,
            renewed = services::versions::renew_dimensions(&state.services, &mut after) => renewed,
        };
        let pause = match renewed {
            Ok(true) => PERIOD,
            Ok(false) => AFRESH,
            Err(error) => {
                tracing::warn!(
                    error = &error as &dyn std::error::Error,
                    "options that were kept before cannot be looked through"
                );
                PERIOD
            }
        };
        tokio::select! {
            () = stop.cancelled() => return,
            () = tokio::time::sleep(pause) => {}
        }
    }
}
