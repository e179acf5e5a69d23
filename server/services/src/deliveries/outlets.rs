//! The receivers that are configured, and how to treat each.

use std::collections::BTreeMap;
use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use domain::delivery::{Backoff, Fuse, Sink};
use integrations::kafka::Kafka;
use integrations::slack::Slack;
use integrations::tracker::Tracker;
use integrations::wagtail::Wagtail;
use integrations::webhook::Webhooks;
use storage::Storage;

use super::Circuits;

/// Where chance comes from: a number from 0 to 1 at each call. The process brings it, so that tests can repeat themselves.
#[derive(Clone)]
pub struct Jitter(Arc<dyn Fn() -> f64 + Send + Sync>);

impl Jitter {
    /// Chance that asks `draw`.
    pub fn new(draw: impl Fn() -> f64 + Send + Sync + 'static) -> Self {
        Self(Arc::new(draw))
    }

    /// The next number.
    #[must_use]
    pub fn draw(&self) -> f64 {
        (self.0)()
    }
}

impl fmt::Debug for Jitter {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Jitter")
    }
}

/// How one receiver is treated.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Manner {
    /// Whether a publication waits for it, and is refused while it is down.
    pub blocking: bool,
    /// How long one delivery may take.
    pub timeout: Duration,
}

/// The bucket that the public reads from.
#[derive(Clone)]
pub struct PublicBucket {
    /// Its objects.
    pub storage: Storage,
    /// Its address, without a slash at the end; keys follow.
    pub address: String,
}

/// The receivers that are configured, and how to treat each.
#[derive(Clone)]
pub struct Outlets {
    /// The bucket that the public reads from.
    pub public_bucket: Option<PublicBucket>,
    /// The CMS.
    pub wagtail: Option<Wagtail>,
    /// What follows datasets.
    pub tracker: Option<Tracker>,
    /// The topic of publications.
    pub kafka: Option<Kafka>,
    /// The channel.
    pub slack: Option<Slack>,
    /// Sends to webhooks, of which there may be none.
    pub webhooks: Webhooks,
    /// Sends to the programs of subscribers. Anybody names their addresses, so they lead nowhere that only an administrator's may.
    pub programs: Webhooks,
    /// Who gets letters about publications besides the people who prepared them.
    pub readers: Vec<String>,
    /// How each receiver is treated.
    pub manners: BTreeMap<Sink, Manner>,
    /// How long to wait between tries.
    pub backoff: Backoff,
    /// After so many tries a delivery is given up until an operator has it tried again.
    pub attempts: u32,
    /// How it goes with each receiver, as this node sees it.
    pub circuits: Circuits,
    /// When a receiver is left in peace.
    pub fuse: Fuse,
    /// Spreads the waits.
    pub jitter: Jitter,
}

impl Outlets {
    /// How a receiver is treated.
    #[must_use]
    pub fn manner(&self, sink: Sink) -> Manner {
        let usual = Manner { blocking: false, timeout: Duration::from_secs(30) };
        let known = |sink: Sink| self.manners.get(&sink).copied().unwrap_or(usual);
        match sink {
            // The one mail server takes them all.
            Sink::Letter | Sink::SubscriberMail => Manner { blocking: false, ..known(Sink::Email) },
            // It moves all bytes of a version, as the public copy does.
            Sink::Archive => Manner { blocking: false, ..known(Sink::PublicCopy) },
            _ => known(sink),
        }
    }
}

impl fmt::Debug for Outlets {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Outlets").field("manners", &self.manners).finish_non_exhaustive()
    }
}

impl crate::Services {
    /// Whether this node can deliver to a receiver; what it cannot waits for one that can.
    #[must_use]
    pub fn delivers_to(&self, sink: Sink) -> bool {
        match sink {
            Sink::PublicCopy => self.outlets.public_bucket.is_some(),
            Sink::Wagtail => self.outlets.wagtail.is_some(),
            Sink::Tracker => self.outlets.tracker.is_some(),
            Sink::Kafka => self.outlets.kafka.is_some(),
            Sink::Slack => self.outlets.slack.is_some(),
            Sink::Email | Sink::Letter | Sink::SubscriberMail => self.accounts.mailer.is_some(),
            Sink::SearchIndex
            | Sink::Webhook
            | Sink::Alert
            | Sink::Archive
            | Sink::Subscribers
            | Sink::SubscriberWebhook => true,
        }
    }
}
