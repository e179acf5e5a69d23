//! What one did oneself.

use domain::event::Event;
use domain::page::Page;
use leptos::prelude::*;

use crate::error::RpcError;

/// A page of what the caller did, the newest first.
#[server(prefix = "/rpc", endpoint = "account/activity")]
pub async fn own_activity(page: u32) -> Result<Page<Event>, RpcError> {
    let (services, ctx) = crate::request::context()?;
    Ok(services::audit::own(&services, &ctx, crate::form::paging(page)).await?)
}
