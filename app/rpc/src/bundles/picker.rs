//! Choosing what goes into a bundle.

use domain::bundle::desk::BundlePicker;
use leptos::prelude::*;

use crate::error::RpcError;

/// The versions to choose from whose titles or ids hold `q`; `page` counts from 1.
#[server(prefix = "/rpc", endpoint = "bundles/picker")]
pub async fn picker(id: String, q: String, page: u32) -> Result<BundlePicker, RpcError> {
    let (services, ctx) = crate::request::context()?;
    Ok(services::bundles::picker(&services, &ctx, &id, q, crate::form::paging(page)).await?)
}
