//! Begins the next publications shortly before their instant, so that at the instant only the commit is left.

use std::time::Duration;

use services::bundles::{Together, next_together, publish_together};
use tokio_util::sync::CancellationToken;

use super::outcomes::Outcomes;
use crate::state::AppState;

/// The wait between two looks.
const LOOK: Duration = Duration::from_millis(100);

/// Holds one instant's publications after the other ready until told to stop.
pub async fn run(state: AppState, outcomes: Outcomes, stop: CancellationToken) {
    // What was given up once is left to the scheduler, unless it changes.
    let mut tried: Option<Together> = None;
    loop {
        match next_together(&state.services).await {
            Ok(Some(together)) if together.begin <= state.services.clock.now() && tried.as_ref() != Some(&together) => {
                tried = Some(together.clone());
                tokio::select! {
                    () = stop.cancelled() => return,
                    () = hold(&state, together, &outcomes) => {}
                }
            }
            Ok(_) => {}
            Err(error) => {
                tracing::error!(error = &error as &dyn std::error::Error, "the next publications cannot be held ready");
            }
        }
        tokio::select! {
            () = stop.cancelled() => return,
            () = tokio::time::sleep(LOOK) => {}
        }
    }
}

async fn hold(state: &AppState, together: Together, outcomes: &Outcomes) {
    match publish_together(&state.services, together).await {
        Ok(published) => published.iter().for_each(|outcome| outcomes.report(outcome)),
        Err(error) => {
            tracing::warn!(
                error = &error as &dyn std::error::Error,
                "publications held ready were given up, they follow one by one"
            );
        }
    }
    state.services.nudges.schedule.notify_one();
}
