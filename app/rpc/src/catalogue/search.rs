//! Searching.

use domain::catalogue::{SearchPage, SearchQuery};
use leptos::prelude::*;

use crate::error::RpcError;

/// Searches the public catalogue.
#[server(prefix = "/rpc", endpoint = "catalogue/search", input = leptos::server_fn::codec::Json)]
pub async fn search(query: SearchQuery) -> Result<SearchPage, RpcError> {
    let (services, _) = crate::request::context()?;
    Ok(services::catalogue::search(&services, query).await?)
}
