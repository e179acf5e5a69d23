//! The checklist of a bundle.

use domain::bundle::readiness::{self, NEIGHBOURHOOD, Neighbour};
use domain::bundle::{Bundle, BundleStage, ContentItem};
use domain::page::Paging;
use domain::policy::Permission;
use domain::views::Check;
use persistence::bundles::{BundleFilter, BundleOrder};
use persistence::{bundles, releases};

use crate::{Ctx, Result, Services};

/// Every check, as far as the caller may know of what lies beside the bundle.
pub(super) async fn checks_of(
    services: &Services,
    ctx: &Ctx,
    bundle: &Bundle,
    items: &[ContentItem],
) -> Result<Vec<Check>> {
    let facts = persistence::readiness::facts_of(services.db.pool(), ctx.caller()?, items).await?;
    let near = neighbours_of(services, ctx, bundle).await?;
    let mut checks = readiness::checks(bundle, items, &facts, &near);
    if bundle.state.schedule().is_some() && bundle.state.published_at().is_none() {
        let reach = ctx.caller()?.reach(Permission::ReleasesRead);
        let entry = releases::find_of_bundle_visible_to(services.db.pool(), &reach, &bundle.id).await?;
        checks.push(readiness::calendar(bundle, entry.as_ref()));
    }
    Ok(checks)
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
