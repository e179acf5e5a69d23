//! Webhooks, their sealed secrets, and the log of their calls.

use chrono::{DateTime, Utc};
use domain::delivery::{Webhook, WebhookCall, WebhookEvent};
use domain::page::{Page, Paging};
use sea_orm::sea_query::Expr;
use sea_orm::{
    ColumnTrait, ConnectionTrait, EntityTrait, ExprTrait, IntoActiveModel, PaginatorTrait, QueryFilter, QueryOrder,
    QuerySelect,
};

use crate::convert::{count, from_json, instant, json, maybe_instant, micros};
use crate::entities::{webhook, webhook_call};
use crate::error::Result;

/// The sealed secrets of a webhook.
#[derive(Clone, Debug)]
pub struct Sealed {
    /// The present one.
    pub current: String,
    /// The one before, while messages are signed with both.
    pub previous: Option<String>,
}

/// Adds a webhook with its sealed secret.
pub async fn insert(db: &impl ConnectionTrait, webhook: &Webhook, secret: &str) -> Result<()> {
    let row = webhook::Model {
        id: webhook.id.clone(),
        url: webhook.url.clone(),
        description: webhook.description.clone(),
        events: json(&webhook.events)?,
        enabled: webhook.enabled,
        secret: secret.to_owned(),
        previous_secret: None,
        previous_until: None,
        created_by: json(&webhook.created_by)?,
        created_at: micros(webhook.created_at),
        last_modified: micros(webhook.last_modified),
        revision: webhook.revision,
    };
    webhook::Entity::insert(row.into_active_model()).exec_without_returning(db).await?;
    Ok(())
}

/// The webhook with this id.
pub async fn find(db: &impl ConnectionTrait, id: &str) -> Result<Option<Webhook>> {
    webhook::Entity::find_by_id(id).one(db).await?.map(to_webhook).transpose()
}

/// The webhook with this id and the secrets that its messages are signed with at `now`.
pub async fn find_with_secrets(
    db: &impl ConnectionTrait,
    id: &str,
    now: DateTime<Utc>,
) -> Result<Option<(Webhook, Sealed)>> {
    let Some(row) = webhook::Entity::find_by_id(id).one(db).await? else { return Ok(None) };
    let live = row.previous_until.is_some_and(|until| micros(now) < until);
    let sealed = Sealed { current: row.secret.clone(), previous: row.previous_secret.clone().filter(|_| live) };
    Ok(Some((to_webhook(row)?, sealed)))
}

/// A page of the webhooks, oldest first.
pub async fn page(db: &impl ConnectionTrait, paging: Paging) -> Result<Page<Webhook>> {
    let query = webhook::Entity::find();
    let total = query.clone().count(db).await?;
    let rows = query
        .order_by_asc(webhook::Column::Id)
        .limit(u64::from(paging.limit))
        .offset(u64::from(paging.offset))
        .all(db)
        .await?;
    Ok(Page::new(rows.into_iter().map(to_webhook).collect::<Result<_>>()?, total, paging))
}

/// The webhooks that are told of an event.
pub async fn told_of(db: &impl ConnectionTrait, event: WebhookEvent) -> Result<Vec<Webhook>> {
    let rows = webhook::Entity::find()
        .filter(webhook::Column::Enabled.eq(true))
        .order_by_asc(webhook::Column::Id)
        .all(db)
        .await?;
    let all: Vec<Webhook> = rows.into_iter().map(to_webhook).collect::<Result<_>>()?;
    Ok(all.into_iter().filter(|webhook| webhook.events.contains(&event)).collect())
}

/// Saves an edited webhook if it still has its revision.
pub async fn save(db: &impl ConnectionTrait, webhook: &Webhook) -> Result<bool> {
    let done = webhook::Entity::update_many()
        .col_expr(webhook::Column::Url, Expr::value(webhook.url.as_str()))
        .col_expr(webhook::Column::Description, Expr::value(webhook.description.as_str()))
        .col_expr(webhook::Column::Events, Expr::value(json(&webhook.events)?))
        .col_expr(webhook::Column::Enabled, Expr::value(webhook.enabled))
        .col_expr(webhook::Column::LastModified, Expr::value(micros(webhook.last_modified)))
        .col_expr(webhook::Column::Revision, Expr::col(webhook::Column::Revision).add(1))
        .filter(webhook::Column::Id.eq(&webhook.id))
        .filter(webhook::Column::Revision.eq(webhook.revision))
        .exec(db)
        .await?;
    Ok(done.rows_affected == 1)
}

/// Gives a webhook a new sealed secret; messages are signed with the one before as well until `until`.
pub async fn rotate(
    db: &impl ConnectionTrait,
    webhook: &Webhook,
    secret: &str,
    until: DateTime<Utc>,
    now: DateTime<Utc>,
) -> Result<bool> {
    let done = webhook::Entity::update_many()
        .col_expr(webhook::Column::PreviousSecret, Expr::col(webhook::Column::Secret))
        .col_expr(webhook::Column::PreviousUntil, Expr::value(micros(until)))
        .col_expr(webhook::Column::Secret, Expr::value(secret))
        .col_expr(webhook::Column::LastModified, Expr::value(micros(now)))
        .col_expr(webhook::Column::Revision, Expr::col(webhook::Column::Revision).add(1))
        .filter(webhook::Column::Id.eq(&webhook.id))
        .filter(webhook::Column::Revision.eq(webhook.revision))
        .exec(db)
        .await?;
    Ok(done.rows_affected == 1)
}

/// Removes a webhook with its log if it still has this revision.
pub async fn delete(db: &impl ConnectionTrait, id: &str, revision: i64) -> Result<bool> {
    let done = webhook::Entity::delete_many()
        .filter(webhook::Column::Id.eq(id))
        .filter(webhook::Column::Revision.eq(revision))
        .exec(db)
        .await?;
    Ok(done.rows_affected == 1)
}

/// Adds a call to the log.
pub async fn log(db: &impl ConnectionTrait, call: &WebhookCall) -> Result<()> {
    let row = webhook_call::Model {
        id: call.id.clone(),
        webhook_id: call.webhook_id.clone(),
        message_id: call.message_id.clone(),
        event: call.event.clone(),
        bundle_id: call.bundle_id.clone(),
        attempt: i64::from(call.attempt),
        called_at: micros(call.called_at),
        took_ms: call.took_ms,
        status: call.status.map(i64::from),
        error: call.error.clone(),
    };
    webhook_call::Entity::insert(row.into_active_model()).exec_without_returning(db).await?;
    Ok(())
}

/// A page of the calls of a webhook, newest first.
pub async fn calls(db: &impl ConnectionTrait, webhook_id: &str, paging: Paging) -> Result<Page<WebhookCall>> {
    let query = webhook_call::Entity::find().filter(webhook_call::Column::WebhookId.eq(webhook_id));
    let total = query.clone().count(db).await?;
    let rows = query
        .order_by_desc(webhook_call::Column::CalledAt)
        .order_by_desc(webhook_call::Column::Id)
        .limit(u64::from(paging.limit))
        .offset(u64::from(paging.offset))
        .all(db)
        .await?;
    Ok(Page::new(rows.into_iter().map(to_call).collect::<Result<_>>()?, total, paging))
}

/// One call of a webhook.
pub async fn find_call(db: &impl ConnectionTrait, webhook_id: &str, id: &str) -> Result<Option<WebhookCall>> {
    let found = webhook_call::Entity::find_by_id(id).filter(webhook_call::Column::WebhookId.eq(webhook_id));
    found.one(db).await?.map(to_call).transpose()
}

/// Forgets calls of before an instant.
pub async fn forget_calls(db: &impl ConnectionTrait, before: DateTime<Utc>) -> Result<()> {
    webhook_call::Entity::delete_many().filter(webhook_call::Column::CalledAt.lt(micros(before))).exec(db).await?;
    Ok(())
}

fn to_webhook(row: webhook::Model) -> Result<Webhook> {
    Ok(Webhook {
        events: from_json(&row.events)?,
        previous_until: maybe_instant(row.previous_until)?,
        created_by: from_json(&row.created_by)?,
        created_at: instant(row.created_at)?,
        last_modified: instant(row.last_modified)?,
        id: row.id,
        url: row.url,
        description: row.description,
        enabled: row.enabled,
        revision: row.revision,
    })
}

fn to_call(row: webhook_call::Model) -> Result<WebhookCall> {
    Ok(WebhookCall {
        attempt: count(row.attempt)?,
        called_at: instant(row.called_at)?,
        status: row.status.map(count).transpose()?,
        id: row.id,
        webhook_id: row.webhook_id,
        message_id: row.message_id,
        event: row.event,
        bundle_id: row.bundle_id,
        took_ms: row.took_ms,
        error: row.error,
    })
}
