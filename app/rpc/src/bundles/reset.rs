//! Brings a failed or stuck bundle back to approved, with a reason.

use leptos::prelude::*;

#[cfg(not(target_family = "wasm"))]
use domain::bundle::BundleCommand;

use crate::error::RpcError;

/// Brings a failed or stuck bundle back to approved, with a reason.
#[server(prefix = "/rpc", endpoint = "bundles/reset")]
pub async fn reset(
    #[server(default)] id: String,
    #[server(default)] revision: String,
    #[server(default)] reason: String,
) -> Result<(), RpcError> {
    let command = super::needed(reason).map(|reason| BundleCommand::Reset { reason: Some(reason) });
    super::step("bundles/reset", &id, &revision, command, "The bundle is approved again.").await
}
