//! Removing an image.

use leptos::prelude::*;

use crate::error::RpcError;

/// Removes an image from a version in preparation and goes back to the version's page.
#[server(prefix = "/rpc", endpoint = "images/delete")]
pub async fn delete(#[server(default)] id: String, #[server(default)] revision: i64) -> Result<(), RpcError> {
    let (services, ctx) = crate::request::context()?;
    let outcome = services::images::delete(&services, &ctx, &id, revision).await;
    let page = crate::request::form_page().unwrap_or_else(|| "/admin/datasets".to_owned());
    crate::form::done("images/delete", outcome, &page, |()| (page.clone(), "The image was removed.".to_owned()))
}
