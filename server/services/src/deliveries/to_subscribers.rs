//! One delivery to a subscriber of the public.

use integrations::DeliveryError;
use integrations::webhook::Message;
use persistence::outbox::Task;

use super::perform::send;
use super::run::Failed;
use crate::{Services, subscriptions};

/// The status by which a receiver of webhooks says that it wants none any more (Standard Webhooks 1.0).
const GONE: u16 = 410;

/// Writes to a subscriber, if it still wants that.
pub(super) async fn write(services: &Services, task: &Task) -> Result<(), Failed> {
    let Some(letter) = subscriptions::letter(services, task).await? else { return Ok(()) };
    // Mail servers repeat the address in what they say, and what they say is kept.
    send(services, &letter).await.map_err(|failed| without(&letter.to, failed))
}

/// The same failure without an address in its words.
fn without(address: &str, failed: Failed) -> Failed {
    let plain = |text: String| text.replace(address, "the address");
    match failed {
        Failed::Receiver(DeliveryError::Refused { message, status }) => {
            DeliveryError::Refused { message: plain(message), status }.into()
        }
        Failed::Receiver(DeliveryError::Unavailable { message, status, retry_after }) => {
            DeliveryError::Unavailable { message: plain(message), status, retry_after }.into()
        }
        other @ Failed::Ours(_) => other,
    }
}

/// Calls the program of a subscriber, if it still wants that; one that is gone for good is not called again.
pub(super) async fn call(services: &Services, task: &Task) -> Result<(), Failed> {
    let Some(call) = subscriptions::call(services, task).await? else { return Ok(()) };
    let now = services.clock.now();
    let message = Message { id: &task.id, timestamp: now.timestamp(), body: &call.body };
    let secrets = std::slice::from_ref(&call.secret);
    let sent = services.outlets.programs.send(&call.url, message, secrets).await;
    if sent.as_ref().is_err_and(|error| error.status() == Some(GONE)) {
        subscriptions::end_gone(services, &call.id).await?;
        return Ok(());
    }
    Ok(sent.map(|_| ())?)
}
