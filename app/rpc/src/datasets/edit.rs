//! Changing a dataset's draft.

use leptos::prelude::*;

use super::DatasetFields;
use crate::error::RpcError;

/// Replaces what the form shows of the draft; what it does not show stays.
#[server(prefix = "/rpc", endpoint = "datasets/edit")]
pub async fn edit(
    #[server(default)] id: String,
    #[server(default)] revision: String,
    #[server(flatten)] fields: DatasetFields,
) -> Result<(), RpcError> {
    let (services, ctx) = crate::request::context()?;
    let outcome = match services::datasets::find(&services, &ctx, &id).await {
        Ok(dataset) => {
            let draft = fields.metadata(dataset.working());
            services::datasets::edit(&services, &ctx, &id, crate::bundles::number(&revision), draft).await
        }
        Err(error) => Err(error),
    };
    let page = format!("/admin/datasets/{id}");
    crate::form::done("datasets/edit", outcome, &page, |_| (page.clone(), "The draft was saved.".to_owned()))
}
