//! Taking an alert off a public version.

use leptos::prelude::*;

use crate::error::RpcError;

/// Takes an alert off a public version.
#[server(prefix = "/rpc", endpoint = "versions/withdraw-alert")]
pub async fn withdraw_alert(
    #[server(default)] dataset_id: String,
    #[server(default)] edition: String,
    #[server(default)] version: String,
    #[server(default)] alert: String,
) -> Result<(), RpcError> {
    let (services, ctx) = crate::request::context()?;
    let key = super::key(&dataset_id, &edition, &version);
    let outcome = services::versions::withdraw_alert(&services, &ctx, &key, &alert, None).await;
    let page = domain::version::admin_version_path(&dataset_id, &edition, key.version);
    crate::form::done("versions/withdraw-alert", outcome, &page, |_| {
        (page.clone(), "Readers no longer see the alert.".to_owned())
    })
}
