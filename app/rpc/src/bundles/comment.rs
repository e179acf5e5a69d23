//! Saying something about a bundle.

use leptos::prelude::*;

use crate::error::RpcError;

/// Adds a comment to the bundle, or to one of its items.
#[server(prefix = "/rpc", endpoint = "bundles/comment")]
pub async fn comment(
    #[server(default)] id: String,
    #[server(default)] item_id: String,
    #[server(default)] text: String,
) -> Result<(), RpcError> {
    let (services, ctx) = crate::request::context()?;
    let item = Some(item_id.as_str()).filter(|item| !item.is_empty());
    let outcome = services::bundles::comment(&services, &ctx, &id, item, &text).await;
    let page = format!("/admin/bundles/{id}");
    let back = crate::request::form_page().unwrap_or_else(|| page.clone());
    crate::form::done("bundles/comment", outcome, &page, |_| (back.clone(), "Your comment was added.".to_owned()))
}
