//! Beginning a bundle.

use leptos::prelude::*;

use super::BundleFields;
use crate::error::RpcError;

/// Begins an empty bundle and goes to its page.
#[server(prefix = "/rpc", endpoint = "bundles/create")]
pub async fn create(#[server(flatten)] fields: BundleFields) -> Result<(), RpcError> {
    let (services, ctx) = crate::request::context()?;
    let outcome = match fields.details() {
        Ok(details) => services::bundles::create(&services, &ctx, details).await,
        Err(refusal) => Err(refusal.into()),
    };
    crate::form::done("bundles/create", outcome, "/admin/bundles/new", |bundle| {
        (bundle.admin_path(), "The bundle was created. Add the versions to publish.".to_owned())
    })
}
