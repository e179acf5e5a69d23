//! Confirming a subscription by the link of its letter.

use domain::language::Language;
use domain::subscription::SubscriptionView;
use leptos::prelude::*;

use crate::error::RpcError;

/// What a link confirms; `None` where it has ended. Looking confirms nothing, since programs open links before people do.
#[server(prefix = "/rpc", endpoint = "subscriptions/to-confirm")]
pub async fn to_confirm(token: String) -> Result<Option<SubscriptionView>, RpcError> {
    let (services, ctx) = crate::request::context()?;
    let Some(found) = services::subscriptions::find_to_confirm(&services, &ctx, &token).await? else { return Ok(None) };
    let target = services::subscriptions::name(&services, &found.target).await?;
    let confirmed = matches!(found.state, domain::subscription::SubscriptionState::Confirmed { .. });
    Ok(Some(SubscriptionView { token, target, confirmed }))
}

/// Confirms a subscription.
#[server(prefix = "/rpc", endpoint = "subscriptions/confirm")]
pub async fn confirm(#[server(default)] language: Language, #[server(default)] token: String) -> Result<(), RpcError> {
    let (services, ctx) = crate::request::context()?;
    let outcome = services::subscriptions::confirm(&services, &ctx, &token).await;
    let prefix = language.path_prefix();
    crate::form::done("subscriptions/confirm", outcome, &format!("{prefix}/subscribe/confirm"), |_| {
        (format!("{prefix}/subscribe/confirmed"), String::new())
    })
}
