//! The portal's start page.

use std::collections::BTreeMap;

use domain::actor::Caller;
use domain::bundle::{Bundle, BundleStage, readiness};
use domain::page::Paging;
use domain::policy::{Permission, Reach};
use domain::version::VersionState;
use domain::views::Dashboard;
use persistence::bundles::{BundleFilter, BundleOrder};
use persistence::{bundles, contents, events, incidents, versions};

use crate::{Ctx, Result, Services};

/// So many of each kind are shown; the lists hold all of them.
const SHOWN: u32 = 20;

/// What waits for the caller, what comes next and what happened last.
pub async fn dashboard(services: &Services, ctx: &Ctx) -> Result<Dashboard> {
    let caller = ctx.caller()?;
    let db = services.db.pool();
    let in_stages = async |stages: &[BundleStage], order: BundleOrder| -> Result<Vec<Bundle>> {
        let filter = BundleFilter { stages: stages.to_vec(), order, ..BundleFilter::default() };
        first_of(services, caller, &filter).await
    };
    let newest = BundleOrder::default();
    let me = &caller.actor.id;
    // Narrowed where they are looked for, so that none is lost behind newer ones of others.
    let mine = BundleFilter {
        stages: vec![BundleStage::Created, BundleStage::InProgress],
        in_the_hands_of: Some(me.clone()),
        ..BundleFilter::default()
    };
    let reach = caller.reach(Permission::DatasetsRead);
    let my_versions = versions::list_in_the_hands_of(db, &reach, me, VersionState::Created, u64::from(SHOWN)).await?;
    let to_approve = if caller.may(Permission::VersionsApprove) {
        let reach = caller.reach(Permission::VersionsApprove);
        versions::list_in_state(db, &reach, VersionState::Submitted, Paging::default()).await?.items
    } else {
        Vec::new()
    };
    let sees_all = caller.reach(Permission::BundlesRead) == Reach::All;
    let recent = if sees_all { events::recent(db, &["bundle", "version"], 12).await? } else { Vec::new() };
    let of_bundles = recent.iter().filter(|event| event.resource_type == "bundle");
    let ids: Vec<String> = of_bundles.map(|event| event.resource_id.clone()).collect();
    // Who deals with incidents looks here first.
    let operates = caller.may(Permission::SystemOperate);
    let scheduled = in_stages(&[BundleStage::Scheduled, BundleStage::Publishing], BundleOrder::SOONEST).await?;
    Ok(Dashboard {
        readiness: readiness_of(services, &scheduled).await?,
        scheduled,
        titles: bundles::titles_of(db, &ids).await?.into_iter().collect(),
        incidents: if operates { incidents::live(db).await? } else { Vec::new() },
        counts: bundles::count_by_stage(db, caller).await?,
        to_review: in_stages(&[BundleStage::ReadyForReview], newest).await?,
        failed: in_stages(&[BundleStage::Failed], newest).await?,
        mine: first_of(services, caller, &mine).await?,
        my_versions,
        versions_to_approve: to_approve,
        recent,
        now: ctx.now,
    })
}

/// How much of what publication asks for each of these bundles has.
async fn readiness_of(services: &Services, scheduled: &[Bundle]) -> Result<BTreeMap<String, u8>> {
    let ids: Vec<&str> = scheduled.iter().map(|bundle| bundle.id.as_str()).collect();
    let held = contents::lists_of_bundles(services.db.pool(), &ids).await?;
    let of = |bundle: &Bundle| {
        let items = held.get(&bundle.id).map(Vec::as_slice).unwrap_or_default();
        (bundle.id.clone(), readiness::percent(bundle, items))
    };
    Ok(scheduled.iter().map(of).collect())
}

/// The first of the bundles that the caller may see and that fit.
async fn first_of(services: &Services, caller: &Caller, filter: &BundleFilter) -> Result<Vec<Bundle>> {
    let paging = Paging { limit: SHOWN, offset: 0 };
    Ok(bundles::list_visible_to(services.db.pool(), caller, filter, paging).await?.items)
}
