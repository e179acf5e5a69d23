//! Setting second factors up, renewing the recovery codes and taking second factors away. Passkeys are added by a script, which the server
//! answers by itself.

use domain::account;
use leptos::prelude::*;

use crate::error::RpcError;

/// Begins to set up a second factor.
#[server(prefix = "/rpc", endpoint = "account/begin-second-factor")]
pub async fn begin_second_factor() -> Result<(), RpcError> {
    let (services, ctx) = crate::request::context()?;
    let outcome = services::accounts::begin_second_factor(&services, &ctx).await;
    crate::form::done("account/begin-second-factor", outcome, "/account", |()| {
        ("/account/second-factor".to_owned(), String::new())
    })
}

/// What the authenticator app needs to be told, while the second factor is being set up.
#[server(prefix = "/rpc", endpoint = "account/second-factor-set-up")]
pub async fn second_factor_set_up() -> Result<account::SetUp, RpcError> {
    let (services, ctx) = crate::request::context()?;
    Ok(services::accounts::second_factor_set_up(&services, &ctx).await?)
}

/// Ends the set-up with a first code and goes on to the recovery codes.
#[server(prefix = "/rpc", endpoint = "account/confirm-second-factor")]
pub async fn confirm_second_factor(#[server(default)] code: String) -> Result<(), RpcError> {
    const SAID: &str = "Your second factor is set up. From now on you are asked for a code when you sign in.";
    let (services, ctx) = crate::request::context()?;
    let outcome = services::accounts::confirm_second_factor(&services, &ctx, &code).await;
    // Who has passkeys already has recovery codes, too.
    let outcome = outcome.and_then(|codes| match codes.as_slice() {
        [] => Ok(None),
        codes => services::accounts::seal_codes(&services, &ctx, codes).map(Some),
    });
    crate::form::done("account/confirm-second-factor", outcome, "/account/second-factor", |sealed| match sealed {
        Some(sealed) => show_codes(sealed, SAID),
        None => ("/account".to_owned(), SAID.to_owned()),
    })
}

/// Replaces the recovery codes and shows the new ones.
#[server(prefix = "/rpc", endpoint = "account/renew-recovery-codes")]
pub async fn renew_recovery_codes(#[server(default)] password: String) -> Result<(), RpcError> {
    let (services, ctx) = crate::request::context()?;
    let outcome = services::accounts::renew_recovery_codes(&services, &ctx, &password).await;
    let outcome = outcome.and_then(|codes| services::accounts::seal_codes(&services, &ctx, &codes));
    crate::form::done("account/renew-recovery-codes", outcome, "/account", |sealed| {
        show_codes(sealed, "You have new recovery codes. The old ones no longer work.")
    })
}

/// The recovery codes that were just made, once; none when asked again.
#[server(prefix = "/rpc", endpoint = "account/recovery-codes")]
pub async fn recovery_codes() -> Result<Vec<String>, RpcError> {
    let (services, ctx) = crate::request::context()?;
    let flash = crate::request::visit().flash;
    let sealed = flash.as_ref().and_then(|flash| flash.values.get(CODES)?.first());
    match sealed {
        Some(sealed) => Ok(services::accounts::open_codes(&services, &ctx, sealed)?),
        None => Ok(Vec::new()),
    }
}

/// Takes one's own authenticator app away.
#[server(prefix = "/rpc", endpoint = "account/remove-second-factor")]
pub async fn remove_second_factor(#[server(default)] password: String) -> Result<(), RpcError> {
    let (services, ctx) = crate::request::context()?;
    let outcome = services::accounts::remove_second_factor(&services, &ctx, &password).await;
    crate::form::done("account/remove-second-factor", outcome, "/account", |is_left| {
        let said = if *is_left {
            "Your authenticator app was removed. You sign in with your password and a passkey."
        } else {
            "Your second factor was removed. You sign in with your password alone."
        };
        ("/account".to_owned(), said.to_owned())
    })
}

/// Removes one of one's own passkeys.
#[server(prefix = "/rpc", endpoint = "account/remove-passkey")]
pub async fn remove_passkey(
    #[server(default)] passkey: String,
    #[server(default)] password: String,
) -> Result<(), RpcError> {
    let (services, ctx) = crate::request::context()?;
    let outcome = services::accounts::remove_passkey(&services, &ctx, &passkey, &password).await;
    crate::form::done("account/remove-passkey", outcome, "/account", |()| {
        ("/account".to_owned(), "That passkey was removed.".to_owned())
    })
}

#[cfg(not(target_family = "wasm"))]
const CODES: &str = "codes";

/// The page that shows recovery codes that were just made.
#[cfg(not(target_family = "wasm"))]
pub const CODES_PAGE: &str = "/account/recovery-codes";

/// What is left for that page alone: the codes, sealed, and what was done.
#[cfg(not(target_family = "wasm"))]
#[must_use]
pub fn shown_codes(sealed: &str, notice: &str) -> crate::visit::Flash {
    let values = [(CODES.to_owned(), vec![sealed.to_owned()])].into();
    let form = "account/recovery-codes".to_owned();
    crate::visit::Flash { form, values, notice: Some(notice.to_owned()), refusal: None }
}

/// Leaves the codes for their page.
#[cfg(not(target_family = "wasm"))]
fn show_codes(sealed: &str, notice: &str) -> (String, String) {
    crate::request::visit().leave(shown_codes(sealed, notice));
    (CODES_PAGE.to_owned(), String::new())
}
