//! Choosing the encoding of a table.

use leptos::prelude::*;

use crate::error::RpcError;

/// Has a table looked into again in the encoding of this name and goes back to the version's page.
#[server(prefix = "/rpc", endpoint = "files/read-as")]
pub async fn read_as(#[server(default)] id: String, #[server(default)] encoding: String) -> Result<(), RpcError> {
    let (services, ctx) = crate::request::context()?;
    let outcome = services::files::read_as(&services, &ctx, &id, &encoding).await.map(|_| ());
    let page = crate::request::form_page().unwrap_or_else(|| "/admin/datasets".to_owned());
    crate::form::done("files/read-as", outcome, &page, |()| (page.clone(), "The file was read anew.".to_owned()))
}
