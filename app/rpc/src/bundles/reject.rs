//! Sends the bundle back to its editors, with a reason.

use leptos::prelude::*;

#[cfg(not(target_family = "wasm"))]
use domain::bundle::BundleCommand;

use crate::error::RpcError;

/// Sends the bundle back to its editors, with a reason.
#[server(prefix = "/rpc", endpoint = "bundles/reject")]
pub async fn reject(
    #[server(default)] id: String,
    #[server(default)] revision: String,
    #[server(default)] reason: String,
) -> Result<(), RpcError> {
    super::step(
        "bundles/reject",
        &id,
        &revision,
        Ok(BundleCommand::Reject { reason }),
        "The bundle was sent back to its editors.",
    )
    .await
}
