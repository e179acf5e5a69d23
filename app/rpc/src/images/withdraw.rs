//! Recalling a public image.

use leptos::prelude::*;

use crate::error::RpcError;

/// Recalls a public image, with a reason, and goes back to its version's page.
#[server(prefix = "/rpc", endpoint = "images/withdraw")]
pub async fn withdraw(
    #[server(default)] id: String,
    #[server(default)] reason: String,
    #[server(default)] notice: String,
) -> Result<(), RpcError> {
    let (services, ctx) = crate::request::context()?;
    let outcome = match crate::files::recall::recall(reason, notice) {
        Ok(recall) => services::images::withdraw(&services, &ctx, &id, recall).await,
        Err(error) => Err(error),
    };
    super::recall::back("images/withdraw", outcome, "The image was withdrawn. Nobody outside gets it any more.")
}
