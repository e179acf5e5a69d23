//! A webhook's secret, and sending one of its messages again.

use leptos::prelude::*;

use crate::error::RpcError;

/// Gives a webhook a new secret; it is shown on the next page and never again.
#[server(prefix = "/rpc", endpoint = "webhooks/rotate-secret")]
pub async fn rotate_secret(#[server(default)] id: String) -> Result<(), RpcError> {
    let (services, ctx) = crate::request::context()?;
    let outcome = services::deliveries::rotate_secret(&services, &ctx, &id).await;
    let outcome = outcome.and_then(|(_, secret)| services::accounts::seal_codes(&services, &ctx, &[secret]));
    let page = format!("/admin/webhooks/{id}");
    crate::form::done("webhooks/rotate-secret", outcome, &page, |sealed| {
        let notice = "There is a new secret. For a day messages are signed with the one before as well.";
        crate::access::leave_secret("webhooks/rotate-secret", sealed, notice);
        (page.clone(), String::new())
    })
}

/// Has the message of a call sent once more, under the same id.
#[server(prefix = "/rpc", endpoint = "webhooks/replay")]
pub async fn replay_call(#[server(default)] id: String, #[server(default)] call: String) -> Result<(), RpcError> {
    let (services, ctx) = crate::request::context()?;
    let outcome = services::deliveries::replay_call(&services, &ctx, &id, &call).await;
    let page = format!("/admin/webhooks/{id}");
    crate::form::done("webhooks/replay", outcome, &page, |_| {
        (page.clone(), "The message is sent once more. Its call is listed below when it was made.".to_owned())
    })
}
