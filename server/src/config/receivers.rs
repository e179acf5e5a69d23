//! Who is told of publications, and how patiently.

use std::collections::BTreeMap;
use std::time::Duration;

use domain::delivery::Sink;
use integrations::Secret;

use super::reader::without_credentials;
use super::{Kafka, Reader};

/// An API of another system.
#[derive(Clone, Debug)]
pub struct Endpoint {
    /// Its address, without a slash at the end.
    pub url: String,
    /// The key for it.
    pub key: Option<Secret>,
}

/// A receiver's blocking flag and timeout, each with the variable it was read from.
type Treated = (&'static str, bool, &'static str, Duration);

/// Who is told of publications, and how patiently.
#[derive(Clone, Debug)]
pub struct Receivers {
    /// The bucket that the public reads from, as `S3_BUCKET_NAME`.
    pub public_bucket: Option<String>,
    /// Its address, where it is not the service's own.
    pub public_bucket_url: Option<String>,
    /// The CMS.
    pub wagtail: Option<Endpoint>,
    /// What follows datasets.
    pub tracker: Option<Endpoint>,
    /// The incoming webhook of the Slack channel.
    pub slack: Option<Secret>,
    /// The Kafka topic of publications.
    pub kafka: Kafka,
    /// Who gets letters about publications besides the people who prepared them.
    pub readers: Vec<String>,
    /// Whether webhooks may lead into the own network.
    pub private_webhooks: bool,
    /// Whether those of subscribers may, too, whom nobody knows.
    pub private_subscribers: bool,
    /// After so many tries a delivery is given up.
    pub attempts: u32,
    /// The wait after the first failure.
    pub first_wait: Duration,
    /// The longest wait.
    pub longest_wait: Duration,
    /// So many failures one after another open a circuit.
    pub circuit_failures: u32,
    /// How long it stays open.
    pub circuit_pause: Duration,
    treated: BTreeMap<Sink, Treated>,
}

/// The variables of the receivers that a publication may wait for, and the timeout of each in seconds.
const TREATED: [(Sink, &str, &str, u64); 8] = [
    (Sink::SearchIndex, "SEARCH_INDEX_BLOCKING", "SEARCH_INDEX_TIMEOUT", 300),
    (Sink::PublicCopy, "PUBLIC_COPY_BLOCKING", "PUBLIC_COPY_TIMEOUT", 1800),
    (Sink::Wagtail, "WAGTAIL_BLOCKING", "WAGTAIL_TIMEOUT", 10),
    (Sink::Tracker, "TRACKER_BLOCKING", "TRACKER_TIMEOUT", 10),
    (Sink::Kafka, "KAFKA_BLOCKING", "KAFKA_TIMEOUT", 10),
    (Sink::Webhook, "WEBHOOK_BLOCKING", "WEBHOOK_TIMEOUT", 15),
    (Sink::Email, "EMAIL_BLOCKING", "EMAIL_TIMEOUT", 30),
    (Sink::Slack, "SLACK_BLOCKING", "SLACK_TIMEOUT", 10),
];

impl Receivers {
    /// Reads the settings.
    pub fn read(r: &Reader<'_>) -> Self {
        let number = |name: &str, default: u64| u32::try_from(r.number(name, default, 1..=1000)).unwrap_or(1);
        let treated = TREATED.map(|(sink, blocking, timeout, seconds)| {
            let by_default = sink == Sink::SearchIndex;
            (sink, (blocking, r.flag(blocking, by_default), timeout, r.duration(timeout, Duration::from_secs(seconds))))
        });
        Self {
            public_bucket: r.optional("S3_BUCKET_NAME"),
            public_bucket_url: r.optional("S3_PUBLIC_URL").map(|_| r.url("S3_PUBLIC_URL", "")),
            wagtail: endpoint(r, "WAGTAIL_API_URL", "WAGTAIL_API_KEY"),
            tracker: endpoint(r, "TRACKER_API_URL", "TRACKER_API_KEY"),
            slack: r.optional("SLACK_WEBHOOK_URL").map(|text| {
                if !is_address(&text) {
                    r.refuse("SLACK_WEBHOOK_URL", "(hidden)", "an address that begins with http:// or https://");
                }
                Secret::new(text)
            }),
            kafka: Kafka::read(r),
            readers: r.list("NOTIFICATION_EMAILS", "e-mail addresses with commas between them", |word| {
                let mut problems = Vec::new();
                domain::text::check_email(&mut problems, "address", word);
                problems.is_empty().then(|| word.to_owned())
            }),
            private_webhooks: r.flag("WEBHOOK_ALLOW_PRIVATE", false),
            private_subscribers: r.flag("SUBSCRIBER_WEBHOOK_ALLOW_PRIVATE", false),
            attempts: number("DELIVERY_ATTEMPTS", 25),
            first_wait: r.duration("DELIVERY_BACKOFF", Duration::from_secs(2)),
            longest_wait: r.duration("DELIVERY_BACKOFF_MAX", Duration::from_secs(900)),
            circuit_failures: number("CIRCUIT_FAILURES", 5),
            circuit_pause: r.duration("CIRCUIT_PAUSE", Duration::from_secs(30)),
            treated: treated.into(),
        }
    }

    /// Whether a publication waits for each receiver, and how long one delivery to it may take.
    pub fn treated(&self) -> impl Iterator<Item = (Sink, bool, Duration)> {
        self.treated.iter().map(|(sink, (_, blocking, _, timeout))| (*sink, *blocking, *timeout))
    }

    /// Every setting by name with its effective value, secrets masked.
    pub fn effective(&self) -> Vec<(&'static str, String)> {
        let or_not = |text: Option<&str>| text.map_or_else(|| "(not set)".to_owned(), without_credentials);
        let masked = |secret: bool| if secret { "********" } else { "(not set)" }.to_owned();
        let seconds = |d: Duration| format!("{}s", d.as_secs_f64());
        let url = |endpoint: &Option<Endpoint>| or_not(endpoint.as_ref().map(|endpoint| endpoint.url.as_str()));
        let key =
            |endpoint: &Option<Endpoint>| masked(endpoint.as_ref().is_some_and(|endpoint| endpoint.key.is_some()));
        let mut settings = vec![
            ("S3_BUCKET_NAME", or_not(self.public_bucket.as_deref())),
            ("S3_PUBLIC_URL", or_not(self.public_bucket_url.as_deref())),
            ("WAGTAIL_API_URL", url(&self.wagtail)),
            ("WAGTAIL_API_KEY", key(&self.wagtail)),
            ("TRACKER_API_URL", url(&self.tracker)),
            ("TRACKER_API_KEY", key(&self.tracker)),
            ("SLACK_WEBHOOK_URL", masked(self.slack.is_some())),
        ];
        settings.extend(self.kafka.effective());
        settings.extend([
            ("NOTIFICATION_EMAILS", or_not(Some(self.readers.join(",")).filter(|text| !text.is_empty()).as_deref())),
            ("WEBHOOK_ALLOW_PRIVATE", self.private_webhooks.to_string()),
            ("SUBSCRIBER_WEBHOOK_ALLOW_PRIVATE", self.private_subscribers.to_string()),
            ("DELIVERY_ATTEMPTS", self.attempts.to_string()),
            ("DELIVERY_BACKOFF", seconds(self.first_wait)),
            ("DELIVERY_BACKOFF_MAX", seconds(self.longest_wait)),
            ("CIRCUIT_FAILURES", self.circuit_failures.to_string()),
            ("CIRCUIT_PAUSE", seconds(self.circuit_pause)),
        ]);
        for (blocking_name, blocking, timeout_name, timeout) in self.treated.values() {
            settings.push((blocking_name, blocking.to_string()));
            settings.push((timeout_name, seconds(*timeout)));
        }
        settings
    }
}

fn is_address(text: &str) -> bool {
    text.starts_with("https://") || text.starts_with("http://")
}

fn endpoint(r: &Reader<'_>, url: &str, key: &str) -> Option<Endpoint> {
    let secret = r.optional(key).map(Secret::new);
    if r.optional(url).is_none() {
        if secret.is_some() {
            r.refuse(key, "(hidden)", format!("only together with {url}"));
        }
        return None;
    }
    Some(Endpoint { url: r.url(url, ""), key: secret })
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use domain::delivery::Sink;

    use crate::config::tests::read;

    #[test]
    fn nothing_waits_for_other_systems_unless_told_so() {
        let config = read(&[("TRACKER_BLOCKING", "true"), ("TRACKER_TIMEOUT", "2s")]).unwrap();
        for (sink, blocking, timeout) in config.receivers.treated() {
            assert_eq!(blocking, matches!(sink, Sink::SearchIndex | Sink::Tracker), "{sink}");
            assert!(sink != Sink::Tracker || timeout == Duration::from_secs(2));
        }
    }

    #[test]
    fn wrong_values_are_named_and_secrets_never_shown() {
        for (name, value) in [
            ("WAGTAIL_API_URL", "wagtail.example.org"),
            ("WAGTAIL_API_KEY", "hush-hush"),
            ("SLACK_WEBHOOK_URL", "hush-hush"),
            ("KAFKA_BROKERS", "kafka"),
            ("NOTIFICATION_EMAILS", "nobody"),
            ("DELIVERY_ATTEMPTS", "0"),
        ] {
            let error = read(&[(name, value)]).unwrap_err().to_string();
            assert!(error.starts_with(name) && !error.contains("hush-hush"), "{error}");
        }
        let config = read(&[
            ("WAGTAIL_API_URL", "https://wagtail.example.org/api/"),
            ("WAGTAIL_API_KEY", "hush-hush"),
            ("SLACK_WEBHOOK_URL", "https://hooks.example.org/hush-hush"),
            ("KAFKA_BROKERS", "one:9092,two:9092"),
        ])
        .unwrap();
        assert_eq!(config.receivers.wagtail.as_ref().unwrap().url, "https://wagtail.example.org/api");
        let shown = format!("{:?} {config:?}", config.effective());
        assert!(!shown.contains("hush-hush"), "{shown}");
    }
}
