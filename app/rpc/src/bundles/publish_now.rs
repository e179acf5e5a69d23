//! Publishes the bundle by hand, with a reason.

use leptos::prelude::*;

#[cfg(not(target_family = "wasm"))]
use domain::bundle::BundleCommand;

use crate::error::RpcError;

/// Publishes the bundle by hand, with a reason.
#[server(prefix = "/rpc", endpoint = "bundles/publish-now")]
pub async fn publish_now(
    #[server(default)] id: String,
    #[server(default)] revision: String,
    #[server(default)] reason: String,
) -> Result<(), RpcError> {
    let command = super::needed(reason).map(|reason| BundleCommand::PublishNow { reason: Some(reason) });
    super::step("bundles/publish-now", &id, &revision, command, "Publication has begun.").await
}
