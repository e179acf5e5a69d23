//! Signing out.

use leptos::prelude::*;

use crate::error::RpcError;

/// Ends the session and goes to the home page, or on to the OpenID provider where the person signed in there.
#[server(prefix = "/rpc", endpoint = "account/sign-out")]
pub async fn sign_out() -> Result<(), RpcError> {
    let (services, ctx) = crate::request::context()?;
    let visit = crate::request::visit();
    services::accounts::sign_out(&services, &ctx).await?;
    visit.change_session(crate::visit::SessionChange::SignedOut);
    crate::request::see_other(if visit.through_provider { "/account/oidc/sign-out" } else { "/" });
    Ok(())
}
