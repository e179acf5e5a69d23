//! The publish queue.

use domain::page::Page;
use domain::views::QueueEntry;
use leptos::prelude::*;

use crate::error::RpcError;

/// What is scheduled or being published, soonest first.
#[server(prefix = "/rpc", endpoint = "bundles/queue")]
pub async fn queue() -> Result<Page<QueueEntry>, RpcError> {
    let (services, ctx) = crate::request::context()?;
    Ok(services::bundles::queue(&services, &ctx, domain::page::Paging::WHOLE).await?)
}
