//! Beginning a bundle.

use leptos::prelude::*;

use super::BundleFields;
use crate::error::RpcError;

/// Begins a bundle and goes to its page; with `template` it takes in what follows that bundle's contents.
#[server(prefix = "/rpc", endpoint = "bundles/create")]
pub async fn create(
    #[server(default)] template: String,
    #[server(flatten)] fields: BundleFields,
) -> Result<(), RpcError> {
    let (services, ctx) = crate::request::context()?;
    let outcome = match fields.details() {
        Ok(details) if template.is_empty() => {
            services::bundles::create(&services, &ctx, details).await.map(|bundle| (bundle, 0))
        }
        Ok(details) => services::bundles::repeat(&services, &ctx, details, &template).await,
        Err(refusal) => Err(refusal.into()),
    };
    crate::form::done("bundles/create", outcome, "/admin/bundles/new", |(bundle, count)| {
        let notice = match count {
            0 => "The bundle was created. Add the versions to publish.".to_owned(),
            1 => "The bundle was created with one version.".to_owned(),
            n => format!("The bundle was created with {n} versions."),
        };
        (bundle.admin_path(), notice)
    })
}
