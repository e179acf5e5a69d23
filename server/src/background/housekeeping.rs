//! Health checks, gauges and old sessions.

use domain::bundle::BundleStage;
use persistence::{bundles, outbox, password_links, sessions, throttles};
use tokio_util::sync::CancellationToken;

use crate::state::AppState;

/// Looks after the house until told to stop.
pub async fn run(state: AppState, stop: CancellationToken) {
    let patience = chrono::Duration::from_std(state.config.healthcheck_critical_timeout).unwrap_or_default();
    loop {
        state.health.look(&state.services, patience).await;
        if let Err(error) = measure(&state).await {
            tracing::warn!(error = &error as &dyn std::error::Error, "gauges cannot be read");
        }
        let now = state.services.clock.now();
        if let Err(error) = tidy(&state, now).await {
            tracing::warn!(error = &error as &dyn std::error::Error, "what has ended cannot be removed");
        }
        tokio::select! {
            () = stop.cancelled() => return,
            () = tokio::time::sleep(state.config.healthcheck_interval) => {}
        }
    }
}

/// Removes sessions and links that have ended, and tries that no longer count.
async fn tidy(state: &AppState, now: chrono::DateTime<chrono::Utc>) -> Result<(), persistence::PersistenceError> {
    let db = state.services.db.pool();
    sessions::delete_expired(db, now).await?;
    password_links::delete_expired(db, now).await?;
    throttles::delete_before(db, now - chrono::Duration::days(1)).await?;
    Ok(())
}

#[expect(clippy::cast_precision_loss, reason = "gauges are floating point; counts this large do not occur")]
async fn measure(state: &AppState) -> Result<(), persistence::PersistenceError> {
    let db = state.services.db.pool();
    let system = domain::actor::Caller::system("housekeeping");
    let counts = bundles::count_by_stage(db, &system).await?;
    let queued: u64 = counts
        .iter()
        .filter(|(s, _)| matches!(s, BundleStage::Scheduled | BundleStage::Publishing))
        .map(|(_, n)| n)
        .sum();
    metrics::gauge!("publish_queue_depth").set(queued as f64);
    metrics::gauge!("outbox_open").set(outbox::open_count(db).await? as f64);
    metrics::gauge!("search_index_revision").set(state.services.index.cursor() as f64);
    Ok(())
}
