//! What a subscriber is told of.

use domain::subscription::SubscriptionView;
use leptos::prelude::*;

use crate::error::RpcError;

/// What the subscriber behind a token is told of; nothing where its subscription is over.
#[server(prefix = "/rpc", endpoint = "subscriptions/own")]
pub async fn own(token: String) -> Result<Vec<SubscriptionView>, RpcError> {
    let (services, ctx) = crate::request::context()?;
    Ok(services::subscriptions::of_subscriber(&services, &ctx, &token).await?)
}
