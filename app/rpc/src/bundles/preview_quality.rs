//! The page about methods and quality of an item's dataset as readers will find it.

use domain::bundle::{PreviewOf, Previewed};
use domain::comparison::DatasetPage;
use leptos::prelude::*;

use crate::error::RpcError;

/// Methods and quality of an item's dataset; looking is recorded until it is public.
#[server(prefix = "/rpc", endpoint = "bundles/preview-quality")]
pub async fn preview_quality(of: PreviewOf) -> Result<Previewed<DatasetPage>, RpcError> {
    let (services, ctx) = crate::request::context()?;
    Ok(services::bundles::preview_quality(&services, &ctx, &of).await?)
}
