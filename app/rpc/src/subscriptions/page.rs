//! The page to subscribe.

use domain::subscription::SubscribePage;
use leptos::prelude::*;

use crate::error::RpcError;

/// What can be subscribed to: a dataset, a topic, or everything where neither is named.
#[server(prefix = "/rpc", endpoint = "subscriptions/page")]
pub async fn subscribe_page_for(
    dataset_id: Option<String>,
    topic_id: Option<String>,
) -> Result<SubscribePage, RpcError> {
    let (services, _) = crate::request::context()?;
    Ok(services::subscriptions::subscribe_page(&services, dataset_id.as_deref(), topic_id.as_deref()).await?)
}
