//! Whether the caller could change something at all, asked before its body is looked at.
//!
//! The use cases decide again in their transaction; asking here only keeps the order of refusals: 401, 404, 403, then the body.

use domain::bundle::{Bundle, BundleAction};
use domain::dataset::Dataset;
use domain::policy::Permission;
use domain::version::Version;
use services::ctx::forbidden;
use services::versions::VersionKey;
use services::{Ctx, bundles, datasets, versions};

use super::problem::Problem;
use crate::state::AppState;

/// The dataset, for somebody with the permission for it.
pub async fn dataset_to_change(
    state: &AppState,
    ctx: &Ctx,
    permission: Permission,
    id: &str,
) -> Result<Dataset, Problem> {
    let caller = ctx.caller()?;
    let dataset = datasets::find(&state.services, ctx, id).await?;
    if !caller.may_for(permission, &dataset.department, id) {
        return Err(forbidden(permission).into());
    }
    Ok(dataset)
}

/// The version, for somebody with the permission for its dataset.
pub async fn version_to_change(
    state: &AppState,
    ctx: &Ctx,
    permission: Permission,
    key: &VersionKey,
) -> Result<Version, Problem> {
    ctx.caller()?;
    let version = versions::find(&state.services, ctx, key).await?;
    dataset_to_change(state, ctx, permission, &key.dataset_id).await?;
    Ok(version)
}

/// The bundle, for somebody with the permission for everything in it.
pub async fn bundle_to_change(state: &AppState, ctx: &Ctx, action: BundleAction, id: &str) -> Result<Bundle, Problem> {
    let (_, permission) = action.rule();
    bundle_with(state, ctx, permission, id).await
}

/// The bundle, for somebody with this permission for everything in it.
pub async fn bundle_with(state: &AppState, ctx: &Ctx, permission: Permission, id: &str) -> Result<Bundle, Problem> {
    Ok(bundles::find_with(&state.services, ctx, permission, id).await?)
}
