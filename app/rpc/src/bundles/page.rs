//! The portal's page of a bundle.

use domain::views::BundlePage;
use leptos::prelude::*;

use crate::error::RpcError;

/// The bundle with its contents, checks, history and what the viewer may do.
#[server(prefix = "/rpc", endpoint = "bundles/page")]
pub async fn page(id: String) -> Result<BundlePage, RpcError> {
    let (services, ctx) = crate::request::context()?;
    Ok(services::bundles::page(&services, &ctx, &id).await?)
}
