//! Putting an alert on a public version.

use leptos::prelude::*;

use super::AlertFields;
use crate::error::RpcError;

/// Puts an alert or a correction on a public version.
#[server(prefix = "/rpc", endpoint = "versions/add-alert")]
pub async fn add_alert(
    #[server(default)] dataset_id: String,
    #[server(default)] edition: String,
    #[server(default)] version: String,
    #[server(flatten)] fields: AlertFields,
) -> Result<(), RpcError> {
    let (services, ctx) = crate::request::context()?;
    let key = super::key(&dataset_id, &edition, &version);
    let outcome = services::versions::add_alert(&services, &ctx, &key, fields.read()).await;
    let page = domain::version::admin_version_path(&dataset_id, &edition, key.version);
    crate::form::done("versions/add-alert", outcome, &page, |_| (page.clone(), "Readers see the alert now.".to_owned()))
}
