//! What the page of the settings shows.

use domain::office::OfficeDesk;
use leptos::prelude::*;

use crate::error::RpcError;

/// What the office may set, and what the environment gave this process.
#[server(prefix = "/rpc", endpoint = "office/settings")]
pub async fn settings_read() -> Result<OfficeDesk, RpcError> {
    let (services, ctx) = crate::request::context()?;
    let settings = services::office::list(&services, &ctx).await?;
    let may_change = ctx.caller.as_ref().is_some_and(|caller| caller.may(domain::policy::Permission::SettingsWrite));
    let environment = crate::operations::Instruments::read()?.settings;
    Ok(OfficeDesk { settings, environment, may_change, now: ctx.now })
}
