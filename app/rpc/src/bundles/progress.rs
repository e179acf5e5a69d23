//! How a publication goes on.

use domain::progress::PublicationProgress;
use leptos::prelude::*;

use crate::error::RpcError;

/// The publication of the bundle with its steps and what the viewer may do.
#[server(prefix = "/rpc", endpoint = "bundles/progress")]
pub async fn progress(id: String) -> Result<PublicationProgress, RpcError> {
    let (services, ctx) = crate::request::context()?;
    Ok(services::bundles::progress(&services, &ctx, &id).await?)
}
