//! What the operator is told of publications: log lines and metrics, however they came about.

use std::time::Duration;

use metrics::{Counter, Histogram};
use services::bundles::PublishOutcome;

/// The measures that tell of publications; clones tell together.
///
/// How many failed in a row is read off the audit trail (`housekeeping.rs`), as other nodes publish too and a start forgets nothing.
#[derive(Clone, Debug)]
pub struct Outcomes {
    published: Counter,
    failed: Counter,
    lateness: Histogram,
}

impl Default for Outcomes {
    fn default() -> Self {
        Self {
            published: metrics::counter!("bundle_publications_total", "outcome" => "published"),
            failed: metrics::counter!("bundle_publications_total", "outcome" => "failed"),
            lateness: metrics::histogram!("bundle_publication_lateness_seconds"),
        }
    }
}

impl Outcomes {
    /// Tells of one publication.
    pub fn report(&self, outcome: &PublishOutcome) {
        let id = &outcome.bundle_id;
        if let Some(failure) = &outcome.failure {
            self.failed.increment(1);
            if failure.blockers.iter().any(|blocker| blocker.code == "bytes_missing") {
                metrics::counter!("data_corruption_total", "what" => "files").increment(1);
            }
            tracing::error!(bundle.id = %id, code = %failure.code, reasons = failure.blockers.len(), "bundle {id} publication failed: {}", failure.message);
        } else {
            self.published(id, outcome.lateness_ms().unwrap_or(0));
        }
    }

    fn published(&self, id: &str, lateness_ms: i64) {
        self.published.increment(1);
        self.lateness.record(Duration::from_millis(u64::try_from(lateness_ms).unwrap_or(0)).as_secs_f64());
        if lateness_ms > 1000 {
            tracing::warn!(bundle.id = %id, lateness_ms, "bundle {id} publication complete, late");
        } else {
            tracing::info!(bundle.id = %id, lateness_ms, "bundle {id} publication complete");
        }
    }
}

#[cfg(test)]
mod tests {
    use chrono::{DateTime, TimeDelta};
    use domain::bundle::Failure;
    use domain::refusal::Blocker;
    use metrics_exporter_prometheus::PrometheusBuilder;

    use super::*;

    /// What is measured of these publications, as it is written out.
    fn measured(outcomes: &[PublishOutcome]) -> String {
        let recorder = PrometheusBuilder::new().build_recorder();
        metrics::with_local_recorder(&recorder, || {
            let telling = Outcomes::default();
            outcomes.iter().for_each(|outcome| telling.report(outcome));
        });
        recorder.handle().render()
    }

    fn published(lateness_ms: i64) -> PublishOutcome {
        let due = DateTime::UNIX_EPOCH;
        let published_at = Some(due + TimeDelta::milliseconds(lateness_ms));
        PublishOutcome { bundle_id: "b".into(), due: Some(due), published_at, failure: None }
    }

    fn failed(code: &str) -> PublishOutcome {
        let blockers = vec![Blocker::new(code, "Look at it.")];
        let failure = Failure { code: code.into(), message: "failed".into(), blockers, at: DateTime::UNIX_EPOCH };
        PublishOutcome { published_at: None, failure: Some(failure), ..published(0) }
    }

    #[test]
    fn publications_are_counted_with_how_late_each_was() {
        let text = measured(&[published(2500), published(0), failed("no_content"), failed("bytes_missing")]);
        for line in [
            "bundle_publications_total{outcome=\"published\"} 2",
            "bundle_publications_total{outcome=\"failed\"} 2",
            "bundle_publication_lateness_seconds_sum 2.5",
            "bundle_publication_lateness_seconds_count 2",
            "data_corruption_total{what=\"files\"} 1",
        ] {
            assert!(text.lines().any(|told| told == line), "{line}: {text}");
        }
        // One node knows nothing of the failures of others.
        assert!(!text.contains("bundle_publication_consecutive_failures"), "{text}");
    }
}
