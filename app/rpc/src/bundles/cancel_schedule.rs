//! Takes the instant away, with a reason.

use leptos::prelude::*;

#[cfg(not(target_family = "wasm"))]
use domain::bundle::BundleCommand;

use crate::error::RpcError;

/// Takes the instant away, with a reason.
#[server(prefix = "/rpc", endpoint = "bundles/cancel-schedule")]
pub async fn cancel_schedule(
    #[server(default)] id: String,
    #[server(default)] revision: String,
    #[server(default)] reason: String,
) -> Result<(), RpcError> {
    let command = super::needed(reason).map(|reason| BundleCommand::CancelSchedule { reason: Some(reason) });
    super::step(
        "bundles/cancel-schedule",
        &id,
        &revision,
        command,
        "The schedule is cancelled. The bundle stays approved.",
    )
    .await
}
