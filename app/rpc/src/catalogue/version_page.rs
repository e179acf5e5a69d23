//! The page of a dataset, an edition or a version.

use domain::comparison::DatasetPage;
use domain::views::VersionPage;
use leptos::prelude::*;

use crate::error::RpcError;

/// The page of the scope named; what is left out means the latest.
#[server(prefix = "/rpc", endpoint = "catalogue/version-page")]
pub async fn version_page_for(
    dataset_id: String,
    edition: Option<String>,
    version: Option<u32>,
) -> Result<DatasetPage, RpcError> {
    let (services, ctx) = crate::request::context()?;
    let scope = services::catalogue::Scope { dataset_id, edition, version };
    Ok(services::data::dataset_page(&services, &ctx, &scope).await?)
}

/// The newest version of a dataset, without what its page reads from its tables.
#[server(prefix = "/rpc", endpoint = "catalogue/newest-version")]
pub async fn newest_version(dataset_id: String) -> Result<VersionPage, RpcError> {
    let (services, ctx) = crate::request::context()?;
    let scope = services::catalogue::Scope { dataset_id, edition: None, version: None };
    Ok(services::catalogue::version_page(&services, &ctx, &scope).await?)
}
