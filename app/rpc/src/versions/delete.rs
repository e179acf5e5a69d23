//! Deleting a version.

use leptos::prelude::*;

use crate::error::RpcError;

/// Deletes the newest version of an edition while it is in preparation, files and all.
#[server(prefix = "/rpc", endpoint = "versions/delete")]
pub async fn delete(
    #[server(default)] dataset_id: String,
    #[server(default)] edition: String,
    #[server(default)] version: String,
    #[server(default)] revision: String,
) -> Result<(), RpcError> {
    let (services, ctx) = crate::request::context()?;
    let key = super::key(&dataset_id, &edition, &version);
    let outcome = services::versions::delete(&services, &ctx, &key, crate::bundles::number(&revision)).await;
    let page = domain::version::admin_version_path(&dataset_id, &edition, key.version);
    crate::form::done("versions/delete", outcome, &page, |()| {
        (format!("/admin/datasets/{dataset_id}"), format!("Version {} was deleted.", key.version))
    })
}
