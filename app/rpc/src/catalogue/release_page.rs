//! The page of a release.

use domain::release::ReleasePage;
use leptos::prelude::*;

use crate::error::RpcError;

/// The release of the calendar with what it made public.
#[server(prefix = "/rpc", endpoint = "catalogue/release-page")]
pub async fn release_page_for(id: String) -> Result<ReleasePage, RpcError> {
    let (services, _) = crate::request::context()?;
    Ok(services::releases::page(&services, &id).await?)
}
