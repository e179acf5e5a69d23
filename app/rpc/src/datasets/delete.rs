//! Deleting a dataset.

use leptos::prelude::*;

use crate::error::RpcError;

/// Deletes a dataset that was never public.
#[server(prefix = "/rpc", endpoint = "datasets/delete")]
pub async fn delete(#[server(default)] id: String, #[server(default)] revision: String) -> Result<(), RpcError> {
    let (services, ctx) = crate::request::context()?;
    let outcome = services::datasets::delete(&services, &ctx, &id, crate::bundles::number(&revision)).await;
    crate::form::done("datasets/delete", outcome, &format!("/admin/datasets/{id}"), |()| {
        ("/admin/datasets".to_owned(), "The dataset was deleted.".to_owned())
    })
}
