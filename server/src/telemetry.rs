//! Logs: one subscriber for the process.

use std::fmt;
use std::io::IsTerminal;

use tracing_subscriber::EnvFilter;
use tracing_subscriber::fmt::format::Writer;
use tracing_subscriber::fmt::time::FormatTime;

use crate::config::{Config, LogFormat};

/// Starts logging as configured; a second call in one process changes nothing.
///
/// `level` is the command's own where `LOG_LEVEL` says nothing.
pub fn start(config: &Config, level: &str) {
    let quiet = "s3s=warn,s3s_fs=warn,s3s_aws=warn,aws=warn,hyper=warn,tantivy=warn,sqlx=warn";
    let level = config.log_level.as_deref().unwrap_or(level);
    let filter = EnvFilter::new(if level == "off" { level.to_owned() } else { format!("{quiet},{level}") });
    let coloured = std::io::stderr().is_terminal();
    let builder = tracing_subscriber::fmt()
        .with_env_filter(filter)
        .with_writer(std::io::stderr)
        .with_target(false)
        .with_ansi(coloured);
    let started = match config.log_format {
        LogFormat::Json => builder.json().flatten_event(true).with_current_span(true).with_span_list(false).try_init(),
        LogFormat::Pretty => builder.with_timer(UtcTime).try_init(),
    };
    if started.is_err() {
        tracing::debug!("logging was started before");
    }
}

/// Times of day in UTC, as the JSON lines have them too.
struct UtcTime;

impl FormatTime for UtcTime {
    fn format_time(&self, w: &mut Writer<'_>) -> fmt::Result {
        write!(w, "{}", crate::clock::system().now().format("%Y-%m-%dT%H:%M:%S%.3fZ"))
    }
}
