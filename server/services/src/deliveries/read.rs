//! How it stands with receivers: for a bundle, for a dataset, and altogether.

use std::time::Duration;

use domain::delivery::{CircuitState, Sink};
use domain::refusal::Refusal;
use domain::views::Step;
use integrations::DeliveryError;
use persistence::outbox;
use serde_json::Value;

use crate::{Ctx, Result, Services, bundles, datasets};

/// How long a receiver may take to say how it is.
const PATIENCE: Duration = Duration::from_secs(3);
/// So many of the newest reports of a dataset are told.
const NEWEST: u64 = 20;

/// How it stands with Wagtail for a bundle.
#[derive(Clone, Debug)]
pub struct WagtailStatus {
    /// Whether a Wagtail is configured.
    pub configured: bool,
    /// What the catalogue owes Wagtail, or has told it; `None` where nothing follows or followed.
    pub step: Option<Step>,
    /// What Wagtail says of the bundle, in its own words.
    pub remote: Option<Value>,
    /// Why it says nothing.
    pub remote_error: Option<String>,
}

/// How it stands with Tracker for a dataset.
#[derive(Clone, Debug)]
pub struct TrackingStatus {
    /// Whether a Tracker is configured.
    pub configured: bool,
    /// The newest reports with the bundles they followed from, newest first.
    pub reports: Vec<(Option<String>, Step)>,
    /// What Tracker says of the dataset, in its own words.
    pub remote: Option<Value>,
    /// Why it says nothing.
    pub remote_error: Option<String>,
}

/// How it stands with Wagtail for a bundle that the caller may see; Wagtail is asked itself.
pub async fn wagtail_status(services: &Services, ctx: &Ctx, bundle_id: &str) -> Result<WagtailStatus> {
    bundles::find(services, ctx, bundle_id).await?;
    let step = outbox::step_named(services.db.pool(), bundle_id, Sink::Wagtail.as_str()).await?;
    let asked = match &services.outlets.wagtail {
        Some(wagtail) => within(PATIENCE, wagtail.status(bundle_id)).await,
        None => Ok(None),
    };
    let (remote, remote_error) = parted(asked);
    Ok(WagtailStatus {
        configured: services.outlets.wagtail.is_some(),
        step: step.map(|(_, step)| step),
        remote,
        remote_error,
    })
}

/// How it stands with Tracker for a dataset that the caller may see; Tracker is asked itself. Not for the public.
pub async fn tracking_status(services: &Services, ctx: &Ctx, dataset_id: &str) -> Result<TrackingStatus> {
    ctx.caller().map_err(|_| Refusal::Unauthenticated)?;
    datasets::find(services, ctx, dataset_id).await?;
    let db = services.db.pool();
    let all = outbox::newest_of_subject(db, Sink::Tracker.as_str(), dataset_id, NEWEST).await?;
    let mut reports = Vec::new();
    for (bundle_id, step) in all {
        // A bundle that the caller may not know of is not told of here either.
        let seen = match &bundle_id {
            Some(id) => persistence::bundles::find_visible_to(db, ctx.caller()?, id).await?.is_some(),
            None => true,
        };
        if seen {
            reports.push((bundle_id, step));
        }
    }
    let asked = match &services.outlets.tracker {
        Some(tracker) => within(PATIENCE, tracker.status(dataset_id)).await,
        None => Ok(None),
    };
    let (remote, remote_error) = parted(asked);
    Ok(TrackingStatus { configured: services.outlets.tracker.is_some(), reports, remote, remote_error })
}

fn parted(asked: Result<Option<Value>, DeliveryError>) -> (Option<Value>, Option<String>) {
    match asked {
        Ok(remote) => (remote, None),
        Err(error) => (None, Some(error.to_string())),
    }
}

async fn within<T>(
    patience: Duration,
    asking: impl Future<Output = Result<T, DeliveryError>>,
) -> Result<T, DeliveryError> {
    let answered = tokio::time::timeout(patience, asking).await;
    answered.unwrap_or_else(|_| Err(DeliveryError::unavailable("it did not answer in time")))
}

/// Asks a receiver whether it is up; one that cannot be asked counts as it went last.
pub async fn check(services: &Services, sink: Sink) -> Result<(), DeliveryError> {
    let outlets = &services.outlets;
    let unavailable = |error: &dyn std::error::Error| DeliveryError::unavailable(error.to_string());
    match sink {
        Sink::Wagtail => match &outlets.wagtail {
            Some(wagtail) => within(PATIENCE, wagtail.check()).await,
            None => Ok(()),
        },
        Sink::Tracker => match &outlets.tracker {
            Some(tracker) => within(PATIENCE, tracker.check()).await,
            None => Ok(()),
        },
        Sink::Kafka => match &outlets.kafka {
            Some(kafka) => within(PATIENCE, kafka.check()).await,
            None => Ok(()),
        },
        Sink::Email | Sink::Letter | Sink::SubscriberMail => match &services.accounts.mailer {
            Some(mailer) => within(PATIENCE, async { mailer.check().await.map_err(|error| unavailable(&error)) }).await,
            None => Ok(()),
        },
        Sink::PublicCopy => match &outlets.public_bucket {
            Some(public) => {
                within(PATIENCE, async { public.storage.check().await.map_err(|error| unavailable(&error)) }).await
            }
            None => Ok(()),
        },
        _ if outlets.circuits.held(sink.as_str(), services.clock.now()).is_some() => {
            Err(DeliveryError::unavailable("an operator has it left in peace"))
        }
        _ if outlets.circuits.state(sink.as_str(), services.clock.now()) == CircuitState::Open => {
            Err(DeliveryError::unavailable("it failed too often"))
        }
        _ => Ok(()),
    }
}

/// The receivers outside of the catalogue that are configured, and how their circuits stand on this node.
#[must_use]
pub fn receivers(services: &Services) -> Vec<(Sink, CircuitState)> {
    let now = services.clock.now();
    let circuits = &services.outlets.circuits;
    // Letters go through the mail server of the e-mails; webhooks are many, told of where one of them fails; those of
    // subscribers are nobody's here to mend.
    let is_told = |sink: &Sink| match sink {
        Sink::Letter | Sink::SubscriberMail | Sink::SubscriberWebhook => false,
        Sink::Webhook => circuits.state(sink.as_str(), now) != CircuitState::Closed,
        _ => sink.is_remote() && services.delivers_to(*sink),
    };
    Sink::ALL.iter().copied().filter(is_told).map(|sink| (sink, circuits.state(sink.as_str(), now))).collect()
}
