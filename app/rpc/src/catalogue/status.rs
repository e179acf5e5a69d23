//! How the site is.

use domain::status::StatusPage;
use leptos::prelude::*;

use crate::error::RpcError;

/// The health of the site's parts, and how publications came.
#[server(prefix = "/rpc", endpoint = "catalogue/status")]
pub async fn status() -> Result<StatusPage, RpcError> {
    let (services, ctx) = crate::request::context()?;
    let health = use_context::<domain::status::SiteHealth>().unwrap_or_default();
    Ok(services::status::page(&services, &ctx, health).await?)
}
