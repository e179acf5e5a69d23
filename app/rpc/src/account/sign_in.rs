//! Signing in.

use leptos::prelude::*;

use crate::error::RpcError;

/// Signs somebody in and goes to `next`, a path of this site.
#[server(prefix = "/rpc", endpoint = "account/sign-in")]
pub async fn sign_in(
    #[server(default)] email: String,
    #[server(default)] password: String,
    #[server(default)] next: String,
) -> Result<(), RpcError> {
    let (services, ctx) = crate::request::context()?;
    let outcome = services::accounts::sign_in(&services, &ctx, &email, &password).await;
    crate::form::done("account/sign-in", outcome, "/account/sign-in", |user| {
        let change = crate::visit::SessionChange::SignedIn { user_id: user.id.clone() };
        crate::request::visit().change_session(change);
        (crate::form::local_path(&next).unwrap_or_else(|| "/admin".to_owned()), String::new())
    })
}
