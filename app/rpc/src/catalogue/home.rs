//! The home page.

use domain::views::HomePage;
use leptos::prelude::*;

use crate::error::RpcError;

/// What is new, what comes next, what there is, and figures to open with.
#[server(prefix = "/rpc", endpoint = "catalogue/home")]
pub async fn home() -> Result<HomePage, RpcError> {
    let (services, ctx) = crate::request::context()?;
    let home = services::catalogue::home(&services, &ctx).await?;
    Ok(HomePage { now: ctx.now, ..home.as_ref().clone() })
}
