//! What waits for review.

use domain::review::ReviewQueue;
use leptos::prelude::*;

use crate::error::RpcError;

/// Submitted versions and bundles that are ready for review, the oldest first, with what the last approval of several did.
#[server(prefix = "/rpc", endpoint = "versions/waiting")]
pub async fn waiting() -> Result<ReviewQueue, RpcError> {
    let (services, ctx) = crate::request::context()?;
    let queue = services::versions::review_queue(&services, &ctx).await?;
    Ok(ReviewQueue { decided: crate::reviews::last().unwrap_or_default(), ..queue })
}
