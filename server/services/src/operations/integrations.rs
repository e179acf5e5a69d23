//! Receivers with their circuits and what is owed to them, and the queue of files.

use domain::delivery::Sink;
use domain::operations::{ComponentSight, FileDesk, Integrations, OwedDelivery, ReceiverSight};
use domain::page::Paging;
use domain::policy::Permission;
use persistence::{bundles, outbox};

use super::watcher;
use crate::records::{self, About};
use crate::{Ctx, Result, Services, deliveries, files};

/// All receivers that are configured or are owed something, with a page of what fails; `ask` is asked at once whether it is up.
pub async fn integrations(services: &Services, ctx: &Ctx, ask: Option<Sink>, paging: Paging) -> Result<Integrations> {
    let caller = watcher(ctx)?;
    let db = services.db.pool();
    let backlog = outbox::backlog(db).await?;
    let line = |sink: Sink| backlog.iter().find(|line| line.kind == sink.as_str());
    let told = |sink: &Sink| services.delivers_to(*sink) || line(*sink).is_some();
    let sight = |sink: Sink| ReceiverSight {
        sink,
        circuit: sink.is_remote().then(|| services.outlets.circuits.state(sink.as_str(), services.clock.now())),
        open: line(sink).map_or(0, |line| line.open),
        oldest: line(sink).and_then(|line| line.oldest),
        given_up: line(sink).map_or(0, |line| line.given_up),
    };
    let failing = outbox::failing(db, paging).await?;
    let named: Vec<String> = failing.items.iter().filter_map(|(_, bundle, _)| bundle.clone()).collect();
    let seen = bundles::visible_among(db, caller, &named).await?;
    let owed = failing.map(|(kind, bundle, step)| OwedDelivery {
        kind,
        bundle_id: bundle.filter(|id| seen.contains(id)),
        step,
    });
    let asked = match ask {
        Some(sink) => Some((sink, deliveries::check(services, sink).await.map_err(|error| error.to_string()))),
        None => None,
    };
    let receivers = Sink::ALL.iter().copied().filter(told).map(sight).collect();
    Ok(Integrations { receivers, owed, asked, now: ctx.now })
}

/// Has a receiver that was left in peace called again with the next delivery.
pub async fn close_circuit(services: &Services, ctx: &Ctx, sink: Sink) -> Result<()> {
    let by = ctx.caller_with(Permission::SystemOperate)?;
    let tx = services.db.begin().await?;
    let about = About { resource_type: "system", resource_id: "receivers" };
    let details = serde_json::json!({"receiver": sink, "node": services.settings.node});
    records::note(&tx, ctx, by, about, "circuit_closed", details).await?;
    persistence::db::commit(tx).await?;
    services.outlets.circuits.close(sink.as_str());
    services.nudges.follow_up.notify_one();
    Ok(())
}

/// The queue of files that are looked into; `storage` is how the storage was found.
pub async fn file_desk(services: &Services, ctx: &Ctx, storage: Option<ComponentSight>) -> Result<FileDesk> {
    watcher(ctx)?;
    Ok(FileDesk {
        depths: files::depths(services).await?,
        files: files::queue(services, ctx).await?.items,
        storage,
        now: ctx.now,
    })
}
