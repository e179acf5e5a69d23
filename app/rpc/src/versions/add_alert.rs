//! Putting an alert on a public version.

use leptos::prelude::*;

use crate::error::RpcError;

/// Puts an alert or a correction on a public version.
#[server(prefix = "/rpc", endpoint = "versions/add-alert")]
pub async fn add_alert(
    #[server(default)] dataset_id: String,
    #[server(default)] edition: String,
    #[server(default)] version: String,
    #[server(default)] kind: String,
    #[server(default)] description: String,
) -> Result<(), RpcError> {
    let (services, ctx) = crate::request::context()?;
    let key = super::key(&dataset_id, &edition, &version);
    let kind = domain::version::AlertKind::parse(&kind).unwrap_or(domain::version::AlertKind::Alert);
    let alert = domain::version::Alert {
        id: String::new(),
        kind,
        date: None,
        description: description.trim().replace("\r\n", "\n"),
    };
    let outcome = services::versions::add_alert(&services, &ctx, &key, alert).await;
    let page = domain::version::admin_version_path(&dataset_id, &edition, key.version);
    crate::form::done("versions/add-alert", outcome, &page, |_| (page.clone(), "Readers see the alert now.".to_owned()))
}
