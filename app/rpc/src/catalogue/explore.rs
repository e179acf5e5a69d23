//! The page on which readers explore a table.

use domain::explore::{ExplorePage, ExploreQuery};
use leptos::prelude::*;

use crate::error::RpcError;

/// A part of the table of a version, with the choices that lead to others.
#[server(prefix = "/rpc", endpoint = "catalogue/explore")]
pub async fn explore(
    dataset_id: String,
    edition: String,
    version: u32,
    query: ExploreQuery,
) -> Result<ExplorePage, RpcError> {
    let (services, ctx) = crate::request::context()?;
    let key = services::versions::VersionKey { dataset_id, edition, version };
    Ok(services::data::explore(&services, &ctx, &key, query).await?)
}
