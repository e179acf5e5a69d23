//! Beginning an edition.

use leptos::prelude::*;

use crate::error::RpcError;

/// Begins an edition and goes to the dataset's page.
#[server(prefix = "/rpc", endpoint = "datasets/create-edition")]
pub async fn create_edition(
    #[server(default)] dataset_id: String,
    #[server(default)] edition: String,
    #[server(default)] title: String,
    #[server(default)] title_cy: String,
) -> Result<(), RpcError> {
    let (services, ctx) = crate::request::context()?;
    let page = format!("/admin/datasets/{dataset_id}");
    let title_cy = Some(title_cy.trim().to_owned()).filter(|t| !t.is_empty());
    let new = services::datasets::NewEdition { dataset_id, edition: edition.trim().to_owned(), title, title_cy };
    let outcome = services::datasets::create_edition(&services, &ctx, new).await;
    crate::form::done("datasets/create-edition", outcome, &page, |edition| {
        (page.clone(), format!("The edition {} was created. Begin its first version.", edition.title))
    })
}
