//! Reading single variables; every wrong value is kept until the end, so that all are told at once.

use std::cell::RefCell;
use std::fmt::Display;
use std::net::SocketAddr;
use std::ops::RangeInclusive;
use std::time::Duration;

use percent_encoding::{NON_ALPHANUMERIC, utf8_percent_encode};

/// What is wrong with the configuration, in one line.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{}", .0.join("; "))]
pub struct ConfigError(Vec<String>);

/// Reads variables and remembers what was wrong.
pub struct Reader<'a> {
    get: &'a dyn Fn(&str) -> Option<String>,
    wrong: RefCell<Vec<String>>,
}

impl<'a> Reader<'a> {
    /// A reader that asks `get` for a variable's value.
    pub fn new(get: &'a dyn Fn(&str) -> Option<String>) -> Self {
        Self { get, wrong: RefCell::new(Vec::new()) }
    }

    /// Remembers a wrong value.
    pub fn refuse(&self, name: &str, value: &str, allowed: impl Display) {
        self.wrong.borrow_mut().push(format!("{name} is {value:?}; allowed: {allowed}"));
    }

    /// The value, unless something was wrong.
    pub fn finish<T>(self, value: T) -> Result<T, ConfigError> {
        let wrong = self.wrong.into_inner();
        if wrong.is_empty() { Ok(value) } else { Err(ConfigError(wrong)) }
    }

    /// A value that may be missing; an empty one counts as missing.
    pub fn optional(&self, name: &str) -> Option<String> {
        (self.get)(name).map(|text| text.trim().to_owned()).filter(|text| !text.is_empty())
    }

    /// A text.
    pub fn text(&self, name: &str, default: &str) -> String {
        self.optional(name).unwrap_or_else(|| default.to_owned())
    }

    /// Yes or no.
    pub fn flag(&self, name: &str, default: bool) -> bool {
        let values = [("true", true), ("false", false), ("1", true), ("0", false)];
        self.choice(name, default, &values)
    }

    /// One of several words.
    pub fn choice<T: Copy>(&self, name: &str, default: T, values: &[(&str, T)]) -> T {
        let Some(text) = self.optional(name) else { return default };
        let found = values.iter().find(|(word, _)| word.eq_ignore_ascii_case(&text));
        found.map_or_else(
            || {
                let words: Vec<&str> = values.iter().map(|(word, _)| *word).collect();
                self.refuse(name, &text, words.join(", "));
                default
            },
            |(_, value)| *value,
        )
    }

    /// A whole number within a range.
    pub fn number(&self, name: &str, default: u64, range: RangeInclusive<u64>) -> u64 {
        let Some(text) = self.optional(name) else { return default };
        match text.parse::<u64>() {
            Ok(number) if range.contains(&number) => number,
            _ => {
                self.refuse(name, &text, format!("a whole number from {} to {}", range.start(), range.end()));
                default
            }
        }
    }

    /// Several values with commas or spaces between them.
    pub fn list<T>(&self, name: &str, allowed: &str, parse: impl Fn(&str) -> Option<T>) -> Vec<T> {
        let text = self.optional(name).unwrap_or_default();
        let mut values = Vec::new();
        for word in text.split([',', ' ']).filter(|word| !word.is_empty()) {
            match parse(word) {
                Some(value) => values.push(value),
                None => self.refuse(name, word, allowed),
            }
        }
        values
    }

    /// A duration such as `500ms`, `5s`, `2m` or `1h`.
    pub fn duration(&self, name: &str, default: Duration) -> Duration {
        let Some(text) = self.optional(name) else { return default };
        let split = text.find(|c: char| !c.is_ascii_digit()).unwrap_or(text.len());
        let (digits, unit) = text.split_at(split);
        let read = digits.parse::<u64>().ok().and_then(|n| match unit {
            "ms" => Some(Duration::from_millis(n)),
            "s" => Some(Duration::from_secs(n)),
            "m" => Some(Duration::from_secs(n.checked_mul(60)?)),
            "h" => Some(Duration::from_secs(n.checked_mul(3600)?)),
            _ => None,
        });
        read.filter(|d| !d.is_zero() && *d <= Duration::from_secs(366 * 86_400)).unwrap_or_else(|| {
            self.refuse(name, &text, "a duration such as 500ms, 5s, 2m or 1h");
            default
        })
    }

    /// An address to listen on; `:22000` means every interface.
    pub fn address(&self, name: &str, default: &str) -> SocketAddr {
        let fallback = SocketAddr::from(([127, 0, 0, 1], 22000));
        let text = self.text(name, default);
        let full =
            if text.starts_with(':') { format!("0.0.0.0{text}") } else { text.replace("localhost:", "127.0.0.1:") };
        full.parse().unwrap_or_else(|_| {
            self.refuse(name, &text, "an address and port such as 127.0.0.1:22000 or :22000");
            fallback
        })
    }

    /// An http(s) address, without a slash at the end.
    pub fn url(&self, name: &str, default: &str) -> String {
        let text = self.text(name, default);
        let sound =
            ["http://", "https://"].iter().any(|scheme| text.strip_prefix(scheme).is_some_and(|rest| !rest.is_empty()));
        if !sound {
            self.refuse(name, &text, "an address that begins with http:// or https://");
        }
        text.trim_end_matches('/').to_owned()
    }

    /// A database address; the refusal hides what may be credentials.
    pub fn database_url(&self, name: &str, default: &str) -> String {
        let text = self.text(name, default);
        if !["sqlite:", "postgres://", "postgresql://"].iter().any(|scheme| text.starts_with(scheme)) {
            self.refuse(name, &without_credentials(&text), "sqlite://FILE or postgres://HOST:PORT/DATABASE");
        }
        text
    }

    /// A secret token of at least 12 characters.
    pub fn token(&self, name: &str) -> Option<String> {
        let text = self.optional(name)?;
        if text.len() < 12 {
            self.refuse(name, "(hidden)", "at least 12 characters");
        }
        Some(text)
    }

    /// An e-mail address.
    pub fn email(&self, name: &str) -> Option<String> {
        let text = self.optional(name)?;
        let mut problems = Vec::new();
        domain::text::check_email(&mut problems, name, &text);
        if !problems.is_empty() {
            self.refuse(name, &text, "an e-mail address such as statistics@example.org");
        }
        Some(text)
    }

    /// A filter of `tracing`, such as `info` or `info,services=debug`.
    pub fn log_filter(&self, name: &str) -> Option<String> {
        let text = self.optional(name)?.to_lowercase();
        if tracing_subscriber::EnvFilter::try_new(&text).is_err() {
            self.refuse(name, &text, "error, warn, info, debug or trace, also by part, such as info,services=debug");
        }
        Some(text)
    }
}

/// The address with user name and password put in.
pub(super) fn with_credentials(url: &str, user: Option<&str>, password: Option<&str>) -> String {
    let (Some(user), Some((scheme, rest))) = (user, url.split_once("://")) else {
        return url.to_owned();
    };
    let host = rest.rsplit_once('@').map_or(rest, |(_, host)| host);
    let encode = |text: &str| utf8_percent_encode(text, NON_ALPHANUMERIC).to_string();
    let password = password.map(|p| format!(":{}", encode(p))).unwrap_or_default();
    format!("{scheme}://{}{password}@{host}", encode(user))
}

/// The address with user name and password masked.
pub(super) fn without_credentials(url: &str) -> String {
    match url.split_once("://").and_then(|(scheme, rest)| Some((scheme, rest.rsplit_once('@')?.1))) {
        Some((scheme, host)) => format!("{scheme}://********@{host}"),
        None => url.to_owned(),
    }
}
