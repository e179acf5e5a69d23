//! The checklist of a bundle.

use std::time::Duration;

use domain::bundle::readiness::{self, NEIGHBOURHOOD, Neighbour};
use domain::bundle::{Bundle, BundleStage, ContentItem};
use domain::page::Paging;
use domain::policy::Permission;
use domain::views::Check;
use persistence::bundles::{BundleFilter, BundleOrder};
use persistence::{bundles, releases};

use super::prepare::missing_bytes_lately;
use crate::{Ctx, Result, Services, deliveries};

/// How long who reads the checklist waits for what lies outside of the database.
pub(super) const PATIENCE: Duration = Duration::from_secs(2);

/// Every check, as far as the caller may know of what lies beside the bundle.
pub(super) async fn checks_of(
    services: &Services,
    ctx: &Ctx,
    bundle: &Bundle,
    items: &[ContentItem],
) -> Result<Vec<Check>> {
    let facts = persistence::readiness::facts_of(services.db.pool(), ctx.caller()?, items).await?;
    let near = neighbours_of(services, ctx, bundle).await?;
    let office = services.memory.office(&services.db).await?;
    let mut checks = readiness::checks(bundle, items, &facts, &near, &office.times);
    if bundle.state.schedule().is_some() && bundle.state.published_at().is_none() {
        let reach = ctx.caller()?.reach(Permission::ReleasesRead);
        let entry = releases::find_of_bundle_visible_to(services.db.pool(), &reach, &bundle.id).await?;
        checks.push(readiness::calendar(bundle, entry.as_ref()));
    }
    if bundle.state.published_at().is_none() && !items.is_empty() {
        let (stored, answering) = tokio::join!(bytes(services, bundle, items), receivers(services, bundle));
        checks.extend(stored);
        checks.extend(answering?);
    }
    Ok(checks)
}

/// Whether the bytes of every file are where they should be; a storage that does not answer holds up nobody who only reads.
async fn bytes(services: &Services, bundle: &Bundle, items: &[ContentItem]) -> Vec<Check> {
    let name = "files_stored";
    match tokio::time::timeout(PATIENCE, missing_bytes_lately(services, bundle, items)).await {
        Ok(Ok(blockers)) => readiness::looked_at(name, blockers, "The bytes of every file are in the storage."),
        Ok(Err(error)) => {
            tracing::warn!(bundle.id = %bundle.id, error = &error as &dyn std::error::Error, "the bytes of a bundle cannot be looked for");
            vec![readiness::not_looked_at(
                name,
                "The storage cannot be asked for the bytes of the files. Look at its health.",
                bundle,
            )]
        }
        Err(_) => vec![readiness::not_looked_at(
            name,
            "The storage takes too long to say whether it has the bytes of the files. Look at its health.",
            bundle,
        )],
    }
}

/// Whether the receivers answer that a publication may not go ahead without, where there are such.
async fn receivers(services: &Services, bundle: &Bundle) -> Result<Vec<Check>> {
    let name = "receivers_up";
    if deliveries::waited_for(services).is_empty() {
        return Ok(Vec::new());
    }
    match tokio::time::timeout(PATIENCE, deliveries::in_the_way(services, &bundle.id)).await {
        Ok(blockers) => Ok(readiness::looked_at(name, blockers?, "The receivers that publications wait for answer.")),
        Err(_) => Ok(vec![readiness::not_looked_at(
            name,
            "A receiver that publications wait for takes too long to answer.",
            bundle,
        )]),
    }
}

/// Other bundles due about the same instant.
async fn neighbours_of(services: &Services, ctx: &Ctx, bundle: &Bundle) -> Result<Vec<Neighbour>> {
    let waits = matches!(bundle.stage(), BundleStage::Scheduled | BundleStage::Publishing);
    let Some(schedule) = bundle.state.schedule().filter(|_| waits) else { return Ok(Vec::new()) };
    let filter = BundleFilter {
        stages: vec![BundleStage::Scheduled, BundleStage::Publishing],
        from: Some(schedule.publication_date - NEIGHBOURHOOD),
        to: Some(schedule.publication_date + NEIGHBOURHOOD),
        order: BundleOrder::SOONEST,
        ..BundleFilter::default()
    };
    let page = bundles::list_visible_to(services.db.pool(), ctx.caller()?, &filter, Paging::WHOLE).await?;
    Ok(page.items.iter().filter(|other| other.id != bundle.id).map(Neighbour::from).collect())
}
