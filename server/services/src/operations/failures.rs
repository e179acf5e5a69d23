//! Publications that need somebody, and every run that came to an end.

use domain::bundle::BundleStage;
use domain::operations::{Casualty, PublicationRun, causes_of};
use domain::page::{Page, Paging};
use persistence::bundles::{self as stored, BundleFilter, BundleOrder, BundleSort};
use persistence::{events, incidents};

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
    // Read once for all of them.
    let live = if super::watcher(ctx).is_ok() { incidents::live(services.db.pool()).await? } else { Vec::new() };
    let mut casualties = Vec::with_capacity(found.items.len());
    for bundle in &found.items {
        let progress = bundles::progress_alone(services, ctx, &bundle.id).await?;
        let lease = leases.get(&bundle.id).map(|lease| (lease.node.clone(), lease.expires_at));
        let findings = causes_of(&progress, lease.as_ref());
        let lost = bundles::lost_files(services, ctx, &progress).await?;
        let mut casualty = Casualty { progress, findings, lost, incidents: Vec::new() };
        casualty.incidents = live.iter().filter(|incident| casualty.is_told_by(incident)).cloned().collect();
        casualties.push(casualty);
    }
    Ok(Page::new(casualties, found.total_count, paging))
}

/// Publications that are under way, then those that succeeded or failed, each run for itself, the newest first.
///
/// They are read off the trail: a bundle tells of its last run alone, and of one that failed only until it is tried again.
pub async fn publications(
    services: &Services,
    ctx: &Ctx,
    stage: Option<BundleStage>,
    paging: Paging,
) -> Result<Page<PublicationRun>> {
    const ENDS: [BundleStage; 2] = [BundleStage::Published, BundleStage::Failed];
    let (caller, db) = (bundles::reader(ctx)?, services.db.pool());
    let stage = stage.filter(|stage| *stage == BundleStage::Publishing || ENDS.contains(stage));
    let is_wanted = |one: BundleStage| stage.is_none_or(|stage| stage == one);
    let under_way = if is_wanted(BundleStage::Publishing) {
        let filter = BundleFilter { stages: vec![BundleStage::Publishing], ..BundleFilter::default() };
        stored::list_visible_to(db, caller, &filter, paging).await?
    } else {
        Page::new(Vec::new(), 0, paging)
    };
    let mut runs: Vec<PublicationRun> = under_way.items.iter().map(PublicationRun::under_way).collect();
    let (first, taken) = (u32::try_from(under_way.total_count), u32::try_from(runs.len()));
    let rest = Paging {
        limit: paging.limit.saturating_sub(taken.unwrap_or(u32::MAX)),
        offset: paging.offset.saturating_sub(first.unwrap_or(u32::MAX)),
    };
    let ends: Vec<&str> = ENDS.into_iter().filter(|end| is_wanted(*end)).map(BundleStage::as_str).collect();
    let ended = events::ends_of_publications(db, caller, &ends, rest).await?;
    let mut ids: Vec<&str> = ended.items.iter().map(|event| event.resource_id.as_str()).collect();
    ids.sort_unstable();
    ids.dedup();
    let known = stored::among_visible_to(db, caller, &ids).await?;
    runs.extend(ended.items.iter().map(|event| {
        let bundle = known.iter().find(|bundle| bundle.id == event.resource_id);
        PublicationRun::ended(event, bundle)
    }));
    Ok(Page::new(runs, under_way.total_count + ended.total_count, paging))
}

/// The same as a report to take away, no more than so many of the newest; who took it is recorded.
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
