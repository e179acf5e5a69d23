//! Dealing with what readers told: by whom, what was corrected, an answer, and that it is done.

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

/// Gives it to somebody who is to deal with it, or to nobody.
#[server(prefix = "/rpc", endpoint = "inbox/assign")]
pub async fn assign_feedback(#[server(default)] id: String, #[server(default)] to: String) -> Result<(), RpcError> {
    let (services, ctx) = crate::request::context()?;
    let outcome = services::feedback::assign(&services, &ctx, &id, to.trim()).await;
    let page = crate::request::form_page().unwrap_or_else(|| "/admin/feedback".to_owned());
    crate::form::done("inbox/assign", outcome, &page, |name| {
        let said = match name {
            Some(name) => format!("{name} deals with it."),
            None => "Nobody in particular deals with it.".to_owned(),
        };
        (page.clone(), said)
    })
}

/// Links it to the page of the version that was corrected because of it.
#[server(prefix = "/rpc", endpoint = "inbox/link")]
pub async fn link_feedback(
    #[server(default)] id: String,
    #[server(default)] correction: String,
) -> Result<(), RpcError> {
    let (services, ctx) = crate::request::context()?;
    let outcome = services::feedback::link(&services, &ctx, &id, &correction).await;
    let page = crate::request::form_page().unwrap_or_else(|| "/admin/feedback".to_owned());
    crate::form::done("inbox/link", outcome, &page, |()| {
        (page.clone(), "The link to the correction is kept.".to_owned())
    })
}

/// Answers whoever told it by letter.
#[server(prefix = "/rpc", endpoint = "inbox/reply")]
pub async fn reply_to_feedback(#[server(default)] id: String, #[server(default)] text: String) -> Result<(), RpcError> {
    let (services, ctx) = crate::request::context()?;
    let outcome = services::feedback::reply(&services, &ctx, &id, &text).await;
    let page = crate::request::form_page().unwrap_or_else(|| "/admin/feedback".to_owned());
    crate::form::done("inbox/reply", outcome, &page, |()| (page.clone(), "The answer is on its way.".to_owned()))
}
