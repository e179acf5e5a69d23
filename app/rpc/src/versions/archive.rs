//! Moves the bytes of a public version to the archive.

use leptos::prelude::*;

use crate::error::RpcError;

/// Moves the bytes of a public version to the archive.
#[server(prefix = "/rpc", endpoint = "versions/archive")]
pub async fn archive(
    #[server(default)] dataset_id: String,
    #[server(default)] edition: String,
    #[server(default)] version: String,
    #[server(default)] revision: String,
    #[server(default)] reason: String,
) -> Result<(), RpcError> {
    let key = super::key(&dataset_id, &edition, &version);
    let reason = Some(reason.trim().to_owned()).filter(|reason| !reason.is_empty());
    let step = (domain::version::VersionAction::Archive, reason);
    super::fields::take_step(
        "versions/archive",
        &key,
        &revision,
        step,
        "The version is archived. Its page stays, and its files move to the archive.",
    )
    .await
}
