//! The taxonomy.

use domain::topic::Topic;
use leptos::prelude::*;

use crate::error::RpcError;

/// All topics in their order.
#[server(prefix = "/rpc", endpoint = "catalogue/topics")]
pub async fn topics() -> Result<Vec<Topic>, RpcError> {
    let (services, _) = crate::request::context()?;
    Ok(services::datasets::topics(&services).await?)
}
