//! One's own tokens: listed, made with a secret that is shown once, and revoked.

use domain::account;
use leptos::prelude::*;

use crate::error::RpcError;

/// One's own tokens, with the secret that was just made.
#[server(prefix = "/rpc", endpoint = "account/own-tokens")]
pub async fn own_tokens() -> Result<account::OwnTokens, RpcError> {
    let (services, ctx) = crate::request::context()?;
    let tokens = services::accounts::own_tokens(&services, &ctx).await?;
    let secret = crate::access::kept_secret(&services, &ctx, &["account/create-token"]);
    Ok(account::OwnTokens { secret, ..tokens })
}

/// Makes a token for oneself; its secret is shown on the next page and never again.
#[server(prefix = "/rpc", endpoint = "account/create-token")]
pub async fn create_own_token(
    #[server(default)] name: String,
    #[server(default)] scope: Vec<String>,
    #[server(default)] departments: Vec<String>,
    #[server(default)] ends_on: String,
    #[server(default)] password: String,
) -> Result<(), RpcError> {
    let (services, ctx) = crate::request::context()?;
    let mut problems = Vec::new();
    let expires_at = if ends_on.trim().is_empty() {
        None
    } else {
        let last = ("ends_on", "23:59:59");
        domain::uk_time::read(("ends_on", &ends_on), last, last).map_err(|more| problems.extend(more)).ok()
    };
    let name = name.trim().to_owned();
    let departments = departments.into_iter().filter(|id| !id.is_empty()).collect();
    let new = services::accounts::NewOwnToken { name, scope, departments, expires_at };
    let outcome = services::accounts::create_own_token(&services, &ctx, new, &password, problems).await;
    let outcome = outcome.and_then(|(_, secret)| services::accounts::seal_codes(&services, &ctx, &[secret]));
    crate::form::done("account/create-token", outcome, "/account/tokens", |sealed| {
        crate::access::leave_secret("account/create-token", sealed, "The token was made. Copy its secret now.");
        ("/account/tokens".to_owned(), String::new())
    })
}

/// Ends one of one's own tokens at once.
#[server(prefix = "/rpc", endpoint = "account/revoke-token")]
pub async fn revoke_own_token(#[server(default)] id: String) -> Result<(), RpcError> {
    let (services, ctx) = crate::request::context()?;
    let outcome = services::accounts::revoke_own_token(&services, &ctx, &id).await;
    crate::form::done("account/revoke-token", outcome, "/account/tokens", |()| {
        ("/account/tokens".to_owned(), "The token no longer opens anything.".to_owned())
    })
}
