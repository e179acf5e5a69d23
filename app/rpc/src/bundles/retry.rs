//! Trying a failed publication again.

use leptos::prelude::*;

use crate::error::RpcError;

/// Brings a failed bundle back, scheduled where a new instant is given and approved otherwise.
#[server(prefix = "/rpc", endpoint = "bundles/retry")]
pub async fn retry(
    #[server(default)] id: String,
    #[server(default)] revision: String,
    #[server(default)] reason: String,
    #[server(default)] publication_date: String,
    #[server(default)] publication_time: String,
    #[server(default)] publication_clock: String,
) -> Result<(), RpcError> {
    let moment = super::Moment { date: publication_date, time: publication_time, which: publication_clock };
    let command = super::read_retry(reason, &moment);
    super::step("bundles/retry", &id, &revision, command, "The bundle can be published again.").await
}
