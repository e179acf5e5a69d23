//! Reading bundles.

use chrono::{DateTime, TimeDelta, Utc};
use domain::actor::Caller;
use domain::bundle::remarks::check_sign_off;
use domain::bundle::{Bundle, BundleAction, BundleKind, BundleStage, ContentItem, preflight};
use domain::event::{Event, HistoryAsked};
use domain::office::{self, QueuePause};
use domain::page::{MAX_LIMIT, Page, Paging};
use domain::policy::Permission;
use domain::progress;
use domain::publication_log::LoggedVersion;
use domain::refusal::{Blocker, Refusal};
use domain::views::{BundleApproval, BundlePage, BundleStatus, Check, Offer, QueueEntry};
use persistence::bundles::{BundleFilter, BundleOrder};
use persistence::publication_log::{self, LogFilter};
use persistence::{bundles, contents, events, outbox, remarks, teams, topics, versions};

use super::publish_due::LATE;
use crate::ctx::forbidden;
use crate::records::{About, Entry};
use crate::{Ctx, Result, Services};

/// How long after the time that a bundle bears as that of its publication its commit may have begun, so that the public log is
/// searched no further.
const FOUND_WITHIN: TimeDelta = TimeDelta::hours(1);

/// The bundle, if the caller may see it.
pub async fn find(services: &Services, ctx: &Ctx, id: &str) -> Result<Bundle> {
    let caller = ctx.caller()?;
    let found = bundles::find_visible_to(services.db.pool(), caller, id).await?;
    Ok(found.ok_or(Refusal::NotFound)?)
}

/// The bundles that the caller may see.
pub async fn list(services: &Services, ctx: &Ctx, filter: &BundleFilter, paging: Paging) -> Result<Page<Bundle>> {
    Ok(bundles::list_visible_to(services.db.pool(), reader(ctx)?, filter, paging).await?)
}

/// The caller, if it may see bundles at all.
pub(crate) fn reader(ctx: &Ctx) -> Result<&Caller, Refusal> {
    let caller = ctx.caller()?;
    let reads = caller.may(Permission::BundlesRead) || caller.may(Permission::BundlesPreview);
    if reads { Ok(caller) } else { Err(forbidden(Permission::BundlesRead)) }
}

/// What happened to the bundle, oldest first.
pub async fn timeline(services: &Services, ctx: &Ctx, id: &str, paging: Paging) -> Result<Page<Event>> {
    find(services, ctx, id).await?;
    Ok(events::of_resource(services.db.pool(), "bundle", id, paging).await?)
}

/// The bundle with the newest of what happened to it, oldest first, as its page of the history shows it.
pub async fn history(services: &Services, ctx: &Ctx, id: &str) -> Result<(Bundle, Vec<Event>)> {
    let bundle = find(services, ctx, id).await?;
    let events = events::newest_of(services.db.pool(), "bundle", id, MAX_LIMIT).await?;
    Ok((bundle, events))
}

/// What is asked for of the same, newest first, to be taken away in a file; that it was is recorded.
pub async fn export_history(services: &Services, ctx: &Ctx, id: &str, asked: &HistoryAsked) -> Result<Vec<Event>> {
    let (_, events) = history(services, ctx, id).await?;
    let tx = services.db.begin().await?;
    let about = About { resource_type: "audit", resource_id: "timeline" };
    let details = serde_json::json!({"format": "csv", "filters": asked});
    let entry = Entry::new(ctx, &ctx.caller()?.actor, about, "exported").details(details);
    entry.in_bundle(Some(id.to_owned())).write(&tx);
    persistence::db::commit(tx).await?;
    Ok(asked.find(&events).into_iter().rev().collect())
}

/// How the publication stands.
pub async fn status(services: &Services, ctx: &Ctx, id: &str) -> Result<BundleStatus> {
    let bundle = find(services, ctx, id).await?;
    let db = services.db.pool();
    let due = bundle.state.schedule().map(|s| s.publication_date);
    let items = contents::list_of_bundle(db, id).await?;
    let reached = match bundle.stage() {
        BundleStage::Published => committed(services, &bundle, &items).await?,
        BundleStage::Scheduled | BundleStage::Publishing => {
            Some(ctx.now).filter(|now| due.is_some_and(|due| *now > due))
        }
        _ => None,
    };
    let lateness = reached.zip(due).map(|(reached, due)| reached - due);
    let was_late = bundle.stage() == BundleStage::Published && lateness.is_some_and(|lateness| lateness > LATE);
    Ok(BundleStatus {
        lateness_ms: lateness.map(|lateness| lateness.num_milliseconds()),
        late_because: if was_late { events::last_reason(db, "bundle", id, "published").await? } else { None },
        steps: outbox::steps_of(db, id).await?,
        contents: items,
        bundle,
    })
}

/// When the commit began that made the bundle public. What was held ready bears its instant as the time of publication, and anything
/// else the one at which its writing began; the public log alone knows when the commit did (ADR 20).
async fn committed(services: &Services, bundle: &Bundle, items: &[ContentItem]) -> Result<Option<DateTime<Utc>>> {
    let Some((published, first)) = bundle.state.published_at().zip(items.first()) else { return Ok(None) };
    let filter = LogFilter {
        dataset: Some(first.dataset_id.clone()),
        from: Some(published),
        to: Some(published + FOUND_WITHIN),
        ..LogFilter::default()
    };
    let log = publication_log::list(services.db.pool(), &filter, Paging::WHOLE).await?;
    let is_it = |version: &LoggedVersion| {
        (&version.dataset_id, &version.edition, version.version) == (&first.dataset_id, &first.edition, first.version)
    };
    let found = log.items.iter().find(|entry| entry.versions.iter().any(is_it));
    Ok(Some(found.map_or(published, |entry| entry.published_at)))
}

/// Every check of readiness with what to do.
pub async fn readiness(services: &Services, ctx: &Ctx, id: &str) -> Result<Vec<Check>> {
    let bundle = find(services, ctx, id).await?;
    let items = contents::list_of_bundle(services.db.pool(), id).await?;
    super::readiness::checks_of(services, ctx, &bundle, &items).await
}

/// What is scheduled or being published, soonest first.
pub async fn queue(services: &Services, ctx: &Ctx, paging: Paging) -> Result<Page<QueueEntry>> {
    let filter = BundleFilter {
        stages: vec![BundleStage::Scheduled, BundleStage::Publishing],
        order: BundleOrder::SOONEST,
        ..BundleFilter::default()
    };
    let page = list(services, ctx, &filter, paging).await?;
    let ids: Vec<&str> = page.items.iter().map(|bundle| bundle.id.as_str()).collect();
    let mut leases = bundles::leases_of(services.db.pool(), &ids).await?;
    Ok(page.map(|bundle| {
        let due = bundle.state.schedule().map_or(ctx.now, |s| s.publication_date);
        QueueEntry {
            lateness_ms: (ctx.now - due).num_milliseconds(),
            lease: leases.remove(&bundle.id).map(|lease| (lease.node, lease.expires_at)),
            bundle,
        }
    }))
}

/// What changes whenever the queue, or what waits for an instant, has something new to show to the caller.
pub async fn queue_mark(services: &Services, ctx: &Ctx) -> Result<String> {
    let filter = BundleFilter {
        stages: vec![BundleStage::Approved, BundleStage::Scheduled, BundleStage::Publishing],
        order: BundleOrder::SOONEST,
        ..BundleFilter::default()
    };
    let seen = list(services, ctx, &filter, Paging::WHOLE).await?.items;
    let is_paused = services.memory.office(&services.db).await?.paused.is_some();
    Ok(progress::queue_mark(&seen, is_paused))
}

/// The portal's page of a bundle.
pub async fn page(services: &Services, ctx: &Ctx, id: &str) -> Result<BundlePage> {
    let caller = ctx.caller()?;
    let bundle = find(services, ctx, id).await?;
    let db = services.db.pool();
    let items = contents::list_of_bundle(db, id).await?;
    let paused = services.memory.office(&services.db).await?.paused.clone();
    let editable = BundleAction::AddContent.check_from(bundle.stage()).is_ok() && caller.may(Permission::BundlesWrite);
    Ok(BundlePage {
        checks: super::readiness::checks_of(services, ctx, &bundle, &items).await?,
        offers: offers(&bundle, &items, caller, paused.as_ref()),
        comments: remarks::comments_of(db, id, Paging::WHOLE).await?.items,
        sign_offs: remarks::sign_offs_of(db, id).await?,
        can_sign_off: check_sign_off(bundle.stage()).is_ok()
            && caller.may(Permission::BundlesReview)
            && contents::all_reached(&caller.reach(Permission::BundlesReview), &items),
        // As adding asks for it: what is merely seen cannot be put in.
        candidates: if editable {
            versions::list_addable(db, &caller.reach(Permission::BundlesWrite)).await?
        } else {
            Vec::new()
        },
        teams: teams::list(db).await?,
        timeline: events::newest_of(db, "bundle", id, MAX_LIMIT).await?,
        steps: outbox::steps_of(db, id).await?,
        can_operate: caller.may(Permission::BundlesPublish)
            && contents::all_reached(&caller.reach(Permission::BundlesPublish), &items),
        channels: crate::deliveries::usable_channels(services).await?,
        contents: items,
        bundle,
        now: ctx.now,
    })
}

/// The portal's page for the approval of a bundle: everything that becomes public with it.
pub async fn approval(services: &Services, ctx: &Ctx, id: &str) -> Result<BundleApproval> {
    let preview = super::preview(services, ctx, id).await?;
    let topics = topics::list(services.db.pool()).await?.into_iter().map(|topic| (topic.id, topic.title)).collect();
    Ok(BundleApproval { page: page(services, ctx, id).await?, preview, topics })
}

/// What the caller may do in this state, and what stands in the way.
pub(super) fn offers(
    bundle: &Bundle,
    items: &[ContentItem],
    caller: &Caller,
    paused: Option<&QueuePause>,
) -> Vec<Offer<BundleAction>> {
    let offer = |action: BundleAction| {
        let mut blockers = blockers_of(action, bundle, items, caller);
        if action == BundleAction::PublishNow {
            blockers.extend(paused.map(|pause| office::barring(&pause.said())));
        }
        Offer { action, blockers }
    };
    BundleAction::ALL
        .iter()
        .filter(|action| !action.is_of_scheduler())
        .filter(|action| action.rule().0.contains(&bundle.stage()) && caller.may(action.rule().1))
        .map(|action| offer(*action))
        .collect()
}

fn blockers_of(action: BundleAction, bundle: &Bundle, items: &[ContentItem], caller: &Caller) -> Vec<Blocker> {
    let mut blockers = if action == BundleAction::Approve { bundle.own_work(items, caller) } else { Vec::new() };
    if matches!(action, BundleAction::Submit | BundleAction::Approve) {
        blockers.extend(preflight(&bundle.id, items));
    }
    if action == BundleAction::Schedule && bundle.details.kind == BundleKind::Manual {
        blockers.push(Blocker::new("manual_bundle", "This is a manual bundle: an operator publishes it by hand."));
    }
    if !persistence::contents::all_reached(&caller.reach(action.rule().1), items) {
        blockers.push(Blocker::new("out_of_reach", "Your rights do not cover every dataset in this bundle."));
    }
    blockers
}
