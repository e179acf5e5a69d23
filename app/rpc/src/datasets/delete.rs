//! Deleting a dataset.

use leptos::prelude::*;

use crate::error::RpcError;

/// Deletes a dataset that was never public, with its id typed once more.
#[server(prefix = "/rpc", endpoint = "datasets/delete")]
pub async fn delete(
    #[server(default)] id: String,
    #[server(default)] revision: String,
    #[server(default)] confirmation: String,
) -> Result<(), RpcError> {
    use domain::refusal::Refusal;

    let (services, ctx) = crate::request::context()?;
    let outcome = if confirmation.trim() == id {
        services::datasets::delete(&services, &ctx, &id, crate::bundles::number(&revision)).await
    } else {
        let message = "Type the dataset's id exactly, so that the right one is deleted.";
        Err(Refusal::field("confirmation", "mismatch", message).into())
    };
    crate::form::done("datasets/delete", outcome, &format!("/admin/datasets/{id}"), |()| {
        ("/admin/datasets".to_owned(), "The dataset was deleted.".to_owned())
    })
}
