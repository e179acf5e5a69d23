//! Deleting an empty edition.

use leptos::prelude::*;

use crate::error::RpcError;

/// Deletes an edition that holds no versions and was never public.
#[server(prefix = "/rpc", endpoint = "datasets/delete-edition")]
pub async fn delete_edition(
    #[server(default)] dataset_id: String,
    #[server(default)] edition: String,
    #[server(default)] revision: String,
) -> Result<(), RpcError> {
    let (services, ctx) = crate::request::context()?;
    let page = format!("/admin/datasets/{dataset_id}");
    let expected = crate::bundles::number(&revision);
    let outcome = services::datasets::delete_edition(&services, &ctx, &dataset_id, &edition, expected).await;
    crate::form::done("datasets/delete-edition", outcome, &page, |()| {
        (page.clone(), "The edition was deleted.".to_owned())
    })
}
