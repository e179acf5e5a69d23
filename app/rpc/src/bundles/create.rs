//! Beginning a bundle.

use leptos::prelude::*;

use super::BundleFields;
use crate::error::RpcError;

/// Begins a bundle and goes to its page; with `template` it takes in what follows that bundle's contents, with `version` that one, too.
#[server(prefix = "/rpc", endpoint = "bundles/create")]
pub async fn create(
    #[server(default)] template: String,
    #[server(default)] version: String,
    #[server(flatten)] fields: BundleFields,
) -> Result<(), RpcError> {
    let (services, ctx) = crate::request::context()?;
    let key = crate::versions::read_reference(&version);
    let outcome = match (fields.details(), &key) {
        (Err(refusal), _) => Err(refusal.into()),
        (Ok(_), None) if !version.is_empty() => Err(domain::refusal::Refusal::NotFound.into()),
        (Ok(details), key) if !template.is_empty() => {
            services::bundles::repeat(&services, &ctx, details, &template, key.as_ref()).await
        }
        (Ok(details), Some(key)) => {
            services::bundles::begin_with(&services, &ctx, details, key).await.map(|bundle| (bundle, 1))
        }
        (Ok(details), None) => services::bundles::create(&services, &ctx, details).await.map(|bundle| (bundle, 0)),
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
