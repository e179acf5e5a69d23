//! Approves a version.

use leptos::prelude::*;

use crate::error::RpcError;

/// Approves a version.
#[server(prefix = "/rpc", endpoint = "versions/approve")]
pub async fn approve(
    #[server(default)] dataset_id: String,
    #[server(default)] edition: String,
    #[server(default)] version: String,
    #[server(default)] revision: String,
) -> Result<(), RpcError> {
    let key = super::key(&dataset_id, &edition, &version);
    let step = (domain::version::VersionAction::Approve, None);
    super::fields::take_step(
        "versions/approve",
        &key,
        &revision,
        step,
        "The version is approved. It can go into a bundle.",
    )
    .await
}
