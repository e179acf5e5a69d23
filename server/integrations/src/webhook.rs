//! Webhooks after the Standard Webhooks specification 1.0: signed messages to addresses of other programs.
//!
//! An address inside the own network is refused when it is looked up, at the moment of connecting, so that neither a name
//! that leads inside nor one that changes what it leads to makes the catalogue a way into the network.

mod addresses;

use std::time::Duration;

use aws_lc_rs::hmac;
use reqwest::{Client, Url};

pub use addresses::{check_target, host_of, is_public};

use crate::Secret;
use crate::outgoing::{self, DeliveryError};

/// What secrets begin with.
pub const SECRET_PREFIX: &str = "whsec_";

/// A secret of so many random bytes, in the form that receivers expect.
#[must_use]
pub fn secret_of(bytes: &[u8]) -> Secret {
    Secret::new(format!("{SECRET_PREFIX}{}", base64_simd::STANDARD.encode_to_string(bytes)))
}

/// A message to sign and send.
#[derive(Clone, Copy, Debug)]
pub struct Message<'a> {
    /// Its id, the same however often it is sent.
    pub id: &'a str,
    /// When this try is made, in seconds since 1970.
    pub timestamp: i64,
    /// The JSON text.
    pub body: &'a str,
}

impl Message<'_> {
    /// The header `webhook-signature`: one signature for each secret.
    pub fn signature(&self, secrets: &[Secret]) -> Result<String, DeliveryError> {
        let content = format!("{}.{}.{}", self.id, self.timestamp, self.body);
        let signed = secrets.iter().map(|secret| {
            let text = secret.expose();
            let bytes = base64_simd::STANDARD.decode_to_vec(text.strip_prefix(SECRET_PREFIX).unwrap_or(text));
            let bytes = bytes.map_err(|_| DeliveryError::refused("the secret cannot be read"))?;
            let tag = hmac::sign(&hmac::Key::new(hmac::HMAC_SHA256, &bytes), content.as_bytes());
            Ok(format!("v1,{}", base64_simd::STANDARD.encode_to_string(tag.as_ref())))
        });
        Ok(signed.collect::<Result<Vec<_>, DeliveryError>>()?.join(" "))
    }
}

/// Sends messages; cheap to clone.
#[derive(Clone, Debug)]
pub struct Webhooks {
    http: Client,
    private_too: bool,
}

impl Webhooks {
    /// A sender that waits no longer than `patience`; to addresses inside the own network only where `private_too`.
    pub fn new(patience: Duration, private_too: bool) -> Result<Self, DeliveryError> {
        let builder = Client::builder()
            .redirect(reqwest::redirect::Policy::none())
            .timeout(patience)
            // A proxy would look names up in our place.
            .no_proxy()
            .dns_resolver(addresses::Guarded { private_too });
        let http =
            builder.build().map_err(|error| DeliveryError::unavailable(format!("no client can be made: {error}")))?;
        Ok(Self { http, private_too })
    }

    /// Whether addresses inside the own network are called.
    #[must_use]
    pub const fn calls_private_addresses(&self) -> bool {
        self.private_too
    }

    /// Sends a message, signed with each of the secrets; the status answered.
    pub async fn send(&self, url: &str, message: Message<'_>, secrets: &[Secret]) -> Result<u16, DeliveryError> {
        check_target(url, self.private_too).map_err(DeliveryError::refused)?;
        let url: Url = outgoing::address(url)?;
        let request = self
            .http
            .post(url)
            .header("content-type", "application/json")
            .header("user-agent", "dataset-catalogue")
            .header("webhook-id", message.id)
            .header("webhook-timestamp", message.timestamp)
            .header("webhook-signature", message.signature(secrets)?)
            .body(message.body.to_owned());
        outgoing::send(request).await.map(|answer| answer.status)
    }
}

#[cfg(test)]
mod tests {
    use standardwebhooks::Webhook;

    use super::*;

    #[test]
    fn the_specifications_own_library_takes_our_signatures() {
        let (old, new) = (secret_of(&[7; 32]), secret_of(&[8; 32]));
        let body = r#"{"type":"bundle.published","data":{"title":"Môn"}}"#;
        let message = Message { id: "msg_1", timestamp: 1_674_087_231, body };
        let signature = message.signature(&[new.clone(), old.clone()]).unwrap();
        assert_eq!(signature.matches("v1,").count(), 2);
        for secret in [&old, &new] {
            let theirs = Webhook::new(secret.expose()).unwrap();
            assert!(signature.contains(&theirs.sign("msg_1", 1_674_087_231, body.as_bytes()).unwrap()));
        }
        let stranger = Webhook::new(secret_of(&[9; 32]).expose()).unwrap();
        assert!(!signature.contains(&stranger.sign("msg_1", 1_674_087_231, body.as_bytes()).unwrap()));
    }
}
