//! The page of imports: what the last form left, once.

use domain::curation::ImportDesk;
use leptos::prelude::*;

use crate::error::RpcError;

/// What was sent last, with what it would do or did.
#[server(prefix = "/rpc", endpoint = "imports/desk")]
pub async fn import_read() -> Result<ImportDesk, RpcError> {
    let (_, ctx) = crate::request::context()?;
    ctx.caller_with(domain::policy::Permission::DatasetsWrite).map_err(services::ServiceError::from)?;
    let Some(flash) = crate::request::visit().flash.filter(|flash| flash.form.starts_with("imports/")) else {
        return Ok(ImportDesk::default());
    };
    let value = |name: &str| flash.values.get(name).and_then(|values| values.first()).cloned();
    let report = value(super::REPORT).and_then(|text| serde_json::from_str(&text).ok());
    Ok(ImportDesk { csv: value("csv").unwrap_or_default(), report, done: flash.form == "imports/carry-out" })
}
