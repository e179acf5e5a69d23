//! The receivers of what follows from publications, from the configuration.

use chrono::TimeDelta;
use domain::delivery::{Backoff, Fuse, Sink};
use integrations::DeliveryError;
use integrations::kafka::Kafka;
use integrations::slack::Slack;
use integrations::tracker::Tracker;
use integrations::wagtail::Wagtail;
use integrations::webhook::Webhooks;
use services::deliveries::{Circuits, Jitter, Manner, Outlets, PublicBucket};
use storage::{Backend, Storage};

use super::{StartError, failed};
use crate::config::Config;

/// Prepares the receivers; none of them need be up.
pub(super) fn outlets(config: &Config, storage: &Storage) -> Result<Outlets, StartError> {
    build(config, storage).map_err(failed(
        "A receiver of publications cannot be used",
        "Check the addresses of Wagtail, Tracker, Slack and Kafka, and the files of KAFKA_CA_FILE, KAFKA_CERTIFICATE_FILE and KAFKA_KEY_FILE with KAFKA_KEY_PASSWORD.",
    ))
}

fn build(config: &Config, storage: &Storage) -> Result<Outlets, DeliveryError> {
    let settings = &config.receivers;
    let manners = settings.treated().map(|(sink, blocking, timeout)| (sink, Manner { blocking, timeout })).collect();
    let timeout = |sink: Sink| {
        let found = settings.treated().find(|(treated, _, _)| *treated == sink);
        found.map_or(std::time::Duration::from_secs(10), |(_, _, timeout)| timeout)
    };
    let wagtail = settings.wagtail.as_ref().map(|it| Wagtail::new(&it.url, it.key.clone(), timeout(Sink::Wagtail)));
    let tracker = settings.tracker.as_ref().map(|it| Tracker::new(&it.url, it.key.clone(), timeout(Sink::Tracker)));
    let slack = settings.slack.as_ref().map(|address| Slack::new(address.clone(), timeout(Sink::Slack)));
    let (topic, security) = (&settings.kafka.topic, &settings.kafka.security);
    let brokers = settings.kafka.brokers.as_ref();
    let kafka = brokers.map(|brokers| Kafka::new(brokers, topic, security, timeout(Sink::Kafka)));
    let delta = |duration| TimeDelta::from_std(duration).unwrap_or(TimeDelta::MAX);
    Ok(Outlets {
        public_bucket: public_bucket(config, storage),
        wagtail: wagtail.transpose()?,
        tracker: tracker.transpose()?,
        kafka: kafka.transpose()?,
        slack: slack.transpose()?,
        webhooks: Webhooks::new(timeout(Sink::Webhook), settings.private_webhooks)?,
        programs: Webhooks::new(timeout(Sink::Webhook), settings.private_subscribers)?,
        readers: settings.readers.clone(),
        manners,
        backoff: Backoff { first: delta(settings.first_wait), longest: delta(settings.longest_wait) },
        attempts: settings.attempts,
        circuits: Circuits::default(),
        fuse: Fuse { failures: settings.circuit_failures, pause: delta(settings.circuit_pause) },
        jitter: Jitter::new(chance),
    })
}

/// The bucket that the public reads from; embedded objects are read through the catalogue alone.
fn public_bucket(config: &Config, storage: &Storage) -> Option<PublicBucket> {
    let bucket = config.receivers.public_bucket.as_ref()?;
    let Backend::Remote { endpoint, force_path_style, .. } = &config.storage.backend else {
        tracing::warn!("S3_BUCKET_NAME has no effect with the embedded storage, which the public cannot reach");
        return None;
    };
    let address = config.receivers.public_bucket_url.clone().unwrap_or_else(|| {
        let region = &config.storage.region;
        let service = endpoint.clone().unwrap_or_else(|| format!("https://s3.{region}.amazonaws.com"));
        let service = service.trim_end_matches('/');
        match service.split_once("://") {
            Some((scheme, host)) if !force_path_style => format!("{scheme}://{bucket}.{host}"),
            _ => format!("{service}/{bucket}"),
        }
    });
    Some(PublicBucket { storage: storage.beside(bucket), address })
}

#[expect(clippy::disallowed_methods, reason = "the edge at which waits get their chance")]
fn chance() -> f64 {
    use rand::Rng;
    rand::rng().random()
}
