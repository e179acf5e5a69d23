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
    metrics::describe_counter!("http_requests_total", "Requests answered, by method, route kind and status");
    metrics::describe_histogram!("http_request_duration_seconds", "Time to answer a request");
    metrics::describe_counter!("bundle_publications_total", "Publications concluded, by outcome");
    metrics::describe_histogram!("bundle_publication_lateness_seconds", "Commit to the public after the instant");
    metrics::describe_gauge!("bundle_publication_consecutive_failures", "Failed publications since the last good one");
    metrics::describe_gauge!("publish_queue_depth", "Bundles scheduled or being published");
    metrics::describe_gauge!("outbox_open", "Follow-up tasks not yet done");
    metrics::describe_gauge!("search_index_revision", "Catalogue revision that this node's index has reached");
    metrics::describe_gauge!("health_status", "1 healthy, 0.5 warning, 0 critical, by component");
}
