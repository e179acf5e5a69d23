//! What a page of the portal is told while it is open: who else has the same thing open, its last change, what waits.

use std::time::Duration;

use domain::actor::Caller;
use domain::bundle::BundleStage;
use domain::policy::Permission;
use domain::presence::{Here, LastChange, Presence, RailCounts, Watched, others, renewed};
use domain::refusal::Refusal;
use domain::version::VersionState;
use persistence::{bundles, events, feedback, incidents, presence, versions};

use crate::versions::VersionKey;
use crate::{Ctx, Result, Services, audit, datasets, notifications};

/// How long a page waits for the sign of its reader to be written: other writers of SQLite may be in its way.
const PATIENCE: Duration = Duration::from_secs(2);

/// Notes that the caller has the thing open, and perhaps `typed` in a form of it, and tells who else has.
///
/// # Errors
/// `NotFound` for what the caller's portal has no page of, as for what does not exist.
pub async fn here(services: &Services, ctx: &Ctx, at: &Watched, typed: bool) -> Result<Here> {
    let caller = ctx.caller()?;
    let reads_history = must_see(services, ctx, caller, at).await?;
    let (db, object) = (services.db.pool(), at.key());
    let there = presence::of_object(db, &object, ctx.now).await?;
    let mine = there.iter().find(|known| known.actor.id == caller.actor.id);
    if let Some(mine) = renewed(mine, &object, &caller.actor, typed, ctx.now) {
        write_down(services, &mine).await;
    }
    if !reads_history {
        return Ok(Here { others: Vec::new(), last: None, history: at.admin_path(), now: ctx.now });
    }
    let last = events::last_of(db, at.kind(), &at.id()).await?.map(|event| LastChange {
        mark: event.id,
        at: event.timestamp,
        own: event.actor.id == caller.actor.id,
        by: event.actor.name,
    });
    let history = if audit::check_reader(ctx).is_ok() {
        format!("/admin/audit?resource_type={}&resource_id={}", at.kind(), at.id())
    } else {
        format!("{}#history", at.admin_path())
    };
    Ok(Here { others: others(&there, &caller.actor.id, ctx.now), last, history, now: ctx.now })
}

/// Writes a sign of somebody where that does not take long: no page is kept, or refused, for the sake of it.
async fn write_down(services: &Services, mine: &Presence) {
    match tokio::time::timeout(PATIENCE, presence::save(services.db.pool(), mine)).await {
        Ok(Ok(())) => {}
        Ok(Err(error)) => {
            tracing::warn!(error = &error as &dyn std::error::Error, "the sign of a reader cannot be written");
        }
        Err(_) => tracing::warn!("the sign of a reader takes too long to write"),
    }
}

/// Refuses where the portal shows the caller no page; whether the page shows them the history, and so who works on it.
async fn must_see(services: &Services, ctx: &Ctx, caller: &Caller, at: &Watched) -> Result<bool> {
    let reads = |department: &str, dataset: &str| caller.may_for(Permission::DatasetsRead, department, dataset);
    match at {
        Watched::Dataset(id) => {
            let dataset = datasets::find(services, ctx, id).await?;
            if reads(&dataset.department, id) { Ok(true) } else { Err(Refusal::NotFound.into()) }
        }
        Watched::Version(dataset_id, edition, version) => {
            let key = VersionKey { dataset_id: dataset_id.clone(), edition: edition.clone(), version: *version };
            let (version, dataset) = crate::versions::find_with_dataset(services, ctx, &key).await?;
            let reads = reads(&dataset.department, dataset_id);
            if !reads && version.is_public() { Err(Refusal::NotFound.into()) } else { Ok(reads) }
        }
        Watched::Bundle(id) => {
            crate::bundles::find(services, ctx, id).await?;
            Ok(true)
        }
        Watched::Release(id) => {
            if !caller.may(Permission::ReleasesRead) {
                return Err(Refusal::NotFound.into());
            }
            let release = crate::releases::find(services, ctx, id).await?;
            Ok(crate::releases::may(caller, Permission::ReleasesRead, release.details.department.as_deref()))
        }
    }
}

/// How much waits for the caller behind the lines of the portal's rail.
pub async fn rail_counts(services: &Services, ctx: &Ctx) -> Result<RailCounts> {
    let (caller, db) = (ctx.caller()?, services.db.pool());
    let mut counts = RailCounts::default();
    if caller.may(Permission::VersionsApprove) {
        let reach = caller.reach(Permission::VersionsApprove);
        counts.review = versions::count_in_state(db, &reach, VersionState::Submitted).await?;
    }
    if caller.may(Permission::BundlesRead) || caller.may(Permission::BundlesPreview) {
        let by_stage = bundles::count_by_stage(db, caller).await?;
        let in_stage = |wanted| by_stage.iter().filter(|(stage, _)| *stage == wanted).map(|(_, n)| n).sum::<u64>();
        if caller.may(Permission::BundlesReview) || caller.may(Permission::BundlesApprove) {
            counts.review += in_stage(BundleStage::ReadyForReview);
        }
        counts.failures = in_stage(BundleStage::Failed);
        counts.bundles = bundles::count_in_hand(db, caller).await?;
    }
    if caller.may(Permission::SystemOperate) || caller.may(Permission::UsersManage) {
        counts.incidents = incidents::count_live(db).await?;
    }
    if caller.may(Permission::SystemOperate) {
        counts.feedback = feedback::count_new(db).await?;
    }
    counts.notifications = notifications::count_unread(services, ctx).await?;
    Ok(counts)
}
