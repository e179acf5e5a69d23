//! Two versions of an edition side by side.

use domain::comparison::{ComparePage, CompareQuery};
use leptos::prelude::*;

use crate::error::RpcError;

/// What differs between two public versions of an edition.
#[server(prefix = "/rpc", endpoint = "catalogue/compare-versions")]
pub async fn compare_versions(
    dataset_id: String,
    edition: String,
    query: CompareQuery,
) -> Result<ComparePage, RpcError> {
    let (services, ctx) = crate::request::context()?;
    Ok(services::data::compare_page(&services, &ctx, dataset_id, edition, &query).await?)
}
