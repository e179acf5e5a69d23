//! Making, editing and removing webhooks.

use leptos::prelude::*;

use super::WebhookFields;
use crate::error::RpcError;

/// Makes a webhook; its secret is shown on the next page and never again.
#[server(prefix = "/rpc", endpoint = "webhooks/create")]
pub async fn create_webhook(#[server(flatten)] fields: WebhookFields) -> Result<(), RpcError> {
    let (services, ctx) = crate::request::context()?;
    let outcome = services::deliveries::create_webhook(&services, &ctx, fields.read()).await;
    let outcome = outcome
        .and_then(|(webhook, secret)| Ok((webhook, services::accounts::seal_codes(&services, &ctx, &[secret])?)));
    crate::form::done("webhooks/create", outcome, "/admin/webhooks", |(webhook, sealed)| {
        crate::access::leave_secret("webhooks/create", sealed, "The webhook was made. Copy its secret now.");
        (format!("/admin/webhooks/{}", webhook.id), String::new())
    })
}

/// Replaces what is said of a webhook; one that is switched off is owed nothing any more.
#[server(prefix = "/rpc", endpoint = "webhooks/edit")]
pub async fn edit_webhook(
    #[server(default)] id: String,
    #[server(default)] revision: String,
    #[server(flatten)] fields: WebhookFields,
) -> Result<(), RpcError> {
    let (services, ctx) = crate::request::context()?;
    let revision = crate::bundles::number(&revision);
    let outcome = services::deliveries::edit_webhook(&services, &ctx, &id, revision, fields.read()).await;
    let page = format!("/admin/webhooks/{id}");
    crate::form::done("webhooks/edit", outcome, &page, |_| (page.clone(), "The webhook was saved.".to_owned()))
}

/// Removes a webhook with its log.
#[server(prefix = "/rpc", endpoint = "webhooks/delete")]
pub async fn delete_webhook(
    #[server(default)] id: String,
    #[server(default)] revision: String,
) -> Result<(), RpcError> {
    let (services, ctx) = crate::request::context()?;
    let revision = crate::bundles::number(&revision);
    let outcome = services::deliveries::delete_webhook(&services, &ctx, &id, revision).await;
    crate::form::done("webhooks/delete", outcome, &format!("/admin/webhooks/{id}"), |()| {
        ("/admin/webhooks".to_owned(), "The webhook was removed.".to_owned())
    })
}
