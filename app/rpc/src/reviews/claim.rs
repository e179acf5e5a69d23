//! Taking something for review.

use leptos::prelude::*;

use crate::error::RpcError;

/// Notes that the viewer reviews what the form names, so that others know.
#[server(prefix = "/rpc", endpoint = "reviews/claim")]
pub async fn claim(#[server(default)] object: String) -> Result<(), RpcError> {
    let (services, ctx) = crate::request::context()?;
    let outcome = match super::named(&object) {
        Ok(of) => services::reviews::claim(&services, &ctx, &of).await,
        Err(error) => Err(error),
    };
    let page = super::queue_page();
    crate::form::done("reviews/claim", outcome, &page, |_| {
        (page.clone(), "You are reviewing it now; others see that.".to_owned())
    })
}
