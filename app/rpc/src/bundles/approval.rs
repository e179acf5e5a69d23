//! The portal's page for the approval of a bundle.

use domain::views::BundleApproval;
use leptos::prelude::*;

use crate::error::RpcError;

/// The bundle with everything that becomes public with it; looking is recorded until it is public.
#[server(prefix = "/rpc", endpoint = "bundles/approval")]
pub async fn approval(id: String) -> Result<BundleApproval, RpcError> {
    let (services, ctx) = crate::request::context()?;
    Ok(services::bundles::approval(&services, &ctx, &id).await?)
}
