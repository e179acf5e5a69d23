//! What follows from a publication: where it goes, how long to wait between tries, and when a receiver is left in peace.

use chrono::{DateTime, TimeDelta, Utc};
use serde::{Deserialize, Serialize};

use crate::bundle::Channel;
use crate::wire::wire_enum;

wire_enum! {
    /// A receiver of what follows from commits; each is worked for apart from the others.
    Sink {
        /// The search index of the nodes.
        SearchIndex => "search_index",
        /// The copy of published files in the public bucket.
        PublicCopy => "public_copy",
        /// The Wagtail CMS.
        Wagtail => "wagtail",
        /// Tracker, which follows datasets.
        Tracker => "tracker",
        /// The Kafka topic of publications.
        Kafka => "kafka",
        /// Webhooks of other programs.
        Webhook => "webhook",
        /// E-mail about publications.
        Email => "email",
        /// The Slack channel.
        Slack => "slack",
        /// The log, for whoever watches it.
        Alert => "alert",
        /// Letters to people about their accounts, of what waits for them, and reminders of what is due.
        Letter => "mail",
        /// Moving bytes to the archive and back.
        Archive => "place_bytes",
        /// Finding out which subscribers a publication is told to.
        Subscribers => "subscribers",
        /// Letters to subscribers.
        SubscriberMail => "subscriber_mail",
        /// Messages to the programs of subscribers.
        SubscriberWebhook => "subscriber_webhook",
    }
}

impl Sink {
    /// Whether it lies outside of the catalogue, so that it can be down while the catalogue is up.
    #[must_use]
    pub const fn is_remote(self) -> bool {
        !matches!(self, Self::SearchIndex | Self::Alert | Self::Archive | Self::Subscribers)
    }

    /// Whether a publication is told to it, so that an operator can leave it out for a bundle.
    #[must_use]
    pub const fn is_of_publications(self) -> bool {
        !matches!(self, Self::Alert | Self::Letter | Self::Archive) && !self.is_to_subscribers()
    }

    /// Whether it is one subscriber of the public who is told: when that fails for good no operator is asked.
    #[must_use]
    pub const fn is_to_subscribers(self) -> bool {
        matches!(self, Self::SubscriberMail | Self::SubscriberWebhook)
    }

    /// Whether a mail server takes it, which knows at once what it will never take.
    #[must_use]
    pub const fn is_mail(self) -> bool {
        matches!(self, Self::Email | Self::Letter | Self::SubscriberMail)
    }

    /// What people call it.
    #[must_use]
    pub const fn title(self) -> &'static str {
        match self {
            Self::SearchIndex => "Search index",
            Self::PublicCopy => "Public bucket",
            Self::Wagtail => "Wagtail",
            Self::Tracker => "Tracker",
            Self::Kafka => "Kafka",
            Self::Webhook => "Webhooks",
            Self::Email => "E-mail",
            Self::Slack => "Slack",
            Self::Alert => "Alerts in the log",
            Self::Letter => "Letters",
            Self::Archive => "Archive",
            Self::Subscribers => "Subscribers",
            Self::SubscriberMail => "Letters to subscribers",
            Self::SubscriberWebhook => "Webhooks of subscribers",
        }
    }

    /// The channel of a schedule that chooses it; the others are told of every publication.
    #[must_use]
    pub const fn channel(self) -> Option<Channel> {
        match self {
            Self::Webhook => Some(Channel::Webhook),
            Self::Email => Some(Channel::Email),
            Self::Slack => Some(Channel::Slack),
            _ => None,
        }
    }
}

wire_enum! {
    /// What happened to a bundle or to the service, as webhooks are told.
    WebhookEvent {
        /// It became public.
        Published => "bundle.published",
        /// Its publication failed.
        Failed => "bundle.failed",
        /// It is due soon, and its publication will fail unless something is mended.
        AtRisk => "bundle.at_risk",
        /// Something went wrong that operators deal with.
        IncidentOpened => "incident.opened",
        /// Nothing: an administrator tries the webhook out, whatever it is told of.
        Test => "webhook.test",
    }
}

/// How to wait between tries: twice as long each time, never longer than `longest`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Backoff {
    /// The wait after the first failure.
    pub first: TimeDelta,
    /// The longest wait.
    pub longest: TimeDelta,
}

impl Backoff {
    /// The wait after so many failures: between half of it and the whole, as `chance` from 0 to 1 says, so that what
    /// failed together does not come back together.
    #[must_use]
    pub fn wait(self, failures: u32, chance: f64) -> TimeDelta {
        let doubled = 1_i32.checked_shl(failures.saturating_sub(1)).filter(|factor| *factor > 0);
        let whole = doubled.and_then(|factor| self.first.checked_mul(factor)).unwrap_or(self.longest).min(self.longest);
        let half = whole / 2;
        #[expect(clippy::cast_possible_truncation, reason = "no longer than `longest`")]
        #[expect(clippy::cast_precision_loss, reason = "a wait need not be exact")]
        let part = (half.num_milliseconds() as f64 * chance.clamp(0.0, 1.0)) as i64;
        half + TimeDelta::milliseconds(part)
    }
}

/// When a receiver that fails is left in peace.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Fuse {
    /// So many failures one after another open the circuit.
    pub failures: u32,
    /// How long it stays open before one try is let through.
    pub pause: TimeDelta,
}

/// How it goes with one receiver.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Circuit {
    failures: u32,
    open_until: Option<DateTime<Utc>>,
    trying: bool,
    busy_until: Option<DateTime<Utc>>,
}

impl Circuit {
    /// Whether a try is let through now; else when to ask again. After the pause one try is, and if nothing is heard of
    /// it, another after a further pause.
    pub fn admit(&mut self, fuse: Fuse, now: DateTime<Utc>) -> Result<(), DateTime<Utc>> {
        if let Some(until) = self.busy_until.filter(|until| now < *until) {
            return Err(until);
        }
        match self.open_until {
            None => Ok(()),
            Some(until) if now < until => Err(until),
            Some(_) => {
                self.trying = true;
                self.open_until = Some(now + fuse.pause);
                Ok(())
            }
        }
    }

    /// The receiver answered: the circuit is closed. What it asked for meanwhile still counts.
    pub fn answered(&mut self) {
        *self = Self { busy_until: self.busy_until, ..Self::default() };
    }

    /// Whether nothing is known of it that has to be remembered.
    #[must_use]
    pub fn is_unknown(&self, now: DateTime<Utc>) -> bool {
        self.failures == 0 && self.open_until.is_none() && self.busy_until.is_none_or(|until| until <= now)
    }

    /// The receiver could not be reached, or said that it cannot work now.
    pub fn failed(&mut self, fuse: Fuse, now: DateTime<Utc>) {
        self.failures = self.failures.saturating_add(1);
        if self.trying || self.failures >= fuse.failures {
            self.open_until = Some(now + fuse.pause);
        }
        self.trying = false;
    }

    /// The receiver is up and asks to be left in peace until then, so nothing else is sent to it before. That opens no circuit:
    /// whoever asks for a moment is not down.
    pub fn asked_to_wait(&mut self, until: DateTime<Utc>) {
        self.busy_until = self.busy_until.max(Some(until));
    }

    /// How it stands.
    #[must_use]
    pub fn state(&self, now: DateTime<Utc>) -> CircuitState {
        match self.open_until {
            None => CircuitState::Closed,
            Some(until) if now < until => CircuitState::Open,
            Some(_) => CircuitState::HalfOpen,
        }
    }
}

wire_enum! {
    /// Whether a receiver is called.
    CircuitState {
        /// It is.
        Closed => "closed",
        /// One call is let through to see whether it is back.
        HalfOpen => "half_open",
        /// It failed too often and is left in peace.
        Open => "open",
    }
}

/// A webhook: an address of another program that is told of publications (Standard Webhooks 1.0).
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Webhook {
    /// A UUIDv7.
    pub id: String,
    /// Where to.
    pub url: String,
    /// What it is for.
    pub description: String,
    /// Of what it is told.
    pub events: Vec<WebhookEvent>,
    /// Whether it is told at all.
    pub enabled: bool,
    /// Until when messages are also signed with the secret before.
    pub previous_until: Option<DateTime<Utc>>,
    /// Who made it.
    pub created_by: crate::actor::Actor,
    /// When.
    pub created_at: DateTime<Utc>,
    /// When it last changed.
    pub last_modified: DateTime<Utc>,
    /// Goes up with every change.
    pub revision: i64,
}

/// One call of a webhook.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct WebhookCall {
    /// A UUIDv7.
    pub id: String,
    /// The webhook.
    pub webhook_id: String,
    /// The message, the same in all calls for it: the header `webhook-id`.
    pub message_id: String,
    /// What it told of.
    pub event: String,
    /// The bundle it told of.
    pub bundle_id: Option<String>,
    /// Which try it was, from 1.
    pub attempt: u32,
    /// When.
    pub called_at: DateTime<Utc>,
    /// How long it took, in milliseconds.
    pub took_ms: i64,
    /// The HTTP status answered.
    pub status: Option<u16>,
    /// What went wrong.
    pub error: Option<String>,
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(seconds: i64) -> DateTime<Utc> {
        DateTime::UNIX_EPOCH + TimeDelta::seconds(seconds)
    }

    #[test]
    fn waits_double_up_to_the_longest_and_are_spread() {
        let backoff = Backoff { first: TimeDelta::seconds(2), longest: TimeDelta::seconds(60) };
        let whole: Vec<i64> = (1..=7).map(|n| backoff.wait(n, 1.0).num_seconds()).collect();
        assert_eq!(whole, [2, 4, 8, 16, 32, 60, 60]);
        assert_eq!(backoff.wait(3, 0.0), TimeDelta::seconds(4));
        assert_eq!(backoff.wait(3, 0.5), TimeDelta::seconds(6));
        for failures in [0, 31, 32, 33, 64, u32::MAX] {
            let wait = backoff.wait(failures, 0.3);
            assert!(wait > TimeDelta::zero() && wait <= backoff.longest, "{failures}: {wait}");
        }
    }

    #[test]
    fn a_circuit_opens_after_failures_in_a_row_and_lets_one_try_through_later() {
        let fuse = Fuse { failures: 3, pause: TimeDelta::seconds(30) };
        let mut circuit = Circuit::default();
        for second in 0..2 {
            assert_eq!(circuit.admit(fuse, at(second)), Ok(()));
            circuit.failed(fuse, at(second));
        }
        assert_eq!(circuit.state(at(2)), CircuitState::Closed);
        circuit.failed(fuse, at(2));
        assert_eq!(circuit.state(at(2)), CircuitState::Open);
        assert_eq!(circuit.admit(fuse, at(31)), Err(at(32)));
        assert_eq!(circuit.state(at(32)), CircuitState::HalfOpen);
        assert_eq!(circuit.admit(fuse, at(32)), Ok(()));
        assert_eq!(circuit.admit(fuse, at(32)), Err(at(62)));
        circuit.failed(fuse, at(33));
        assert_eq!(circuit.admit(fuse, at(34)), Err(at(63)));
        assert_eq!(circuit.admit(fuse, at(63)), Ok(()));
        circuit.answered();
        assert_eq!(circuit.state(at(63)), CircuitState::Closed);
        circuit.failed(fuse, at(64));
        assert_eq!(circuit.admit(fuse, at(64)), Ok(()), "earlier failures no longer count");
    }

    #[test]
    fn who_asks_for_time_is_left_in_peace_without_counting_as_down() {
        let fuse = Fuse { failures: 3, pause: TimeDelta::seconds(30) };
        let mut circuit = Circuit::default();
        circuit.failed(fuse, at(0));
        circuit.asked_to_wait(at(60));
        circuit.asked_to_wait(at(20));
        assert_eq!((circuit.admit(fuse, at(59)), circuit.state(at(59))), (Err(at(60)), CircuitState::Closed));
        assert_eq!(circuit.admit(fuse, at(60)), Ok(()));
        circuit.asked_to_wait(at(90));
        circuit.answered();
        assert_eq!(circuit.admit(fuse, at(61)), Err(at(90)), "what was under way before says nothing of that");
        assert!(!circuit.is_unknown(at(89)) && circuit.is_unknown(at(90)));
    }
}
