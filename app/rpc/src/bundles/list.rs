//! The portal's list of bundles.

use domain::bundle::{Bundle, BundleStage};
use domain::page::Page;
use leptos::prelude::*;

use crate::error::RpcError;

/// The bundles in a state, or in any, whose title holds `q`; `page` counts from 1.
#[server(prefix = "/rpc", endpoint = "bundles/list")]
pub async fn list(state: Option<BundleStage>, q: String, page: u32) -> Result<Page<Bundle>, RpcError> {
    let (services, ctx) = crate::request::context()?;
    let filter = services::bundles::BundleFilter {
        stages: state.into_iter().collect(),
        title: Some(q).filter(|q| !q.trim().is_empty()),
        ..services::bundles::BundleFilter::default()
    };
    Ok(services::bundles::list(&services, &ctx, &filter, crate::form::paging(page)).await?)
}
