//! One JSON object a line: time, level, message, trace, the event's fields, and those of its spans.

use std::error::Error;
use std::fmt;

use serde_json::{Map, Value, json};
use tracing::field::{Field, Visit};
use tracing::{Event, Subscriber};
use tracing_subscriber::fmt::format::{FormatEvent, FormatFields, Writer};
use tracing_subscriber::fmt::{FmtContext, FormattedFields};
use tracing_subscriber::registry::LookupSpan;

/// The form of a line; the fields of spans have to be formatted as JSON.
#[derive(Clone, Copy, Debug)]
pub struct JsonLines;

impl<S, N> FormatEvent<S, N> for JsonLines
where
    S: Subscriber + for<'a> LookupSpan<'a>,
    N: for<'a> FormatFields<'a> + 'static,
{
    fn format_event(&self, ctx: &FmtContext<'_, S, N>, mut writer: Writer<'_>, event: &Event<'_>) -> fmt::Result {
        let mut fields = Fields(Map::new());
        event.record(&mut fields);
        let mut span = Map::new();
        for scope in ctx.event_scope().into_iter().flat_map(tracing_subscriber::registry::Scope::from_root) {
            span.insert("name".to_owned(), json!(scope.name()));
            let extensions = scope.extensions();
            if let Some(Ok(Value::Object(own))) =
                extensions.get::<FormattedFields<N>>().map(|text| serde_json::from_str(&text.fields))
            {
                span.extend(own);
            }
        }
        let now = crate::clock::system().now();
        let mut line = Map::new();
        line.insert("timestamp".to_owned(), json!(now.format("%Y-%m-%dT%H:%M:%S%.6fZ").to_string()));
        line.insert("level".to_owned(), json!(event.metadata().level().as_str()));
        line.insert("message".to_owned(), fields.0.remove("message").unwrap_or_default());
        line.insert("target".to_owned(), json!(event.metadata().target()));
        if let Some(trace_id) = span.remove("trace_id") {
            line.insert("trace_id".to_owned(), trace_id);
        }
        for (name, value) in fields.0 {
            line.entry(name).or_insert(value);
        }
        if !span.is_empty() {
            line.insert("span".to_owned(), Value::Object(span));
        }
        writeln!(writer, "{}", Value::Object(line))
    }
}

/// The fields of an event by name.
struct Fields(Map<String, Value>);

impl Fields {
    fn put(&mut self, field: &Field, value: Value) {
        self.0.insert(field.name().to_owned(), value);
    }
}

impl Visit for Fields {
    fn record_f64(&mut self, field: &Field, value: f64) {
        self.put(field, json!(value));
    }

    fn record_i64(&mut self, field: &Field, value: i64) {
        self.put(field, json!(value));
    }

    fn record_u64(&mut self, field: &Field, value: u64) {
        self.put(field, json!(value));
    }

    fn record_bool(&mut self, field: &Field, value: bool) {
        self.put(field, json!(value));
    }

    fn record_str(&mut self, field: &Field, value: &str) {
        self.put(field, json!(value));
    }

    fn record_error(&mut self, field: &Field, value: &(dyn Error + 'static)) {
        let mut text = value.to_string();
        let mut below = value.source();
        while let Some(cause) = below {
            text = format!("{text}: {cause}");
            below = cause.source();
        }
        self.put(field, json!(text));
    }

    fn record_debug(&mut self, field: &Field, value: &dyn fmt::Debug) {
        self.put(field, json!(format!("{value:?}")));
    }
}
