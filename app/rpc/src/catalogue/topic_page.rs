//! The page of a topic.

use domain::catalogue::SearchQuery;
use domain::views::TopicPage;
use leptos::prelude::*;

use crate::error::RpcError;

/// The topic with what is published on it, or where its address leads now.
#[server(prefix = "/rpc", endpoint = "catalogue/topic-page", input = leptos::server_fn::codec::Json)]
pub async fn topic_page_for(id: String, query: SearchQuery) -> Result<TopicPage, RpcError> {
    let (services, ctx) = crate::request::context()?;
    Ok(services::topics::page(&services, &ctx, &id, query).await?)
}
