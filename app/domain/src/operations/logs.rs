//! Lines of the log that a node keeps in its memory, and what may be asked of them.

use std::sync::Arc;

use chrono::{DateTime, TimeDelta, Utc};
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

use super::NodeSight;
use crate::page::Page;

/// What stands in places of its own, and so not among the other fields.
const OWN: [&str; 6] = ["timestamp", "level", "target", "message", "trace_id", "span"];

/// How grave a line is, the gravest first.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub enum LogLevel {
    /// Something failed.
    Error,
    /// Something is not as it should be.
    Warn,
    /// Something happened.
    Info,
    /// For whoever looks for a fault.
    Debug,
    /// Every step.
    Trace,
}

impl LogLevel {
    /// Every level.
    pub const ALL: [Self; 5] = [Self::Error, Self::Warn, Self::Info, Self::Debug, Self::Trace];

    /// Its word in the log.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Error => "ERROR",
            Self::Warn => "WARN",
            Self::Info => "INFO",
            Self::Debug => "DEBUG",
            Self::Trace => "TRACE",
        }
    }

    /// The level of a word, however it is written.
    #[must_use]
    pub fn parse(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|level| level.as_str().eq_ignore_ascii_case(word.trim()))
    }
}

/// A line of the log.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct LogLine {
    /// When it was written.
    pub at: DateTime<Utc>,
    /// How grave it is.
    pub level: LogLevel,
    /// The part of the program that wrote it.
    pub target: String,
    /// What it says.
    pub message: String,
    /// The request that it belongs to.
    pub trace_id: Option<String>,
    /// Everything else that it and its spans say, by name.
    pub fields: Vec<(String, String)>,
    /// The line as it was written.
    pub written: String,
}

impl LogLine {
    /// Reads a line; `None` where it is none of ours.
    #[must_use]
    pub fn read(written: &str) -> Option<Self> {
        let Value::Object(whole) = serde_json::from_str(written).ok()? else { return None };
        let text = |name: &str| whole.get(name).map(plain);
        let at = DateTime::parse_from_rfc3339(&text("timestamp")?).ok()?.with_timezone(&Utc);
        let mut fields = fields_of(&whole);
        if let Some(Value::Object(span)) = whole.get("span") {
            fields.extend(fields_of(span).into_iter().filter(|(name, _)| name != "name" && name != "request_id"));
        }
        fields.sort();
        Some(Self {
            at,
            level: LogLevel::parse(&text("level")?)?,
            target: text("target").unwrap_or_default(),
            message: text("message").unwrap_or_default(),
            trace_id: text("trace_id"),
            fields,
            written: written.trim_end().to_owned(),
        })
    }

    /// Everything beside the message, as `name=value`.
    #[must_use]
    pub fn details(&self) -> String {
        self.fields.iter().map(|(name, value)| format!("{name}={value}")).collect::<Vec<_>>().join(" ")
    }

    fn says(&self, lower: &str) -> bool {
        let mut parts = [&self.message, &self.target]
            .into_iter()
            .chain(&self.trace_id)
            .chain(self.fields.iter().map(|(_, value)| value));
        parts.any(|part| part.to_lowercase().contains(lower))
    }
}

fn fields_of(of: &Map<String, Value>) -> Vec<(String, String)> {
    let others = of.iter().filter(|(name, _)| !OWN.contains(&name.as_str()));
    others.map(|(name, value)| (name.clone(), plain(value))).collect()
}

/// A value without the quotes of JSON.
fn plain(value: &Value) -> String {
    value.as_str().map_or_else(|| value.to_string(), str::to_owned)
}

/// What is asked of the log, as it stands in an address.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct LogAsked {
    /// The least grave level that is shown.
    #[serde(default)]
    pub level: String,
    /// Words in the line.
    #[serde(default)]
    pub q: String,
    /// The id of a request.
    #[serde(default)]
    pub trace: String,
    /// The id of a bundle, or of anything else that lines name.
    #[serde(default)]
    pub bundle: String,
    /// So many minutes back, or an instant.
    #[serde(default)]
    pub since: String,
}

impl LogAsked {
    /// The question in an address, without a question mark.
    #[must_use]
    pub fn query(&self) -> String {
        let pairs = [
            ("level", &self.level),
            ("q", &self.q),
            ("trace", &self.trace),
            ("bundle", &self.bundle),
            ("since", &self.since),
        ];
        let set = pairs.into_iter().filter(|(_, value)| !value.trim().is_empty());
        set.map(|(name, value)| format!("{name}={}", crate::text::escaped(value.trim()))).collect::<Vec<_>>().join("&")
    }

    /// From when on lines are wanted; what is neither minutes nor an instant asks for all.
    #[must_use]
    pub fn earliest(&self, now: DateTime<Utc>) -> Option<DateTime<Utc>> {
        let text = self.since.trim();
        let minutes = text.parse::<u32>().ok().map(|minutes| now - TimeDelta::minutes(i64::from(minutes)));
        minutes.or_else(|| DateTime::parse_from_rfc3339(text).ok().map(|at| at.with_timezone(&Utc)))
    }

    /// Those of these lines that fit, in their order.
    #[must_use]
    pub fn find<'a>(&self, lines: impl IntoIterator<Item = &'a str>, now: DateTime<Utc>) -> Vec<LogLine> {
        let (level, from) = (LogLevel::parse(&self.level), self.earliest(now));
        let lower = |text: &str| Some(text.trim().to_lowercase()).filter(|text| !text.is_empty());
        let (words, trace, bundle) = (lower(&self.q), lower(&self.trace), lower(&self.bundle));
        let fits = |line: &LogLine| {
            level.is_none_or(|level| line.level <= level)
                && from.is_none_or(|from| line.at >= from)
                && trace.as_ref().is_none_or(|trace| line.trace_id.as_ref() == Some(trace))
                && words.as_ref().is_none_or(|words| line.says(words))
                && bundle.as_ref().is_none_or(|bundle| line.says(bundle))
        };
        lines.into_iter().filter_map(LogLine::read).filter(fits).collect()
    }
}

/// What a node's memory holds of its log.
#[derive(Clone, Debug, Default)]
pub struct KeptLog {
    /// The lines as they were written, newest first.
    pub lines: Vec<Arc<str>>,
    /// How many older ones had to make room since the node started.
    pub dropped: u64,
}

/// The log of one node, as far as its memory reaches.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct LogDesk {
    /// A page of the lines that fit, newest first.
    pub lines: Page<LogLine>,
    /// How many lines are held in all.
    pub kept: u64,
    /// How many older ones had to make room since the node started.
    pub dropped: u64,
    /// The node whose memory it is.
    pub node: NodeSight,
    /// The time of looking.
    pub now: DateTime<Utc>,
}

#[cfg(test)]
mod tests {
    use super::*;

    const LINES: [&str; 3] = [
        r#"{"timestamp":"2026-11-30T09:30:02.5Z","level":"ERROR","target":"services::bundles","message":"a publication failed","bundle":"b-1","attempts":2}"#,
        r#"{"timestamp":"2026-11-30T09:30:01Z","level":"WARN","target":"server","message":"slow","span":{"name":"request","request_id":"aa11","path":"/bundles/b-2"},"trace_id":"aa11"}"#,
        r#"{"timestamp":"2026-11-30T09:00:00Z","level":"INFO","target":"server::http::trace","message":"answered","trace_id":"bb22","path":"/v1/datasets"}"#,
    ];

    fn found(asked: &LogAsked) -> Vec<String> {
        let now = DateTime::parse_from_rfc3339("2026-11-30T09:31:00Z").unwrap().with_timezone(&Utc);
        asked.find(LINES, now).into_iter().map(|line| line.message).collect()
    }

    #[test]
    fn lines_are_found_by_each_of_their_parts() {
        let asked = LogAsked::default;
        assert_eq!(found(&asked()), ["a publication failed", "slow", "answered"]);
        assert_eq!(found(&LogAsked { level: "warn".into(), ..asked() }), ["a publication failed", "slow"]);
        assert_eq!(found(&LogAsked { level: "nonsense".into(), ..asked() }).len(), 3);
        assert_eq!(found(&LogAsked { q: " Failed ".into(), ..asked() }), ["a publication failed"]);
        assert_eq!(found(&LogAsked { trace: "BB22".into(), ..asked() }), ["answered"]);
        assert_eq!(found(&LogAsked { bundle: "b-2".into(), ..asked() }), ["slow"]);
        assert_eq!(found(&LogAsked { since: "5".into(), ..asked() }), ["a publication failed", "slow"]);
        assert_eq!(found(&LogAsked { since: "2026-11-30T09:30:02Z".into(), ..asked() }), ["a publication failed"]);
        assert!(found(&LogAsked { q: "slow".into(), trace: "bb22".into(), ..asked() }).is_empty());
    }

    #[test]
    fn a_line_shows_what_it_and_its_spans_say() {
        let line = LogLine::read(LINES[0]).unwrap();
        assert_eq!(line.details(), "attempts=2 bundle=b-1");
        assert_eq!(LogLine::read(LINES[1]).unwrap().details(), "path=/bundles/b-2");
        assert_eq!(LogLine::read("not ours"), None);
        assert_eq!(LogLine::read("[1]"), None);
    }

    #[test]
    fn a_question_stands_in_the_address() {
        let asked = LogAsked { level: "warn".into(), q: "a b&c".into(), ..LogAsked::default() };
        assert_eq!(asked.query(), "level=warn&q=a%20b%26c");
        assert_eq!(LogAsked::default().query(), "");
    }
}
