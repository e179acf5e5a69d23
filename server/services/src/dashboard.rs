//! The portal's start page.

use domain::bundle::{Bundle, BundleStage};
use domain::page::Paging;
use domain::policy::{Permission, Reach};
use domain::version::VersionState;
use domain::views::Dashboard;
use persistence::bundles::BundleFilter;
use persistence::{bundles, events, versions};

use crate::{Ctx, Result, Services};

/// What waits for the caller, what comes next and what happened last.
pub async fn dashboard(services: &Services, ctx: &Ctx) -> Result<Dashboard> {
    let caller = ctx.caller()?;
    let db = services.db.pool();
    let in_stages = async |stages: &[BundleStage], by_publication: bool| -> Result<Vec<Bundle>> {
        let filter = BundleFilter { stages: stages.to_vec(), by_publication, ..BundleFilter::default() };
        let paging = Paging { limit: 20, offset: 0 };
        Ok(bundles::list_visible_to(db, caller, &filter, paging).await?.items)
    };
    let mut mine = in_stages(&[BundleStage::Created, BundleStage::InProgress], false).await?;
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
        scheduled: in_stages(&[BundleStage::Scheduled, BundleStage::Publishing], true).await?,
        to_review: in_stages(&[BundleStage::ReadyForReview], false).await?,
        failed: in_stages(&[BundleStage::Failed], false).await?,
        mine,
        versions_to_approve: to_approve,
        recent,
        now: ctx.now,
    })
}
