//! Asks for the approval of a version.

use leptos::prelude::*;

use crate::error::RpcError;

/// Asks for the approval of a version.
#[server(prefix = "/rpc", endpoint = "versions/submit")]
pub async fn submit(
    #[server(default)] dataset_id: String,
    #[server(default)] edition: String,
    #[server(default)] version: String,
    #[server(default)] revision: String,
) -> Result<(), RpcError> {
    let key = super::key(&dataset_id, &edition, &version);
    let step = (domain::version::VersionAction::Submit, None);
    super::fields::take_step(
        "versions/submit",
        &key,
        &revision,
        step,
        "The version was submitted. Somebody else can approve it now.",
    )
    .await
}
