//! Signing an item of a bundle off, and taking that back.

use leptos::prelude::*;

use crate::error::RpcError;

/// Notes that the caller has checked an item at the revision that the page showed, or with `withdraw` that this no longer holds.
#[server(prefix = "/rpc", endpoint = "bundles/sign-off")]
pub async fn sign_off(
    #[server(default)] id: String,
    #[server(default)] item_id: String,
    #[server(default)] revision: String,
    #[server(default)] withdraw: String,
) -> Result<(), RpcError> {
    let (services, ctx) = crate::request::context()?;
    let outcome = if withdraw.is_empty() {
        let seen = Some(super::number(&revision));
        services::bundles::sign_off(&services, &ctx, &id, &item_id, seen).await.map(|_| "You signed it off.")
    } else {
        let taken = services::bundles::withdraw_sign_off(&services, &ctx, &id, &item_id).await;
        taken.map(|()| "Your sign-off was taken back.")
    };
    let page = format!("/admin/bundles/{id}");
    let back = crate::request::form_page().unwrap_or_else(|| page.clone());
    crate::form::done("bundles/sign-off", outcome, &page, |words| (back.clone(), (*words).to_owned()))
}
