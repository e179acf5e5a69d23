//! What the portal's pages about the calendar show.

use domain::curation::{ReleaseList, ReleaseSheet};
use leptos::prelude::*;

use crate::error::RpcError;

/// The entries whose title holds a text, in a state if asked, soonest or latest first; `page` counts from 1.
#[server(prefix = "/rpc", endpoint = "releases/list")]
pub async fn release_list_read(q: String, state: String, order: String, page: u32) -> Result<ReleaseList, RpcError> {
    let (services, ctx) = crate::request::context()?;
    ctx.caller_with(domain::policy::Permission::ReleasesRead).map_err(services::ServiceError::from)?;
    let filter = services::releases::ReleaseFilter {
        states: domain::release::ReleaseState::parse(&state).into_iter().collect(),
        title: Some(q.trim().to_owned()).filter(|q| !q.is_empty()),
        order: match order.as_str() {
            "soonest" => services::releases::ReleaseOrder::Soonest,
            "title" => services::releases::ReleaseOrder::Title,
            _ => services::releases::ReleaseOrder::Latest,
        },
        ..services::releases::ReleaseFilter::default()
    };
    let mut releases = services::releases::list(&services, &ctx, &filter, crate::form::paging(page)).await?;
    // A bundle that the viewer may not see is not even told to be there.
    let inside = services::releases::inside(&services, &ctx, &releases.items).await?;
    for (release, inside) in releases.items.iter_mut().zip(inside) {
        if inside.is_none() {
            release.details = release.details_told();
        }
        release.bundle_id = inside.and_then(|inside| inside.bundle_id);
    }
    Ok(ReleaseList { releases, now: ctx.now })
}

/// One entry, with what it can be linked to.
#[server(prefix = "/rpc", endpoint = "releases/one")]
pub async fn release_read(id: String) -> Result<ReleaseSheet, RpcError> {
    let (services, ctx) = crate::request::context()?;
    ctx.caller_with(domain::policy::Permission::ReleasesRead).map_err(services::ServiceError::from)?;
    let mut release = services::releases::find(&services, &ctx, &id).await?;
    // Whoever may not see the bundle is not told of it, nor who is given the release early where they do not prepare it.
    let inside = services::releases::inside_of(&services, &ctx, &release).await?;
    if inside.is_none() {
        release = release.for_outsiders();
    }
    release.bundle_id = inside.and_then(|inside| inside.bundle_id);
    Ok(ReleaseSheet {
        bundles: native::bundles(&services, &ctx, release.bundle_id.as_deref()).await?,
        departments: crate::access::departments(&services).await?,
        history: crate::access::history_of(&services, &ctx, "release", &id).await?,
        now: ctx.now,
        release: Some(release),
    })
}

/// What the form of a new entry needs.
#[server(prefix = "/rpc", endpoint = "releases/new")]
pub async fn new_release_read() -> Result<ReleaseSheet, RpcError> {
    let (services, ctx) = crate::request::context()?;
    ctx.caller_with(domain::policy::Permission::ReleasesWrite).map_err(services::ServiceError::from)?;
    Ok(ReleaseSheet {
        release: None,
        bundles: native::bundles(&services, &ctx, None).await?,
        departments: crate::access::departments(&services).await?,
        history: None,
        now: ctx.now,
    })
}

#[cfg(not(target_family = "wasm"))]
mod native {
    use domain::bundle::BundleStage;
    use domain::page::Paging;
    use domain::policy::Permission;
    use services::bundles::BundleFilter;
    use services::{Ctx, Result, Services};

    /// So many bundles are offered.
    const MOST: u32 = 100;

    /// The bundles that are still to be published, and the present one, by id and title.
    pub async fn bundles(services: &Services, ctx: &Ctx, present: Option<&str>) -> Result<Vec<(String, String)>> {
        if !ctx.caller()?.may(Permission::BundlesRead) {
            return Ok(Vec::new());
        }
        let stages = BundleStage::ALL.iter().copied().filter(|stage| *stage != BundleStage::Published).collect();
        let filter = BundleFilter { stages, ..BundleFilter::default() };
        let open = services::bundles::list(services, ctx, &filter, Paging { limit: MOST, offset: 0 }).await?.items;
        let mut all: Vec<(String, String)> = open.into_iter().map(|b| (b.id, b.details.title)).collect();
        if let Some(id) = present.filter(|id| all.iter().all(|(known, _)| known != id)) {
            let bundle = services::bundles::find(services, ctx, id).await?;
            all.push((bundle.id, bundle.details.title));
        }
        Ok(all)
    }
}
