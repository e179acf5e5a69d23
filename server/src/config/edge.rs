//! Settings of the edge: who is asking from where, how often they may, and who is told.

use std::num::NonZeroU32;

use domain::office::{MOST_A_MINUTE, RateQuotas};
use ipnet::IpNet;

use super::Reader;

/// How many requests a minute are let through.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct RateLimits {
    /// Whether anything is counted at all.
    pub enabled: bool,
    /// From one address.
    pub address: NonZeroU32,
    /// With one token or session.
    pub caller: NonZeroU32,
    /// Tries to sign in from one address.
    pub sign_in: NonZeroU32,
    /// Searches from one address.
    pub search: NonZeroU32,
}

impl RateLimits {
    /// The same as numbers, which can be changed while the program runs.
    #[must_use]
    pub const fn quotas(&self) -> RateQuotas {
        RateQuotas {
            address: self.address.get(),
            caller: self.caller.get(),
            sign_in: self.sign_in.get(),
            search: self.search.get(),
        }
    }
}

/// Settings of the edge.
#[derive(Clone, Debug)]
pub struct Edge {
    /// How many requests are let through.
    pub limits: RateLimits,
    /// Proxies whose word about the client's address is taken.
    pub trusted_proxies: Vec<IpNet>,
    /// Networks from which `/metrics` is read without a token.
    pub metrics_allow: Vec<IpNet>,
    /// Origins whose pages may use the private API with a token.
    pub cors_origins: Vec<String>,
    /// Where traces are sent by OTLP over HTTP, without `/v1/traces`.
    pub otlp_endpoint: Option<String>,
    /// Whom to tell about a weakness, as `/.well-known/security.txt` says it.
    pub security_contact: Option<String>,
}

impl Edge {
    /// Reads the settings.
    pub fn read(r: &Reader<'_>) -> Self {
        let per_minute = |name: &str, default: u32| {
            let number = r.number(name, u64::from(default), 1..=u64::from(MOST_A_MINUTE));
            u32::try_from(number).ok().and_then(NonZeroU32::new).unwrap_or(NonZeroU32::MIN)
        };
        Self {
            limits: RateLimits {
                enabled: r.flag("RATE_LIMIT_ENABLED", true),
                address: per_minute("RATE_LIMIT_PER_MINUTE", 30_000),
                caller: per_minute("RATE_LIMIT_CALLER_PER_MINUTE", 30_000),
                sign_in: per_minute("RATE_LIMIT_SIGN_IN_PER_MINUTE", 120),
                search: per_minute("RATE_LIMIT_SEARCH_PER_MINUTE", 12_000),
            },
            trusted_proxies: r.list("TRUSTED_PROXIES", "addresses or networks such as 10.0.0.0/8, 127.0.0.1", network),
            metrics_allow: match r.optional("METRICS_ALLOW").as_deref() {
                None => ["127.0.0.0/8", "::1"].into_iter().filter_map(network).collect(),
                Some("none") => Vec::new(),
                Some(_) => {
                    r.list("METRICS_ALLOW", "none, or addresses or networks such as 127.0.0.1, 10.2.0.0/16", network)
                }
            },
            cors_origins: r.list("CORS_ORIGINS", "origins such as https://tools.example.org", origin),
            otlp_endpoint: r.optional("OTEL_EXPORTER_OTLP_ENDPOINT").map(|_| r.url("OTEL_EXPORTER_OTLP_ENDPOINT", "")),
            security_contact: r.optional("SECURITY_CONTACT").inspect(|text| {
                if !["mailto:", "https://", "tel:"].iter().any(|scheme| text.starts_with(scheme)) {
                    r.refuse("SECURITY_CONTACT", text, "an address that begins with mailto:, https:// or tel:");
                }
            }),
        }
    }

    /// Every setting by name with its effective value.
    pub fn effective(&self) -> Vec<(&'static str, String)> {
        let words = |words: Vec<String>| if words.is_empty() { "(not set)".to_owned() } else { words.join(",") };
        let or_not = |text: &Option<String>| text.clone().unwrap_or_else(|| "(not set)".to_owned());
        vec![
            ("RATE_LIMIT_ENABLED", self.limits.enabled.to_string()),
            ("RATE_LIMIT_PER_MINUTE", self.limits.address.to_string()),
            ("RATE_LIMIT_CALLER_PER_MINUTE", self.limits.caller.to_string()),
            ("RATE_LIMIT_SIGN_IN_PER_MINUTE", self.limits.sign_in.to_string()),
            ("RATE_LIMIT_SEARCH_PER_MINUTE", self.limits.search.to_string()),
            ("TRUSTED_PROXIES", words(self.trusted_proxies.iter().map(ToString::to_string).collect())),
            (
                "METRICS_ALLOW",
                Some(words(self.metrics_allow.iter().map(ToString::to_string).collect()))
                    .filter(|_| !self.metrics_allow.is_empty())
                    .unwrap_or_else(|| "none".to_owned()),
            ),
            ("CORS_ORIGINS", words(self.cors_origins.clone())),
            ("OTEL_EXPORTER_OTLP_ENDPOINT", super::reader::without_credentials(&or_not(&self.otlp_endpoint))),
            ("SECURITY_CONTACT", or_not(&self.security_contact)),
        ]
    }
}

/// A network, or a single address as one.
fn network(text: &str) -> Option<IpNet> {
    text.parse().ok().or_else(|| text.parse::<std::net::IpAddr>().ok().map(IpNet::from))
}

/// Scheme, host and port, and nothing after them.
fn origin(text: &str) -> Option<String> {
    let text = text.trim_end_matches('/').to_ascii_lowercase();
    let host = text.strip_prefix("https://").or_else(|| text.strip_prefix("http://"))?;
    let plain = !host.is_empty() && !host.contains(['/', '?', '#', '@', '*', ' ']);
    plain.then_some(text)
}

#[cfg(test)]
mod tests {
    use crate::config::Config;

    fn read(name: &'static str, value: &'static str) -> Result<Config, String> {
        Config::read(&move |asked| (asked == name).then(|| value.to_owned())).map_err(|error| error.to_string())
    }

    #[test]
    fn proxies_and_origins_are_lists() {
        let config = read("TRUSTED_PROXIES", "10.0.0.0/8, 127.0.0.1 ::1").unwrap();
        assert_eq!(config.edge.trusted_proxies.len(), 3);
        let config = read("CORS_ORIGINS", "https://Tools.example.org/").unwrap();
        assert_eq!(config.edge.cors_origins, ["https://tools.example.org"]);
    }

    #[test]
    fn wrong_values_are_named() {
        for (name, value) in [
            ("TRUSTED_PROXIES", "10.0.0.0/99"),
            ("METRICS_ALLOW", "anybody"),
            ("CORS_ORIGINS", "*"),
            ("CORS_ORIGINS", "https://a.example/path"),
            ("RATE_LIMIT_PER_MINUTE", "0"),
            ("OTEL_EXPORTER_OTLP_ENDPOINT", "collector:4318"),
            ("SECURITY_CONTACT", "someone"),
        ] {
            let error = read(name, value).unwrap_err();
            assert!(error.contains(name), "{error}");
        }
    }
}
