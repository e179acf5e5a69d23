//! The portal's page of a version.

use domain::views::VersionAdminPage;
use leptos::prelude::*;

use crate::error::RpcError;

/// The version with its files, history and what the viewer may do.
#[server(prefix = "/rpc", endpoint = "versions/admin-page")]
pub async fn admin_page(dataset_id: String, edition: String, version: u32) -> Result<VersionAdminPage, RpcError> {
    let (services, ctx) = crate::request::context()?;
    let key = services::versions::VersionKey { dataset_id, edition, version };
    Ok(services::versions::admin_page(&services, &ctx, &key).await?)
}
