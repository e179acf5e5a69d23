//! A Kafka topic that is told of publications, by an idempotent producer.

use std::fmt;
use std::time::Duration;

use rdkafka::ClientConfig;
use rdkafka::error::{KafkaError, RDKafkaErrorCode};
use rdkafka::message::{Header, OwnedHeaders};
use rdkafka::producer::{FutureProducer, FutureRecord, Producer};
use rdkafka::util::Timeout;

use crate::outgoing::DeliveryError;

/// A topic; cheap to clone.
#[derive(Clone)]
pub struct Kafka {
    producer: FutureProducer,
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
    pub fn new(brokers: &str, topic: &str, patience: Duration) -> Result<Self, DeliveryError> {
        let milliseconds = patience.as_millis().to_string();
        let producer: FutureProducer = ClientConfig::new()
            .set("bootstrap.servers", brokers)
            .set("client.id", "dataset-catalogue")
            .set("enable.idempotence", "true")
            .set("message.timeout.ms", &milliseconds)
            .set("socket.connection.setup.timeout.ms", "1000")
            .create()
            .map_err(|error| DeliveryError::refused(format!("no producer can be made: {error}")))?;
        Ok(Self { producer, topic: topic.to_owned(), patience })
    }

    /// Writes a message; those of one `key` keep their order. Its `id` goes along as a header, for consumers that get it twice.
    pub async fn write(&self, key: &str, id: &str, event: &str, payload: &str) -> Result<(), DeliveryError> {
        let headers = OwnedHeaders::new()
            .insert(Header { key: "id", value: Some(id) })
            .insert(Header { key: "type", value: Some(event) });
        let record = FutureRecord::to(&self.topic).key(key).payload(payload).headers(headers);
        match self.producer.send(record, Timeout::After(self.patience)).await {
            Ok(_) => Ok(()),
            Err((error, _)) => Err(judged(&error)),
        }
    }

    /// Whether a broker answers.
    pub async fn check(&self) -> Result<(), DeliveryError> {
        let (producer, topic, patience) = (self.producer.clone(), self.topic.clone(), self.patience);
        let asked = tokio::task::spawn_blocking(move || {
            producer.client().fetch_metadata(Some(&topic), Timeout::After(patience)).map(|_| ())
        });
        match asked.await {
            Ok(Ok(())) => Ok(()),
            Ok(Err(error)) => Err(judged(&error)),
            Err(_) => Err(DeliveryError::unavailable("the question was cut off")),
        }
    }
}

/// A message that is too large or malformed never gets in; anything else may work later.
fn judged(error: &KafkaError) -> DeliveryError {
    match error.rdkafka_error_code() {
        Some(
            RDKafkaErrorCode::MessageSizeTooLarge
            | RDKafkaErrorCode::InvalidMessage
            | RDKafkaErrorCode::TopicAuthorizationFailed
            | RDKafkaErrorCode::InvalidTopic,
        ) => DeliveryError::refused(error.to_string()),
        _ => DeliveryError::unavailable(error.to_string()),
    }
}
