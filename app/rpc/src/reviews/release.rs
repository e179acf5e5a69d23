//! Giving up what one has taken for review.

use leptos::prelude::*;

use crate::error::RpcError;

/// Notes that the viewer does not review what the form names any more.
#[server(prefix = "/rpc", endpoint = "reviews/release")]
pub async fn release(#[server(default)] object: String) -> Result<(), RpcError> {
    let (services, ctx) = crate::request::context()?;
    let outcome = match super::named(&object) {
        Ok(of) => services::reviews::release(&services, &ctx, &of).await,
        Err(error) => Err(error),
    };
    let page = super::queue_page();
    crate::form::done("reviews/release", outcome, &page, |()| {
        (page.clone(), "You are not reviewing it any more.".to_owned())
    })
}
