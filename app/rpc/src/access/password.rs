//! Helping somebody to sign in again: a new password, and a second factor that was lost.

use leptos::prelude::*;

use crate::error::RpcError;

/// Gives somebody a new password and ends all their sessions.
#[server(prefix = "/rpc", endpoint = "access/set-password")]
pub async fn set_password(#[server(default)] id: String, #[server(default)] password: String) -> Result<(), RpcError> {
    let (services, ctx) = crate::request::context()?;
    let outcome = services::people::set_password(&services, &ctx, &id, &password).await;
    let page = format!("/admin/users/{id}");
    crate::form::done("access/set-password", outcome, &page, |()| {
        (page.clone(), "The new password holds. All sessions have ended.".to_owned())
    })
}

/// Takes somebody's second factors away, app and passkeys alike, so that new ones can be set up.
#[server(prefix = "/rpc", endpoint = "access/reset-factor")]
pub async fn reset_factor(#[server(default)] id: String) -> Result<(), RpcError> {
    let (services, ctx) = crate::request::context()?;
    let outcome = services::accounts::reset_second_factor(&services, &ctx, &id).await;
    let page = format!("/admin/users/{id}");
    crate::form::done("access/reset-factor", outcome, &page, |()| {
        (page.clone(), "The second factor was taken away, passkeys included.".to_owned())
    })
}
