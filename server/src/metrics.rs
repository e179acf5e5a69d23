//! Metrics in the Prometheus format: the names are the operator's contract.

use std::sync::OnceLock;

use metrics_exporter_prometheus::{Matcher, PrometheusBuilder, PrometheusHandle};

/// Installs the recorder once for the process and gives the handle that writes it out.
pub fn handle() -> PrometheusHandle {
    static HANDLE: OnceLock<PrometheusHandle> = OnceLock::new();
    HANDLE
        .get_or_init(|| {
            let buckets = [0.001, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0];
            let builder = PrometheusBuilder::new();
            let builder = builder.set_buckets_for_metric(Matcher::Suffix("_seconds".to_owned()), &buckets);
            let recorder = builder.unwrap_or_else(|_| PrometheusBuilder::new()).build_recorder();
            let handle = recorder.handle();
            if metrics::set_global_recorder(recorder).is_ok() {
                describe();
            }
            handle
        })
        .clone()
}

fn describe() {
    for (name, words) in COUNTERS {
        metrics::describe_counter!(*name, *words);
    }
    for (name, words) in GAUGES {
        metrics::describe_gauge!(*name, *words);
    }
    for (name, words) in HISTOGRAMS {
        metrics::describe_histogram!(*name, *words);
    }
    // A counter that is there from the start shows its first step.
    for outcome in ["published", "failed"] {
        metrics::counter!("bundle_publications_total", "outcome" => outcome).increment(0);
    }
    for outcome in ["signed_in", "refused"] {
        metrics::counter!("sign_ins_total", "outcome" => outcome).increment(0);
    }
    for policy in ["default", "caller", "sign-in", "search", "blocked"] {
        metrics::counter!("rate_limit_refusals_total", "policy" => policy).increment(0);
    }
    for reason in ["person", "node"] {
        metrics::counter!("live_streams_refused_total", "reason" => reason).increment(0);
    }
    for outcome in ["noted", "refused"] {
        metrics::counter!("script_faults_total", "outcome" => outcome).increment(0);
    }
    metrics::counter!("bundle_preflight_warnings_total").increment(0);
    metrics::counter!("bundle_reminders_total").increment(0);
    metrics::counter!("versions_archived_total").increment(0);
    for what in CORRUPTIBLE {
        metrics::counter!("data_corruption_total", "what" => what).increment(0);
    }
    metrics::counter!("upload_bytes_received_total").increment(0);
    metrics::counter!("uploads_expired_total").increment(0);
    metrics::counter!("uploads_swept_total").increment(0);
    metrics::counter!("silent_readers_total").increment(0);
    for looked in services::files::Looked::ALL {
        metrics::counter!("file_jobs_total", "outcome" => looked.as_str()).increment(0);
    }
    for prepared in services::filters::Prepared::ALL {
        metrics::counter!("output_jobs_total", "outcome" => prepared.as_str()).increment(0);
    }
    metrics::counter!("outputs_expired_total").increment(0);
    for ended in services::data::Ended::ALL {
        metrics::counter!("comparisons_total", "outcome" => ended.as_str()).increment(0);
    }
    metrics::counter!("log_lines_dropped_total").increment(0);
    metrics::gauge!("live_streams_open").set(0.0);
    metrics::gauge!("bundle_publication_consecutive_failures").set(0.0);
    for sink in domain::delivery::Sink::ALL {
        for outcome in ["done", "failed", "given_up", "postponed", "lost"] {
            metrics::counter!("deliveries_total", "sink" => sink.as_str(), "outcome" => outcome).increment(0);
        }
    }
}

/// What can be found other than it was left, as `data_corruption_total` counts it.
const CORRUPTIBLE: [&str; 4] = ["files", "public copies", "audit records", "publication log"];

const COUNTERS: &[(&str, &str)] = &[
    ("http_requests_total", "Requests answered, by method, kind, route and status"),
    ("http_request_errors_total", "Requests answered with 4xx or 5xx, by route"),
    ("bundle_publications_total", "Publications concluded, by outcome"),
    ("bundle_preflight_warnings_total", "Times that a bundle due within the hour was found unfit"),
    ("bundle_reminders_total", "Times that people were reminded of a bundle's instant"),
    ("data_corruption_total", "Times that stored files, or the audit trail, were found other than they were left"),
    ("versions_archived_total", "Versions that were archived by the policies of their departments"),
    ("sign_ins_total", "Tries to sign in, by outcome"),
    ("deliveries_total", "Deliveries of what follows from commits, by sink and outcome"),
    ("upload_bytes_received_total", "Bytes of uploads received, in forms and in parts"),
    ("file_jobs_total", "Looks into large files, by outcome"),
    ("output_jobs_total", "Tries to make the files of large outputs of filters, by outcome"),
    ("outputs_expired_total", "Large outputs of filters that were removed because their time was over"),
    ("comparisons_total", "Comparisons of large tables, by outcome"),
    ("log_lines_dropped_total", "Lines of the log that made room for newer ones in this node's memory"),
    ("uploads_expired_total", "Uploads that ended because nothing came for too long"),
    ("uploads_swept_total", "Objects and uploads in parts that nothing referred to and that were removed"),
    ("silent_readers_total", "Connections that were ended since nothing of what was sent was taken for too long"),
    ("rate_limit_refusals_total", "Requests refused with 429, by policy"),
    (
        "script_faults_total",
        "Faults of scripts and islands that browsers told of pages of the portal, by whether they were noted",
    ),
    ("live_streams_refused_total", "Streams of events for pages of the portal that were refused, by what was full"),
];

const HISTOGRAMS: &[(&str, &str)] = &[
    ("http_request_duration_seconds", "Time to answer a request, by method, kind and route"),
    ("bundle_publication_lateness_seconds", "Commit to the public after the instant"),
    ("dependency_check_duration_seconds", "Time to look at a component, by component"),
];

const GAUGES: &[(&str, &str)] = &[
    ("http_requests_in_flight", "Requests that are being answered"),
    ("bundle_publication_consecutive_failures", "Failed publications since the last good one, on all nodes"),
    ("publish_queue_depth", "Bundles scheduled or being published"),
    ("publish_queue_overdue_seconds", "How long the bundle that is due longest has waited"),
    ("publish_queue_paused", "1 while an operator has paused the whole publish queue, else 0"),
    ("publication_leases_held", "Bundles that this node is publishing under a lease"),
    ("outbox_open", "Follow-up tasks not yet done"),
    ("outbox_oldest_age_seconds", "Age of the oldest follow-up task not yet done"),
    ("delivery_backlog", "Deliveries that wait or are being made, by sink"),
    ("delivery_oldest_age_seconds", "Age of the oldest delivery that is neither made nor given up, by sink"),
    ("deliveries_given_up", "Deliveries that wait for an operator, by sink"),
    ("delivery_circuit_open", "1 while a receiver is left in peace, 0.5 while it is tried, else 0, by sink"),
    ("search_index_revision", "Catalogue revision that this node's index has reached"),
    ("search_index_lag", "Catalogue revisions that this node's index is behind"),
    ("live_streams_open", "Pages of the portal that are told what happens over a stream"),
    ("sessions_open", "Sessions of people signed in"),
    ("file_jobs", "Large files that wait to be looked into, are looked into or have failed, by state"),
    ("output_jobs", "Large outputs of filters, by state"),
    ("file_jobs_oldest_age_seconds", "Age of the oldest large file that waits or is looked into"),
    ("uploads_open", "Uploads that wait for more bytes"),
    ("subscriptions", "Subscriptions of the public, by state and channel"),
    ("database_connections", "Connections of the pool, by state"),
    ("database_connections_max", "The most connections that the pool may hold"),
    ("process_resident_memory_bytes", "Memory that the process holds"),
    ("incidents_open", "Incidents that are dealt with, by severity"),
    ("incident_clocks_breached", "Incidents that are dealt with and over a time of the runbook, by clock"),
    ("conditions_firing", "Conditions of the runbook that this node sees hold, by severity"),
    ("clock_skew_seconds", "How far the clocks of this node and of the database are apart at least"),
    ("health_status", "1 healthy, 0.5 warning, 0 critical, by component"),
];

#[cfg(test)]
mod tests {
    use super::*;

    const RULES: &str = include_str!("../../deploy/prometheus/alerts.yml");

    /// Prometheus sees no step where a counter first comes with it, so the alarm would miss the first damage.
    #[test]
    fn whatever_can_be_damaged_is_counted_from_the_start() {
        let shown = handle().render();
        for what in ["files", "public copies", "audit records", "publication log"] {
            assert!(shown.contains(&format!("data_corruption_total{{what=\"{what}\"}}")), "{what}: {shown}");
        }
    }

    #[test]
    fn alerts_speak_of_metrics_that_there_are() {
        let known: Vec<&str> = [COUNTERS, HISTOGRAMS, GAUGES].concat().iter().map(|(name, _)| *name).collect();
        let mut named = 0;
        for rule in RULES.lines().filter_map(|line| line.trim().strip_prefix("expr:")) {
            let words = rule.split(|c: char| !c.is_ascii_alphanumeric() && c != '_');
            for metric in words.filter(|word| word.contains('_') && *word != "histogram_quantile") {
                let metric = metric.strip_suffix("_bucket").unwrap_or(metric);
                assert!(known.contains(&metric), "{metric} is measured by nobody: {rule}");
                named += 1;
            }
        }
        assert!(named > 15, "{named}");
    }
}
