//! Taking a version out of a bundle.

use leptos::prelude::*;

use crate::error::RpcError;

/// Takes a version out of a bundle in preparation; `version` names it for the way back.
#[server(prefix = "/rpc", endpoint = "bundles/remove-content")]
pub async fn remove_content(
    #[server(default)] id: String,
    #[server(default)] revision: String,
    #[server(default)] item_id: String,
    #[server(default)] version: String,
) -> Result<(), RpcError> {
    let (services, ctx) = crate::request::context()?;
    let expected = Some(super::number(&revision));
    let outcome = services::bundles::remove_content(&services, &ctx, &id, expected, &item_id).await;
    let page = format!("/admin/bundles/{id}");
    crate::form::done("bundles/remove-content", outcome, &page, |_| {
        let words = "The version was taken out of the bundle.".to_owned();
        let names: Vec<String> = Some(version).filter(|name| !name.is_empty()).into_iter().collect();
        super::undo::leave("bundles/remove-content", &id, super::Undo::PutBack(names), words);
        (page.clone(), String::new())
    })
}
