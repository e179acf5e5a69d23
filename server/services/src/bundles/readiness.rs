//! The checklist of a bundle.

use domain::bundle::readiness::{self, NEIGHBOURHOOD, Neighbour};
use domain::bundle::{Bundle, BundleStage, ContentItem};
use domain::operations::FILES_STORED;
use domain::page::Paging;
use domain::policy::Permission;
use domain::views::Check;
use persistence::bundles::{BundleFilter, BundleOrder};
use persistence::{bundles, releases, remarks};

use super::outside::{self, Told};
use crate::{Ctx, Result, Services, deliveries};

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
    checks.extend(readiness::queue_goes_on(bundle, office.paused.as_ref()));
    if bundle.state.published_at().is_none() && !items.is_empty() {
        let (stored, answering) =
            tokio::join!(outside::bytes(services, bundle, items), outside::receivers(services, bundle));
        checks.extend(outcome(FILES_STORED, stored, "The bytes of every file are in the storage.", bundle));
        if !deliveries::waited_for(services).is_empty() {
            let passed = "The receivers that publications wait for answer.";
            checks.extend(outcome("receivers_up", answering, passed, bundle));
        }
        let sign_offs = remarks::sign_offs_of(services.db.pool(), &bundle.id).await?;
        checks.extend(readiness::signed_off(bundle, items, &sign_offs));
        if let Some(schedule) = bundle.state.schedule() {
            let untried = outside::untried_channels(services, schedule).await?;
            checks.extend(readiness::channels_tried(bundle, &untried));
        }
    }
    Ok(checks)
}

/// A check of what lies outside of the database; one that nobody could make is amber.
fn outcome(name: &str, told: Told, passed: &str, bundle: &Bundle) -> Vec<Check> {
    match told {
        Ok(blockers) => readiness::looked_at(name, blockers, passed),
        Err(unknown) => vec![readiness::not_looked_at(name, &unknown.message, bundle)],
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
