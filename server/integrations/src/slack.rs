//! A Slack channel, through an incoming webhook.

use std::time::Duration;

use reqwest::{Client, Url};
use serde_json::json;

use crate::Secret;
use crate::outgoing::{self, DeliveryError};

/// A channel; cheap to clone. Its address is a secret.
#[derive(Clone, Debug)]
pub struct Slack {
    http: Client,
    address: Secret,
}

impl Slack {
    /// The channel behind an incoming webhook; nothing is sent yet.
    pub fn new(address: Secret, patience: Duration) -> Result<Self, DeliveryError> {
        outgoing::address(address.expose())?;
        Ok(Self { http: outgoing::client(patience)?, address })
    }

    /// Writes a message of one line, with a link below it. One that is repeated carries the same `idempotency_key`: Slack
    /// does not look at it, but whatever stands in between or in its place can.
    pub async fn write(&self, text: &str, link: &str, idempotency_key: &str) -> Result<(), DeliveryError> {
        let url: Url = outgoing::address(self.address.expose())?;
        let body = json!({"text": format!("{}\n<{link}>", escaped(text))});
        let request = self.http.post(url).json(&body).header("idempotency-key", idempotency_key);
        outgoing::send(request).await.map(|_| ())
    }
}

/// Text as Slack shows it: these three characters have a meaning of their own there.
fn escaped(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;")
}
