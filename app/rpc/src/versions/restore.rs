//! Brings an archived version back.

use leptos::prelude::*;

use crate::error::RpcError;

/// Brings an archived version back.
#[server(prefix = "/rpc", endpoint = "versions/restore")]
pub async fn restore(
    #[server(default)] dataset_id: String,
    #[server(default)] edition: String,
    #[server(default)] version: String,
    #[server(default)] revision: String,
    #[server(default)] reason: String,
) -> Result<(), RpcError> {
    let key = super::key(&dataset_id, &edition, &version);
    let reason = Some(reason.trim().to_owned()).filter(|reason| !reason.is_empty());
    let step = (domain::version::VersionAction::Restore, reason);
    super::fields::take_step(
        "versions/restore",
        &key,
        &revision,
        step,
        "The version is restored. Its files come back from the archive.",
    )
    .await
}
