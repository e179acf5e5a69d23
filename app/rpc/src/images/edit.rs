//! Changing what is written about an image.

use leptos::prelude::*;

use crate::error::RpcError;

/// Changes what is written about an image and goes back to the version's page.
#[server(prefix = "/rpc", endpoint = "images/edit")]
pub async fn edit(
    #[server(default)] id: String,
    #[server(default)] revision: i64,
    #[server(default)] alt: String,
    #[server(default)] caption: String,
) -> Result<(), RpcError> {
    let (services, ctx) = crate::request::context()?;
    let texts = domain::image::ImageTexts::new(alt, Some(caption), None);
    let outcome = services::images::edit(&services, &ctx, &id, revision, texts).await;
    let page = crate::request::form_page().unwrap_or_else(|| "/admin/datasets".to_owned());
    crate::form::done("images/edit", outcome, &page, |_| (page.clone(), "The image's words were saved.".to_owned()))
}
