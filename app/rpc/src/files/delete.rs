//! Removing a file.

use leptos::prelude::*;

use crate::error::RpcError;

/// Removes a file from a version in preparation and goes back to the version's page.
#[server(prefix = "/rpc", endpoint = "files/delete")]
pub async fn delete(#[server(default)] id: String) -> Result<(), RpcError> {
    let (services, ctx) = crate::request::context()?;
    let outcome = services::files::delete(&services, &ctx, &id).await;
    let page = crate::request::form_page().unwrap_or_else(|| "/admin/datasets".to_owned());
    crate::form::done("files/delete", outcome, &page, |()| (page.clone(), "The file was removed.".to_owned()))
}
