//! Ending one's own sessions, and having devices forgotten.

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

/// Forgets one of the devices on which one's second factor is not asked for.
#[server(prefix = "/rpc", endpoint = "account/forget-device")]
pub async fn forget_device(#[server(default)] device: String) -> Result<(), RpcError> {
    let (services, ctx) = crate::request::context()?;
    let outcome = services::accounts::forget_device(&services, &ctx, &device).await;
    crate::form::done("account/forget-device", outcome, "/account", |()| {
        ("/account".to_owned(), "That device is forgotten. A code is asked for there again.".to_owned())
    })
}

/// Ends all of one's own sessions, this one included, and has all devices forgotten.
#[server(prefix = "/rpc", endpoint = "account/end-all-sessions")]
pub async fn end_all_sessions() -> Result<(), RpcError> {
    let (services, ctx) = crate::request::context()?;
    let outcome = services::accounts::end_all_sessions(&services, &ctx).await;
    crate::form::done("account/end-all-sessions", outcome, "/account", |_| {
        crate::request::visit().change_session(crate::visit::SessionChange::SignedOut);
        ("/account/sign-in".to_owned(), "You are signed out everywhere.".to_owned())
    })
}
