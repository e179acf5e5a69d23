//! Ending one's own sessions.

use leptos::prelude::*;

use crate::error::RpcError;

/// Ends one of one's own sessions.
#[server(prefix = "/rpc", endpoint = "account/end-session")]
pub async fn end_session(#[server(default)] session: String) -> Result<(), RpcError> {
    let (services, ctx) = crate::request::context()?;
    let outcome = services::accounts::end_session(&services, &ctx, &session).await;
    crate::form::done("account/end-session", outcome, "/account", |()| {
        ("/account".to_owned(), "That session has ended.".to_owned())
    })
}

/// Ends all of one's own sessions, this one included.
#[server(prefix = "/rpc", endpoint = "account/end-all-sessions")]
pub async fn end_all_sessions() -> Result<(), RpcError> {
    let (services, ctx) = crate::request::context()?;
    let outcome = services::accounts::end_all_sessions(&services, &ctx).await;
    crate::form::done("account/end-all-sessions", outcome, "/account", |_| {
        crate::request::visit().change_session(crate::visit::SessionChange::SignedOut);
        ("/account/sign-in".to_owned(), "You are signed out everywhere.".to_owned())
    })
}
