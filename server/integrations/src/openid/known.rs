//! What is known of the provider: its document and its keys, asked for when needed and not too often.

use std::sync::Arc;

use chrono::{DateTime, TimeDelta, Utc};
use jsonwebtoken::jwk::JwkSet;
use openidconnect::{IssuerUrl, ProviderMetadataWithLogout};

use super::{OpenidError, Provider, send};

/// After this long the document is asked for again.
const STALE: TimeDelta = TimeDelta::hours(1);
/// Unknown keys lead to a new look at most this often, so that forged tokens cannot make us ask all the time.
const BETWEEN_LOOKS: TimeDelta = TimeDelta::seconds(30);
/// A provider that is down is left alone this long.
const REST: TimeDelta = TimeDelta::seconds(5);

/// What is known, and when asking failed last.
#[derive(Debug, Default)]
pub(super) struct Memory {
    known: Option<Known>,
    failed_at: Option<DateTime<Utc>>,
}

/// The provider's document and keys.
#[derive(Clone, Debug)]
pub(super) struct Known {
    pub metadata: Arc<ProviderMetadataWithLogout>,
    pub keys: Arc<JwkSet>,
    read_at: DateTime<Utc>,
}

impl Provider {
    /// The provider's document and keys, not older than an hour while it is up.
    pub(super) async fn known(&self, now: DateTime<Utc>) -> Result<Known, OpenidError> {
        self.known_since(now, STALE).await
    }

    /// The same after a key was met that is not known, asked for anew unless that was done just before.
    pub(super) async fn known_anew(&self, now: DateTime<Utc>) -> Result<Known, OpenidError> {
        self.known_since(now, BETWEEN_LOOKS).await
    }

    async fn known_since(&self, now: DateTime<Utc>, oldest: TimeDelta) -> Result<Known, OpenidError> {
        let mut memory = self.memory.lock().await;
        let before = memory.known.clone();
        if let Some(known) = before.as_ref().filter(|known| (now - known.read_at).abs() < oldest) {
            return Ok(known.clone());
        }
        let resting = memory.failed_at.is_some_and(|at| (now - at).abs() < REST);
        let asked = if resting {
            Err(OpenidError::Unreachable("it did not answer a moment ago".to_owned()))
        } else {
            self.ask(now).await
        };
        match asked {
            Ok(known) => {
                *memory = Memory { known: Some(known.clone()), failed_at: None };
                Ok(known)
            }
            Err(error) => {
                if !resting {
                    memory.failed_at = Some(now);
                    tracing::warn!(issuer = %self.settings.issuer, %error, "the OpenID provider does not answer");
                }
                before.ok_or(error)
            }
        }
    }

    async fn ask(&self, now: DateTime<Utc>) -> Result<Known, OpenidError> {
        let issuer = IssuerUrl::new(self.settings.issuer.clone()).map_err(unreachable)?;
        let client = |request| send(self.http.clone(), request);
        let metadata = ProviderMetadataWithLogout::discover_async(issuer, &client).await.map_err(unreachable)?;
        let keys = serde_json::to_value(metadata.jwks()).and_then(serde_json::from_value).map_err(unreachable)?;
        Ok(Known { metadata: Arc::new(metadata), keys: Arc::new(keys), read_at: now })
    }
}

/// The provider's fault, with all of its causes in one line.
pub(super) fn unreachable(error: impl std::error::Error) -> OpenidError {
    OpenidError::Unreachable(chain(&error))
}

pub(super) fn chain(error: &dyn std::error::Error) -> String {
    let mut text = error.to_string();
    let mut below = error.source();
    while let Some(cause) = below {
        let more = cause.to_string();
        if !text.contains(&more) {
            text.push_str(": ");
            text.push_str(&more);
        }
        below = cause.source();
    }
    text
}
