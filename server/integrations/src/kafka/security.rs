//! How brokers are spoken to: in clear text or over TLS, without a name, with a certificate or signed in with SASL.

use rdkafka::ClientConfig;

use crate::Secret;

/// How brokers are spoken to; by default in clear text and without a name.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Security {
    /// Whom to believe who a broker is, where the connection is encrypted.
    pub tls: Option<Trust>,
    /// What is shown to brokers who ask for a certificate, where the connection is encrypted.
    pub certificate: Option<Certificate>,
    /// How to sign in, where brokers ask for it.
    pub sasl: Option<Credentials>,
}

/// Who vouches for brokers.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Trust {
    /// Whoever the system believes.
    System,
    /// These certificates in PEM alone.
    Authorities(String),
}

/// A certificate of the catalogue's own.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Certificate {
    /// It in PEM, and after it those that lead from it to whom brokers believe.
    pub chain: String,
    /// Its key in PEM.
    pub key: Secret,
    /// What opens the key, where that has a password.
    pub password: Option<Secret>,
}

/// A name at the brokers.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Credentials {
    /// How the password is proved.
    pub mechanism: Mechanism,
    /// The name.
    pub username: String,
    /// The password.
    pub password: Secret,
}

/// How a password is proved to a broker.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Mechanism {
    /// By sending it (RFC 4616).
    Plain,
    /// By an answer that only who knows it can give (RFC 5802), with SHA-256.
    ScramSha256,
    /// The same with SHA-512.
    ScramSha512,
}

impl Mechanism {
    /// Every mechanism.
    pub const ALL: [Self; 3] = [Self::Plain, Self::ScramSha256, Self::ScramSha512];

    /// Its registered name.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Plain => "PLAIN",
            Self::ScramSha256 => "SCRAM-SHA-256",
            Self::ScramSha512 => "SCRAM-SHA-512",
        }
    }
}

impl Security {
    /// What Kafka calls it.
    #[must_use]
    pub const fn protocol(&self) -> &'static str {
        match (&self.tls, &self.sasl) {
            (None, None) => "PLAINTEXT",
            (Some(_), None) => "SSL",
            (None, Some(_)) => "SASL_PLAINTEXT",
            (Some(_), Some(_)) => "SASL_SSL",
        }
    }

    /// Tells librdkafka.
    pub(super) fn tell(&self, config: &mut ClientConfig) {
        config.set("security.protocol", self.protocol());
        if let Some(Trust::Authorities(certificates)) = &self.tls {
            config.set("ssl.ca.pem", certificates);
        }
        if let Some(certificate) = self.certificate.as_ref().filter(|_| self.tls.is_some()) {
            config.set("ssl.certificate.pem", &certificate.chain).set("ssl.key.pem", certificate.key.expose());
            if let Some(password) = &certificate.password {
                config.set("ssl.key.password", password.expose());
            }
        }
        if let Some(credentials) = &self.sasl {
            config
                .set("sasl.mechanism", credentials.mechanism.as_str())
                .set("sasl.username", &credentials.username)
                .set("sasl.password", credentials.password.expose());
        }
    }
}
