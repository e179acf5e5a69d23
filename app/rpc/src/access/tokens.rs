//! Service tokens: listed, made with a secret that is shown once, and revoked.

use domain::administration::TokenList;
use leptos::prelude::*;

use super::GrantFields;
use crate::error::RpcError;

/// The tokens whose name holds a text, the live or the ended if asked, with the secret that was just made.
#[server(prefix = "/rpc", endpoint = "access/service-tokens")]
pub async fn token_list_read(q: String, state: String, page: u32) -> Result<TokenList, RpcError> {
    let (services, ctx) = crate::request::context()?;
    let name = Some(q.trim()).filter(|q| !q.is_empty());
    let live = match state.as_str() {
        "live" => Some(true),
        "ended" => Some(false),
        _ => None,
    };
    let tokens = services::accounts::list_tokens(&services, &ctx, name, live, crate::form::paging(page)).await?;
    Ok(TokenList {
        tokens,
        secret: super::kept_secret(&services, &ctx, &["access/create-token"]),
        departments: super::read::departments(&services).await?,
        now: ctx.now,
    })
}

/// Makes a token; its secret is shown on the next page and never again.
#[server(prefix = "/rpc", endpoint = "access/create-token")]
pub async fn create_token(
    #[server(default)] name: String,
    #[server(default)] ends_on: String,
    #[server(default)] approve_own: String,
    #[server(flatten)] fields: GrantFields,
) -> Result<(), RpcError> {
    let (services, ctx) = crate::request::context()?;
    let (grant, mut problems) = fields.read();
    let expires_at = if ends_on.trim().is_empty() {
        None
    } else {
        let last = ("ends_on", "23:59:59");
        domain::uk_time::read(("ends_on", &ends_on), last, last).map_err(|more| problems.extend(more)).ok()
    };
    let approve_own = approve_own == "true";
    let name = name.trim().to_owned();
    let new = services::accounts::NewToken { name, grants: vec![grant], approve_own, expires_at };
    let outcome = services::accounts::create_token_unless(&services, &ctx, new, problems).await;
    let outcome = GrantFields::named_as_typed(outcome, "ends_on");
    let outcome = outcome.and_then(|(_, secret)| services::accounts::seal_codes(&services, &ctx, &[secret]));
    crate::form::done("access/create-token", outcome, "/admin/service-tokens", |sealed| {
        super::leave_secret("access/create-token", sealed, "The token was made. Copy its secret now.");
        ("/admin/service-tokens".to_owned(), String::new())
    })
}

/// Ends a token at once.
#[server(prefix = "/rpc", endpoint = "access/revoke-token")]
pub async fn revoke_token(#[server(default)] id: String) -> Result<(), RpcError> {
    let (services, ctx) = crate::request::context()?;
    let outcome = async {
        services::accounts::find_token(&services, &ctx, &id).await?;
        services::accounts::revoke_token(&services, &ctx, &id).await
    };
    let page = "/admin/service-tokens";
    crate::form::done("access/revoke-token", outcome.await, page, |_| {
        (page.to_owned(), "The token no longer opens anything.".to_owned())
    })
}
