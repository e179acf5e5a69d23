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
) -> Result<(), RpcError> {
    let command = super::read_retry(reason, &publication_date, &publication_time);
    super::step("bundles/retry", &id, &revision, command, "The bundle can be published again.").await
}
