//! The page of a dataset, an edition or a version.

use domain::comparison::DatasetPage;
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
