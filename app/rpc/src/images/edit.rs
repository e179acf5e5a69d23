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
    // The form has no field for the title, which therefore stays.
    let outcome = match services::images::find(&services, &ctx, &id).await {
        Ok(stored) => {
            let texts = domain::image::ImageTexts::new(alt, Some(caption), stored.image.texts.title);
            services::images::edit(&services, &ctx, &id, revision, texts).await
        }
        Err(error) => Err(error),
    };
    let page = crate::request::form_page().unwrap_or_else(|| "/admin/datasets".to_owned());
    crate::form::done("images/edit", outcome, &page, |_| (page.clone(), "The image's words were saved.".to_owned()))
}
