//! Approves the bundle.

use leptos::prelude::*;

#[cfg(not(target_family = "wasm"))]
use domain::bundle::BundleCommand;

use crate::error::RpcError;

/// Approves the bundle.
#[server(prefix = "/rpc", endpoint = "bundles/approve")]
pub async fn approve(#[server(default)] id: String, #[server(default)] revision: String) -> Result<(), RpcError> {
    super::step(
        "bundles/approve",
        &id,
        &revision,
        Ok(BundleCommand::Approve),
        "The bundle is approved. It can be scheduled now.",
    )
    .await
}
