//! Giving a recalled image out again.

use leptos::prelude::*;

use crate::error::RpcError;

/// Gives a recalled image out again, with a reason, and goes back to its version's page.
#[server(prefix = "/rpc", endpoint = "images/reinstate")]
pub async fn reinstate(
    #[server(default)] id: String,
    #[server(default)] reason: String,
    #[server(default)] notice: String,
) -> Result<(), RpcError> {
    let (services, ctx) = crate::request::context()?;
    let outcome = match crate::files::recall::recall(reason, notice) {
        Ok(recall) => services::images::reinstate(&services, &ctx, &id, recall).await,
        Err(error) => Err(error),
    };
    super::recall::back("images/reinstate", outcome, "The image is given out again.")
}
