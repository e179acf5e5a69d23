//! Changing an account: its name and address, and whether it may be used.

use leptos::prelude::*;

use crate::error::RpcError;

/// Changes the name and the address of an account.
#[server(prefix = "/rpc", endpoint = "access/edit-user")]
pub async fn edit_user(
    #[server(default)] id: String,
    #[server(default)] revision: String,
    #[server(default)] email: String,
    #[server(default)] name: String,
) -> Result<(), RpcError> {
    let (services, ctx) = crate::request::context()?;
    let outcome = async {
        let user = services::people::find(&services, &ctx, &id).await?;
        let details = services::people::Details { email, name: name.trim().to_owned(), ..(&user).into() };
        services::people::edit(&services, &ctx, &id, crate::bundles::number(&revision), details, Vec::new()).await
    };
    let (outcome, page) = (outcome.await, format!("/admin/users/{id}"));
    crate::form::done("access/edit-user", outcome, &page, |_| (page.clone(), "The details were saved.".to_owned()))
}

/// Suspends an account, which ends its sessions at once, or opens it again.
#[server(prefix = "/rpc", endpoint = "access/suspend-user")]
pub async fn suspend_user(
    #[server(default)] id: String,
    #[server(default)] revision: String,
    #[server(default)] disabled: String,
) -> Result<(), RpcError> {
    let (services, ctx) = crate::request::context()?;
    let disabled = disabled == "true";
    let outcome = async {
        let user = services::people::find(&services, &ctx, &id).await?;
        let details = services::people::Details { disabled, ..(&user).into() };
        services::people::edit(&services, &ctx, &id, crate::bundles::number(&revision), details, Vec::new()).await
    };
    let (outcome, page) = (outcome.await, format!("/admin/users/{id}"));
    let said =
        if disabled { "The account is suspended and signed out everywhere." } else { "The account is open again." };
    crate::form::done("access/suspend-user", outcome, &page, |_| (page.clone(), said.to_owned()))
}
