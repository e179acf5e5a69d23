//! Moving a version of a bundle up or down.

use leptos::prelude::*;

use crate::error::RpcError;

/// Moves a version of a bundle in preparation past the one that stood beside it when its mover looked.
#[server(prefix = "/rpc", endpoint = "bundles/move-content")]
pub async fn move_content(
    #[server(default)] id: String,
    #[server(default)] revision: String,
    #[server(default)] item_id: String,
    #[server(default)] past: String,
) -> Result<(), RpcError> {
    let (services, ctx) = crate::request::context()?;
    let expected = super::number(&revision);
    let outcome = services::bundles::swap_contents(&services, &ctx, &id, expected, (&item_id, &past)).await;
    let page = format!("/admin/bundles/{id}");
    crate::form::done("bundles/move-content", outcome, &page, |_| {
        (format!("{page}#{}", domain::bundle::item_anchor(&item_id)), "The version was moved.".to_owned())
    })
}
