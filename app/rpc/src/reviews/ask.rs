//! Asking somebody else for their review.

use leptos::prelude::*;

use crate::error::RpcError;

/// Asks somebody to review the bundles that were ticked; they are told, and others see it in the queue.
#[server(prefix = "/rpc", endpoint = "reviews/ask")]
pub async fn ask(#[server(default)] chosen: Vec<String>, #[server(default)] to: String) -> Result<(), RpcError> {
    let (services, ctx) = crate::request::context()?;
    let outcome = services::reviews::ask(&services, &ctx, &chosen, &to).await;
    let page = super::queue_page();
    crate::form::done("reviews/ask", outcome, &page, |name| (page.clone(), format!("{name} was asked.")))
}
