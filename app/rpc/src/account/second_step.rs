//! The second step of signing in.

use leptos::prelude::*;

use crate::error::RpcError;

/// Takes a code of the authenticator app or a recovery code, and goes to `next`, a path of this site.
#[server(prefix = "/rpc", endpoint = "account/second-step")]
pub async fn second_step(#[server(default)] code: String, #[server(default)] next: String) -> Result<(), RpcError> {
    let (services, ctx) = crate::request::context()?;
    let visit = crate::request::visit();
    let Some(user_id) = visit.awaits_second_step.clone() else {
        crate::request::see_other(&crate::form::sign_in_path(&next));
        return Ok(());
    };
    let outcome = services::accounts::second_step(&services, &ctx, &user_id, &code).await;
    crate::form::done("account/second-step", outcome, "/account/second-step", |_| {
        visit.change_session(crate::visit::SessionChange::SecondStepTaken { user_id: user_id.clone() });
        (crate::form::local_path(&next).unwrap_or_else(|| "/admin".to_owned()), String::new())
    })
}
