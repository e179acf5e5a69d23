//! What the search desk shows.

use domain::language::Language;
use domain::search_desk::{SearchDesk, SynonymEntry, SynonymSheet};
use leptos::prelude::*;

use crate::error::RpcError;

/// The whole desk; `q` is tried as readers of a language ask, without synonyms and with them, unless it is empty.
#[server(prefix = "/rpc", endpoint = "search-desk/desk")]
pub async fn search_desk_read(
    #[server(default)] q: String,
    #[server(default)] language: Language,
) -> Result<SearchDesk, RpcError> {
    let (services, ctx) = crate::request::context()?;
    Ok(services::search_desk::desk(&services, &ctx, &q, language).await?)
}

/// All rules of synonyms.
#[server(prefix = "/rpc", endpoint = "search-desk/synonyms")]
pub async fn synonyms_read() -> Result<Vec<SynonymEntry>, RpcError> {
    let (services, ctx) = crate::request::context()?;
    Ok(services::search_desk::list(&services, &ctx).await?)
}

/// One rule, or none to begin one with where `id` is empty; where there is a `q`, it is tried with these words in the rule's place,
/// as readers of a language ask.
#[server(prefix = "/rpc", endpoint = "search-desk/sheet")]
pub async fn synonym_sheet_read(
    #[server(default)] id: String,
    #[server(default)] asked: String,
    #[server(default)] words: String,
    #[server(default)] q: String,
    #[server(default)] language: Language,
) -> Result<SynonymSheet, RpcError> {
    use domain::search_desk::SynonymRule;

    let (services, ctx) = crate::request::context()?;
    let id = Some(id.as_str()).filter(|id| !id.is_empty());
    let tried = (!q.trim().is_empty()).then(|| SynonymRule::of_lines(&asked, &words));
    Ok(services::search_desk::sheet(&services, &ctx, id, tried, &q, language).await?)
}
