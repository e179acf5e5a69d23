//! The taxonomy.

use domain::topic::Topic;
use leptos::prelude::*;

use crate::error::RpcError;

/// All topics, each followed by those below it.
#[server(prefix = "/rpc", endpoint = "catalogue/topics")]
pub async fn topics() -> Result<Vec<Topic>, RpcError> {
    let (services, _) = crate::request::context()?;
    Ok(services::topics::list(&services).await?)
}
