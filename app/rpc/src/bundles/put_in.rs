//! Putting a version into a bundle that is chosen on the version's page.

use leptos::prelude::*;

use crate::error::RpcError;

/// Puts a version, named `dataset/edition/number`, into a bundle in preparation as it is now, and goes to the bundle.
#[server(prefix = "/rpc", endpoint = "bundles/put-in")]
pub async fn put_in(#[server(default)] bundle: String, #[server(default)] version: String) -> Result<(), RpcError> {
    use domain::refusal::Refusal;

    let (services, ctx) = crate::request::context()?;
    let key = crate::versions::read_reference(&version);
    let page = key.as_ref().map_or_else(
        || "/admin/datasets".to_owned(),
        |key| domain::version::admin_version_path(&key.dataset_id, &key.edition, key.version),
    );
    let outcome = match key {
        None => Err(Refusal::NotFound.into()),
        Some(_) if bundle.is_empty() => Err(Refusal::field("bundle", "required", "Choose a bundle.").into()),
        // Whatever else is in the bundle by now stays as it is, so no revision has to have been looked at.
        Some(key) => services::bundles::add_content(&services, &ctx, &bundle, None, &key).await,
    };
    crate::form::done("bundles/put-in", outcome, &page, |item| {
        let words = format!("{}, version {}, was added.", item.title, item.version);
        super::undo::leave("bundles/add-content", &bundle, super::Undo::TakeOut(vec![item.reference()]), words);
        (format!("/admin/bundles/{bundle}"), String::new())
    })
}
