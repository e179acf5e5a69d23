//! One delivery.

use chrono::{DateTime, Utc};
use domain::delivery::{Sink, WebhookCall};
use integrations::mail::{Letter, MailError};
use integrations::webhook::Message;
use integrations::{DeliveryError, Secret};
use persistence::outbox::Task;
use persistence::webhooks;
use serde_json::Value;

use super::messages::Notice;
use super::run::Failed;
use super::{held, public_copy, to_subscribers, webhooks::sealed_for};
use crate::{ServiceError, Services, accounts, bundles, catalogue, feedback, ids, subscriptions, versions};

/// Carries a task out once.
pub(super) async fn perform(services: &Services, sink: Sink, task: &Task) -> Result<(), Failed> {
    match sink {
        Sink::SearchIndex => {
            catalogue::sync_index(services).await?;
            Ok(())
        }
        Sink::Archive => Ok(crate::files::place_bytes(services, &task.subject).await?),
        Sink::Letter if task.subject == feedback::REPLY => {
            Ok(feedback::send_reply(services, task).await.map_err(mail_failed)?)
        }
        Sink::Letter if task.subject == bundles::REMINDER => {
            Ok(bundles::send_reminder(services, task).await.map_err(mail_failed)?)
        }
        Sink::Letter if task.subject == versions::WAITING => {
            Ok(versions::send_waiting(services, task).await.map_err(mail_failed)?)
        }
        Sink::Letter if task.subject == held::GATHERED => held::send(services, task).await,
        Sink::Letter => Ok(accounts::send_letter(services, task).await.map_err(mail_failed)?),
        Sink::Alert => {
            let message = task.payload.get("message").and_then(Value::as_str).unwrap_or("Bundle publication failed");
            match task.payload.get("incident_id").and_then(Value::as_str) {
                Some(incident) => tracing::error!(incident.id = %incident, alert = true, "{message}"),
                None => {
                    let bundle = task.bundle_id.as_deref().unwrap_or(&task.subject);
                    tracing::error!(bundle.id = %bundle, alert = true, "{message}");
                }
            }
            Ok(())
        }
        Sink::PublicCopy => public_copy::copy_version(services, &task.subject).await,
        Sink::Wagtail => {
            let wagtail = services.outlets.wagtail.as_ref().ok_or_else(not_configured)?;
            Ok(wagtail.publish(&task.subject, &task.id, &task.payload).await?)
        }
        Sink::Tracker => {
            let tracker = services.outlets.tracker.as_ref().ok_or_else(not_configured)?;
            Ok(tracker.report(&task.subject, &task.id, &task.payload).await?)
        }
        Sink::Kafka => {
            let kafka = services.outlets.kafka.as_ref().ok_or_else(not_configured)?;
            let notice = Notice::read(&task.payload)?;
            Ok(kafka.write(&task.subject, &task.id, notice.event.as_str(), &task.payload.to_string()).await?)
        }
        Sink::Slack => {
            let slack = services.outlets.slack.as_ref().ok_or_else(not_configured)?;
            let notice = Notice::read(&task.payload)?;
            Ok(slack.write(&notice.sentence(), &notice.link(&services.accounts.public_url), &task.id).await?)
        }
        Sink::Email => email(services, task).await,
        Sink::Webhook => call(services, task).await,
        Sink::Subscribers => Ok(subscriptions::fan_out(services, task).await?),
        Sink::SubscriberMail => to_subscribers::write(services, task).await,
        Sink::SubscriberWebhook => to_subscribers::call(services, task).await,
    }
}

fn not_configured() -> Failed {
    DeliveryError::refused("it is not configured on this node").into()
}

/// A mail server that is down is another matter than a letter that cannot be sent.
fn mail_failed(error: ServiceError) -> Failed {
    match error {
        ServiceError::Mail(error) => judged(&error).into(),
        other => other.into(),
    }
}

fn judged(error: &MailError) -> DeliveryError {
    if error.is_refusal() {
        DeliveryError::refused(error.to_string())
    } else {
        DeliveryError::unavailable(error.to_string())
    }
}

async fn email(services: &Services, task: &Task) -> Result<(), Failed> {
    let notice = Notice::read(&task.payload)?;
    let letter: Letter =
        notice.letter(&services.accounts.site_name, &services.accounts.public_url, &task.subject, &task.id);
    send(services, &letter).await
}

/// Hands a letter to the mail server.
pub(super) async fn send(services: &Services, letter: &Letter) -> Result<(), Failed> {
    let mailer = services.accounts.mailer.as_ref().ok_or_else(not_configured)?;
    let sent = mailer.send(letter, services.clock.now()).await;
    Ok(sent.map_err(|error| judged(&error))?)
}

/// Calls a webhook and writes the call into its log.
async fn call(services: &Services, task: &Task) -> Result<(), Failed> {
    let (_, sent) = called(services, task).await?;
    Ok(sent.map(|_| ())?)
}

/// The same: the call as it is in the log, and what was answered.
pub(super) async fn called(
    services: &Services,
    task: &Task,
) -> Result<(WebhookCall, Result<u16, DeliveryError>), Failed> {
    let began = services.clock.now();
    let db = services.db.pool();
    let found = webhooks::find_with_secrets(db, &task.subject, began).await.map_err(ServiceError::from)?;
    let Some((webhook, sealed)) = found.filter(|(webhook, _)| webhook.enabled) else {
        return Err(DeliveryError::refused("the webhook is gone or switched off").into());
    };
    let owner = sealed_for(&webhook.id);
    let open = |text: &String| services.accounts.vault.open(&owner, text).map(Secret::new);
    let secrets = [Some(&sealed.current), sealed.previous.as_ref()].into_iter().flatten().map(open);
    let secrets = secrets.collect::<Result<Vec<Secret>, ServiceError>>()?;
    let notice = Notice::read(&task.payload)?;
    let body = notice.envelope().to_string();
    let message = Message { id: &task.id, timestamp: began.timestamp(), body: &body };
    let timeout = services.outlets.manner(Sink::Webhook).timeout;
    // Ended here rather than outside, so that also a call that nobody answers is in the log.
    let sent = tokio::time::timeout(timeout, services.outlets.webhooks.send(&webhook.url, message, &secrets)).await;
    let sent = sent.unwrap_or_else(|_| Err(DeliveryError::unavailable("it did not answer in time")));
    let line = WebhookCall {
        id: ids::new_id(began),
        webhook_id: webhook.id.clone(),
        message_id: task.id.clone(),
        event: notice.event.as_str().to_owned(),
        bundle_id: task.bundle_id.clone(),
        attempt: task.attempts,
        called_at: began,
        took_ms: elapsed(began, services.clock.now()),
        status: sent.as_ref().map_or_else(DeliveryError::status, |status| Some(*status)),
        error: sent.as_ref().err().map(ToString::to_string),
    };
    webhooks::log(db, &line).await.map_err(ServiceError::from)?;
    Ok((line, sent))
}

fn elapsed(since: DateTime<Utc>, now: DateTime<Utc>) -> i64 {
    (now - since).num_milliseconds().max(0)
}
