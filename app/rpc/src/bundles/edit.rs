//! Changing what is said about a bundle.

use leptos::prelude::*;

use super::BundleFields;
use crate::error::RpcError;

/// Replaces title, description, type and teams of a bundle in preparation.
#[server(prefix = "/rpc", endpoint = "bundles/edit")]
pub async fn edit(
    #[server(default)] id: String,
    #[server(default)] revision: String,
    #[server(flatten)] fields: BundleFields,
) -> Result<(), RpcError> {
    let (services, ctx) = crate::request::context()?;
    let outcome = match fields.details() {
        Ok(details) => services::bundles::edit(&services, &ctx, &id, super::number(&revision), details).await,
        Err(refusal) => Err(refusal.into()),
    };
    let page = format!("/admin/bundles/{id}");
    crate::form::done("bundles/edit", outcome, &page, |_| (page.clone(), "The details were saved.".to_owned()))
}
