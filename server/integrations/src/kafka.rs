//! A Kafka topic that is told of publications, by an idempotent producer.

mod heard;
mod security;

use std::fmt;
use std::time::Duration;

use rdkafka::ClientConfig;
use rdkafka::error::{KafkaError, RDKafkaErrorCode};
use rdkafka::message::{Header, OwnedHeaders};
use rdkafka::producer::{FutureProducer, FutureRecord, Producer};
use rdkafka::util::Timeout;

use self::heard::{Heard, in_our_words};
pub use self::security::{Certificate, Credentials, Mechanism, Security, Trust};
use crate::outgoing::{DeliveryError, trace_parent};

/// A topic; cheap to clone.
#[derive(Clone)]
pub struct Kafka {
    producer: FutureProducer<Heard>,
    heard: Heard,
    topic: String,
    patience: Duration,
}

impl fmt::Debug for Kafka {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Kafka").field("topic", &self.topic).finish_non_exhaustive()
    }
}

impl Kafka {
    /// A topic of the brokers `host:port,host:port`, which need not be up; a message is given up after `patience`.
    pub fn new(brokers: &str, topic: &str, security: &Security, patience: Duration) -> Result<Self, DeliveryError> {
        let milliseconds = patience.as_millis().to_string();
        // Until a connection stands; handshakes take several answers, and those of a password some reckoning.
        let setting_up = if *security == Security::default() { "1000" } else { "5000" };
        let mut config = ClientConfig::new();
        config
            .set("bootstrap.servers", brokers)
            .set("client.id", "dataset-catalogue")
            .set("enable.idempotence", "true")
            .set("message.timeout.ms", &milliseconds)
            .set("socket.connection.setup.timeout.ms", setting_up);
        security.tell(&mut config);
        let heard = Heard::default();
        let producer: FutureProducer<Heard> =
            config.create_with_context(heard.clone()).map_err(|error| cannot_be_made(&error, security))?;
        Ok(Self { producer, heard, topic: topic.to_owned(), patience })
    }

    /// Writes a message; those of one `key` keep their order. Its `id` goes along as a header, for consumers that get it twice.
    pub async fn write(&self, key: &str, id: &str, event: &str, payload: &str) -> Result<(), DeliveryError> {
        let mut headers = OwnedHeaders::new()
            .insert(Header { key: "id", value: Some(id) })
            .insert(Header { key: "type", value: Some(event) });
        if let Some(trace) = trace_parent() {
            headers = headers.insert(Header { key: "traceparent", value: Some(trace.as_str()) });
        }
        let record = FutureRecord::to(&self.topic).key(key).payload(payload).headers(headers);
        match self.producer.send(record, Timeout::After(self.patience)).await {
            Ok(_) => {
                self.heard.forget();
                Ok(())
            }
            Err((error, _)) => Err(self.judged(&error)),
        }
    }

    /// Whether a broker answers.
    pub async fn check(&self) -> Result<(), DeliveryError> {
        let (producer, topic, patience) = (self.producer.clone(), self.topic.clone(), self.patience);
        let asked = tokio::task::spawn_blocking(move || {
            producer.client().fetch_metadata(Some(&topic), Timeout::After(patience)).map(|_| ())
        });
        match asked.await {
            Ok(Ok(())) => {
                self.heard.forget();
                Ok(())
            }
            Ok(Err(error)) => Err(self.judged(&error)),
            Err(_) => Err(DeliveryError::unavailable("the question was cut off")),
        }
    }

    /// A message that is too large or malformed never gets in; anything else may work later.
    fn judged(&self, error: &KafkaError) -> DeliveryError {
        match error.rdkafka_error_code() {
            Some(
                RDKafkaErrorCode::MessageSizeTooLarge
                | RDKafkaErrorCode::InvalidMessage
                | RDKafkaErrorCode::TopicAuthorizationFailed
                | RDKafkaErrorCode::InvalidTopic,
            ) => DeliveryError::refused(error.to_string()),
            _ => DeliveryError::unavailable(match self.heard.last() {
                Some(reason) => format!("{error}; last heard: {reason}"),
                None => error.to_string(),
            }),
        }
    }
}

/// Why there is no producer; what is said of a setting would repeat its value, which may be the password.
fn cannot_be_made(error: &KafkaError, security: &Security) -> DeliveryError {
    let reason = match error {
        KafkaError::ClientConfig(_, reason, setting, _) => format!("{setting}: {reason}"),
        other => other.to_string(),
    };
    let reason = in_our_words(&reason);
    // A key that its password does not open is told as one that cannot be read.
    let is_sealed = security.certificate.as_ref().is_some_and(|certificate| certificate.password.is_some());
    let hint = if is_sealed && reason.contains("KAFKA_KEY_FILE") && reason.contains("not in PEM format") {
        "; see that KAFKA_KEY_PASSWORD opens it"
    } else {
        ""
    };
    DeliveryError::refused(format!("no producer can be made: {reason}{hint}"))
}
