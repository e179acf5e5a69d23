//! Changing the titles of an edition.

use leptos::prelude::*;

use crate::error::RpcError;

/// Changes the titles of an edition.
#[server(prefix = "/rpc", endpoint = "datasets/edit-edition")]
pub async fn edit_edition(
    #[server(default)] dataset_id: String,
    #[server(default)] edition: String,
    #[server(default)] revision: String,
    #[server(default)] title: String,
    #[server(default)] title_cy: String,
) -> Result<(), RpcError> {
    let (services, ctx) = crate::request::context()?;
    let (page, own) =
        (format!("/admin/datasets/{dataset_id}"), format!("/admin/datasets/{dataset_id}/editions/{edition}"));
    // Who changes them on the edition's own page stays there.
    let page = crate::request::form_page().filter(|from| from.split('?').next() == Some(own.as_str())).unwrap_or(page);
    let outcome = match services::datasets::find_edition(&services, &ctx, &dataset_id, &edition).await {
        Ok(found) => {
            let title_cy = Some(title_cy.trim().to_owned()).filter(|t| !t.is_empty());
            let changed = domain::dataset::Edition { title: title.trim().to_owned(), title_cy, ..found };
            services::datasets::edit_edition(&services, &ctx, crate::bundles::number(&revision), changed).await
        }
        Err(error) => Err(error),
    };
    crate::form::done("datasets/edit-edition", outcome, &page, |edition| {
        (page.clone(), format!("The edition is called {} now.", edition.title))
    })
}
