//! A webhook's secret, sending one of its messages again, and a test of it.

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

/// Sends a test to a webhook; the next page says what was answered.
#[server(prefix = "/rpc", endpoint = "webhooks/test")]
pub async fn test_webhook(#[server(default)] id: String) -> Result<(), RpcError> {
    let (services, ctx) = crate::request::context()?;
    let outcome = services::deliveries::test_webhook(&services, &ctx, &id).await.and_then(|call| match call.error {
        None => Ok((call.status, call.took_ms)),
        Some(error) => {
            let message = format!("The receiver did not take the test: {error}.");
            Err(domain::refusal::Refusal::blocked("test_failed", message).into())
        }
    });
    let page = format!("/admin/webhooks/{id}");
    crate::form::done("webhooks/test", outcome, &page, |(status, took_ms)| {
        let said = match status {
            Some(status) => format!("The receiver took the test: it answered {status} after {took_ms} ms."),
            None => "The receiver took the test.".to_owned(),
        };
        (page.clone(), said)
    })
}
