//! Taking up an invitation.

use domain::invitation::Welcome;
use leptos::prelude::*;

use crate::error::RpcError;

/// Whom the link of an invitation is to; nobody where it works no more.
#[server(prefix = "/rpc", endpoint = "account/welcome")]
pub async fn first_time_welcome(token: String) -> Result<Option<Welcome>, RpcError> {
    let (services, ctx) = crate::request::context()?;
    crate::request::keep_private();
    Ok(services::accounts::welcome(&services, &ctx, &token).await?)
}

/// Takes an invitation up with a password, signs the person in, and goes on to the second factor where one is wanted or needed.
#[server(prefix = "/rpc", endpoint = "account/first-time")]
pub async fn first_time(
    #[server(default)] token: String,
    #[server(default)] name: String,
    #[server(default)] new_password: String,
    #[server(default)] second_factor: String,
) -> Result<(), RpcError> {
    use crate::visit::SessionChange;
    let (services, ctx) = crate::request::context()?;
    let visit = crate::request::visit();
    let wants_factor = second_factor == "on";
    let outcome =
        services::accounts::accept_invitation(&services, &ctx, &token, &name, &new_password, wants_factor).await;
    crate::form::done("account/first-time", outcome, "/account/sign-in", |accepted| {
        let user_id = accepted.opening.user.id.clone();
        if accepted.opening.second_step {
            visit.change_session(SessionChange::SecondStep { user_id, id_token: None });
            return (crate::form::second_step_path("/admin"), String::new());
        }
        visit.change_session(SessionChange::SignedIn { user_id, id_token: None });
        let next = if accepted.sets_factor_up { "/account/second-factor" } else { "/admin" };
        (next.to_owned(), "Your password is set, and you are signed in.".to_owned())
    })
}
