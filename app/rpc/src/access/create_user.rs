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
    let (grants, mut problems) = if fields.is_empty() {
        (Vec::new(), Vec::new())
    } else {
        let (grant, problems) = fields.read();
        (vec![grant], problems)
    };
    let password = Some(password).filter(|password| !password.is_empty());
    let invites = invite == "on";
    if invites && password.is_some() {
        let message = "Whoever is invited chooses a password. Leave this empty, or do not invite.";
        problems.push(domain::refusal::FieldProblem::new("password", "not_with_invitation", message));
    }
    let new = services::accounts::NewUser { email, name: name.trim().to_owned(), password, grants };
    let outcome = services::accounts::create_user_unless(&services, &ctx, new, problems).await;
    let outcome = GrantFields::named_as_typed(outcome, "");
    let outcome = match outcome {
        Ok(user) if invites => match super::invite::invited(&services, &ctx, &user.id).await {
            Ok(link) => Ok((user, link)),
            // The account is there, and its page offers to invite again.
            Err(error) => {
                let (page, made) = (format!("/admin/users/{}", user.id), "The account was made.");
                return crate::form::refused_at("access/invite", error, &page, made);
            }
        },
        other => other.map(|user| (user, None)),
    };
    crate::form::done("access/create-user", outcome, "/admin/users/new", |(user, link)| {
        let made =
            if invites { "The account was made. The invitation is on its way." } else { "The account was made." };
        (format!("/admin/users/{}", user.id), super::invite::told(link.as_deref(), made))
    })
}
