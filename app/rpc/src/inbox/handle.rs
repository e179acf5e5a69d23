//! Dealing with what readers told.

use leptos::prelude::*;

use crate::error::RpcError;

/// Notes that the caller has dealt with it, and how.
#[server(prefix = "/rpc", endpoint = "inbox/handle")]
pub async fn handle_feedback(#[server(default)] id: String, #[server(default)] note: String) -> Result<(), RpcError> {
    let (services, ctx) = crate::request::context()?;
    let outcome = services::feedback::handle(&services, &ctx, &id, &note).await;
    let page = crate::request::form_page().unwrap_or_else(|| "/admin/feedback".to_owned());
    crate::form::done("inbox/handle", outcome, &page, |()| (page.clone(), "Dealt with.".to_owned()))
}

/// Puts it back, so that it waits again.
#[server(prefix = "/rpc", endpoint = "inbox/put-back")]
pub async fn put_back_feedback(#[server(default)] id: String) -> Result<(), RpcError> {
    let (services, ctx) = crate::request::context()?;
    let outcome = services::feedback::put_back(&services, &ctx, &id).await;
    let page = crate::request::form_page().unwrap_or_else(|| "/admin/feedback".to_owned());
    crate::form::done("inbox/put-back", outcome, &page, |()| (page.clone(), "It waits again.".to_owned()))
}
