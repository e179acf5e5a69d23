//! Asks for approval.

use leptos::prelude::*;

#[cfg(not(target_family = "wasm"))]
use domain::bundle::BundleCommand;

use crate::error::RpcError;

/// Asks for approval.
#[server(prefix = "/rpc", endpoint = "bundles/submit")]
pub async fn submit(#[server(default)] id: String, #[server(default)] revision: String) -> Result<(), RpcError> {
    super::step("bundles/submit", &id, &revision, Ok(BundleCommand::Submit), "The bundle was sent for review.").await
}
