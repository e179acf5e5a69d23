//! Looks for what other nodes and commands committed, so that this node's remembered answers follow.

use std::time::Duration;

use tokio_util::sync::CancellationToken;

use crate::state::AppState;

/// The longest that a node may show what another one has replaced.
const PERIOD: Duration = Duration::from_millis(200);

/// Reads the catalogue's revision over and over until told to stop.
pub async fn run(state: AppState, stop: CancellationToken) {
    let mut followed = None;
    loop {
        match state.services.memory.look(&state.services.db).await {
            Ok(revision) => follow(&state, revision, &mut followed).await,
            Err(error) => {
                tracing::warn!(error = &error as &dyn std::error::Error, "the catalogue's revision cannot be read");
            }
        }
        tokio::select! {
            () = stop.cancelled() => return,
            () = tokio::time::sleep(PERIOD) => {}
        }
    }
}

/// Learns with a new revision who is let in no more, and how often everybody else is.
async fn follow(state: &AppState, revision: u64, followed: &mut Option<u64>) {
    if *followed == Some(revision) {
        return;
    }
    let learnt = async {
        services::callers::follow(&state.services).await?;
        services::office::follow(&state.services).await
    };
    match learnt.await {
        Ok(()) => *followed = Some(revision),
        Err(error) => {
            let error = &error as &dyn std::error::Error;
            tracing::warn!(error, "the callers that are blocked, or how often others may ask, cannot be read");
        }
    }
}
