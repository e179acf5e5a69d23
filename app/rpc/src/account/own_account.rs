//! One's own account.

use domain::account;
use leptos::prelude::*;

use crate::error::RpcError;

/// The ways to sign in besides a password.
#[server(prefix = "/rpc", endpoint = "account/ways-in")]
pub async fn ways_in() -> Result<account::WaysIn, RpcError> {
    let (services, _) = crate::request::context()?;
    Ok(services::accounts::ways_in(&services))
}

/// One's own account: second factor and sessions.
#[server(prefix = "/rpc", endpoint = "account/own")]
pub async fn own_account() -> Result<account::OwnAccount, RpcError> {
    let (services, ctx) = crate::request::context()?;
    let session = crate::request::visit().session;
    Ok(services::accounts::own_account(&services, &ctx, session.as_deref()).await?)
}
