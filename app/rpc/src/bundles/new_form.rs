//! What the form of a new bundle begins with.

use domain::bundle::desk::NewBundleForm;
use leptos::prelude::*;

use crate::error::RpcError;

/// Teams and past bundles for the form, and with `template` what repeats that one.
#[server(prefix = "/rpc", endpoint = "bundles/new-form")]
pub async fn new_form(template: Option<String>) -> Result<NewBundleForm, RpcError> {
    let (services, ctx) = crate::request::context()?;
    Ok(services::bundles::new_form(&services, &ctx, template.as_deref()).await?)
}
