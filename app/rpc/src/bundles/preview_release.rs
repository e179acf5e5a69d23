//! The release of a bundle as readers will find it.

use domain::bundle::Previewed;
use domain::release::ReleasePage;
use leptos::prelude::*;

use crate::error::RpcError;

/// The page of the bundle's release; looking is recorded until it is public.
#[server(prefix = "/rpc", endpoint = "bundles/preview-release")]
pub async fn preview_release(id: String) -> Result<Previewed<ReleasePage>, RpcError> {
    let (services, ctx) = crate::request::context()?;
    Ok(services::bundles::preview_release(&services, &ctx, &id).await?)
}
