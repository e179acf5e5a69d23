//! The page of an item as readers will find it.

use domain::bundle::{PreviewOf, Previewed};
use domain::comparison::DatasetPage;
use leptos::prelude::*;

use crate::error::RpcError;

/// The page of an item's version; looking is recorded until it is public.
#[server(prefix = "/rpc", endpoint = "bundles/preview-page")]
pub async fn preview_page(of: PreviewOf) -> Result<Previewed<DatasetPage>, RpcError> {
    let (services, ctx) = crate::request::context()?;
    Ok(services::bundles::preview_page(&services, &ctx, &of).await?)
}
