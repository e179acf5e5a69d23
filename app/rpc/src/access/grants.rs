//! Giving a grant to a person or a team, and taking it back.

use leptos::prelude::*;

use super::GrantFields;
use crate::error::RpcError;

/// Gives a role to a person or a team.
#[server(prefix = "/rpc", endpoint = "access/grant-role")]
pub async fn grant_role(
    #[server(default)] kind: String,
    #[server(default)] id: String,
    #[server(flatten)] fields: GrantFields,
) -> Result<(), RpcError> {
    let (services, ctx) = crate::request::context()?;
    let (grant, problems) = fields.read();
    let of = domain::rights::SubjectKind::parse(&kind);
    let outcome = services::policies::create(&services, &ctx, of, &id, grant, problems).await;
    let outcome = GrantFields::named_as_typed(outcome, "");
    let page = holder_page(&kind, &id);
    crate::form::done("access/grant-role", outcome, &page, |policy| {
        (page.clone(), format!("{} was granted.", policy.grant.role.title()))
    })
}

/// Takes a grant back.
#[server(prefix = "/rpc", endpoint = "access/withdraw-grant")]
pub async fn withdraw_grant(
    #[server(default)] id: String,
    #[server(default)] revision: String,
) -> Result<(), RpcError> {
    let (services, ctx) = crate::request::context()?;
    let page = crate::request::form_page().unwrap_or_else(|| "/admin/users".to_owned());
    let outcome = services::policies::delete(&services, &ctx, &id, crate::bundles::number(&revision)).await;
    crate::form::done("access/withdraw-grant", outcome, &page, |()| {
        (page.clone(), "The grant was taken back.".to_owned())
    })
}

#[cfg(not(target_family = "wasm"))]
fn holder_page(kind: &str, id: &str) -> String {
    let list = if kind == "team" { "teams" } else { "users" };
    format!("/admin/{list}/{id}")
}
