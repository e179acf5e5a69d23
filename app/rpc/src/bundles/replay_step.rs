//! Has a step tried again that failed or was given up.

use leptos::prelude::*;

use crate::error::RpcError;

/// Has a step of the bundle tried again at once.
#[server(prefix = "/rpc", endpoint = "bundles/replay-step")]
pub async fn replay_step(#[server(default)] id: String, #[server(default)] step: String) -> Result<(), RpcError> {
    let (services, ctx) = crate::request::context()?;
    let outcome = services::deliveries::replay(&services, &ctx, &id, &step, None).await;
    let page = super::page_of_step(&id);
    crate::form::done("bundles/replay-step", outcome, &page, |waits| {
        let told = if *waits { "It will be told when the bundle is published." } else { "The step is tried again." };
        (page.clone(), told.to_owned())
    })
}
