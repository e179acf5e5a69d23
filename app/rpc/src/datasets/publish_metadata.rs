//! Publishing the draft of a public dataset.

use leptos::prelude::*;

use crate::error::RpcError;

/// Publishes the draft without a new version.
#[server(prefix = "/rpc", endpoint = "datasets/publish-metadata")]
pub async fn publish_metadata(
    #[server(default)] id: String,
    #[server(default)] revision: String,
) -> Result<(), RpcError> {
    let (services, ctx) = crate::request::context()?;
    let expected = Some(crate::bundles::number(&revision));
    let outcome = services::datasets::publish_metadata(&services, &ctx, &id, expected).await;
    let page = format!("/admin/datasets/{id}");
    crate::form::done("datasets/publish-metadata", outcome, &page, |_| {
        (page.clone(), "The draft is public now.".to_owned())
    })
}
