//! Saying something about a version.

use leptos::prelude::*;

use crate::error::RpcError;

/// Adds a comment to the version.
#[server(prefix = "/rpc", endpoint = "versions/comment")]
pub async fn comment(
    #[server(default)] dataset_id: String,
    #[server(default)] edition: String,
    #[server(default)] version: String,
    #[server(default)] text: String,
) -> Result<(), RpcError> {
    let (services, ctx) = crate::request::context()?;
    let key = super::key(&dataset_id, &edition, &version);
    let outcome = services::versions::comment(&services, &ctx, &key, &text).await;
    let page = domain::version::admin_version_path(&dataset_id, &edition, key.version);
    let back = crate::request::form_page().unwrap_or_else(|| page.clone());
    crate::form::done("versions/comment", outcome, &page, |_| {
        (format!("{back}#comments"), "Your comment was added.".to_owned())
    })
}
