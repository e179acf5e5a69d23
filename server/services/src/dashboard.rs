//! The portal's start page.

use domain::bundle::{Bundle, BundleStage};
use domain::page::Paging;
use domain::policy::{Permission, Reach};
use domain::version::VersionState;
use domain::views::Dashboard;
use persistence::bundles::{BundleFilter, BundleOrder};
use persistence::{bundles, events, versions};

use crate::{Ctx, Result, Services};

/// What waits for the caller, what comes next and what happened last.
pub async fn dashboard(services: &Services, ctx: &Ctx) -> Result<Dashboard> {
    let caller = ctx.caller()?;
    let db = services.db.pool();
    let in_stages = async |stages: &[BundleStage], order: BundleOrder| -> Result<Vec<Bundle>> {
        let filter = BundleFilter { stages: stages.to_vec(), order, ..BundleFilter::default() };
        let paging = Paging { limit: 20, offset: 0 };
        Ok(bundles::list_visible_to(db, caller, &filter, paging).await?.items)
    };
    let newest = BundleOrder::default();
    let mut mine = in_stages(&[BundleStage::Created, BundleStage::InProgress], newest).await?;
    mine.retain(|b| b.created_by.id == caller.actor.id || b.last_edited_by.id == caller.actor.id);
    let to_approve = if caller.may(Permission::VersionsApprove) {
        let reach = caller.reach(Permission::VersionsApprove);
        versions::list_in_state(db, &reach, VersionState::Submitted, Paging::default()).await?.items
    } else {
        Vec::new()
    };
    let sees_all = caller.reach(Permission::BundlesRead) == Reach::All;
    let recent = if sees_all { events::recent(db, &["bundle", "version"], 12).await? } else { Vec::new() };
    Ok(Dashboard {
        counts: bundles::count_by_stage(db, caller).await?,
        scheduled: in_stages(&[BundleStage::Scheduled, BundleStage::Publishing], BundleOrder::SOONEST).await?,
        to_review: in_stages(&[BundleStage::ReadyForReview], newest).await?,
        failed: in_stages(&[BundleStage::Failed], newest).await?,
        mine,
        versions_to_approve: to_approve,
        recent,
        now: ctx.now,
    })
}
