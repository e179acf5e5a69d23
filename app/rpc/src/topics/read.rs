//! What the pages about the taxonomy show.

use domain::curation::{FiledTopics, TopicSheet};
use leptos::prelude::*;

use crate::error::RpcError;

/// All topics, each followed by those below it, with what is filed under them, for somebody who may change them.
#[server(prefix = "/rpc", endpoint = "topics/tree")]
pub async fn topic_tree() -> Result<FiledTopics, RpcError> {
    let (services, ctx) = crate::request::context()?;
    services::topics::editor(&ctx).map_err(services::ServiceError::from)?;
    Ok(services::topics::filed(&services).await?)
}

/// One topic, with the taxonomy around it.
#[server(prefix = "/rpc", endpoint = "topics/one")]
pub async fn topic_read(id: String) -> Result<TopicSheet, RpcError> {
    let (services, ctx) = crate::request::context()?;
    services::topics::editor(&ctx).map_err(services::ServiceError::from)?;
    let topics = services::topics::list(&services).await?;
    let found = topics.iter().find(|topic| topic.id == id).cloned();
    let topic = found.ok_or(RpcError::Refused(domain::refusal::Refusal::NotFound))?;
    let history = crate::access::history_of(&services, &ctx, "topic", &id).await?;
    let weight = services::topics::weight(&services, &topics, &id).await?;
    Ok(TopicSheet { topic, topics, weight, history })
}
