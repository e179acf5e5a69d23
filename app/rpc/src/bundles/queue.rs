//! The publish queue.

use domain::bundle::missing::MissingRelease;
use domain::page::Page;
use domain::views::QueueEntry;
use leptos::prelude::*;

use crate::error::RpcError;

/// What is scheduled or being published, soonest first, and what the calendar has promised and nothing would publish.
#[server(prefix = "/rpc", endpoint = "bundles/queue")]
pub async fn queue() -> Result<(Page<QueueEntry>, Vec<MissingRelease>), RpcError> {
    let (services, ctx) = crate::request::context()?;
    let queue = services::bundles::queue(&services, &ctx, domain::page::Paging::WHOLE).await?;
    Ok((queue, services::bundles::missing_soon(&services, &ctx).await?))
}
