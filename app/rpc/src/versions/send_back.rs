//! Returns a version to its editor, with a reason.

use leptos::prelude::*;

use crate::error::RpcError;

/// Returns a version to its editor, with a reason.
#[server(prefix = "/rpc", endpoint = "versions/return")]
pub async fn send_back(
    #[server(default)] dataset_id: String,
    #[server(default)] edition: String,
    #[server(default)] version: String,
    #[server(default)] revision: String,
    #[server(default)] reason: String,
) -> Result<(), RpcError> {
    let key = super::key(&dataset_id, &edition, &version);
    let step = (domain::version::VersionAction::Return, Some(reason));
    super::fields::take_step("versions/return", &key, &revision, step, "The version was returned to its editor.").await
}
