//! The explorer of an item's table as readers will find it.

use domain::bundle::{PreviewOf, Previewed};
use domain::explore::{ExplorePage, ExploreQuery};
use leptos::prelude::*;

use crate::error::RpcError;

/// A part of an item's table; looking is recorded until it is public.
#[server(prefix = "/rpc", endpoint = "bundles/preview-explorer")]
pub async fn preview_explorer(of: PreviewOf, query: ExploreQuery) -> Result<Previewed<ExplorePage>, RpcError> {
    let (services, ctx) = crate::request::context()?;
    Ok(services::bundles::preview_explorer(&services, &ctx, &of, query).await?)
}
