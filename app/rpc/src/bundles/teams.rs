//! Teams for the form of a bundle.

use domain::people::Team;
use leptos::prelude::*;

use crate::error::RpcError;

/// All teams with whom a bundle can be shared.
#[server(prefix = "/rpc", endpoint = "bundles/teams")]
pub async fn teams() -> Result<Vec<Team>, RpcError> {
    let (services, ctx) = crate::request::context()?;
    Ok(services::datasets::teams(&services, &ctx).await?)
}
