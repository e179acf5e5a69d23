//! Publications that need somebody, and those that came to an end.

use domain::bundle::{Bundle, BundleStage};
use domain::operations::{Casualty, PublicationRun, causes_of};
use domain::page::{Page, Paging};
use persistence::bundles::{self as stored, BundleFilter, BundleOrder, BundleSort};
use persistence::events;

use crate::records::{self, About};
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
) -> Result<Page<PublicationRun>> {
    let all = [BundleStage::Publishing, BundleStage::Published, BundleStage::Failed];
    let stages = match stage.filter(|stage| all.contains(stage)) {
        Some(stage) => vec![stage],
        None => all.to_vec(),
    };
    let order = BundleOrder { by: BundleSort::LastModified, ascending: false };
    let filter = BundleFilter { stages, order, ..BundleFilter::default() };
    let found: Page<Bundle> = bundles::list(services, ctx, &filter, paging).await?;
    let ids: Vec<&str> = found.items.iter().map(|bundle| bundle.id.as_str()).collect();
    let mut traces = events::traces_of_publications(services.db.pool(), &ids).await?;
    Ok(found.map(|bundle| PublicationRun { trace_id: traces.remove(&bundle.id), bundle }))
}

/// The same as a report to take away, no more than so many of the last changed; who took it is recorded.
pub async fn publication_report(
    services: &Services,
    ctx: &Ctx,
    stage: Option<BundleStage>,
    format: &str,
) -> Result<Vec<PublicationRun>> {
    const MOST: usize = 5000;
    // In parts whose ids fit into one statement.
    const PART: u32 = 500;
    let by = ctx.caller()?;
    let mut found: Vec<PublicationRun> = Vec::new();
    loop {
        let offset = u32::try_from(found.len()).unwrap_or(u32::MAX);
        let part = publications(services, ctx, stage, Paging { limit: PART, offset }).await?.items;
        let is_last = part.len() < PART as usize;
        found.extend(part);
        if is_last || found.len() >= MOST {
            break;
        }
    }
    let tx = services.db.begin().await?;
    let about = About { resource_type: "system", resource_id: "publications" };
    let details = serde_json::json!({"format": format, "count": found.len()});
    records::note(&tx, ctx, by, about, "exported", details).await?;
    persistence::db::commit(tx).await?;
    Ok(found)
}
