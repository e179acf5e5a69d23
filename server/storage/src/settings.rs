//! What a storage needs to be told before it opens.

use std::fmt;
use std::path::PathBuf;

/// Where the objects are kept.
#[derive(Debug, Clone)]
pub struct Settings {
    /// The region that requests are signed for.
    pub region: String,
    /// The private bucket that holds every object.
    pub bucket: String,
    /// The service that answers.
    pub backend: Backend,
}

/// The service that keeps the objects.
#[derive(Debug, Clone)]
pub enum Backend {
    /// A service inside this process, over a folder.
    Embedded {
        /// The folder, created when it is absent.
        folder: PathBuf,
        /// The key under which objects are encrypted: 32 bytes in base64; they lie there plainly without one.
        encryption_key: Option<Secret>,
    },
    /// Any S3 service reached over the network.
    Remote {
        /// The address of the service; the regional one of AWS when absent.
        endpoint: Option<String>,
        /// The public half of the credentials.
        access_key_id: String,
        /// The secret half of the credentials.
        secret_access_key: Secret,
        /// Whether the bucket goes into the path instead of the host name.
        force_path_style: bool,
        /// The encryption that is asked of the service for every object.
        encryption: Option<ServerSideEncryption>,
    },
}

/// How a service is asked to encrypt what it keeps.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum ServerSideEncryption {
    /// With keys of the service's own (`AES256`).
    Service,
    /// With a key of its key management (`aws:kms`), by its id; the account's own key without one.
    KeyManagement(Option<String>),
}

impl ServerSideEncryption {
    /// Its word in configuration and on the line.
    #[must_use]
    pub const fn as_str(&self) -> &'static str {
        match self {
            Self::Service => "AES256",
            Self::KeyManagement(_) => "aws:kms",
        }
    }

    pub(crate) const fn word(&self) -> aws_sdk_s3::types::ServerSideEncryption {
        match self {
            Self::Service => aws_sdk_s3::types::ServerSideEncryption::Aes256,
            Self::KeyManagement(_) => aws_sdk_s3::types::ServerSideEncryption::AwsKms,
        }
    }

    pub(crate) fn key_id(&self) -> Option<String> {
        match self {
            Self::Service => None,
            Self::KeyManagement(id) => id.clone(),
        }
    }
}

/// A text that never shows in logs.
#[derive(Clone, PartialEq, Eq)]
pub struct Secret(String);

impl Secret {
    /// Wraps a secret text.
    #[must_use]
    pub fn new(text: impl Into<String>) -> Self {
        Self(text.into())
    }

    pub(crate) fn reveal(&self) -> &str {
        &self.0
    }
}

impl From<String> for Secret {
    fn from(text: String) -> Self {
        Self(text)
    }
}

impl fmt::Debug for Secret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Secret(hidden)")
    }
}
