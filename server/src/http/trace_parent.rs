//! Traces that go on across systems (W3C Trace Context, version 00).

use axum::http::HeaderMap;
use opentelemetry::trace::{SpanContext, SpanId, TraceContextExt, TraceFlags, TraceId, TraceState};
use tracing::Span;
use tracing_opentelemetry::OpenTelemetrySpanExt;

/// What a sound `traceparent` says.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TraceParent {
    trace_id: String,
    span_id: String,
    sampled: bool,
}

impl TraceParent {
    /// Reads the header; what is not sound counts as absent.
    #[must_use]
    pub fn read(headers: &HeaderMap) -> Option<Self> {
        let mut lines = headers.get_all("traceparent").iter();
        let text = lines.next()?.to_str().ok()?;
        if lines.next().is_some() {
            return None;
        }
        let mut parts = text.split('-');
        let (version, trace_id, span_id, flags) = (parts.next()?, parts.next()?, parts.next()?, parts.next()?);
        let sound = is_id(version, 2)
            && version != "ff"
            && (version != "00" || parts.next().is_none())
            && is_id(trace_id, 32)
            && is_id(span_id, 16)
            && [trace_id, span_id].iter().all(|id| id.bytes().any(|b| b != b'0'))
            && is_id(flags, 2);
        let sampled = u8::from_str_radix(flags, 16).is_ok_and(|flags| flags & 1 == 1);
        sound.then(|| Self { trace_id: trace_id.to_owned(), span_id: span_id.to_owned(), sampled })
    }

    fn as_remote(&self) -> Option<SpanContext> {
        let flags = if self.sampled { TraceFlags::SAMPLED } else { TraceFlags::default() };
        let trace_id = TraceId::from_hex(&self.trace_id).ok()?;
        let span_id = SpanId::from_hex(&self.span_id).ok()?;
        Some(SpanContext::new(trace_id, span_id, flags, true, TraceState::default()))
    }
}

fn is_id(text: &str, length: usize) -> bool {
    text.len() == length && text.bytes().all(|b| b.is_ascii_hexdigit() && !b.is_ascii_uppercase())
}

/// The ids of a request's own span.
#[derive(Clone, Debug)]
pub struct TraceIds {
    /// The trace, 32 hexadecimal digits.
    pub trace_id: String,
    span_id: String,
    sampled: bool,
}

impl TraceIds {
    /// Makes `span` a child of `parent` and gives its ids; where traces are exported, they are those that are exported.
    #[must_use]
    pub fn of(span: &Span, parent: Option<TraceParent>) -> Self {
        if let Some(remote) = parent.as_ref().and_then(TraceParent::as_remote) {
            let context = opentelemetry::Context::new().with_remote_span_context(remote);
            // Refused where nothing is exported; then the ids are made here.
            let _ = span.set_parent(context);
        }
        let context = span.context();
        let exported = context.span().span_context().clone();
        if exported.is_valid() && !exported.is_remote() {
            return Self {
                trace_id: exported.trace_id().to_string(),
                span_id: exported.span_id().to_string(),
                sampled: exported.is_sampled(),
            };
        }
        let sampled = parent.as_ref().is_some_and(|parent| parent.sampled);
        let trace_id = parent.map_or_else(new_trace_id, |parent| parent.trace_id);
        Self { trace_id, span_id: new_span_id(), sampled }
    }

    /// The header that hands the trace on.
    #[must_use]
    pub fn header(&self) -> String {
        format!("00-{}-{}-{:02x}", self.trace_id, self.span_id, u8::from(self.sampled))
    }
}

/// A UUID of version 7, so that ids of the same time lie together; from this thread's generator, as every request pays for it.
fn new_trace_id() -> String {
    let now = u64::try_from(crate::clock::system().now().timestamp_millis()).unwrap_or(0);
    uuid::Builder::from_unix_timestamp_millis(now, &random()).into_uuid().simple().to_string()
}

/// Eight random bytes, which are never all zero.
fn new_span_id() -> String {
    format!("{:016x}", u64::from_be_bytes(random()) | 1)
}

#[expect(clippy::disallowed_methods, reason = "the edge at which a request gets its id")]
fn random<const N: usize>() -> [u8; N] {
    use rand::Rng;
    rand::rng().random()
}

#[cfg(test)]
mod tests {
    use super::*;

    const TRACE: &str = "0af7651916cd43dd8448eb211c80319c";

    fn read(text: &str) -> Option<TraceParent> {
        TraceParent::read(&HeaderMap::from_iter([("traceparent".parse().unwrap(), text.parse().unwrap())]))
    }

    #[test]
    fn only_sound_headers_are_continued() {
        let parent = read(&format!("00-{TRACE}-b7ad6b7169203331-01")).unwrap();
        assert_eq!((parent.trace_id.as_str(), parent.sampled), (TRACE, true));
        assert!(!read(&format!("00-{TRACE}-b7ad6b7169203331-00")).unwrap().sampled);
        assert!(read(&format!("cc-{TRACE}-b7ad6b7169203331-01-more")).is_some());
        for text in [
            format!("00-{TRACE}-b7ad6b7169203331-01-more"),
            format!("ff-{TRACE}-b7ad6b7169203331-01"),
            format!("00-{}-b7ad6b7169203331-01", TRACE.to_uppercase()),
            format!("00-{}-b7ad6b7169203331-01", "0".repeat(32)),
            format!("00-{TRACE}-{}-01", "0".repeat(16)),
            format!("00-{TRACE}"),
            "nonsense".to_owned(),
        ] {
            assert_eq!(read(&text), None, "{text}");
        }
    }

    #[test]
    fn the_answer_names_a_span_of_its_own_in_the_same_trace() {
        let parent = read(&format!("00-{TRACE}-b7ad6b7169203331-01"));
        let ids = TraceIds::of(&Span::none(), parent);
        assert!(ids.header().starts_with(&format!("00-{TRACE}-")) && ids.header().ends_with("-01"));
        assert!(!ids.header().contains("b7ad6b7169203331"));
        let fresh = TraceIds::of(&Span::none(), None);
        assert_ne!(fresh.trace_id, TRACE);
        assert_ne!(fresh.span_id, TraceIds::of(&Span::none(), None).span_id);
    }
}
