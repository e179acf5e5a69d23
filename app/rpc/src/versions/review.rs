//! The portal's page of a version against the one before.

use domain::review::{ReviewPart, VersionReview};
use leptos::prelude::*;

use crate::error::RpcError;

/// The version with what differs from `against`, or else from the last one before; `page` of the revised cells counts from 1.
#[server(prefix = "/rpc", endpoint = "versions/review")]
pub async fn review(
    dataset_id: String,
    edition: String,
    version: u32,
    part: ReviewPart,
    against: Option<u32>,
    page: u32,
) -> Result<VersionReview, RpcError> {
    let (services, ctx) = crate::request::context()?;
    let key = services::versions::VersionKey { dataset_id, edition, version };
    let asked = services::versions::Asked { part, against, page };
    Ok(services::versions::review(&services, &ctx, &key, &asked).await?)
}
