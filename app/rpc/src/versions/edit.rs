//! Changing what is said about a version.

use leptos::prelude::*;

use super::VersionFields;
use crate::error::RpcError;

/// Replaces what the form shows of a version in preparation; what it does not show stays. `step` names the step to go on with.
#[server(prefix = "/rpc", endpoint = "versions/edit")]
pub async fn edit(
    #[server(default)] dataset_id: String,
    #[server(default)] edition: String,
    #[server(default)] version: String,
    #[server(default)] revision: String,
    #[server(default)] step: String,
    #[server(flatten)] fields: VersionFields,
) -> Result<(), RpcError> {
    let key = super::key(&dataset_id, &edition, &version);
    let outcome = super::fields::save(&key, &revision, fields).await?;
    let page = domain::version::admin_version_path(&dataset_id, &edition, key.version);
    let next = domain::review::WizardStep::parse(&step).map_or_else(|| super::page_of(&key), |step| step.path(&page));
    crate::form::done("versions/edit", outcome, &page, |_| (next, "The details were saved.".to_owned()))
}
