//! Beginning a dataset.

use leptos::prelude::*;

use super::DatasetFields;
use crate::error::RpcError;

/// Begins a dataset and goes to its page.
#[server(prefix = "/rpc", endpoint = "datasets/create")]
pub async fn create(
    #[server(default)] id: String,
    #[server(default)] department: String,
    #[server(flatten)] fields: DatasetFields,
) -> Result<(), RpcError> {
    let (services, ctx) = crate::request::context()?;
    let new = services::datasets::NewDataset {
        id: id.trim().to_owned(),
        kind: "static".to_owned(),
        department,
        metadata: fields.metadata(domain::dataset::DatasetMetadata::default()),
    };
    let outcome = services::datasets::create(&services, &ctx, new).await;
    crate::form::done("datasets/create", outcome, "/admin/datasets/new", |dataset| {
        (format!("/admin/datasets/{}", dataset.id), "The dataset was created. Begin its first edition.".to_owned())
    })
}
