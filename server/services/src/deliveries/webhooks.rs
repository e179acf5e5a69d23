//! Administration of webhooks.

use std::collections::BTreeMap;

use chrono::TimeDelta;
use domain::delivery::{Sink, Webhook, WebhookCall, WebhookEvent};
use domain::page::{Page, Paging};
use domain::policy::Permission;
use domain::refusal::{FieldProblem, Refusal, all_valid};
use domain::text::check_optional;
use integrations::webhook::{check_target, secret_of};
use persistence::outbox::Task;
use persistence::{outbox, webhooks};

use super::messages::Notice;
use super::perform::called;
use super::run::Failed;
use crate::records::{self, About};
use crate::{Ctx, Result, Services, accounts, ids};

/// How long messages are signed with the secret before as well.
const ROTATION: TimeDelta = TimeDelta::hours(24);

/// What is said of a webhook.
#[derive(Clone, Debug)]
pub struct NewWebhook {
    /// Where to.
    pub url: String,
    /// What it is for.
    pub description: String,
    /// Of what it is told.
    pub events: Vec<WebhookEvent>,
    /// Whether it is told at all.
    pub enabled: bool,
}

/// For whom the secrets of a webhook are sealed.
pub(super) fn sealed_for(id: &str) -> String {
    format!("webhook {id}")
}

fn about(id: &str) -> About<'_> {
    About { resource_type: "webhook", resource_id: id }
}

fn checked(services: &Services, new: &NewWebhook) -> Result<()> {
    let mut problems = Vec::new();
    if let Err(message) = check_target(&new.url, services.outlets.webhooks.calls_private_addresses()) {
        problems.push(FieldProblem::new("url", "invalid_target", message));
    } else if new.url.len() > 2000 {
        problems.push(FieldProblem::new("url", "too_long", "Give an address of at most 2000 characters."));
    }
    check_optional(&mut problems, "description", &new.description, 500, true);
    if new.events.is_empty() {
        problems.push(FieldProblem::required("events"));
    }
    Ok(all_valid(problems)?)
}

/// What records keep of a webhook.
fn recorded(webhook: &Webhook) -> serde_json::Value {
    serde_json::json!({
        "url": webhook.url, "description": webhook.description, "events": webhook.events, "enabled": webhook.enabled,
    })
}

/// Makes a webhook; its secret is shown this once.
pub async fn create_webhook(services: &Services, ctx: &Ctx, new: NewWebhook) -> Result<(Webhook, String)> {
    let by = ctx.caller_with(Permission::UsersManage)?;
    checked(services, &new)?;
    let webhook = Webhook {
        id: ids::new_id(ctx.now),
        url: new.url,
        description: new.description,
        events: new.events,
        enabled: new.enabled,
        previous_until: None,
        created_by: by.actor.clone(),
        created_at: ctx.now,
        last_modified: ctx.now,
        revision: 1,
    };
    let secret = secret_of(&accounts::secret_bytes());
    let sealed = services.accounts.vault.seal(&sealed_for(&webhook.id), secret.expose())?;
    let tx = services.db.begin().await?;
    webhooks::insert(&tx, &webhook, &sealed).await?;
    records::change(&tx, ctx, by, about(&webhook.id), "created", &(), &recorded(&webhook)).await?;
    persistence::db::commit(tx).await?;
    Ok((webhook, secret.expose().to_owned()))
}

/// A page of the webhooks, oldest first.
pub async fn list_webhooks(services: &Services, ctx: &Ctx, paging: Paging) -> Result<Page<Webhook>> {
    ctx.caller_with(Permission::UsersManage)?;
    Ok(webhooks::page(services.db.pool(), paging).await?)
}

/// The webhook with this id.
pub async fn find_webhook(services: &Services, ctx: &Ctx, id: &str) -> Result<Webhook> {
    ctx.caller()?;
    let found = webhooks::find(services.db.pool(), id).await?.ok_or(Refusal::NotFound)?;
    ctx.caller_with(Permission::UsersManage)?;
    Ok(found)
}

/// One call of a webhook.
pub async fn find_call(services: &Services, ctx: &Ctx, id: &str, call_id: &str) -> Result<WebhookCall> {
    ctx.caller()?;
    let found = webhooks::find_call(services.db.pool(), id, call_id).await?.ok_or(Refusal::NotFound)?;
    ctx.caller_with(Permission::UsersManage)?;
    Ok(found)
}

/// Edits a webhook; one that is switched off is owed nothing any more.
pub async fn edit_webhook(services: &Services, ctx: &Ctx, id: &str, revision: i64, new: NewWebhook) -> Result<Webhook> {
    let by = ctx.caller_with(Permission::UsersManage)?;
    checked(services, &new)?;
    let tx = services.db.begin().await?;
    let before = webhooks::find(&tx, id).await?.ok_or(Refusal::NotFound)?;
    let after = Webhook {
        url: new.url,
        description: new.description,
        events: new.events,
        enabled: new.enabled,
        last_modified: ctx.now,
        revision,
        ..before.clone()
    };
    if !webhooks::save(&tx, &after).await? {
        return Err(Refusal::Stale.into());
    }
    if !after.enabled {
        outbox::skip_open_of(&tx, Sink::Webhook.as_str(), id, "The webhook was switched off.", ctx.now).await?;
    }
    records::change(&tx, ctx, by, about(id), "edited", &recorded(&before), &recorded(&after)).await?;
    persistence::db::commit(tx).await?;
    Ok(Webhook { revision: revision + 1, ..after })
}

/// Removes a webhook with its log; what it is owed is left out.
pub async fn delete_webhook(services: &Services, ctx: &Ctx, id: &str, revision: i64) -> Result<()> {
    let by = ctx.caller_with(Permission::UsersManage)?;
    let tx = services.db.begin().await?;
    let before = webhooks::find(&tx, id).await?.ok_or(Refusal::NotFound)?;
    if !webhooks::delete(&tx, id, revision).await? {
        return Err(Refusal::Stale.into());
    }
    outbox::skip_open_of(&tx, Sink::Webhook.as_str(), id, "The webhook was removed.", ctx.now).await?;
    records::change(&tx, ctx, by, about(id), "deleted", &recorded(&before), &()).await?;
    Ok(persistence::db::commit(tx).await?)
}

/// Gives a webhook a new secret, shown this once; for a day messages are signed with the one before as well, so that the
/// receiver can change at its leisure.
pub async fn rotate_secret(services: &Services, ctx: &Ctx, id: &str) -> Result<(Webhook, String)> {
    let by = ctx.caller_with(Permission::UsersManage)?;
    let secret = secret_of(&accounts::secret_bytes());
    let sealed = services.accounts.vault.seal(&sealed_for(id), secret.expose())?;
    let tx = services.db.begin().await?;
    let webhook = webhooks::find(&tx, id).await?.ok_or(Refusal::NotFound)?;
    let until = ctx.now + ROTATION;
    if !webhooks::rotate(&tx, &webhook, &sealed, until, ctx.now).await? {
        return Err(Refusal::Stale.into());
    }
    records::note(&tx, ctx, by, about(id), "secret_rotated", serde_json::json!({"both_until": until})).await?;
    persistence::db::commit(tx).await?;
    let rotated =
        Webhook { previous_until: Some(until), last_modified: ctx.now, revision: webhook.revision + 1, ..webhook };
    Ok((rotated, secret.expose().to_owned()))
}

/// A page of the calls of a webhook, newest first.
pub async fn list_calls(services: &Services, ctx: &Ctx, id: &str, paging: Paging) -> Result<Page<WebhookCall>> {
    find_webhook(services, ctx, id).await?;
    Ok(webhooks::calls(services.db.pool(), id, paging).await?)
}

/// What these calls sent, by the ids of their messages, as far as it is kept: a test is not.
pub async fn sent_by(services: &Services, ctx: &Ctx, calls: &[WebhookCall]) -> Result<BTreeMap<String, String>> {
    ctx.caller_with(Permission::UsersManage)?;
    let ids: Vec<&str> = calls.iter().map(|call| call.message_id.as_str()).collect();
    let payloads = outbox::payloads_of(services.db.pool(), &ids).await?;
    let mut sent = BTreeMap::new();
    for (id, payload) in payloads {
        sent.insert(id, format!("{:#}", Notice::read(&payload)?.envelope()));
    }
    Ok(sent)
}

/// Has the message of a call sent once more, under the same id; the call that asked for it.
pub async fn replay_call(services: &Services, ctx: &Ctx, id: &str, call_id: &str) -> Result<WebhookCall> {
    let by = ctx.caller_with(Permission::UsersManage)?;
    let tx = services.db.begin().await?;
    let webhook = webhooks::find(&tx, id).await?.ok_or(Refusal::NotFound)?;
    let call = webhooks::find_call(&tx, id, call_id).await?.ok_or(Refusal::NotFound)?;
    if !webhook.enabled {
        return Err(switched_off().into());
    }
    if call.event == WebhookEvent::Test.as_str() {
        return Err(Refusal::blocked("test", "A test is sent once. Send another one.").into());
    }
    if !outbox::reopen(&tx, &call.message_id, ctx.now).await? {
        return Err(Refusal::blocked("under_way", "The message is being sent for the first time now.").into());
    }
    records::note(&tx, ctx, by, about(id), "message_replayed", serde_json::json!({"message_id": call.message_id}))
        .await?;
    persistence::db::commit(tx).await?;
    services.outlets.circuits.close(&format!("{}:{id}", Sink::Webhook));
    services.nudges.follow_up.notify_one();
    Ok(call)
}

/// Sends a test to a webhook, once, whatever it is told of; the call as it is in the log, also where the receiver did not take it.
///
/// # Errors
/// `NotFound`, and `Blocked` for one that is switched off.
pub async fn test_webhook(services: &Services, ctx: &Ctx, id: &str) -> Result<WebhookCall> {
    let by = ctx.caller_with(Permission::UsersManage)?;
    let webhook = webhooks::find(services.db.pool(), id).await?.ok_or(Refusal::NotFound)?;
    if !webhook.enabled {
        return Err(switched_off().into());
    }
    let payload = Notice::test(ctx.now).written()?;
    let task = Task { attempts: 1, ..Task::new(ids::new_id(ctx.now), Sink::Webhook.as_str(), id, payload) };
    let call = match called(services, &task).await {
        Ok((call, _)) => call,
        Err(Failed::Ours(fault)) => return Err(fault),
        // It was switched off or removed just now.
        Err(Failed::Receiver(_)) => return Err(switched_off().into()),
    };
    let tx = services.db.begin().await?;
    let details = serde_json::json!({"message_id": call.message_id, "status": call.status, "error": call.error});
    records::note(&tx, ctx, by, about(id), "tested", details).await?;
    persistence::db::commit(tx).await?;
    if call.error.is_none() {
        services.outlets.circuits.close(&format!("{}:{id}", Sink::Webhook));
    }
    Ok(call)
}

fn switched_off() -> Refusal {
    Refusal::blocked("switched_off", "The webhook is switched off. Switch it on first.")
}
