//! Keeping what the explorer shows.

use domain::language::Language;
use leptos::prelude::*;

use crate::error::RpcError;

/// Keeps a selection of a table of a public version, and leads to the page of its files; `query` names it as addresses do, with the
/// `file` where it is not the first table.
#[server(prefix = "/rpc", endpoint = "filters/keep")]
pub async fn keep(
    #[server(default)] language: Language,
    #[server(default)] dataset_id: String,
    #[server(default)] edition: String,
    #[server(default)] version: u32,
    #[server(default)] query: String,
) -> Result<(), RpcError> {
    let (services, ctx) = crate::request::context()?;
    let prefix = language.path_prefix();
    let back = format!("{prefix}/catalogue/{dataset_id}/editions/{edition}/versions/{version}/explore");
    let key = services::versions::VersionKey { dataset_id, edition, version };
    let outcome = match domain::selection::DataQuery::parse(&query) {
        Ok(asked) => {
            let mut others = asked.others.into_iter();
            let filename = others.find(|(name, _)| name == "file").map(|(_, filename)| filename);
            let new = services::filters::NewFilter { version: key, filename, selection: asked.selection };
            services::filters::keep(&services, &ctx, new).await
        }
        Err(problems) => Err(domain::refusal::Refusal::Invalid { problems }.into()),
    };
    let page = |id: &str| format!("{prefix}{}", domain::filter::output_page_path(id));
    crate::form::done("filters/keep", outcome, &back, |output| (page(&output.id), String::new()))
}
