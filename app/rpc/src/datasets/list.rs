//! The portal's list of datasets.

use domain::page::Page;
use domain::views::DatasetSummary;
use leptos::prelude::*;

use crate::error::RpcError;

/// The datasets whose title holds `q`, by title; `page` counts from 1.
#[server(prefix = "/rpc", endpoint = "datasets/list")]
pub async fn list(q: String, page: u32) -> Result<Page<DatasetSummary>, RpcError> {
    let (services, ctx) = crate::request::context()?;
    ctx.caller_with(domain::policy::Permission::DatasetsRead)?;
    let filter = services::datasets::DatasetFilter {
        title: Some(q).filter(|q| !q.trim().is_empty()),
        by_title: true,
        ..services::datasets::DatasetFilter::default()
    };
    Ok(services::datasets::list(&services, &ctx, &filter, crate::form::paging(page)).await?)
}
