//! One JSON object a line: time, level, message, trace, the event's fields, and those of its spans.

use std::error::Error;
use std::fmt;
use std::io::Write;

use serde::ser::{Serialize, SerializeMap, Serializer};
use serde_json::Value;
use tracing::field::{Field, Visit};
use tracing::span::{Attributes, Id, Record};
use tracing::{Event, Subscriber};
use tracing_subscriber::Layer;
use tracing_subscriber::fmt::MakeWriter;
use tracing_subscriber::layer::Context;
use tracing_subscriber::registry::{LookupSpan, Scope};

/// What a line says itself; fields of the same names would stand there twice and are left out.
const OWN: [&str; 5] = ["timestamp", "level", "target", "trace_id", "span"];

/// Writes the lines. Fields of spans are kept as they come and written with each event, since most spans have one event.
#[derive(Clone, Copy, Debug)]
pub struct JsonLines<W>(pub W);

impl<S, W> Layer<S> for JsonLines<W>
where
    S: Subscriber + for<'a> LookupSpan<'a>,
    W: for<'a> MakeWriter<'a> + 'static,
{
    fn on_new_span(&self, attributes: &Attributes<'_>, id: &Id, ctx: Context<'_, S>) {
        if let Some(span) = ctx.span(id) {
            let mut fields = Fields::default();
            attributes.record(&mut fields);
            span.extensions_mut().insert(fields);
        }
    }

    fn on_record(&self, id: &Id, values: &Record<'_>, ctx: Context<'_, S>) {
        if let Some(span) = ctx.span(id)
            && let Some(fields) = span.extensions_mut().get_mut::<Fields>()
        {
            values.record(fields);
        }
    }

    fn on_event(&self, event: &Event<'_>, ctx: Context<'_, S>) {
        let mut span = Fields::default();
        for scope in ctx.event_scope(event).into_iter().flat_map(Scope::from_root) {
            span.put("name", Value::from(scope.name()));
            if let Some(own) = scope.extensions().get::<Fields>() {
                for (name, value) in &own.0 {
                    span.put(name, value.clone());
                }
            }
        }
        let mut line = Vec::with_capacity(512);
        // Neither can fail: the line is written into memory, and all its keys are text. Nor could it be told anywhere.
        if write(&mut line, event, span).is_ok() {
            line.push(b'\n');
            let _ = self.0.make_writer_for(event.metadata()).write_all(&line);
        }
    }
}

fn write(line: &mut Vec<u8>, event: &Event<'_>, mut span: Fields) -> Result<(), serde_json::Error> {
    let mut json = serde_json::Serializer::new(line);
    let mut map = json.serialize_map(None)?;
    map.serialize_entry("timestamp", &Written(super::utc(crate::clock::system().now(), 6)))?;
    map.serialize_entry("level", event.metadata().level().as_str())?;
    map.serialize_entry("target", event.metadata().target())?;
    if span.0.is_empty() {
        // Lines about answers from memory: thousands a second, so their fields go straight into the text.
        let mut fields = Straight { map, failed: None };
        event.record(&mut fields);
        return match fields.failed {
            None => fields.map.end(),
            Some(error) => Err(error),
        };
    }
    let mut fields = Fields::default();
    event.record(&mut fields);
    if let Some(trace_id) = span.take("trace_id").or_else(|| fields.take("trace_id")) {
        map.serialize_entry("trace_id", &trace_id)?;
    }
    for (name, value) in fields.0.iter().filter(|(name, _)| !OWN.contains(name)) {
        map.serialize_entry(name, value)?;
    }
    map.serialize_entry("span", &Object(&span.0))?;
    map.end()
}

/// What is written as a text by itself.
struct Written<T>(T);

impl<T: fmt::Display> Serialize for Written<T> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(&self.0)
    }
}

/// Writes an event's fields as they come.
struct Straight<M: SerializeMap> {
    map: M,
    failed: Option<M::Error>,
}

impl<M: SerializeMap> Straight<M> {
    fn put<T: Serialize + ?Sized>(&mut self, field: &Field, value: &T) {
        let name = field.name();
        if self.failed.is_none() && (name == "trace_id" || !OWN.contains(&name)) {
            self.failed = self.map.serialize_entry(name, value).err();
        }
    }
}

impl<M: SerializeMap> Visit for Straight<M> {
    fn record_f64(&mut self, field: &Field, value: f64) {
        self.put(field, &value);
    }

    fn record_i64(&mut self, field: &Field, value: i64) {
        self.put(field, &value);
    }

    fn record_u64(&mut self, field: &Field, value: u64) {
        self.put(field, &value);
    }

    fn record_bool(&mut self, field: &Field, value: bool) {
        self.put(field, &value);
    }

    fn record_str(&mut self, field: &Field, value: &str) {
        self.put(field, value);
    }

    fn record_error(&mut self, field: &Field, value: &(dyn Error + 'static)) {
        self.put(field, &chain(value));
    }

    fn record_debug(&mut self, field: &Field, value: &dyn fmt::Debug) {
        self.put(field, &Written(format_args!("{value:?}")));
    }
}

/// An error with what is below it.
fn chain(error: &(dyn Error + 'static)) -> String {
    let mut text = error.to_string();
    let mut below = error.source();
    while let Some(cause) = below {
        text = format!("{text}: {cause}");
        below = cause.source();
    }
    text
}

/// Names and values as an object.
struct Object<'a>(&'a [(&'static str, Value)]);

impl serde::Serialize for Object<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_map(self.0.iter().map(|(name, value)| (name, value)))
    }
}

/// Fields by name, each once; those that say nothing are not kept.
#[derive(Debug, Default)]
struct Fields(Vec<(&'static str, Value)>);

impl Fields {
    fn take(&mut self, name: &str) -> Option<Value> {
        let at = self.0.iter().position(|(known, _)| *known == name)?;
        Some(self.0.swap_remove(at).1)
    }

    fn put(&mut self, name: &'static str, value: Value) {
        match self.0.iter_mut().find(|(known, _)| *known == name) {
            Some((_, old)) => *old = value,
            None => self.0.push((name, value)),
        }
    }
}

impl Visit for Fields {
    fn record_f64(&mut self, field: &Field, value: f64) {
        self.put(field.name(), Value::from(value));
    }

    fn record_i64(&mut self, field: &Field, value: i64) {
        self.put(field.name(), Value::from(value));
    }

    fn record_u64(&mut self, field: &Field, value: u64) {
        self.put(field.name(), Value::from(value));
    }

    fn record_bool(&mut self, field: &Field, value: bool) {
        self.put(field.name(), Value::from(value));
    }

    fn record_str(&mut self, field: &Field, value: &str) {
        self.put(field.name(), Value::from(value));
    }

    fn record_error(&mut self, field: &Field, value: &(dyn Error + 'static)) {
        self.put(field.name(), Value::from(chain(value)));
    }

    fn record_debug(&mut self, field: &Field, value: &dyn fmt::Debug) {
        self.put(field.name(), Value::from(format!("{value:?}")));
    }
}
