//! Giving a recalled file out again.

use leptos::prelude::*;

use crate::error::RpcError;

/// Gives a recalled file out again, with a reason, and goes back to its version's page.
#[server(prefix = "/rpc", endpoint = "files/reinstate")]
pub async fn reinstate(
    #[server(default)] id: String,
    #[server(default)] reason: String,
    #[server(default)] notice: String,
) -> Result<(), RpcError> {
    let (services, ctx) = crate::request::context()?;
    let outcome = match super::recall::recall(reason, notice) {
        Ok(recall) => services::files::reinstate(&services, &ctx, &id, recall).await,
        Err(error) => Err(error),
    };
    super::recall::back("files/reinstate", outcome, "is given out again.")
}
