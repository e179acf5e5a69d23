//! `/webhooks` and what is below it.

use axum::extract::State;
use domain::delivery::{Webhook, WebhookEvent};
use domain::policy::Permission;
use serde::{Deserialize, Serialize};
use services::deliveries::{self, NewWebhook};
use utoipa::ToSchema;

use super::Answer;
use super::answer;
use super::body::{Body, merged};
use super::ctx::{Asked, Path};
use super::described::{PageOf, Paging, WebhookCallPath, WebhookPath};
use super::v1::{NewWebhookBody, WebhookBody, WebhookDeliveryBody, webhook_path};
use crate::state::AppState;

/// A webhook as it is sent.
#[derive(Debug, Serialize, Deserialize, ToSchema)]
#[serde(default, deny_unknown_fields)]
struct WebhookInput {
    /// Where to: a public address.
    #[schema(required = true, format = "uri", max_length = 2000, example = "https://example.org/hooks/catalogue")]
    url: String,
    /// What it is for.
    #[schema(max_length = 500)]
    description: String,
    /// Of what it is told.
    events: Vec<WebhookEvent>,
    /// Whether it is told at all.
    enabled: bool,
}

impl Default for WebhookInput {
    fn default() -> Self {
        Self { url: String::new(), description: String::new(), events: vec![WebhookEvent::Published], enabled: true }
    }
}

impl From<WebhookInput> for NewWebhook {
    fn from(sent: WebhookInput) -> Self {
        Self { url: sent.url, description: sent.description, events: sent.events, enabled: sent.enabled }
    }
}

impl From<&Webhook> for WebhookInput {
    fn from(webhook: &Webhook) -> Self {
        Self {
            url: webhook.url.clone(),
            description: webhook.description.clone(),
            events: webhook.events.clone(),
            enabled: webhook.enabled,
        }
    }
}

/// Lists the webhooks.
///
/// The oldest first, never with their secrets.
#[utoipa::path(
    get, path = "/webhooks", tag = "webhooks",
    params(Paging),
    responses((status = 200, description = "A page of webhooks", body = PageOf<WebhookBody>)),
    security(("bearer" = [Permission::UsersManage]), ("session" = [Permission::UsersManage])),
)]
pub async fn list(State(state): State<AppState>, asked: Asked) -> Answer {
    asked.ctx.caller_with(Permission::UsersManage)?;
    let mut params = asked.params();
    let paging = params.paging();
    params.finish()?;
    let found = deliveries::list_webhooks(&state.services, &asked.ctx, paging).await?;
    answer::page(&asked, found.map(|webhook| WebhookBody::new(&webhook, asked.ctx.now)))
}

/// Makes a webhook.
///
/// From now on it is told of publications whose schedule names the channel `webhook`, and of failures, of bundles at risk and of
/// incidents where it asks for them. Messages follow the Standard Webhooks specification 1.0; the secret for their signatures is answered this once.
#[utoipa::path(
    post, path = "/webhooks", tag = "webhooks",
    request_body(content = WebhookInput, content_type = "application/json", example = json!({
            "url": "https://example.org/hooks/catalogue", "description": "The warehouse", "events": ["bundle.published"]
        })),
    responses((status = 201, description = "The new webhook with its secret", body = NewWebhookBody)),
    security(("bearer" = [Permission::UsersManage]), ("session" = [Permission::UsersManage])),
)]
pub async fn create(State(state): State<AppState>, asked: Asked, body: Body) -> Answer {
    asked.ctx.caller_with(Permission::UsersManage)?;
    let sent: WebhookInput = body.read().await?;
    let (webhook, secret) = deliveries::create_webhook(&state.services, &asked.ctx, sent.into()).await?;
    let body = NewWebhookBody::new(WebhookBody::new(&webhook, asked.ctx.now), secret);
    answer::created(&webhook_path(&webhook.id), Some(webhook.revision), &body)
}

/// Reads a webhook.
#[utoipa::path(
    get, path = "/webhooks/{id}", tag = "webhooks",
    params(WebhookPath),
    responses((status = 200, description = "The webhook", body = WebhookBody)),
    security(("bearer" = [Permission::UsersManage]), ("session" = [Permission::UsersManage])),
)]
pub async fn read(State(state): State<AppState>, asked: Asked, Path(id): Path<String>) -> Answer {
    let webhook = deliveries::find_webhook(&state.services, &asked.ctx, &id).await?;
    asked.no_params()?;
    answer::read(&asked, Some(webhook.revision), &WebhookBody::new(&webhook, asked.ctx.now))
}

/// Changes parts of a webhook.
///
/// One that is switched off is owed nothing any more.
#[utoipa::path(
    patch, path = "/webhooks/{id}", tag = "webhooks",
    params(WebhookPath),
    request_body(content = WebhookInput, content_type = "application/json", example = json!({"enabled": false})),
    responses((status = 200, description = "The webhook as it is now", body = WebhookBody)),
    security(("bearer" = [Permission::UsersManage]), ("session" = [Permission::UsersManage])),
)]
pub async fn merge(State(state): State<AppState>, asked: Asked, Path(id): Path<String>, body: Body) -> Answer {
    let before = deliveries::find_webhook(&state.services, &asked.ctx, &id).await?;
    let wanted = merged(&WebhookInput::from(&before), body.read_object().await?)?;
    let if_match = asked.if_match();
    let revision = if_match.required(before.revision);
    let edited = deliveries::edit_webhook(&state.services, &asked.ctx, &id, revision, wanted.into()).await;
    let webhook = edited.map_err(|error| if_match.explain(error))?;
    answer::changed(Some(webhook.revision), &WebhookBody::new(&webhook, asked.ctx.now))
}

/// Deletes a webhook.
///
/// With the log of its calls; what it is owed is left out.
#[utoipa::path(
    delete, path = "/webhooks/{id}", tag = "webhooks",
    params(WebhookPath),
    responses((status = 204, description = "Deleted")),
    security(("bearer" = [Permission::UsersManage]), ("session" = [Permission::UsersManage])),
)]
pub async fn delete(State(state): State<AppState>, asked: Asked, Path(id): Path<String>) -> Answer {
    let before = deliveries::find_webhook(&state.services, &asked.ctx, &id).await?;
    asked.no_params()?;
    let if_match = asked.if_match();
    let deleted =
        deliveries::delete_webhook(&state.services, &asked.ctx, &id, if_match.required(before.revision)).await;
    deleted.map_err(|error| if_match.explain(error))?;
    Ok(answer::deleted())
}

/// Gives a webhook a new secret.
///
/// It is answered this once. For a day messages are signed with the one before as well.
#[utoipa::path(
    post, path = "/webhooks/{id}/rotate-secret", tag = "webhooks",
    params(WebhookPath),
    responses((status = 200, description = "The webhook with its new secret", body = NewWebhookBody)),
    security(("bearer" = [Permission::UsersManage]), ("session" = [Permission::UsersManage])),
)]
pub async fn rotate_secret(State(state): State<AppState>, asked: Asked, Path(id): Path<String>) -> Answer {
    deliveries::find_webhook(&state.services, &asked.ctx, &id).await?;
    asked.no_params()?;
    let (webhook, secret) = deliveries::rotate_secret(&state.services, &asked.ctx, &id).await?;
    let body = NewWebhookBody::new(WebhookBody::new(&webhook, asked.ctx.now), secret);
    answer::changed(Some(webhook.revision), &body)
}

/// Lists the calls of a webhook.
///
/// The newest first, with what was answered; they are kept for 90 days.
#[utoipa::path(
    get, path = "/webhooks/{id}/deliveries", tag = "webhooks",
    params(WebhookPath, Paging),
    responses((status = 200, description = "A page of calls", body = PageOf<WebhookDeliveryBody>)),
    security(("bearer" = [Permission::UsersManage]), ("session" = [Permission::UsersManage])),
)]
pub async fn calls(State(state): State<AppState>, asked: Asked, Path(id): Path<String>) -> Answer {
    deliveries::find_webhook(&state.services, &asked.ctx, &id).await?;
    let mut params = asked.params();
    let paging = params.paging();
    params.finish()?;
    let found = deliveries::list_calls(&state.services, &asked.ctx, &id, paging).await?;
    answer::page(&asked, found.map(WebhookDeliveryBody::from))
}

/// Sends a message of a webhook once more.
///
/// Under the same `webhook-id`, so that a receiver that has it already can tell.
#[utoipa::path(
    post, path = "/webhooks/{id}/deliveries/{delivery}/replay", tag = "webhooks",
    params(WebhookCallPath),
    responses((status = 202, description = "It is sent again; look at the list of calls", body = WebhookDeliveryBody)),
    security(("bearer" = [Permission::UsersManage]), ("session" = [Permission::UsersManage])),
)]
pub async fn replay(
    State(state): State<AppState>,
    asked: Asked,
    Path((id, delivery)): Path<(String, String)>,
) -> Answer {
    deliveries::find_call(&state.services, &asked.ctx, &id, &delivery).await?;
    asked.no_params()?;
    let call = deliveries::replay_call(&state.services, &asked.ctx, &id, &delivery).await?;
    answer::accepted(&format!("{}/deliveries", webhook_path(&id)), None, &WebhookDeliveryBody::from(call))
}

/// Sends a test to a webhook.
///
/// Once, with the event `webhook.test`, whatever the webhook is told of. The answer is the call as the list has it, also where the
/// receiver did not take it; one that is switched off is not called.
#[utoipa::path(
    post, path = "/webhooks/{id}/test", tag = "webhooks",
    params(WebhookPath),
    responses((status = 200, description = "The call, with what was answered", body = WebhookDeliveryBody)),
    security(("bearer" = [Permission::UsersManage]), ("session" = [Permission::UsersManage])),
)]
pub async fn try_out(State(state): State<AppState>, asked: Asked, Path(id): Path<String>) -> Answer {
    deliveries::find_webhook(&state.services, &asked.ctx, &id).await?;
    asked.no_params()?;
    let call = deliveries::test_webhook(&state.services, &asked.ctx, &id).await?;
    answer::changed(None, &WebhookDeliveryBody::from(call))
}
