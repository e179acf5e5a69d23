//! Choosing a new password by a link.

use leptos::prelude::*;

use crate::error::RpcError;

/// Whether a link of a letter still works.
#[server(prefix = "/rpc", endpoint = "account/link-is-live")]
pub async fn link_is_live(token: String) -> Result<bool, RpcError> {
    let (services, ctx) = crate::request::context()?;
    Ok(services::accounts::link_is_live(&services, &ctx, &token).await?)
}

/// Chooses a new password, ends all sessions and goes to the sign-in page.
#[server(prefix = "/rpc", endpoint = "account/reset")]
pub async fn reset(#[server(default)] token: String, #[server(default)] new_password: String) -> Result<(), RpcError> {
    let (services, ctx) = crate::request::context()?;
    let outcome = services::accounts::reset_by_link(&services, &ctx, &token, &new_password).await;
    crate::form::done("account/reset", outcome, "/account/reset", |()| {
        crate::request::visit().change_session(crate::visit::SessionChange::SignedOut);
        ("/account/sign-in".to_owned(), "You have a new password. Sign in with it.".to_owned())
    })
}
