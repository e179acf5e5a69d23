//! Begins the next publications shortly before their instant, so that at the instant only the commit is left.

use std::pin::pin;
use std::time::Duration;

use services::bundles::{Kept, Together, next_together, publish_together};
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
                let mut held = pin!(hold(&state, together, &outcomes));
                tokio::select! {
                    () = &mut held => {}
                    () = stop.cancelled() => {
                        // What has come is finished, what waits for its instant is left to whoever runs then.
                        state.services.held.let_go();
                        held.await;
                        return;
                    }
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
        Ok(Kept::Published(published)) => published.iter().for_each(|outcome| outcomes.report(outcome)),
        Ok(Kept::GivenUp(why)) => tracing::info!(?why, "publications held ready were given up, they follow one by one"),
        Err(error) => {
            tracing::warn!(
                error = &error as &dyn std::error::Error,
                "publications held ready were given up, they follow one by one"
            );
        }
    }
    state.services.nudges.schedule.notify_one();
}
