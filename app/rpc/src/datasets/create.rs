//! Beginning a dataset.

#[cfg(not(target_family = "wasm"))]
use domain::slug::Slug;
use leptos::prelude::*;

use super::DatasetFields;
use crate::error::RpcError;

/// Begins a dataset and goes to its page; without an id it gets one that is made of its title, where one can be.
#[server(prefix = "/rpc", endpoint = "datasets/create")]
pub async fn create(
    #[server(default)] id: String,
    #[server(default)] department: String,
    #[server(flatten)] fields: DatasetFields,
) -> Result<(), RpcError> {
    let (services, ctx) = crate::request::context()?;
    let metadata = fields.metadata(domain::dataset::DatasetMetadata::default());
    let typed = Some(id.trim().to_owned()).filter(|id| !id.is_empty());
    let id = typed.or_else(|| Slug::of_title(&metadata.title).map(|slug| slug.as_str().to_owned()));
    let new =
        services::datasets::NewDataset { id: id.unwrap_or_default(), kind: "static".to_owned(), department, metadata };
    let outcome = services::datasets::create(&services, &ctx, new).await;
    crate::form::done("datasets/create", outcome, "/admin/datasets/new", |dataset| {
        (format!("/admin/datasets/{}", dataset.id), "The dataset was created. Begin its first edition.".to_owned())
    })
}
