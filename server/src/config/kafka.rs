//! The Kafka topic of publications, and how its brokers are spoken to.

use integrations::Secret;
use integrations::kafka::{Certificate, Credentials, Mechanism, Security, Trust};

use super::Reader;

const PROTOCOL: &str = "KAFKA_SECURITY_PROTOCOL";
const MECHANISM: &str = "KAFKA_SASL_MECHANISM";
const USERNAME: &str = "KAFKA_SASL_USERNAME";
const PASSWORD: &str = "KAFKA_SASL_PASSWORD";
const CA_FILE: &str = "KAFKA_CA_FILE";
const CERTIFICATE_FILE: &str = "KAFKA_CERTIFICATE_FILE";
const KEY_FILE: &str = "KAFKA_KEY_FILE";
const KEY_PASSWORD: &str = "KAFKA_KEY_PASSWORD";
/// The files that only an encrypted connection needs.
const FILES: [&str; 3] = [CA_FILE, CERTIFICATE_FILE, KEY_FILE];
/// The most bytes of the password of a key that the client for Kafka takes, whatever comes after it.
const LONGEST_KEY_PASSWORD: usize = 1000;

/// The topic of publications.
#[derive(Clone, Debug)]
pub struct Kafka {
    /// Its brokers, where there is one.
    pub brokers: Option<String>,
    /// Its name.
    pub topic: String,
    /// How the brokers are spoken to.
    pub security: Security,
    /// The names of [`FILES`], in their order.
    files: [Option<String>; 3],
}

impl Kafka {
    /// Reads the settings.
    pub fn read(r: &Reader<'_>) -> Self {
        let brokers = brokers(r);
        let security = if brokers.is_some() {
            security(r)
        } else {
            let names = [&[PROTOCOL, MECHANISM, USERNAME, PASSWORD, KEY_PASSWORD][..], &FILES].concat();
            nothing_of(r, &names, "only together with KAFKA_BROKERS");
            Security::default()
        };
        let topic = r.text("KAFKA_TOPIC", "catalogue-publications");
        Self { brokers, topic, security, files: FILES.map(|name| r.optional(name)) }
    }

    /// Every setting by name with its effective value, secrets masked.
    pub fn effective(&self) -> Vec<(&'static str, String)> {
        let or_not = |text: Option<&str>| text.unwrap_or("(not set)").to_owned();
        let sasl = self.security.sasl.as_ref();
        let mut settings = vec![
            ("KAFKA_BROKERS", or_not(self.brokers.as_deref())),
            ("KAFKA_TOPIC", self.topic.clone()),
            (PROTOCOL, self.security.protocol().to_owned()),
            (MECHANISM, or_not(sasl.map(|it| it.mechanism.as_str()))),
            (USERNAME, or_not(sasl.map(|it| it.username.as_str()))),
            (PASSWORD, or_not(sasl.map(|_| "********"))),
        ];
        settings.extend(FILES.into_iter().zip(&self.files).map(|(name, file)| (name, or_not(file.as_deref()))));
        let opened = self.security.certificate.as_ref().and_then(|it| it.password.as_ref());
        settings.push((KEY_PASSWORD, or_not(opened.map(|_| "********"))));
        settings
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
        let names = [&FILES[..], &[KEY_PASSWORD]].concat();
        nothing_of(r, &names, "only with KAFKA_SECURITY_PROTOCOL as SSL or SASL_SSL");
    }
    if !signed_in {
        let names = [MECHANISM, USERNAME, PASSWORD];
        nothing_of(r, &names, "only with KAFKA_SECURITY_PROTOCOL as SASL_SSL or SASL_PLAINTEXT");
    }
    Security {
        tls: encrypted.then(|| trust(r)),
        certificate: if encrypted { certificate(r) } else { None },
        sasl: signed_in.then(|| credentials(r)),
    }
}

/// Refuses what would have no effect, so that nobody believes that it has one.
fn nothing_of(r: &Reader<'_>, names: &[&str], allowed: &str) {
    for name in names.iter().filter(|name| r.optional(name).is_some()) {
        r.refuse(name, "(hidden)", allowed);
    }
}

fn trust(r: &Reader<'_>) -> Trust {
    let Some(file) = r.optional(CA_FILE) else { return Trust::System };
    in_pem(r, (CA_FILE, &file), ("certificates", "-----BEGIN CERTIFICATE-----"))
        .map_or(Trust::System, Trust::Authorities)
}

fn certificate(r: &Reader<'_>) -> Option<Certificate> {
    let (chain, key) = match (r.optional(CERTIFICATE_FILE), r.optional(KEY_FILE)) {
        (None, None) => {
            nothing_of(r, &[KEY_PASSWORD], "only with KAFKA_KEY_FILE");
            return None;
        }
        (Some(chain), Some(key)) => (chain, key),
        (Some(_), None) => {
            r.refuse(KEY_FILE, "(not set)", "the file of the key that belongs to KAFKA_CERTIFICATE_FILE");
            return None;
        }
        (None, Some(_)) => {
            r.refuse(CERTIFICATE_FILE, "(not set)", "the file of the certificate that KAFKA_KEY_FILE belongs to");
            return None;
        }
    };
    let certificates = in_pem(r, (CERTIFICATE_FILE, &chain), ("certificates", "-----BEGIN CERTIFICATE-----"));
    let secret = in_pem(r, (KEY_FILE, &key), ("a key", "PRIVATE KEY-----"))?;
    let password = match (secret.contains("ENCRYPTED"), r.optional(KEY_PASSWORD)) {
        (true, None) => {
            r.refuse(KEY_PASSWORD, "(not set)", "the password of the key in KAFKA_KEY_FILE");
            return None;
        }
        (false, Some(_)) => {
            r.refuse(KEY_PASSWORD, "(hidden)", "only where the key in KAFKA_KEY_FILE has a password");
            return None;
        }
        (_, Some(text)) if text.len() > LONGEST_KEY_PASSWORD => {
            r.refuse(KEY_PASSWORD, "(hidden)", format!("a password of at most {LONGEST_KEY_PASSWORD} bytes"));
            return None;
        }
        (_, password) => password.map(Secret::new),
    };
    Some(Certificate { chain: certificates?, key: Secret::new(secret), password })
}

/// The text of a file in PEM in which something of this kind has to begin with this line.
fn in_pem(r: &Reader<'_>, (name, file): (&str, &str), (kind, line): (&str, &str)) -> Option<String> {
    match std::fs::read_to_string(file) {
        Ok(text) if text.contains(line) => return Some(text),
        Ok(_) => r.refuse(name, file, format!("a file of {kind} in PEM; this one holds none")),
        Err(error) => r.refuse(name, file, format!("a file of {kind} in PEM that can be read ({error})")),
    }
    None
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
        let encrypted = Security { tls: Some(Trust::System), ..Security::default() };
        assert_eq!(security_of(&[(PROTOCOL, "ssl")]), encrypted);
        for mechanism in Mechanism::ALL {
            for (protocol, tls) in [("SASL_PLAINTEXT", None), ("SASL_SSL", Some(Trust::System))] {
                let security = security_of(&[(PROTOCOL, protocol), (MECHANISM, mechanism.as_str()), NAME, HUSH]);
                let (username, password) = ("catalogue".to_owned(), Secret::new("hush-hush"));
                let sasl = Some(Credentials { mechanism, username, password });
                assert_eq!(security, Security { tls, certificate: None, sasl });
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
        let own = |name: &str, text: &str| {
            let file = folder.path().join(name);
            std::fs::write(&file, text).unwrap();
            file.to_str().unwrap().to_owned()
        };
        let certificate = own("own.pem", "-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n");
        let key = own("key.pem", "-----BEGIN PRIVATE KEY-----\nAAAA\n-----END PRIVATE KEY-----\n");
        let sealed =
            own("sealed.pem", "-----BEGIN ENCRYPTED PRIVATE KEY-----\nAAAA\n-----END ENCRYPTED PRIVATE KEY-----\n");
        let (certificate, key, sealed) = (certificate.as_str(), key.as_str(), sealed.as_str());
        let long = "hush-hush".repeat(200);
        let (opens, long) = ((KEY_PASSWORD, "hush-hush"), long.as_str());
        let cases: [(&str, &[(&str, &str)]); 24] = [
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
            (KEY_FILE, &[(PROTOCOL, "SSL"), (CERTIFICATE_FILE, certificate)]),
            (CERTIFICATE_FILE, &[(PROTOCOL, "SASL_SSL"), NAME, HUSH, (KEY_FILE, key)]),
            (CERTIFICATE_FILE, &[(PROTOCOL, "SSL"), (CERTIFICATE_FILE, missing), (KEY_FILE, key)]),
            (KEY_FILE, &[(PROTOCOL, "SSL"), (CERTIFICATE_FILE, certificate), (KEY_FILE, certificate)]),
            (KEY_PASSWORD, &[(PROTOCOL, "SSL"), (CERTIFICATE_FILE, certificate), (KEY_FILE, sealed)]),
            (KEY_PASSWORD, &[(PROTOCOL, "SSL"), (CERTIFICATE_FILE, certificate), (KEY_FILE, key), opens]),
            (
                KEY_PASSWORD,
                &[(PROTOCOL, "SSL"), (CERTIFICATE_FILE, certificate), (KEY_FILE, sealed), (KEY_PASSWORD, long)],
            ),
            (KEY_PASSWORD, &[(PROTOCOL, "SSL"), opens]),
            (KEY_PASSWORD, &[(PROTOCOL, "SASL_PLAINTEXT"), NAME, HUSH, opens]),
            (CERTIFICATE_FILE, &[(CERTIFICATE_FILE, certificate)]),
            (KEY_FILE, &[(PROTOCOL, "SASL_PLAINTEXT"), NAME, HUSH, (KEY_FILE, key)]),
        ];
        for (name, pairs) in cases {
            let error = read(&[&[BROKERS][..], pairs].concat()).unwrap_err().to_string();
            assert!(error.starts_with(name) && error.matches("allowed: ").count() == 1, "{pairs:?}: {error}");
            assert!(!error.contains("hush-hush"), "{error}");
        }
    }

    #[test]
    fn nothing_is_said_of_brokers_that_are_not_there() {
        for name in [PROTOCOL, MECHANISM, USERNAME, PASSWORD, CA_FILE, CERTIFICATE_FILE, KEY_FILE, KEY_PASSWORD] {
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
        let key_file = folder.path().join("key.pem");
        let (begin, end) = ("-----BEGIN ENCRYPTED PRIVATE KEY-----", "-----END ENCRYPTED PRIVATE KEY-----");
        std::fs::write(&key_file, format!("{begin}\nhush-key\n{end}\n")).unwrap();
        let key_file = key_file.to_str().unwrap();
        let own = [(CERTIFICATE_FILE, file), (KEY_FILE, key_file), (KEY_PASSWORD, "hush-open")];
        let config =
            read(&[&[BROKERS, (PROTOCOL, "SASL_SSL"), NAME, HUSH, (CA_FILE, file)][..], &own].concat()).unwrap();
        let security = &config.receivers.kafka.security;
        let shown = security.certificate.as_ref().unwrap();
        assert!(shown.chain == certificates && shown.key.expose().contains("hush-key"));
        assert_eq!(shown.password.as_ref().unwrap().expose(), "hush-open");
        assert_eq!(security.tls, Some(Trust::Authorities(certificates.to_owned())));
        assert_eq!(security.sasl.as_ref().unwrap().password.expose(), "hush-hush");
        let shown = config.effective();
        for (name, value) in [
            (PROTOCOL, "SASL_SSL"),
            (MECHANISM, "PLAIN"),
            (USERNAME, "catalogue"),
            (PASSWORD, "********"),
            (CA_FILE, file),
            (CERTIFICATE_FILE, file),
            (KEY_FILE, key_file),
            (KEY_PASSWORD, "********"),
        ] {
            assert!(shown.contains(&(name, value.to_owned())), "{name}: {shown:?}");
        }
        let shown = format!("{shown:?} {config:?}");
        assert!(["hush-hush", "hush-key", "hush-open"].iter().all(|secret| !shown.contains(secret)), "{shown}");
    }
}
