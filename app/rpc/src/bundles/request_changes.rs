//! Takes an approved bundle back, with a reason.

use leptos::prelude::*;

#[cfg(not(target_family = "wasm"))]
use domain::bundle::BundleCommand;

use crate::error::RpcError;

/// Takes an approved bundle back, with a reason.
#[server(prefix = "/rpc", endpoint = "bundles/request-changes")]
pub async fn request_changes(
    #[server(default)] id: String,
    #[server(default)] revision: String,
    #[server(default)] reason: String,
) -> Result<(), RpcError> {
    super::step(
        "bundles/request-changes",
        &id,
        &revision,
        Ok(BundleCommand::RequestChanges { reason }),
        "The bundle is in progress again. It needs a new approval.",
    )
    .await
}
