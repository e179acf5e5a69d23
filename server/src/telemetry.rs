//! Logs and traces: one subscriber for the process.

mod gathered;
mod json_lines;
mod recent;
mod redacted;
mod shards;
mod traces;

use std::cell::RefCell;
use std::fmt;
use std::io::{self, IsTerminal};

use chrono::{DateTime, SecondsFormat, Utc};
use opentelemetry_sdk::trace::SdkTracerProvider;
use tracing_subscriber::fmt::MakeWriter;
use tracing_subscriber::fmt::format::Writer;
use tracing_subscriber::fmt::time::FormatTime;
use tracing_subscriber::layer::SubscriberExt;
use tracing_subscriber::util::SubscriberInitExt;
use tracing_subscriber::{EnvFilter, Layer, Registry};

use self::gathered::Gathered;
use self::recent::Recalled;
pub use self::recent::{dropped, kept};
use self::redacted::Redacted;
pub use self::redacted::{CLEAN, masked};
use crate::config::{Config, LogFormat};

/// What has to be done with logs and traces at the end.
#[derive(Debug)]
#[must_use = "traces that are still here are sent by `finish`"]
pub struct Telemetry {
    traces: Option<SdkTracerProvider>,
    lines: Option<Gathered<fn() -> io::Stderr>>,
}

impl Telemetry {
    /// Writes and sends what has not been yet, for a moment; blocks, so call it outside of asynchronous work.
    pub fn finish(self) {
        if let Some(provider) = self.traces {
            traces::finish(&provider);
        }
        if let Some(lines) = self.lines {
            lines.write_out();
        }
    }
}

/// Starts logging to standard error as configured; a second call in one process changes nothing.
///
/// `level` is the command's own where `LOG_LEVEL` says nothing.
pub fn start(config: &Config, level: &str) -> Telemetry {
    match Gathered::new(io::stderr as fn() -> io::Stderr) {
        Ok(lines) => Telemetry { lines: Some(lines.clone()), ..start_into(config, level, lines) },
        // Without a thread of its own each line is written as it comes.
        Err(_) => start_into(config, level, io::stderr),
    }
}

/// The same, with the lines going somewhere else.
pub fn start_into<W>(config: &Config, level: &str, writer: W) -> Telemetry
where
    W: for<'a> MakeWriter<'a> + Send + Sync + 'static,
{
    let (exporting, provider) = match config.edge.otlp_endpoint.as_deref().map(traces::provider) {
        Some(Ok(provider)) => (Some(traces::layer(&provider)), Some(provider)),
        Some(Err(error)) => {
            // Traces are an extra: without them the program serves all the same.
            say(&format!("catalogue: traces cannot be sent: {error}"));
            (None, None)
        }
        None => (None, None),
    };
    let started = tracing_subscriber::registry().with(lines(config, level, writer)).with(exporting).try_init();
    if started.is_err() {
        tracing::debug!("logging was started before");
    }
    Telemetry { traces: provider, lines: None }
}

/// Writes lines in the configured form, without secrets, and keeps the newest of them as JSON for `/ops/logs`.
fn lines<W>(config: &Config, level: &str, writer: W) -> Box<dyn Layer<Registry> + Send + Sync>
where
    W: for<'a> MakeWriter<'a> + Send + Sync + 'static,
{
    let quiet = "s3s=warn,s3s_fs=warn,s3s_aws=warn,aws=warn,hyper=warn,tantivy=warn,sqlx=warn,opentelemetry=warn";
    let level = config.log_level.as_deref().unwrap_or(level);
    let filter = EnvFilter::new(if level == "off" { level.to_owned() } else { format!("{quiet},{level}") });
    match config.log_format {
        LogFormat::Json => json_lines::JsonLines(Redacted(Recalled(writer))).with_filter(filter).boxed(),
        LogFormat::Pretty => tracing_subscriber::fmt::layer()
            .with_writer(Redacted(writer))
            .with_target(false)
            .with_ansi(io::stderr().is_terminal())
            .with_timer(UtcTime)
            .and_then(json_lines::JsonLines(Redacted(Recalled(io::sink as fn() -> io::Sink))))
            .with_filter(filter)
            .boxed(),
    }
}

#[expect(clippy::print_stderr, reason = "there is no log yet that could tell it")]
fn say(line: &str) {
    eprintln!("{line}");
}

/// Times of day in UTC, as the JSON lines have them too.
struct UtcTime;

thread_local! {
    /// The second that was written last, with all that comes before its fraction: thousands of lines share it.
    static SECOND: RefCell<(i64, String)> = const { RefCell::new((i64::MIN, String::new())) };
}

impl FormatTime for UtcTime {
    fn format_time(&self, w: &mut Writer<'_>) -> fmt::Result {
        write!(w, "{}", utc(crate::clock::system().now(), 3))
    }
}

/// A time in UTC with so many digits of its second, six at most.
const fn utc(at: DateTime<Utc>, digits: usize) -> UtcText {
    UtcText { at, digits }
}

struct UtcText {
    at: DateTime<Utc>,
    digits: usize,
}

impl fmt::Display for UtcText {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { at, digits } = self;
        SECOND.with_borrow_mut(|(second, text)| {
            if *second != at.timestamp() {
                let whole = at.to_rfc3339_opts(SecondsFormat::Secs, true);
                (*second, *text) = (at.timestamp(), whole.trim_end_matches('Z').to_owned());
            }
            let micros = format!("{:06}", at.timestamp_subsec_micros().min(999_999));
            write!(f, "{text}.{}Z", micros.get(..*digits).unwrap_or(&micros))
        })
    }
}
