//! Making an account.

use leptos::prelude::*;

use super::GrantFields;
use crate::error::RpcError;

/// Makes an account, perhaps with a first role, and goes to its page.
#[server(prefix = "/rpc", endpoint = "access/create-user")]
pub async fn create_user(
    #[server(default)] email: String,
    #[server(default)] name: String,
    #[server(default)] password: String,
    #[server(flatten)] fields: GrantFields,
) -> Result<(), RpcError> {
    let (services, ctx) = crate::request::context()?;
    let (grants, problems) = if fields.is_empty() {
        (Vec::new(), Vec::new())
    } else {
        let (grant, problems) = fields.read();
        (vec![grant], problems)
    };
    let password = Some(password).filter(|password| !password.is_empty());
    let new = services::accounts::NewUser { email, name: name.trim().to_owned(), password, grants };
    let outcome = services::accounts::create_user_unless(&services, &ctx, new, problems).await;
    let outcome = GrantFields::named_as_typed(outcome, "");
    crate::form::done("access/create-user", outcome, "/admin/users/new", |user| {
        (format!("/admin/users/{}", user.id), "The account was made.".to_owned())
    })
}
