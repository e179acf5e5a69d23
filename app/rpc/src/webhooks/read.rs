//! What the pages about webhooks show.

use domain::administration::WebhookPage;
use domain::delivery::Webhook;
use domain::page::Page;
use leptos::prelude::*;

use crate::error::RpcError;

/// The webhooks, oldest first; `page` counts from 1.
#[server(prefix = "/rpc", endpoint = "webhooks/list")]
pub async fn webhook_list_read(page: u32) -> Result<Page<Webhook>, RpcError> {
    let (services, ctx) = crate::request::context()?;
    Ok(services::deliveries::list_webhooks(&services, &ctx, crate::form::paging(page)).await?)
}

/// One webhook with its calls, newest first, and the secret that was just made.
#[server(prefix = "/rpc", endpoint = "webhooks/one")]
pub async fn webhook_read(id: String, page: u32) -> Result<WebhookPage, RpcError> {
    let (services, ctx) = crate::request::context()?;
    let webhook = services::deliveries::find_webhook(&services, &ctx, &id).await?;
    let forms = ["webhooks/create", "webhooks/rotate-secret"];
    let calls = services::deliveries::list_calls(&services, &ctx, &id, crate::form::paging(page)).await?;
    Ok(WebhookPage {
        sent: services::deliveries::sent_by(&services, &ctx, &calls.items).await?,
        calls,
        secret: crate::access::kept_secret(&services, &ctx, &forms),
        history: crate::access::history_of(&services, &ctx, "webhook", &id).await?,
        now: ctx.now,
        webhook,
    })
}
