//! Signing in.

use leptos::prelude::*;

use crate::error::RpcError;

/// Signs somebody in and goes to `next`, a path of this site, or on to the second step, unless a remembered device stands in for it.
#[server(prefix = "/rpc", endpoint = "account/sign-in")]
pub async fn sign_in(
    #[server(default)] email: String,
    #[server(default)] password: String,
    #[server(default)] next: String,
) -> Result<(), RpcError> {
    use crate::visit::{DeviceChange, DeviceToken, SessionChange};
    let (services, ctx) = crate::request::context()?;
    let visit = crate::request::visit();
    let device = visit.device.as_ref().map(DeviceToken::expose);
    let outcome = services::accounts::sign_in(&services, &ctx, &email, &password, device).await;
    crate::form::done("account/sign-in", outcome, "/account/sign-in", |opening| {
        let user_id = opening.user.id.clone();
        if opening.forgets_device {
            visit.change_device(DeviceChange::Forgotten);
        }
        let next = crate::form::local_path(&next).unwrap_or_else(|| "/admin".to_owned());
        if opening.second_step {
            visit.change_session(SessionChange::SecondStep { user_id, id_token: None });
            (crate::form::second_step_path(&next), String::new())
        } else {
            visit.change_session(SessionChange::SignedIn { user_id, id_token: None });
            (next, String::new())
        }
    })
}
