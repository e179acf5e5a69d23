//! Publications that need somebody, and those that came to an end.

use domain::bundle::{Bundle, BundleStage};
use domain::operations::{Casualty, causes_of};
use domain::page::{Page, Paging};
use persistence::bundles::{self as stored, BundleFilter, BundleOrder, BundleSort};

use crate::{Ctx, Result, Services, bundles};

/// A page of the bundles that failed, that are overdue or under way, and whose steps were given up, each with the runbook's
/// root causes; those that failed come first, newest first.
pub async fn casualties(services: &Services, ctx: &Ctx, paging: Paging) -> Result<Page<Casualty>> {
    let order = BundleOrder { by: BundleSort::Failures, ascending: false };
    let filter = BundleFilter { needing_somebody: Some(ctx.now), order, ..BundleFilter::default() };
    let found = bundles::list(services, ctx, &filter, paging).await?;
    let ids: Vec<&str> = found.items.iter().map(|bundle| bundle.id.as_str()).collect();
    let leases = stored::leases_of(services.db.pool(), &ids).await?;
    let mut casualties = Vec::with_capacity(found.items.len());
    for bundle in &found.items {
        let progress = bundles::progress_alone(services, ctx, &bundle.id).await?;
        let lease = leases.get(&bundle.id).map(|lease| (lease.node.clone(), lease.expires_at));
        let findings = causes_of(&progress, lease.as_ref());
        casualties.push(Casualty { progress, findings });
    }
    Ok(Page::new(casualties, found.total_count, paging))
}

/// Publications that came to an end or are under way, the newest instant first.
pub async fn publications(
    services: &Services,
    ctx: &Ctx,
    stage: Option<BundleStage>,
    paging: Paging,
) -> Result<Page<Bundle>> {
    let all = [BundleStage::Publishing, BundleStage::Published, BundleStage::Failed];
    let stages = match stage.filter(|stage| all.contains(stage)) {
        Some(stage) => vec![stage],
        None => all.to_vec(),
    };
    let order = BundleOrder { by: BundleSort::LastModified, ascending: false };
    bundles::list(services, ctx, &BundleFilter { stages, order, ..BundleFilter::default() }, paging).await
}
