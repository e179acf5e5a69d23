//! The portal's start page.

use domain::views;
use leptos::prelude::*;

use crate::error::RpcError;

/// What waits for the person signed in, what comes next and what happened last.
#[server(prefix = "/rpc", endpoint = "account/dashboard")]
pub async fn dashboard() -> Result<views::Dashboard, RpcError> {
    let (services, ctx) = crate::request::context()?;
    Ok(services::dashboard::dashboard(&services, &ctx).await?)
}
