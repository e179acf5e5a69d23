//! What the form of a webhook sends.

use serde::{Deserialize, Serialize};

/// The fields as typed.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct WebhookFields {
    /// Where to.
    pub url: String,
    /// What it is for.
    pub description: String,
    /// The words of what it is told.
    pub events: Vec<String>,
    /// `on` where it is told at all.
    pub enabled: String,
}

#[cfg(not(target_family = "wasm"))]
impl WebhookFields {
    /// The webhook as it shall be; words that are not known are left out.
    #[must_use]
    pub fn read(&self) -> services::deliveries::NewWebhook {
        let known = |word: &String| domain::delivery::WebhookEvent::parse(word);
        services::deliveries::NewWebhook {
            url: self.url.trim().to_owned(),
            description: self.description.trim().to_owned(),
            events: self.events.iter().filter_map(known).collect(),
            enabled: self.enabled != "off",
        }
    }
}
