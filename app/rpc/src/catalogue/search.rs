//! Searching.

use domain::catalogue::{SearchPage, SearchQuery};
use leptos::prelude::*;

use crate::error::RpcError;

/// Searches the public catalogue; what a reader asked for is counted, what a page looks for by itself is not.
#[server(prefix = "/rpc", endpoint = "catalogue/search", input = leptos::server_fn::codec::Json)]
pub async fn search(query: SearchQuery, #[server(default)] is_asked: bool) -> Result<SearchPage, RpcError> {
    let (services, ctx) = crate::request::context()?;
    let page = services::catalogue::search(&services, query.clone()).await?;
    if is_asked {
        services::search_desk::count(&services, &ctx, &query, &page);
    }
    Ok(page)
}
