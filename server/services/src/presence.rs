//! What a page of the portal is told while it is open: who else has the same thing open, its last change, what waits.

use std::time::Duration;

use domain::actor::Caller;
use domain::bundle::{BundleAction, BundleStage};
use domain::policy::Permission;
use domain::presence::{Here, LastChange, Meanwhile, Presence, RailCounts, Watched, others, renewed};
use domain::refusal::Refusal;
use domain::release::ReleaseAction;
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
    let Sight { reads_history, is_open } = must_see(services, ctx, caller, at).await?;
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
    let me = &caller.actor.id;
    let types = there.iter().any(|presence| presence.actor.id != *me && presence.edits(ctx.now));
    let editable = types && is_open && !is_held(services, at).await?;
    Ok(Here { others: others(&there, me, editable, ctx.now), last, history, now: ctx.now })
}

/// What somebody sees of a thing.
struct Sight {
    /// Whether the page shows them the history, and so who works on it.
    reads_history: bool,
    /// Whether it can be edited in the state that it is in.
    is_open: bool,
}

/// Whether a bundle that is approved keeps the draft of a dataset as it is.
async fn is_held(services: &Services, at: &Watched) -> Result<bool> {
    let Watched::Dataset(id) = at else { return Ok(false) };
    Ok(bundles::approved_with(services.db.pool(), id, None).await?.is_some())
}

/// What was done last to a thing, for whoever sent a form about it too late; nothing for who may not read its history.
///
/// # Errors
/// `NotFound` as for [`here`].
pub async fn meanwhile(services: &Services, ctx: &Ctx, at: &Watched) -> Result<Option<Meanwhile>> {
    let caller = ctx.caller()?;
    if !must_see(services, ctx, caller, at).await?.reads_history {
        return Ok(None);
    }
    let last = events::last_of(services.db.pool(), at.kind(), &at.id()).await?;
    Ok(last.map(|event| Meanwhile { own: event.actor.id == caller.actor.id, event, now: ctx.now }))
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

/// Refuses where the portal shows the caller no page.
async fn must_see(services: &Services, ctx: &Ctx, caller: &Caller, at: &Watched) -> Result<Sight> {
    let reads = |department: &str, dataset: &str| caller.may_for(Permission::DatasetsRead, department, dataset);
    match at {
        Watched::Dataset(id) => {
            let dataset = datasets::find(services, ctx, id).await?;
            let reads_history = reads(&dataset.department, id);
            if reads_history { Ok(Sight { reads_history, is_open: true }) } else { Err(Refusal::NotFound.into()) }
        }
        Watched::Version(dataset_id, edition, version) => {
            let key = VersionKey { dataset_id: dataset_id.clone(), edition: edition.clone(), version: *version };
            let (version, dataset) = crate::versions::find_with_dataset(services, ctx, &key).await?;
            let reads_history = reads(&dataset.department, dataset_id);
            if !reads_history && version.is_public() {
                return Err(Refusal::NotFound.into());
            }
            Ok(Sight { reads_history, is_open: version.state == VersionState::Created })
        }
        Watched::Bundle(id) => {
            let bundle = crate::bundles::find(services, ctx, id).await?;
            Ok(Sight { reads_history: true, is_open: BundleAction::Edit.check_from(bundle.stage()).is_ok() })
        }
        Watched::Release(id) => {
            if !caller.may(Permission::ReleasesRead) {
                return Err(Refusal::NotFound.into());
            }
            let release = crate::releases::find(services, ctx, id).await?;
            let department = release.details.department.as_deref();
            let reads_history = crate::releases::may(caller, Permission::ReleasesRead, department);
            Ok(Sight { reads_history, is_open: ReleaseAction::Edit.check_from(release.state).is_ok() })
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
