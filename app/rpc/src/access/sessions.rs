//! Signing somebody out.

use leptos::prelude::*;

use crate::error::RpcError;

/// Ends one session of somebody.
#[server(prefix = "/rpc", endpoint = "access/end-session")]
pub async fn end_session_of(#[server(default)] id: String, #[server(default)] session: String) -> Result<(), RpcError> {
    let (services, ctx) = crate::request::context()?;
    let outcome = services::people::end_session(&services, &ctx, &id, &session).await;
    let page = format!("/admin/users/{id}");
    crate::form::done("access/end-session", outcome, &page, |()| (page.clone(), "The session has ended.".to_owned()))
}

/// Ends all sessions of somebody, and the tokens that they made for themselves.
#[server(prefix = "/rpc", endpoint = "access/end-sessions")]
pub async fn end_sessions_of(#[server(default)] id: String) -> Result<(), RpcError> {
    let (services, ctx) = crate::request::context()?;
    let outcome = services::people::end_sessions(&services, &ctx, &id).await;
    let page = format!("/admin/users/{id}");
    crate::form::done("access/end-sessions", outcome, &page, |ended| {
        let sessions =
            if *ended == 1 { "1 session has ended.".to_owned() } else { format!("{ended} sessions have ended.") };
        (page.clone(), sessions)
    })
}

/// Ends all sessions but the present one, with a reason and with words typed so that it does not happen by a slip.
#[server(prefix = "/rpc", endpoint = "access/sign-everybody-out")]
pub async fn sign_everybody_out(
    #[server(default)] reason: String,
    #[server(default)] confirmation: String,
) -> Result<(), RpcError> {
    let (services, ctx) = crate::request::context()?;
    let outcome = services::people::sign_everybody_out(&services, &ctx, &reason, &confirmation).await;
    crate::form::done("access/sign-everybody-out", outcome, "/admin/users", |ended| {
        let said =
            if *ended == 1 { "1 session has ended.".to_owned() } else { format!("{ended} sessions have ended.") };
        ("/admin/users".to_owned(), said)
    })
}
