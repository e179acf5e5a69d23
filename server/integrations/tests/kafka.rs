//! The producer against librdkafka's own cluster, which runs in this process and fails when told.
#![expect(clippy::unwrap_used, reason = "a test stops at what it did not expect")]

#[path = "kafka/door.rs"]
mod door;
#[path = "kafka/scram.rs"]
mod scram;

use std::time::Duration;

use integrations::kafka::{Certificate, Credentials, Kafka, Mechanism, Security, Trust};
use integrations::{DeliveryError, Secret};
use rdkafka::consumer::{Consumer, StreamConsumer};
use rdkafka::message::Headers;
use rdkafka::mocking::MockCluster;
use rdkafka::types::{RDKafkaApiKey, RDKafkaRespErr};
use rdkafka::{ClientConfig, Message};

use self::door::{Asks, Door, Identity, Met};
use self::scram::Exchange;

const PATIENT: Duration = Duration::from_secs(60);
/// Over soon, where it was seen already that nothing will come of it.
const IMPATIENT: Duration = Duration::from_secs(1);

/// The topic at brokers that speak clear text and let everybody in.
fn in_clear(brokers: &str, patience: Duration) -> Result<Kafka, DeliveryError> {
    Kafka::new(brokers, "publications", &Security::default(), patience)
}

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
    let kafka = in_clear(&brokers, PATIENT).unwrap();
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
    let kafka = in_clear(&cluster.bootstrap_servers(), Duration::from_millis(500)).unwrap();
    cluster.broker_down(1).unwrap();
    let lost = kafka.write("bundle", "task-1", "bundle.published", "{}").await.unwrap_err();
    assert!(matches!(lost, DeliveryError::Unavailable { .. }), "{lost:?}");
    assert!(kafka.check().await.is_err());
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_message_that_is_refused_is_told_and_holds_up_no_other() {
    let cluster = MockCluster::new(1).unwrap();
    cluster.create_topic("publications", 1, 1).unwrap();
    let kafka = in_clear(&cluster.bootstrap_servers(), PATIENT).unwrap();
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
    let impatient = in_clear(&brokers, Duration::from_secs(3)).unwrap();
    impatient.write("bundle", "task-1", "bundle.published", "{}").await.unwrap();
    cluster.broker_round_trip_time(1, Duration::from_secs(600)).unwrap();
    let slow = impatient.write("bundle", "task-2", "bundle.published", "{}").await.unwrap_err();
    assert!(matches!(slow, DeliveryError::Unavailable { .. }), "{slow:?}");
    cluster.broker_round_trip_time(1, Duration::ZERO).unwrap();
    let again = in_clear(&brokers, PATIENT).unwrap();
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

fn vouched_for_by(identity: &Identity) -> Trust {
    Trust::Authorities(identity.certificate())
}

/// A certificate that is shown to brokers.
fn shown(certificate: &Identity, key: &Identity) -> Option<Certificate> {
    Some(Certificate { chain: certificate.certificate(), key: Secret::new(key.key()), password: None })
}

fn named(mechanism: Mechanism, password: &str) -> Credentials {
    Credentials { mechanism, username: "catalogue".to_owned(), password: Secret::new(password) }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn messages_arrive_over_tls_from_who_believes_the_certificate() {
    let cluster = MockCluster::new(1).unwrap();
    cluster.create_topic("publications", 1, 1).unwrap();
    let brokers = cluster.bootstrap_servers();
    let identity = Identity::of("127.0.0.1");
    let mut door = Door::open(&brokers, Asks { identity: Some(&identity), ..Asks::default() });
    let security = Security { tls: Some(vouched_for_by(&identity)), ..Security::default() };
    let kafka = Kafka::new(&door.address, "publications", &security, PATIENT).unwrap();
    kafka.check().await.unwrap();
    kafka.write("bundle", "task-1", "bundle.published", r#"{"n":1}"#).await.unwrap();
    assert_eq!(reader(&brokers).recv().await.unwrap().payload(), Some(&br#"{"n":1}"#[..]));
    assert_eq!(door.met.recv().await, Some(Met::Believed));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn nothing_is_told_to_a_broker_whose_certificate_is_not_believed() {
    let cluster = MockCluster::new(1).unwrap();
    cluster.create_topic("publications", 1, 1).unwrap();
    let (here, elsewhere) = (Identity::of("127.0.0.1"), Identity::of("192.0.2.1"));
    // One that nobody vouches for, one that somebody else would have to, and one that is vouched for as another machine's.
    for (identity, trust) in
        [(&here, Trust::System), (&here, vouched_for_by(&elsewhere)), (&elsewhere, vouched_for_by(&elsewhere))]
    {
        let mut door = Door::open(&cluster.bootstrap_servers(), Asks { identity: Some(identity), ..Asks::default() });
        let security = Security { tls: Some(trust), ..Security::default() };
        let kafka = Kafka::new(&door.address, "publications", &security, IMPATIENT).unwrap();
        assert_eq!(door.met.recv().await, Some(Met::Disbelieved));
        let lost = kafka.write("bundle", "task-1", "bundle.published", "{}").await.unwrap_err();
        assert!(matches!(lost, DeliveryError::Unavailable { .. }), "{lost:?}");
        let lost = lost.to_string();
        assert!(lost.contains("certificate verify failed") && lost.contains("KAFKA_CA_FILE"), "{lost}");
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn brokers_that_ask_for_a_certificate_are_shown_it_and_believe_no_other() {
    let cluster = MockCluster::new(1).unwrap();
    cluster.create_topic("publications", 1, 1).unwrap();
    let brokers = cluster.bootstrap_servers();
    let (broker, ours, another) = (Identity::of("127.0.0.1"), Identity::of("192.0.2.1"), Identity::of("192.0.2.2"));
    let asks = Asks { identity: Some(&broker), guest: Some(&ours), known: None };
    let showing = |certificate| Security { tls: Some(vouched_for_by(&broker)), certificate, sasl: None };
    for certificate in [None, shown(&another, &another)] {
        let mut door = Door::open(&brokers, asks);
        let kafka = Kafka::new(&door.address, "publications", &showing(certificate), IMPATIENT).unwrap();
        assert_eq!(door.met.recv().await, Some(Met::Disbelieved));
        let lost = kafka.write("bundle", "task-1", "bundle.published", "{}").await.unwrap_err();
        assert!(matches!(lost, DeliveryError::Unavailable { .. }), "{lost:?}");
    }
    let mut door = Door::open(&brokers, asks);
    let security = showing(shown(&ours, &ours));
    assert!(!format!("{security:?}").contains("PRIVATE KEY"));
    let kafka = Kafka::new(&door.address, "publications", &security, PATIENT).unwrap();
    kafka.check().await.unwrap();
    kafka.write("bundle", "task-2", "bundle.published", r#"{"n":2}"#).await.unwrap();
    assert_eq!(reader(&brokers).recv().await.unwrap().payload(), Some(&br#"{"n":2}"#[..]));
    assert_eq!(door.met.recv().await, Some(Met::Believed));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_key_with_a_password_is_opened_by_it_and_by_no_other() {
    let cluster = MockCluster::new(1).unwrap();
    cluster.create_topic("publications", 1, 1).unwrap();
    let (broker, ours) = (Identity::of("127.0.0.1"), Identity::of("192.0.2.1"));
    let asks = Asks { identity: Some(&broker), guest: Some(&ours), known: None };
    let mut door = Door::open(&cluster.bootstrap_servers(), asks);
    let opened_by = |password: Option<&str>| {
        let (chain, key) = (ours.certificate(), Secret::new(ours.sealed_key("hush-hush")));
        let certificate = Some(Certificate { chain, key, password: password.map(Secret::new) });
        let security = Security { tls: Some(vouched_for_by(&broker)), certificate, sasl: None };
        assert!(!format!("{security:?}").contains("hush-"));
        Kafka::new(&door.address, "publications", &security, PATIENT)
    };
    for (password, named) in [(None, "KAFKA_KEY_FILE"), (Some("hush-hash"), "KAFKA_KEY_PASSWORD")] {
        let refused = opened_by(password).unwrap_err();
        assert!(matches!(refused, DeliveryError::Refused { .. }), "{refused:?}");
        assert!(refused.to_string().contains(named) && !refused.to_string().contains("hush-"), "{refused}");
    }
    let kafka = opened_by(Some("hush-hush")).unwrap();
    kafka.check().await.unwrap();
    assert_eq!(door.met.recv().await, Some(Met::Believed));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn brokers_that_ask_for_name_and_password_are_told_or_proved_them() {
    let cluster = MockCluster::new(1).unwrap();
    cluster.create_topic("publications", 1, 1).unwrap();
    let brokers = cluster.bootstrap_servers();
    let reader = reader(&brokers);
    let identity = Identity::of("127.0.0.1");
    for mechanism in Mechanism::ALL {
        let known = Exchange::new(mechanism, "catalogue", "hush-hush");
        for identity in [None, Some(&identity)] {
            let mut door = Door::open(&brokers, Asks { identity, guest: None, known: Some(&known) });
            let sasl = Some(named(mechanism, "hush-hush"));
            let security = Security { tls: identity.map(vouched_for_by), sasl, ..Security::default() };
            let kafka = Kafka::new(&door.address, "publications", &security, PATIENT).unwrap();
            kafka.check().await.unwrap();
            let payload = format!("{} over {}", mechanism.as_str(), security.protocol());
            kafka.write("bundle", "task-1", "bundle.published", &payload).await.unwrap();
            assert_eq!(reader.recv().await.unwrap().payload(), Some(payload.as_bytes()));
            if identity.is_some() {
                assert_eq!(door.met.recv().await, Some(Met::Believed));
            }
            assert_eq!(door.met.recv().await, Some(Met::Known));
        }
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_wrong_password_is_told_of_and_not_told() {
    let cluster = MockCluster::new(1).unwrap();
    cluster.create_topic("publications", 1, 1).unwrap();
    for mechanism in Mechanism::ALL {
        let known = Exchange::new(mechanism, "catalogue", "hush-hush");
        let asks = Asks { known: Some(&known), ..Asks::default() };
        let mut door = Door::open(&cluster.bootstrap_servers(), asks);
        let security = Security { sasl: Some(named(mechanism, "hush-hash")), ..Security::default() };
        let kafka = Kafka::new(&door.address, "publications", &security, IMPATIENT).unwrap();
        assert_eq!(door.met.recv().await, Some(Met::Unknown));
        let lost = kafka.write("bundle", "task-1", "bundle.published", "{}").await.unwrap_err();
        assert!(matches!(lost, DeliveryError::Unavailable { .. }), "{lost:?}");
        assert!(lost.to_string().contains("SASL authentication error: who are you?"), "{lost}");
        assert!(!format!("{lost:?} {kafka:?} {security:?}").contains("hush-hash"));
    }
}

#[test]
fn every_way_to_speak_to_brokers_is_built_in_and_a_broken_certificate_is_refused_at_once() {
    let made = |tls, sasl| {
        let security = Security { tls, sasl, ..Security::default() };
        Kafka::new("127.0.0.1:1", "publications", &security, IMPATIENT)
    };
    for tls in [None, Some(Trust::System), Some(vouched_for_by(&Identity::of("127.0.0.1")))] {
        made(tls.clone(), None).unwrap();
        for mechanism in Mechanism::ALL {
            made(tls.clone(), Some(named(mechanism, "hush-hush"))).unwrap();
        }
    }
    let broken = "-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n";
    let refused = made(Some(Trust::Authorities(broken.to_owned())), None).unwrap_err();
    assert!(matches!(refused, DeliveryError::Refused { .. }), "{refused:?}");
    assert!(refused.to_string().contains("KAFKA_CA_FILE"), "{refused}");
}

#[test]
fn a_certificate_of_ours_is_refused_at_once_where_it_is_broken_or_its_key_is_that_of_another() {
    let (ours, another) = (Identity::of("192.0.2.1"), Identity::of("192.0.2.2"));
    let certificate =
        |chain: &str, key: &str| Certificate { chain: chain.to_owned(), key: Secret::new(key), password: None };
    let broken = certificate("-----BEGIN CERTIFICATE-----\nAAAA\n", &ours.key());
    let keyless = certificate(&ours.certificate(), "-----BEGIN PRIVATE KEY-----\nAAAA\n");
    for (certificate, named) in [
        (Some(broken), "KAFKA_CERTIFICATE_FILE"),
        (Some(keyless), "KAFKA_KEY_FILE"),
        (shown(&ours, &another), "KAFKA_KEY_FILE"),
    ] {
        let security = Security { tls: Some(Trust::System), certificate, sasl: None };
        let refused = Kafka::new("127.0.0.1:1", "publications", &security, IMPATIENT).unwrap_err();
        assert!(matches!(refused, DeliveryError::Refused { .. }), "{refused:?}");
        assert!(refused.to_string().contains(named), "{refused}");
        assert!(!refused.to_string().contains("PRIVATE KEY-----"), "{refused}");
    }
}
