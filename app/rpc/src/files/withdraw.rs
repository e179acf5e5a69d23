//! Recalling a public file.

use leptos::prelude::*;

use crate::error::RpcError;

/// Recalls a public file, with a reason, and goes back to its version's page.
#[server(prefix = "/rpc", endpoint = "files/withdraw")]
pub async fn withdraw(
    #[server(default)] id: String,
    #[server(default)] reason: String,
    #[server(default)] notice: String,
) -> Result<(), RpcError> {
    let (services, ctx) = crate::request::context()?;
    let outcome = match super::recall::recall(reason, notice) {
        Ok(recall) => services::files::withdraw(&services, &ctx, &id, recall).await,
        Err(error) => Err(error),
    };
    super::recall::back("files/withdraw", outcome, "was withdrawn. Nobody outside gets it any more.")
}
