//! Suggestions while typing.

use domain::catalogue::Offer;
use domain::language::Language;
use leptos::prelude::*;

use crate::error::RpcError;

/// Datasets, topics and releases whose titles begin like what was typed.
#[server(prefix = "/rpc", endpoint = "catalogue/suggest", input = leptos::server_fn::codec::GetUrl)]
pub async fn suggest(prefix: String, language: Language) -> Result<Vec<Offer>, RpcError> {
    let (services, _) = crate::request::context()?;
    Ok(services::catalogue::offers(&services, prefix, language).await?)
}
