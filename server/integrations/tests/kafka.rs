//! The producer against librdkafka's own cluster, which runs in this process and fails when told.
#![expect(clippy::unwrap_used, reason = "a test stops at what it did not expect")]

use std::time::Duration;

use integrations::DeliveryError;
use integrations::kafka::Kafka;
use rdkafka::consumer::{Consumer, StreamConsumer};
use rdkafka::message::Headers;
use rdkafka::mocking::MockCluster;
use rdkafka::types::{RDKafkaApiKey, RDKafkaRespErr};
use rdkafka::{ClientConfig, Message};

const PATIENT: Duration = Duration::from_secs(60);

fn reader(brokers: &str) -> StreamConsumer {
    let consumer: StreamConsumer = ClientConfig::new()
        .set("bootstrap.servers", brokers)
        .set("group.id", "test")
        .set("auto.offset.reset", "earliest")
        .create()
        .unwrap();
    consumer.subscribe(&["publications"]).unwrap();
    consumer
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn messages_arrive_once_and_in_order_though_the_broker_fails_in_between() {
    let cluster = MockCluster::new(1).unwrap();
    cluster.create_topic("publications", 3, 1).unwrap();
    let brokers = cluster.bootstrap_servers();
    let kafka = Kafka::new(&brokers, "publications", PATIENT).unwrap();
    kafka.check().await.unwrap();
    kafka.write("bundle", "task-1", "bundle.published", r#"{"n":1}"#).await.unwrap();
    // The broker has written it and says that it has not: an idempotent producer sends it again and it is there once.
    cluster.request_errors(RDKafkaApiKey::Produce, &[RDKafkaRespErr::RD_KAFKA_RESP_ERR_REQUEST_TIMED_OUT]);
    kafka.write("bundle", "task-2", "bundle.published", r#"{"n":2}"#).await.unwrap();
    let reader = reader(&brokers);
    for n in 1..=2 {
        let message = reader.recv().await.unwrap();
        assert_eq!(message.key(), Some(&b"bundle"[..]));
        assert_eq!(message.payload(), Some(format!(r#"{{"n":{n}}}"#).as_bytes()));
        let headers = message.headers().unwrap();
        let id = headers.iter().find(|header| header.key == "id").unwrap();
        assert_eq!(id.value, Some(format!("task-{n}").as_bytes()));
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_cluster_that_is_down_is_unavailable() {
    let cluster = MockCluster::new(1).unwrap();
    cluster.create_topic("publications", 1, 1).unwrap();
    let kafka = Kafka::new(&cluster.bootstrap_servers(), "publications", Duration::from_millis(500)).unwrap();
    cluster.broker_down(1).unwrap();
    let lost = kafka.write("bundle", "task-1", "bundle.published", "{}").await.unwrap_err();
    assert!(matches!(lost, DeliveryError::Unavailable { .. }), "{lost:?}");
    assert!(kafka.check().await.is_err());
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_message_that_is_refused_is_told_and_holds_up_no_other() {
    let cluster = MockCluster::new(1).unwrap();
    cluster.create_topic("publications", 1, 1).unwrap();
    let kafka = Kafka::new(&cluster.bootstrap_servers(), "publications", PATIENT).unwrap();
    kafka.write("bundle", "task-1", "bundle.published", "{}").await.unwrap();
    cluster.request_errors(RDKafkaApiKey::Produce, &[RDKafkaRespErr::RD_KAFKA_RESP_ERR_MSG_SIZE_TOO_LARGE]);
    let refused = kafka.write("bundle", "task-2", "bundle.published", "{}").await.unwrap_err();
    assert!(matches!(refused, DeliveryError::Refused { .. }), "{refused:?}");
    kafka.write("another", "task-3", "bundle.published", "{}").await.unwrap();
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_slow_broker_is_unavailable_and_the_next_try_has_the_same_id() {
    let cluster = MockCluster::new(1).unwrap();
    cluster.create_topic("publications", 1, 1).unwrap();
    let brokers = cluster.bootstrap_servers();
    let impatient = Kafka::new(&brokers, "publications", Duration::from_secs(3)).unwrap();
    impatient.write("bundle", "task-1", "bundle.published", "{}").await.unwrap();
    cluster.broker_round_trip_time(1, Duration::from_secs(600)).unwrap();
    let slow = impatient.write("bundle", "task-2", "bundle.published", "{}").await.unwrap_err();
    assert!(matches!(slow, DeliveryError::Unavailable { .. }), "{slow:?}");
    cluster.broker_round_trip_time(1, Duration::ZERO).unwrap();
    let again = Kafka::new(&brokers, "publications", PATIENT).unwrap();
    again.write("bundle", "task-2", "bundle.published", "{}").await.unwrap();
    // Whether the broker had written the first one or not, a consumer knows the second by its id.
    let reader = reader(&brokers);
    for expected in ["task-1", "task-2"] {
        let message = reader.recv().await.unwrap();
        let headers = message.headers().unwrap();
        let id = headers.iter().find(|header| header.key == "id").unwrap();
        assert_eq!(id.value, Some(expected.as_bytes()));
    }
}
