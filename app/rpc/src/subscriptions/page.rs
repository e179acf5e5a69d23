//! The page to subscribe.

use domain::subscription::SubscribePage;
use leptos::prelude::*;

use crate::error::RpcError;

/// What can be subscribed to: a dataset, a topic, a search, or everything where none is named.
#[server(prefix = "/rpc", endpoint = "subscriptions/page")]
pub async fn subscribe_page_for(
    dataset_id: Option<String>,
    topic_id: Option<String>,
    search: Option<String>,
) -> Result<SubscribePage, RpcError> {
    let (services, _) = crate::request::context()?;
    let (dataset, topic, search) = (dataset_id.as_deref(), topic_id.as_deref(), search.as_deref());
    Ok(services::subscriptions::subscribe_page(&services, dataset, topic, search).await?)
}
