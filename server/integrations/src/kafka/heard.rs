//! Why brokers cannot be spoken to. Of a message librdkafka only says that its time ran out; the reason it tells beside.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use rdkafka::ClientContext;
use rdkafka::error::{KafkaError, RDKafkaErrorCode};

/// What was heard last of what keeps brokers from being spoken to; cheap to clone.
#[derive(Clone, Default)]
pub(super) struct Heard(Arc<Mutex<Option<String>>>);

impl Heard {
    /// What was heard last.
    pub fn last(&self) -> Option<String> {
        self.kept().clone()
    }

    /// A broker answered, so that what was heard before holds no longer.
    pub fn forget(&self) {
        *self.kept() = None;
    }

    fn kept(&self) -> MutexGuard<'_, Option<String>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl ClientContext for Heard {
    /// Nothing is logged here, since librdkafka writes a line of its own about each of them.
    fn error(&self, error: KafkaError, reason: &str) {
        // That all brokers are down follows from what was said of each of them, which tells why.
        if error.rdkafka_error_code() != Some(RDKafkaErrorCode::AllBrokersDown) {
            *self.kept() = Some(in_our_words(reason));
        }
    }
}

/// What librdkafka says, with its settings called as the catalogue's are.
pub(super) fn in_our_words(text: &str) -> String {
    let ours = [
        ("ssl.ca.location", "KAFKA_CA_FILE"),
        ("ssl.ca.pem", "KAFKA_CA_FILE"),
        ("ssl.certificate.location", "KAFKA_CERTIFICATE_FILE"),
        ("ssl.certificate.pem", "KAFKA_CERTIFICATE_FILE"),
        ("ssl.key.location", "KAFKA_KEY_FILE"),
        ("ssl.key.password", "KAFKA_KEY_PASSWORD"),
        ("ssl.key.pem", "KAFKA_KEY_FILE"),
        ("security.protocol", "KAFKA_SECURITY_PROTOCOL"),
    ];
    let text = ours.iter().fold(text.to_owned(), |text, (theirs, ours)| text.replace(theirs, ours));
    // Of some handshakes it tells what failed and not what to look at.
    if text.contains("certificate verify failed") && !text.contains("KAFKA_CA_FILE") {
        return format!("{text}; see that KAFKA_CA_FILE names who vouches for the brokers");
    }
    if text.contains("certificate required") && !text.contains("KAFKA_CERTIFICATE_FILE") {
        return format!("{text}; see that KAFKA_CERTIFICATE_FILE names a certificate that the brokers believe");
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_reason_is_kept_until_a_broker_answers() {
        let heard = Heard::default();
        heard.error(KafkaError::Global(RDKafkaErrorCode::SSL), "verify that ssl.ca.location is correctly configured");
        heard.error(KafkaError::Global(RDKafkaErrorCode::AllBrokersDown), "1/1 brokers are down");
        assert_eq!(heard.last().as_deref(), Some("verify that KAFKA_CA_FILE is correctly configured"));
        heard.error(KafkaError::Global(RDKafkaErrorCode::SSL), "SSL routines::certificate verify failed");
        assert!(heard.last().is_some_and(|last| last.ends_with("KAFKA_CA_FILE names who vouches for the brokers")));
        heard.error(KafkaError::Global(RDKafkaErrorCode::SSL), "SSL routines::tlsv13 alert certificate required");
        assert!(heard.last().is_some_and(|last| last.contains("see that KAFKA_CERTIFICATE_FILE names")));
        heard.forget();
        assert_eq!(heard.last(), None);
    }
}
