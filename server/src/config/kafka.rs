//! The Kafka topic of publications, and how its brokers are spoken to.

use integrations::Secret;
use integrations::kafka::{Credentials, Mechanism, Security, Trust};

use super::Reader;

const PROTOCOL: &str = "KAFKA_SECURITY_PROTOCOL";
const MECHANISM: &str = "KAFKA_SASL_MECHANISM";
const USERNAME: &str = "KAFKA_SASL_USERNAME";
const PASSWORD: &str = "KAFKA_SASL_PASSWORD";
const CA_FILE: &str = "KAFKA_CA_FILE";

/// The topic of publications.
#[derive(Clone, Debug)]
pub struct Kafka {
    /// Its brokers, where there is one.
    pub brokers: Option<String>,
    /// Its name.
    pub topic: String,
    /// How the brokers are spoken to.
    pub security: Security,
    ca_file: Option<String>,
}

impl Kafka {
    /// Reads the settings.
    pub fn read(r: &Reader<'_>) -> Self {
        let brokers = brokers(r);
        let security = if brokers.is_some() {
            security(r)
        } else {
            nothing_of(r, &[PROTOCOL, MECHANISM, USERNAME, PASSWORD, CA_FILE], "only together with KAFKA_BROKERS");
            Security::default()
        };
        let topic = r.text("KAFKA_TOPIC", "catalogue-publications");
        Self { brokers, topic, security, ca_file: r.optional(CA_FILE) }
    }

    /// Every setting by name with its effective value, secrets masked.
    pub fn effective(&self) -> Vec<(&'static str, String)> {
        let or_not = |text: Option<&str>| text.unwrap_or("(not set)").to_owned();
        let sasl = self.security.sasl.as_ref();
        vec![
            ("KAFKA_BROKERS", or_not(self.brokers.as_deref())),
            ("KAFKA_TOPIC", self.topic.clone()),
            (PROTOCOL, self.security.protocol().to_owned()),
            (MECHANISM, or_not(sasl.map(|it| it.mechanism.as_str()))),
            (USERNAME, or_not(sasl.map(|it| it.username.as_str()))),
            (PASSWORD, or_not(sasl.map(|_| "********"))),
            (CA_FILE, or_not(self.ca_file.as_deref())),
        ]
    }
}

fn brokers(r: &Reader<'_>) -> Option<String> {
    r.optional("KAFKA_BROKERS").inspect(|text| {
        let sound = |broker: &str| {
            let parts = broker.trim().rsplit_once(':');
            parts.is_some_and(|(host, port)| !host.is_empty() && port.parse::<u16>().is_ok())
        };
        if !text.split(',').all(sound) {
            r.refuse("KAFKA_BROKERS", text, "host:port,host:port");
        }
    })
}

fn security(r: &Reader<'_>) -> Security {
    // Whether it is encrypted, and whether it is signed in to. Of a word that is not known nothing follows.
    let unset = r.optional(PROTOCOL).is_none().then_some((false, false));
    let protocols = [
        ("PLAINTEXT", Some((false, false))),
        ("SSL", Some((true, false))),
        ("SASL_PLAINTEXT", Some((false, true))),
        ("SASL_SSL", Some((true, true))),
    ];
    let Some((encrypted, signed_in)) = r.choice(PROTOCOL, unset, &protocols) else {
        return Security::default();
    };
    if !encrypted {
        nothing_of(r, &[CA_FILE], "only with KAFKA_SECURITY_PROTOCOL as SSL or SASL_SSL");
    }
    if !signed_in {
        let names = [MECHANISM, USERNAME, PASSWORD];
        nothing_of(r, &names, "only with KAFKA_SECURITY_PROTOCOL as SASL_SSL or SASL_PLAINTEXT");
    }
    Security { tls: encrypted.then(|| trust(r)), sasl: signed_in.then(|| credentials(r)) }
}

/// Refuses what would have no effect, so that nobody believes that it has one.
fn nothing_of(r: &Reader<'_>, names: &[&str], allowed: &str) {
    for name in names.iter().filter(|name| r.optional(name).is_some()) {
        r.refuse(name, "(hidden)", allowed);
    }
}

fn trust(r: &Reader<'_>) -> Trust {
    let Some(file) = r.optional(CA_FILE) else { return Trust::System };
    match std::fs::read_to_string(&file) {
        Ok(text) if text.contains("-----BEGIN CERTIFICATE-----") => return Trust::Authorities(text),
        Ok(_) => r.refuse(CA_FILE, &file, "a file of certificates in PEM; this one holds none"),
        Err(error) => r.refuse(CA_FILE, &file, format!("a file of certificates in PEM that can be read ({error})")),
    }
    Trust::System
}

fn credentials(r: &Reader<'_>) -> Credentials {
    let needed = |name: &str, allowed: &str| {
        r.optional(name).unwrap_or_else(|| {
            r.refuse(name, "(not set)", allowed);
            String::new()
        })
    };
    Credentials {
        mechanism: r.choice(MECHANISM, Mechanism::Plain, &Mechanism::ALL.map(|it| (it.as_str(), it))),
        username: needed(USERNAME, "the name of the catalogue at the brokers"),
        password: Secret::new(needed(PASSWORD, "the password that belongs to KAFKA_SASL_USERNAME")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::config::tests::read;

    const BROKERS: (&str, &str) = ("KAFKA_BROKERS", "one:9092,two:9092");
    const NAME: (&str, &str) = (USERNAME, "catalogue");
    const HUSH: (&str, &str) = (PASSWORD, "hush-hush");

    /// How brokers are spoken to in an environment that holds these besides brokers.
    fn security_of(pairs: &[(&str, &str)]) -> Security {
        read(&[&[BROKERS][..], pairs].concat()).unwrap().receivers.kafka.security
    }

    #[test]
    fn brokers_are_spoken_to_in_clear_text_unless_told_otherwise() {
        assert_eq!(security_of(&[]), Security::default());
        assert_eq!(security_of(&[(PROTOCOL, "PLAINTEXT")]), Security::default());
        let encrypted = Security { tls: Some(Trust::System), sasl: None };
        assert_eq!(security_of(&[(PROTOCOL, "ssl")]), encrypted);
        for mechanism in Mechanism::ALL {
            for (protocol, tls) in [("SASL_PLAINTEXT", None), ("SASL_SSL", Some(Trust::System))] {
                let security = security_of(&[(PROTOCOL, protocol), (MECHANISM, mechanism.as_str()), NAME, HUSH]);
                let (username, password) = ("catalogue".to_owned(), Secret::new("hush-hush"));
                assert_eq!(security, Security { tls, sasl: Some(Credentials { mechanism, username, password }) });
                assert_eq!(security.protocol(), protocol);
            }
        }
        let unsaid = security_of(&[(PROTOCOL, "SASL_SSL"), NAME, HUSH]);
        assert_eq!(unsaid.sasl.unwrap().mechanism, Mechanism::Plain);
    }

    #[test]
    fn what_does_not_fit_together_is_named_and_nothing_else() {
        let folder = tempfile::tempdir().unwrap();
        let (missing, empty) = (folder.path().join("missing.pem"), folder.path().join("empty.pem"));
        std::fs::write(&empty, "no certificate\n").unwrap();
        let (missing, empty) = (missing.to_str().unwrap(), empty.to_str().unwrap());
        let cases: [(&str, &[(&str, &str)]); 13] = [
            (PROTOCOL, &[(PROTOCOL, "TLS"), NAME, HUSH, (CA_FILE, missing)]),
            (MECHANISM, &[(PROTOCOL, "SASL_SSL"), (MECHANISM, "GSSAPI"), NAME, HUSH]),
            (USERNAME, &[(PROTOCOL, "SASL_SSL"), HUSH]),
            (PASSWORD, &[(PROTOCOL, "SASL_PLAINTEXT"), NAME]),
            (MECHANISM, &[(PROTOCOL, "SSL"), (MECHANISM, "PLAIN")]),
            (USERNAME, &[(PROTOCOL, "PLAINTEXT"), NAME]),
            (USERNAME, &[NAME]),
            (PASSWORD, &[HUSH]),
            (PASSWORD, &[(PROTOCOL, "SSL"), HUSH]),
            (CA_FILE, &[(PROTOCOL, "SSL"), (CA_FILE, missing)]),
            (CA_FILE, &[(PROTOCOL, "SSL"), (CA_FILE, empty)]),
            (CA_FILE, &[(CA_FILE, empty)]),
            (CA_FILE, &[(PROTOCOL, "SASL_PLAINTEXT"), NAME, HUSH, (CA_FILE, empty)]),
        ];
        for (name, pairs) in cases {
            let error = read(&[&[BROKERS][..], pairs].concat()).unwrap_err().to_string();
            assert!(error.starts_with(name) && error.matches("allowed: ").count() == 1, "{pairs:?}: {error}");
            assert!(!error.contains("hush-hush"), "{error}");
        }
    }

    #[test]
    fn nothing_is_said_of_brokers_that_are_not_there() {
        for name in [PROTOCOL, MECHANISM, USERNAME, PASSWORD, CA_FILE] {
            let error = read(&[(name, "hush-hush")]).unwrap_err().to_string();
            assert!(error.starts_with(name) && error.contains("KAFKA_BROKERS"), "{error}");
            assert!(!error.contains("hush-hush"), "{error}");
        }
    }

    #[test]
    fn the_file_is_read_and_the_password_never_shown() {
        let certificates = "An authority\n-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n";
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("authority.pem");
        std::fs::write(&file, certificates).unwrap();
        let file = file.to_str().unwrap();
        let config = read(&[BROKERS, (PROTOCOL, "SASL_SSL"), NAME, HUSH, (CA_FILE, file)]).unwrap();
        let security = &config.receivers.kafka.security;
        assert_eq!(security.tls, Some(Trust::Authorities(certificates.to_owned())));
        assert_eq!(security.sasl.as_ref().unwrap().password.expose(), "hush-hush");
        let shown = config.effective();
        for (name, value) in [
            (PROTOCOL, "SASL_SSL"),
            (MECHANISM, "PLAIN"),
            (USERNAME, "catalogue"),
            (PASSWORD, "********"),
            (CA_FILE, file),
        ] {
            assert!(shown.contains(&(name, value.to_owned())), "{name}: {shown:?}");
        }
        let shown = format!("{shown:?} {config:?}");
        assert!(!shown.contains("hush-hush"), "{shown}");
    }
}
