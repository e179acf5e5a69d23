//! The page of imports: what the last form left, once, and those that were carried out; and the page of one of them.

use domain::curation::ImportDesk;
use domain::imported::ImportSheet;
use leptos::prelude::*;

use crate::error::RpcError;

/// What was sent last, with what it would do or did.
#[server(prefix = "/rpc", endpoint = "imports/desk")]
pub async fn import_read() -> Result<ImportDesk, RpcError> {
    let (services, ctx) = crate::request::context()?;
    let past = services::imports::carried_out(&services, &ctx).await?;
    let Some(flash) = crate::request::visit().flash.filter(|flash| flash.form.starts_with("imports/")) else {
        return Ok(ImportDesk { past, ..ImportDesk::default() });
    };
    let value = |name: &str| flash.values.get(name).and_then(|values| values.first()).cloned();
    let report = value(super::REPORT).and_then(|text| serde_json::from_str(&text).ok());
    Ok(ImportDesk { csv: value("csv").unwrap_or_default(), report, done: flash.form == "imports/carry-out", past })
}

/// An import with what would become of everything that it did if it were undone now.
#[server(prefix = "/rpc", endpoint = "imports/sheet")]
pub async fn import_sheet_read(#[server(default)] id: String) -> Result<ImportSheet, RpcError> {
    let (services, ctx) = crate::request::context()?;
    Ok(services::imports::look(&services, &ctx, &id).await?)
}
