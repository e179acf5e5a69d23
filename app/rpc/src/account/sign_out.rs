//! Signing out.

use leptos::prelude::*;

use crate::error::RpcError;

/// Ends the session and goes to the home page.
#[server(prefix = "/rpc", endpoint = "account/sign-out")]
pub async fn sign_out() -> Result<(), RpcError> {
    let (services, ctx) = crate::request::context()?;
    services::accounts::sign_out(&services, &ctx).await?;
    crate::request::visit().change_session(crate::visit::SessionChange::SignedOut);
    crate::request::see_other("/");
    Ok(())
}
