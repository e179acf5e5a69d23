//! Ending subscriptions.

use domain::language::Language;
use leptos::prelude::*;

use crate::error::RpcError;

/// Ends one subscription.
#[server(prefix = "/rpc", endpoint = "subscriptions/end")]
pub async fn end(#[server(default)] language: Language, #[server(default)] token: String) -> Result<(), RpcError> {
    let (services, ctx) = crate::request::context()?;
    let outcome = services::subscriptions::end(&services, &ctx, &token).await;
    ended("subscriptions/end", outcome, language)
}

/// Ends all subscriptions of the subscriber behind a token.
#[server(prefix = "/rpc", endpoint = "subscriptions/end-all")]
pub async fn end_all(#[server(default)] language: Language, #[server(default)] token: String) -> Result<(), RpcError> {
    let (services, ctx) = crate::request::context()?;
    let outcome = services::subscriptions::end_all(&services, &ctx, &token).await;
    ended("subscriptions/end-all", outcome, language)
}

#[cfg(not(target_family = "wasm"))]
fn ended(form: &str, outcome: Result<(), services::ServiceError>, language: Language) -> Result<(), RpcError> {
    let prefix = language.path_prefix();
    crate::form::done(form, outcome, &format!("{prefix}/subscribe/manage"), |()| {
        (format!("{prefix}/subscribe/ended"), String::new())
    })
}
