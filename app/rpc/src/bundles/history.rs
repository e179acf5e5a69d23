//! What happened to a bundle.

use domain::bundle::Bundle;
use domain::event::Event;
use leptos::prelude::*;

use crate::error::RpcError;

/// The bundle with the newest of what happened to it, oldest first.
#[server(prefix = "/rpc", endpoint = "bundles/history")]
pub async fn history(id: String) -> Result<(Bundle, Vec<Event>), RpcError> {
    let (services, ctx) = crate::request::context()?;
    Ok(services::bundles::history(&services, &ctx, &id).await?)
}
