//! The portal's lists of bundles.

use domain::bundle::desk::{BundleDesk, BundleQuery};
use leptos::prelude::*;

use crate::error::RpcError;

/// The bundles that an address asks for, as a table, a board or a calendar.
#[server(prefix = "/rpc", endpoint = "bundles/desk")]
pub async fn desk(query: BundleQuery) -> Result<BundleDesk, RpcError> {
    let (services, ctx) = crate::request::context()?;
    Ok(services::bundles::desk(&services, &ctx, query).await?)
}
