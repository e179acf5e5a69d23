//! What pages of the portal tell of others, as they are made; `/admin/events` tells it as they go on.

use domain::presence;
use leptos::prelude::*;

use crate::error::RpcError;

/// Who else has open what the page at this path is about; `None` for pages about nothing that is watched.
#[server(prefix = "/rpc", endpoint = "live/here")]
pub async fn here(at: String) -> Result<Option<presence::Here>, RpcError> {
    let (services, ctx) = crate::request::context()?;
    let Some(at) = presence::Watched::at(&at) else { return Ok(None) };
    Ok(Some(services::presence::here(&services, &ctx, &at, false).await?))
}

/// How much waits behind the lines of the portal's rail.
#[server(prefix = "/rpc", endpoint = "live/rail-counts")]
pub async fn rail_counts() -> Result<presence::RailCounts, RpcError> {
    let (services, ctx) = crate::request::context()?;
    Ok(services::presence::rail_counts(&services, &ctx).await?)
}

/// What was done last to what the page at this path is about; `None` for pages about nothing that is watched, and for who may not
/// read its history.
#[server(prefix = "/rpc", endpoint = "live/meanwhile")]
pub async fn meanwhile(at: String) -> Result<Option<presence::Meanwhile>, RpcError> {
    let (services, ctx) = crate::request::context()?;
    let Some(at) = presence::Watched::at(&at) else { return Ok(None) };
    Ok(services::presence::meanwhile(&services, &ctx, &at).await?)
}

/// What names the publish queue as it is now to the caller; ask for it before the queue, so that what changes in between is told.
#[server(prefix = "/rpc", endpoint = "live/queue-mark")]
pub async fn queue_mark() -> Result<String, RpcError> {
    let (services, ctx) = crate::request::context()?;
    Ok(services::bundles::queue_mark(&services, &ctx).await?)
}

/// What names how the program stands, as the node that answers sees it; ask for it before what a page of the operations desk shows.
#[server(prefix = "/rpc", endpoint = "live/desk-mark")]
pub async fn desk_mark() -> Result<String, RpcError> {
    let (services, ctx) = crate::request::context()?;
    let readings = crate::operations::Instruments::read()?;
    let node = domain::operations::node_mark(&readings.components, &readings.firing);
    Ok(services::operations::desk_mark(&services, &ctx, &node).await?)
}
