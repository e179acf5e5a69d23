//! The comparison of an item's version with others as readers will find it.

use domain::bundle::{PreviewOf, Previewed};
use domain::comparison::{ComparePage, CompareQuery};
use leptos::prelude::*;

use crate::error::RpcError;

/// Two versions of an item's edition side by side; looking is recorded until it is public.
#[server(prefix = "/rpc", endpoint = "bundles/preview-comparison")]
pub async fn preview_comparison(of: PreviewOf, query: CompareQuery) -> Result<Previewed<ComparePage>, RpcError> {
    let (services, ctx) = crate::request::context()?;
    Ok(services::bundles::preview_comparison(&services, &ctx, &of, &query).await?)
}
