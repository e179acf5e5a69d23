//! What lies outside of the database and decides about a publication: the bytes in the storage, the receivers that it waits
//! for, and the channels on which people are told of it.

use std::time::Duration;

use domain::bundle::{Bundle, Channel, ContentItem, Schedule};
use domain::delivery::{CircuitState, Sink, WebhookEvent};
use domain::page::Paging;
use domain::refusal::Blocker;
use persistence::webhooks;

use super::prepare::missing_bytes_lately;
use crate::{Result, Services, deliveries};

/// How long who reads a page waits for what lies outside of the database.
const PATIENCE: Duration = Duration::from_secs(2);

/// What was found in the way; or, where nobody could tell in time, that as a blocker.
pub(super) type Told = std::result::Result<Vec<Blocker>, Blocker>;

/// Whether the bytes of every file are where they should be; a storage that does not answer holds up nobody who only reads.
pub(super) async fn bytes(services: &Services, bundle: &Bundle, items: &[ContentItem]) -> Told {
    let sentence = "The storage does not say whether it has the bytes of the files. Look at its health.";
    let found = tokio::time::timeout(PATIENCE, missing_bytes_lately(services, bundle, items)).await;
    told(bundle, found.ok(), Blocker::new("bytes_unknown", sentence))
}

/// Whether the receivers answer that a publication may not go ahead without.
pub(super) async fn receivers(services: &Services, bundle: &Bundle) -> Told {
    let sentence = "A receiver that publications wait for does not say how it is. Look at its health.";
    let found = tokio::time::timeout(PATIENCE, deliveries::in_the_way(services, &bundle.id)).await;
    told(bundle, found.ok(), Blocker::new("integration_unknown", sentence))
}

/// What was found; `unknown` where it was not found in time, or not at all.
fn told(bundle: &Bundle, found: Option<Result<Vec<Blocker>>>, unknown: Blocker) -> Told {
    match found {
        Some(Ok(blockers)) => Ok(blockers),
        Some(Err(error)) => {
            tracing::warn!(bundle.id = %bundle.id, error = &error as &dyn std::error::Error, "what stands in the way of a bundle cannot be told");
            Err(unknown)
        }
        None => Err(unknown),
    }
}

/// What is not known to work of the channels that a schedule chose, in a sentence each, by how their last messages went.
pub(super) async fn untried_channels(services: &Services, schedule: &Schedule) -> Result<Vec<String>> {
    let mut untried = Vec::new();
    for channel in &schedule.notification_channels {
        untried.extend(match channel {
            Channel::Email => left_alone(services, Sink::Email, "The mail server"),
            Channel::Slack => left_alone(services, Sink::Slack, "Slack"),
            Channel::Webhook => match held(services, Sink::Webhook, "The receiver of webhooks") {
                None => untried_webhooks(services).await?,
                said => said,
            },
        });
    }
    Ok(untried)
}

/// That a receiver is left alone for a while, since an operator wants it so or it failed too often.
fn left_alone(services: &Services, sink: Sink, name: &str) -> Option<String> {
    held(services, sink, name).or_else(|| {
        let state = services.outlets.circuits.state(sink.as_str(), services.clock.now());
        (state == CircuitState::Open).then(|| format!("{name} took none of the last messages. Look at its health."))
    })
}

/// That an operator has a receiver left in peace.
fn held(services: &Services, sink: Sink, name: &str) -> Option<String> {
    let hold = services.outlets.circuits.held(sink.as_str(), services.clock.now())?;
    let until = domain::uk_time::date_time(hold.until);
    Some(format!("{name} is left in peace by {} until {until}: what is owed to it waits.", hold.by))
}

/// How many webhooks have yet to take a message, or did not take the last one.
async fn untried_webhooks(services: &Services) -> Result<Option<String>> {
    let db = services.db.pool();
    let told = webhooks::told_of(db, WebhookEvent::Published).await?;
    let mut untried = 0_usize;
    for webhook in &told {
        let newest = webhooks::calls(db, &webhook.id, Paging { limit: 1, offset: 0 }).await?;
        let went_well = newest.items.first().is_some_and(|call| call.error.is_none());
        untried += usize::from(!went_well);
    }
    Ok((untried > 0).then(|| {
        format!("{untried} of {} webhooks took no message yet, or not the last one. Look at their calls.", told.len())
    }))
}
