//! Looking into a file again.

use leptos::prelude::*;

use crate::error::RpcError;

/// Has a failed file looked into again and goes back to the version's page.
#[server(prefix = "/rpc", endpoint = "files/retry")]
pub async fn retry(#[server(default)] id: String) -> Result<(), RpcError> {
    let (services, ctx) = crate::request::context()?;
    let outcome = services::files::retry(&services, &ctx, &id).await.map(|_| ());
    let page = crate::request::form_page().unwrap_or_else(|| "/admin/datasets".to_owned());
    crate::form::done("files/retry", outcome, &page, |()| (page.clone(), "The file is looked into again.".to_owned()))
}
