//! How a publication stands.

use domain::views::BundleStatus;
use leptos::prelude::*;

use crate::error::RpcError;

/// The steps of the publication, its lateness and its contents.
#[server(prefix = "/rpc", endpoint = "bundles/status")]
pub async fn status(id: String) -> Result<BundleStatus, RpcError> {
    let (services, ctx) = crate::request::context()?;
    Ok(services::bundles::status(&services, &ctx, &id).await?)
}
