//! Confirming what was found in a file.

use leptos::prelude::*;

use crate::error::RpcError;

/// Notes why what was found in a file is meant and goes back to the version's page.
#[server(prefix = "/rpc", endpoint = "files/confirm")]
pub async fn confirm(#[server(default)] id: String, #[server(default)] reason: String) -> Result<(), RpcError> {
    let (services, ctx) = crate::request::context()?;
    let outcome = services::files::confirm(&services, &ctx, &id, &reason).await.map(|_| ());
    let page = crate::request::form_page().unwrap_or_else(|| "/admin/datasets".to_owned());
    crate::form::done("files/confirm", outcome, &page, |()| (page.clone(), "It was confirmed.".to_owned()))
}
