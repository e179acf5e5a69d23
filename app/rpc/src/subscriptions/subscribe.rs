//! Asking for letters.

use domain::language::Language;
use leptos::prelude::*;

use crate::error::RpcError;

/// Asks for letters about a dataset, a topic, a search or everything; the answer is the same whoever has subscribed before.
#[server(prefix = "/rpc", endpoint = "subscriptions/subscribe")]
pub async fn subscribe(
    #[server(default)] language: Language,
    #[server(default)] dataset_id: String,
    #[server(default)] topic_id: String,
    #[server(default)] search: String,
    #[server(default)] address: String,
) -> Result<(), RpcError> {
    let (services, ctx) = crate::request::context()?;
    let named = |id: String| Some(id).filter(|id| !id.is_empty());
    let wanted = services::subscriptions::Wanted {
        channel: domain::subscription::SubscriptionChannel::Email,
        address,
        language,
        dataset_id: named(dataset_id),
        topic_id: named(topic_id),
        search: named(search),
    };
    let outcome = services::subscriptions::ask(&services, &ctx, wanted).await;
    let prefix = language.path_prefix();
    crate::form::done("subscriptions/subscribe", outcome, &format!("{prefix}/subscribe"), |_| {
        (format!("{prefix}/subscribe/sent"), String::new())
    })
}
