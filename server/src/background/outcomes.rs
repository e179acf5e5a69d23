//! What the operator is told of publications: log lines and metrics, however they came about.

use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::Duration;

use services::bundles::PublishOutcome;

/// Tells of publications and counts the failures in a row; clones count together.
#[derive(Clone, Debug, Default)]
pub struct Outcomes {
    failures_in_a_row: Arc<AtomicU32>,
}

impl Outcomes {
    /// Tells of one publication.
    pub fn report(&self, outcome: &PublishOutcome) {
        let id = &outcome.bundle_id;
        if let Some(failure) = &outcome.failure {
            self.failures_in_a_row.fetch_add(1, Ordering::SeqCst);
            metrics::counter!("bundle_publications_total", "outcome" => "failed").increment(1);
            if failure.blockers.iter().any(|blocker| blocker.code == "bytes_missing") {
                metrics::counter!("data_corruption_total", "what" => "files").increment(1);
            }
            tracing::error!(bundle.id = %id, code = %failure.code, reasons = failure.blockers.len(), "bundle {id} publication failed: {}", failure.message);
        } else {
            self.failures_in_a_row.store(0, Ordering::SeqCst);
            published(id, outcome.lateness_ms().unwrap_or(0));
        }
        let in_a_row = f64::from(self.failures_in_a_row.load(Ordering::SeqCst));
        metrics::gauge!("bundle_publication_consecutive_failures").set(in_a_row);
    }
}

fn published(id: &str, lateness_ms: i64) {
    metrics::counter!("bundle_publications_total", "outcome" => "published").increment(1);
    metrics::histogram!("bundle_publication_lateness_seconds")
        .record(Duration::from_millis(u64::try_from(lateness_ms).unwrap_or(0)).as_secs_f64());
    if lateness_ms > 1000 {
        tracing::warn!(bundle.id = %id, lateness_ms, "bundle {id} publication complete, late");
    } else {
        tracing::info!(bundle.id = %id, lateness_ms, "bundle {id} publication complete");
    }
}
