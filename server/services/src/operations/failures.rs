//! Publications that need somebody, and those that came to an end.

use domain::bundle::{Bundle, BundleStage};
use domain::operations::{Casualty, causes_of};
use domain::page::{Page, Paging};
use persistence::bundles::{self as stored, BundleFilter, BundleOrder, BundleSort};
use persistence::outbox;

use crate::{Ctx, Result, Services, bundles};

/// So many bundles are gone through.
const MOST: u32 = 50;
/// So many failing steps are gone through.
const MOST_STEPS: u64 = 200;

/// Bundles that failed, that are overdue or abandoned, and whose steps were given up, each with the runbook's root causes.
pub async fn casualties(services: &Services, ctx: &Ctx) -> Result<Vec<Casualty>> {
    let caller = ctx.caller()?;
    let db = services.db.pool();
    let stages = vec![BundleStage::Failed, BundleStage::Publishing, BundleStage::Scheduled];
    let filter = BundleFilter { stages, ..BundleFilter::default() };
    let listed = bundles::list(services, ctx, &filter, Paging { limit: MOST, offset: 0 }).await?.items;
    let suspicious = listed.into_iter().filter(|bundle| match bundle.stage() {
        BundleStage::Scheduled => bundle.state.schedule().is_some_and(|s| s.publication_date < ctx.now),
        _ => true,
    });
    let mut ids: Vec<String> = suspicious.map(|bundle| bundle.id).collect();
    for (_, bundle, step) in outbox::failing(db, MOST_STEPS).await? {
        if let Some(id) = bundle.filter(|id| step.given_up_at.is_some() && !ids.contains(id)) {
            ids.push(id);
        }
    }
    let seen = stored::visible_among(db, caller, &ids).await?;
    let known: Vec<&str> = ids.iter().map(String::as_str).collect();
    let leases = stored::leases_of(db, &known).await?;
    let mut casualties = Vec::new();
    for id in ids.iter().filter(|id| seen.contains(*id)) {
        let progress = bundles::progress(services, ctx, id).await?;
        let lease = leases.get(id).map(|lease| (lease.node.clone(), lease.expires_at));
        let findings = causes_of(&progress, lease.as_ref());
        if !findings.is_empty() {
            casualties.push(Casualty { progress, findings });
        }
    }
    Ok(casualties)
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
