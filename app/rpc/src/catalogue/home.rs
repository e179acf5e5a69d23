//! The home page.

use domain::views::HomePage;
use leptos::prelude::*;

use crate::error::RpcError;

/// What is new, what there is, and one figure to open with.
#[server(prefix = "/rpc", endpoint = "catalogue/home")]
pub async fn home() -> Result<HomePage, RpcError> {
    let (services, _) = crate::request::context()?;
    Ok(services::catalogue::home(&services).await?.as_ref().clone())
}
