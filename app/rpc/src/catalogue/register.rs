//! The whole catalogue by title.

use domain::register::{RegisterPage, RegisterQuery};
use leptos::prelude::*;

use crate::error::RpcError;

/// A page of the catalogue by title.
#[server(prefix = "/rpc", endpoint = "catalogue/register")]
pub async fn register(query: RegisterQuery) -> Result<RegisterPage, RpcError> {
    let (services, _) = crate::request::context()?;
    Ok(services::catalogue::register(&services, &query).await?)
}
