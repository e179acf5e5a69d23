//! Making an account.

use leptos::prelude::*;

use super::GrantFields;
use crate::error::RpcError;

/// Makes an account, perhaps with a first role and an invitation, and goes to its page.
#[server(prefix = "/rpc", endpoint = "access/create-user")]
pub async fn create_user(
    #[server(default)] email: String,
    #[server(default)] name: String,
    #[server(default)] password: String,
    #[server(default)] invite: String,
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
    let (invites, has_password) = (invite == "on", password.is_some());
    let new = services::accounts::NewUser { email, name: name.trim().to_owned(), password, grants };
    let outcome = if invites {
        let outcome = services::accounts::invite_new(&services, &ctx, new, problems).await;
        outcome
            .and_then(|(invited, link)| Ok((invited.invitation.user_id, super::invite::sealed(&services, &ctx, link)?)))
    } else {
        services::accounts::create_user_unless(&services, &ctx, new, problems).await.map(|user| (user.id, None))
    };
    let outcome = GrantFields::named_as_typed(outcome, "");
    crate::form::done("access/create-user", outcome, "/admin/users/new", |(id, link)| {
        let made = match (invites, has_password) {
            (true, _) => "The account was made. The invitation is on its way.",
            (false, true) => "The account was made.",
            (false, false) => {
                "The account was made, with no way in yet: it has no password. Invite the person here, or set a first password, unless they sign in through another service."
            }
        };
        (format!("/admin/users/{id}"), super::invite::told(link.as_deref(), made))
    })
}
