//! Traces by OTLP over HTTP, in batches from a thread of their own; a collector that cannot be reached costs nothing.

use std::time::Duration;

use opentelemetry::KeyValue;
use opentelemetry::trace::TracerProvider;
use opentelemetry_otlp::{ExporterBuildError, Protocol, SpanExporter, WithExportConfig};
use opentelemetry_sdk::Resource;
use opentelemetry_sdk::trace::SdkTracerProvider;
use tracing::level_filters::LevelFilter;
use tracing_subscriber::Layer;
use tracing_subscriber::filter::Targets;
use tracing_subscriber::registry::LookupSpan;

const SERVICE: &str = "dataset-catalogue";
/// How long a batch may take on its way.
const LONGEST: Duration = Duration::from_secs(5);
/// How long the end of the program may wait for the last batch.
const AT_THE_END: Duration = Duration::from_secs(2);

/// Sends to the collector at `endpoint`, to which `/v1/traces` is added.
pub fn provider(endpoint: &str) -> Result<SdkTracerProvider, ExporterBuildError> {
    let exporter = SpanExporter::builder()
        .with_http()
        .with_protocol(Protocol::HttpBinary)
        .with_endpoint(format!("{}/v1/traces", endpoint.trim_end_matches('/')))
        .with_timeout(LONGEST)
        .build()?;
    let resource = Resource::builder()
        .with_service_name(SERVICE)
        .with_attribute(KeyValue::new("service.version", env!("CARGO_PKG_VERSION")))
        .build();
    Ok(SdkTracerProvider::builder().with_batch_exporter(exporter).with_resource(resource).build())
}

/// Turns our spans into those that are sent; the work of libraries stays out of them.
pub fn layer<S>(provider: &SdkTracerProvider) -> Box<dyn Layer<S> + Send + Sync>
where
    S: tracing::Subscriber + for<'a> LookupSpan<'a> + Send + Sync,
{
    let ours = ["server", "services", "persistence", "storage", "search"].map(|part| (part, LevelFilter::INFO));
    tracing_opentelemetry::layer()
        .with_tracer(provider.tracer(SERVICE))
        .with_location(false)
        .with_threads(false)
        .with_tracked_inactivity(false)
        .with_filter(Targets::new().with_targets(ours))
        .boxed()
}

/// Sends what is left, for a moment.
pub fn finish(provider: &SdkTracerProvider) {
    if let Err(error) = provider.shutdown_with_timeout(AT_THE_END) {
        tracing::warn!(%error, "the last traces could not be sent");
    }
}
