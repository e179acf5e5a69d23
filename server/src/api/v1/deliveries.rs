//! What other systems are told and owed, and webhooks.

use chrono::{DateTime, Utc};
use domain::delivery::{Webhook, WebhookCall, WebhookEvent};
use serde::Serialize;
use serde_json::Value;
use services::deliveries::{TrackingStatus, WagtailStatus};
use utoipa::ToSchema;

use super::{ActorBody, Links, StepBody, segment};

/// How it stands with Wagtail for a bundle.
#[derive(Debug, Serialize, ToSchema)]
pub struct WagtailStatusBody {
    bundle_id: String,
    /// Whether a Wagtail is configured.
    configured: bool,
    /// What the catalogue owes Wagtail, or has told it.
    step: Option<StepBody>,
    /// What Wagtail says of the bundle, in its own words.
    wagtail: Option<Value>,
    /// Why it says nothing.
    #[serde(skip_serializing_if = "Option::is_none")]
    wagtail_error: Option<String>,
}

impl WagtailStatusBody {
    /// The body for a bundle.
    #[must_use]
    pub fn new(bundle_id: String, status: WagtailStatus) -> Self {
        Self {
            bundle_id,
            configured: status.configured,
            step: status.step.map(StepBody::from),
            wagtail: status.remote,
            wagtail_error: status.remote_error,
        }
    }
}

/// How it stands with Tracker for a dataset.
#[derive(Debug, Serialize, ToSchema)]
pub struct TrackingStatusBody {
    dataset_id: String,
    /// Whether a Tracker is configured.
    configured: bool,
    /// What the catalogue owes Tracker, or has told it, newest first.
    reports: Vec<ReportBody>,
    /// What Tracker says of the dataset, in its own words.
    tracker: Option<Value>,
    /// Why it says nothing.
    #[serde(skip_serializing_if = "Option::is_none")]
    tracker_error: Option<String>,
}

/// A report to Tracker.
#[derive(Debug, Serialize, ToSchema)]
struct ReportBody {
    bundle_id: Option<String>,
    step: StepBody,
}

impl TrackingStatusBody {
    /// The body for a dataset.
    #[must_use]
    pub fn new(dataset_id: String, status: TrackingStatus) -> Self {
        let report = |(bundle_id, step)| ReportBody { bundle_id, step: StepBody::from(step) };
        Self {
            dataset_id,
            configured: status.configured,
            reports: status.reports.into_iter().map(report).collect(),
            tracker: status.remote,
            tracker_error: status.remote_error,
        }
    }
}

/// The address of a webhook.
#[must_use]
pub fn webhook_path(id: &str) -> String {
    format!("/v1/webhooks/{}", segment(id))
}

/// A webhook, without its secret.
#[derive(Debug, Serialize, ToSchema)]
pub struct WebhookBody {
    id: String,
    #[schema(format = "uri", example = "https://example.org/hooks/catalogue")]
    url: String,
    description: String,
    events: Vec<WebhookEvent>,
    enabled: bool,
    /// Until when messages are also signed with the secret before.
    #[serde(skip_serializing_if = "Option::is_none")]
    previous_secret_until: Option<DateTime<Utc>>,
    created_by: ActorBody,
    created_at: DateTime<Utc>,
    last_modified: DateTime<Utc>,
    links: Links,
}

impl WebhookBody {
    /// The body of a webhook at `now`.
    #[must_use]
    pub fn new(webhook: &Webhook, now: DateTime<Utc>) -> Self {
        let path = webhook_path(&webhook.id);
        Self {
            id: webhook.id.clone(),
            url: webhook.url.clone(),
            description: webhook.description.clone(),
            events: webhook.events.clone(),
            enabled: webhook.enabled,
            previous_secret_until: webhook.previous_until.filter(|until| now < *until),
            created_by: (&webhook.created_by).into(),
            created_at: webhook.created_at,
            last_modified: webhook.last_modified,
            links: Links::from([("deliveries", format!("{path}/deliveries")), ("self", path)]),
        }
    }
}

/// A webhook with its secret, which is shown this once.
#[derive(Debug, Serialize, ToSchema)]
pub struct NewWebhookBody {
    #[serde(flatten)]
    webhook: WebhookBody,
    /// With what messages are signed (Standard Webhooks 1.0).
    #[schema(example = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw")]
    secret: String,
}

impl NewWebhookBody {
    /// The body with a secret.
    #[must_use]
    pub const fn new(webhook: WebhookBody, secret: String) -> Self {
        Self { webhook, secret }
    }
}

/// One call of a webhook.
#[derive(Debug, Serialize, ToSchema)]
pub struct WebhookDeliveryBody {
    id: String,
    webhook_id: String,
    /// The message, the same in all its calls: the header `webhook-id`.
    message_id: String,
    event: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    bundle_id: Option<String>,
    /// Which try it was, from 1.
    attempt: u32,
    timestamp: DateTime<Utc>,
    duration_ms: i64,
    /// Whether the receiver took it.
    delivered: bool,
    /// The HTTP status answered.
    status: Option<u16>,
    #[serde(skip_serializing_if = "Option::is_none")]
    error: Option<String>,
}

impl From<WebhookCall> for WebhookDeliveryBody {
    fn from(call: WebhookCall) -> Self {
        Self {
            id: call.id,
            webhook_id: call.webhook_id,
            message_id: call.message_id,
            event: call.event,
            bundle_id: call.bundle_id,
            attempt: call.attempt,
            timestamp: call.called_at,
            duration_ms: call.took_ms,
            delivered: call.error.is_none(),
            status: call.status,
            error: call.error,
        }
    }
}
