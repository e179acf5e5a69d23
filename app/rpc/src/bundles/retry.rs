//! Trying a failed publication again.

use leptos::prelude::*;

use super::Moment;
use crate::error::RpcError;

/// Brings a failed bundle back, scheduled where a new instant is given and approved otherwise.
#[server(prefix = "/rpc", endpoint = "bundles/retry")]
pub async fn retry(
    #[server(default)] id: String,
    #[server(default)] revision: String,
    #[server(default)] reason: String,
    #[server(flatten)] moment: Moment,
) -> Result<(), RpcError> {
    let command = super::read_retry(reason, &moment);
    super::step_saying(
        "bundles/retry",
        (&id, &revision),
        command,
        moment.told(""),
        "The bundle can be published again.",
    )
    .await
}
