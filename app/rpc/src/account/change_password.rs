//! Changing one's own password.

use leptos::prelude::*;

use crate::error::RpcError;

/// Replaces one's own password and ends one's other sessions.
#[server(prefix = "/rpc", endpoint = "account/change-password")]
pub async fn change_password(
    #[server(default)] password: String,
    #[server(default)] new_password: String,
) -> Result<(), RpcError> {
    let (services, ctx) = crate::request::context()?;
    let session = crate::request::visit().session;
    let outcome =
        services::accounts::change_password(&services, &ctx, &password, &new_password, session.as_deref()).await;
    crate::form::done("account/change-password", outcome, "/account", |()| {
        ("/account".to_owned(), "Your password was changed, and your other sessions have ended.".to_owned())
    })
}
