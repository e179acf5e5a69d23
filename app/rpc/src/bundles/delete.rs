//! Deleting a bundle.

use leptos::prelude::*;

use crate::error::RpcError;

/// Deletes a bundle in preparation; its versions stay.
#[server(prefix = "/rpc", endpoint = "bundles/delete")]
pub async fn delete(#[server(default)] id: String, #[server(default)] revision: String) -> Result<(), RpcError> {
    let (services, ctx) = crate::request::context()?;
    let expected = Some(super::number(&revision));
    let outcome = services::bundles::delete(&services, &ctx, &id, expected).await;
    crate::form::done("bundles/delete", outcome, &format!("/admin/bundles/{id}"), |()| {
        ("/admin/bundles".to_owned(), "The bundle was deleted. Its versions are free for other bundles.".to_owned())
    })
}
