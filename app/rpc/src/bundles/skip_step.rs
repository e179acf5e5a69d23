//! Leaves out a step that follows from a publication, with a reason.

use leptos::prelude::*;

use crate::error::RpcError;

/// Leaves out a step of the bundle, with a reason.
#[server(prefix = "/rpc", endpoint = "bundles/skip-step")]
pub async fn skip_step(
    #[server(default)] id: String,
    #[server(default)] step: String,
    #[server(default)] reason: String,
) -> Result<(), RpcError> {
    let (services, ctx) = crate::request::context()?;
    let outcome = services::deliveries::skip(&services, &ctx, &id, &step, &reason).await;
    let page = super::page_of_step(&id);
    crate::form::done("bundles/skip-step", outcome, &page, |name| {
        // Steps that stand for a whole receiver are named by its word.
        let name = match domain::delivery::Sink::parse(name) {
            Some(sink) => sink.title(),
            None => name,
        };
        (page.clone(), format!("{name} is left out of this bundle."))
    })
}
