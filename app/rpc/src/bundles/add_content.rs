//! Putting a version into a bundle.

use leptos::prelude::*;

use crate::error::RpcError;

/// Puts a version, named `dataset/edition/number`, into a bundle in preparation.
#[server(prefix = "/rpc", endpoint = "bundles/add-content")]
pub async fn add_content(
    #[server(default)] id: String,
    #[server(default)] revision: String,
    #[server(default)] version: String,
) -> Result<(), RpcError> {
    let (services, ctx) = crate::request::context()?;
    let outcome = match crate::versions::read_reference(&version) {
        Some(key) => services::bundles::add_content(&services, &ctx, &id, Some(super::number(&revision)), &key).await,
        None => Err(domain::refusal::Refusal::field("version", "required", "Choose a version to add.").into()),
    };
    let page = format!("/admin/bundles/{id}");
    crate::form::done("bundles/add-content", outcome, &page, |item| {
        let words = format!("{}, version {}, was added.", item.title, item.version);
        super::undo::leave("bundles/add-content", &id, super::Undo::TakeOut(vec![item.reference()]), words);
        (page.clone(), String::new())
    })
}
