//! The second step of signing in.

use domain::account;
use leptos::prelude::*;

use crate::error::RpcError;

/// By what the second step may be taken by who has taken the first; by nothing where that is nobody.
#[server(prefix = "/rpc", endpoint = "account/second-step-ways")]
pub async fn second_step_ways() -> Result<account::SecondStepWays, RpcError> {
    let (services, _) = crate::request::context()?;
    match crate::request::visit().awaits_second_step {
        Some(user_id) => Ok(services::accounts::second_step_ways(&services, &user_id).await?),
        None => Ok(account::SecondStepWays::default()),
    }
}

/// Takes a code of the authenticator app or a recovery code, has the device remembered where that is ticked, and goes to `next`, a
/// path of this site.
#[server(prefix = "/rpc", endpoint = "account/second-step")]
pub async fn second_step(
    #[server(default)] code: String,
    #[server(default)] next: String,
    #[server(default)] remember_device: String,
) -> Result<(), RpcError> {
    use crate::visit::{DeviceChange, DeviceToken, SessionChange};
    let (services, ctx) = crate::request::context()?;
    let visit = crate::request::visit();
    let Some(user_id) = visit.awaits_second_step.clone() else {
        crate::request::see_other(&crate::form::sign_in_path(&next));
        return Ok(());
    };
    // A device is asked for after a password alone, so whoever comes through a provider would not find it remembered.
    let browser = Some(visit.browser.as_str()).filter(|_| remember_device == "on" && !visit.through_provider);
    let outcome = services::accounts::second_step(&services, &ctx, &user_id, &code, browser).await;
    crate::form::done("account/second-step", outcome, "/account/second-step", |(_, device)| {
        if let Some(shown) = device {
            let days = services.accounts.remember_device_days;
            visit.change_device(DeviceChange::Remembered { token: DeviceToken::new(shown), days });
        }
        visit.change_session(SessionChange::SecondStepTaken { user_id: user_id.clone() });
        (crate::form::local_path(&next).unwrap_or_else(|| "/admin".to_owned()), String::new())
    })
}
