//! Adding, changing, moving, merging and deleting topics.

use leptos::prelude::*;

use super::TopicFields;
use crate::error::RpcError;

/// Adds a topic.
#[server(prefix = "/rpc", endpoint = "topics/create")]
pub async fn create_topic(#[server(flatten)] fields: TopicFields) -> Result<(), RpcError> {
    let (services, ctx) = crate::request::context()?;
    let outcome = match fields.read() {
        Ok((topic, position)) => {
            let new = services::topics::NewTopic { topic, position };
            services::topics::create(&services, &ctx, new).await
        }
        Err(problems) => Err(domain::refusal::Refusal::Invalid { problems }.into()),
    };
    crate::form::done("topics/create", outcome, "/admin/topics", |topic| {
        ("/admin/topics".to_owned(), format!("{} was added.", topic.title))
    })
}

/// Changes what a topic says, where it stands and how it is addressed.
#[server(prefix = "/rpc", endpoint = "topics/edit")]
pub async fn edit_topic(
    #[server(default)] id: String,
    #[server(default)] revision: String,
    #[server(flatten)] fields: TopicFields,
) -> Result<(), RpcError> {
    let (services, ctx) = crate::request::context()?;
    let revision = crate::bundles::number(&revision);
    let outcome = match fields.read() {
        Ok((topic, position)) => {
            let change = services::topics::TopicChange { topic, position };
            services::topics::edit(&services, &ctx, &id, revision, change).await
        }
        Err(problems) => Err(domain::refusal::Refusal::Invalid { problems }.into()),
    };
    crate::form::done("topics/edit", outcome, &format!("/admin/topics/{id}"), |topic| {
        (format!("/admin/topics/{}", topic.id), "The topic was saved.".to_owned())
    })
}

/// Moves everything of a topic to another, for a reason and with its title typed once more.
#[server(prefix = "/rpc", endpoint = "topics/merge")]
pub async fn merge_topic(
    #[server(default)] id: String,
    #[server(default)] revision: String,
    #[server(default)] into: String,
    #[server(default)] reason: String,
    #[server(default)] confirmation: String,
) -> Result<(), RpcError> {
    let (services, ctx) = crate::request::context()?;
    let order = services::topics::MergeOrder {
        expected: Some(crate::bundles::number(&revision)),
        into: &into,
        reason: &reason,
        typed: Some(&confirmation),
    };
    let outcome = services::topics::merge(&services, &ctx, &id, order).await;
    crate::form::done("topics/merge", outcome, &format!("/admin/topics/{id}"), |merged| {
        let said = format!("Merged into {}. Datasets that moved: {}.", merged.into.title, merged.datasets);
        (format!("/admin/topics/{}", merged.into.id), said)
    })
}

/// Deletes a topic that nothing uses.
#[server(prefix = "/rpc", endpoint = "topics/delete")]
pub async fn delete_topic(#[server(default)] id: String, #[server(default)] revision: String) -> Result<(), RpcError> {
    let (services, ctx) = crate::request::context()?;
    let outcome = services::topics::delete(&services, &ctx, &id, crate::bundles::number(&revision)).await;
    crate::form::done("topics/delete", outcome, &format!("/admin/topics/{id}"), |()| {
        ("/admin/topics".to_owned(), "The topic was deleted.".to_owned())
    })
}
