//! Suggestions while typing.

use domain::catalogue::Suggestion;
use domain::language::Language;
use leptos::prelude::*;

use crate::error::RpcError;

/// Titles that begin like what was typed.
#[server(prefix = "/rpc", endpoint = "catalogue/suggest", input = leptos::server_fn::codec::GetUrl)]
pub async fn suggest(prefix: String, language: Language) -> Result<Vec<Suggestion>, RpcError> {
    let (services, _) = crate::request::context()?;
    Ok(services::catalogue::suggest(&services, prefix, language).await?)
}
