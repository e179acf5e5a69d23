//! The page of what was made of a selection.

use domain::filter::OutputPage;
use leptos::prelude::*;

use crate::error::RpcError;

/// An output with its files.
#[server(prefix = "/rpc", endpoint = "filters/output")]
pub async fn output(id: String) -> Result<OutputPage, RpcError> {
    let (services, ctx) = crate::request::context()?;
    Ok(services::filters::output_page(&services, &ctx, &id).await?)
}
