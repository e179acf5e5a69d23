//! A publication as somebody who watches it sees it.

use domain::bundle::BundleStage;
use domain::delivery::Sink;
use domain::page::Paging;
use domain::policy::Permission;
use domain::progress::{PublicationProgress, QueuePlace};
use domain::views::Step;
use persistence::{contents, events, outbox};

use super::publish_together::expected;
use super::read::{find, offers, queue};
use crate::{Ctx, Result, Services};

/// How a publication goes on, what it waits for, and what the viewer can do about it.
pub async fn progress(services: &Services, ctx: &Ctx, id: &str) -> Result<PublicationProgress> {
    let mut progress = progress_alone(services, ctx, id).await?;
    if matches!(progress.bundle.stage(), BundleStage::Scheduled | BundleStage::Publishing) {
        progress.place = place(services, ctx, id).await?;
    }
    let last = events::last_of(services.db.pool(), "bundle", id).await?;
    progress.last_event = last.map(|event| event.id).unwrap_or_default();
    Ok(progress)
}

/// The same without its place among the others, for which the whole queue is read, and without what happened last.
pub(crate) async fn progress_alone(services: &Services, ctx: &Ctx, id: &str) -> Result<PublicationProgress> {
    let caller = ctx.caller()?;
    let bundle = find(services, ctx, id).await?;
    let db = services.db.pool();
    let items = contents::list_of_bundle(db, id).await?;
    let paused = services.memory.office(&services.db).await?.paused.clone();
    let checks = match bundle.stage() {
        BundleStage::Failed | BundleStage::Scheduled => {
            super::readiness::checks_of(services, ctx, &bundle, &items).await?
        }
        _ => Vec::new(),
    };
    let steps = outbox::steps_of(db, id).await?;
    let can_operate = caller.may(Permission::BundlesPublish)
        && contents::all_reached(&caller.reach(Permission::BundlesPublish), &items);
    Ok(PublicationProgress {
        ahead: if can_operate { ahead(services, bundle.stage(), &steps) } else { Vec::new() },
        checks,
        place: None,
        offers: offers(&bundle, &items, caller, paused.as_ref()),
        paused,
        steps,
        can_operate,
        expected_ms: expected(items.len()).num_milliseconds(),
        contents: items,
        last_event: String::new(),
        bundle,
        now: services.clock.now(),
    })
}

/// The receivers outside of the catalogue that a publication which is still to come will be told to: none of a step that there is already,
/// such as the note that it is left out.
fn ahead(services: &Services, stage: BundleStage, steps: &[Step]) -> Vec<Sink> {
    if !matches!(stage, BundleStage::Approved | BundleStage::Scheduled | BundleStage::Failed) {
        return Vec::new();
    }
    let is_told = |sink: &Sink| sink.is_remote() && sink.is_of_publications() && services.delivers_to(*sink);
    let is_new = |sink: &Sink| steps.iter().all(|step| step.name != sink.as_str());
    Sink::ALL.iter().copied().filter(is_told).filter(is_new).collect()
}

/// The place in what the viewer sees of the queue: what others wait for is not told of.
async fn place(services: &Services, ctx: &Ctx, id: &str) -> Result<Option<QueuePlace>> {
    let queue = queue(services, ctx, Paging::WHOLE).await?;
    let at = queue.items.iter().position(|entry| entry.bundle.id == id);
    Ok(at.and_then(|at| {
        let node = queue.items.get(at)?.lease.as_ref().map(|(node, _)| node.clone());
        Some(QueuePlace { number: at + 1, of: queue.total_count, node })
    }))
}
