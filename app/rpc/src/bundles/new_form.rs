//! What the form of a new bundle begins with.

use domain::bundle::desk::NewBundleForm;
use leptos::prelude::*;

use crate::error::RpcError;

/// Teams and past bundles for the form, and with `template` what repeats that one; `version` names one that is to go in at once.
#[server(prefix = "/rpc", endpoint = "bundles/new-form")]
pub async fn new_form(template: Option<String>, version: Option<String>) -> Result<NewBundleForm, RpcError> {
    let (services, ctx) = crate::request::context()?;
    let version = version.as_deref().and_then(crate::versions::read_reference);
    Ok(services::bundles::new_form(&services, &ctx, template.as_deref(), version.as_ref()).await?)
}
