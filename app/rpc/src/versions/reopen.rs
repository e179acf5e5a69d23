//! Takes the approval of a version back, with a reason.

use leptos::prelude::*;

use crate::error::RpcError;

/// Takes the approval of a version back, with a reason.
#[server(prefix = "/rpc", endpoint = "versions/reopen")]
pub async fn reopen(
    #[server(default)] dataset_id: String,
    #[server(default)] edition: String,
    #[server(default)] version: String,
    #[server(default)] revision: String,
    #[server(default)] reason: String,
) -> Result<(), RpcError> {
    let key = super::key(&dataset_id, &edition, &version);
    let step = (domain::version::VersionAction::Reopen, Some(reason));
    super::fields::take_step(
        "versions/reopen",
        &key,
        &revision,
        step,
        "The version was reopened. It needs a new approval.",
    )
    .await
}
