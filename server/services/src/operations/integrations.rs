//! Receivers with their circuits and what is owed to them, and the queue of files.

use chrono::TimeDelta;
use domain::delivery::Sink;
use domain::operations::{ComponentSight, FileDesk, Integrations, OwedDelivery, ReceiverHold, ReceiverSight};
use domain::page::Paging;
use domain::policy::Permission;
use domain::refusal::{FieldProblem, Refusal, all_valid};
use domain::text::check_line;
use persistence::{bundles, outbox};

use super::watcher;
use crate::records::{self, About, Entry};
use crate::{Ctx, Result, Services, deliveries, files};

/// The longest that a receiver is left in peace by hand at once, in hours.
const LONGEST_HOLD: i64 = 72;

/// All receivers that are configured or are owed something, with a page of what fails; `ask` is asked at once whether it is up.
pub async fn integrations(services: &Services, ctx: &Ctx, ask: Option<Sink>, paging: Paging) -> Result<Integrations> {
    let caller = watcher(ctx)?;
    let db = services.db.pool();
    let backlog = outbox::backlog(db).await?;
    let line = |sink: Sink| backlog.iter().find(|line| line.kind == sink.as_str());
    let told = |sink: &Sink| services.delivers_to(*sink) || line(*sink).is_some();
    let (circuits, now) = (&services.outlets.circuits, services.clock.now());
    // Letters go through the mail server of the e-mails, even while that is held.
    let state = |sink: Sink| match sink {
        Sink::Letter => circuits.state_though_held(Sink::Email.as_str(), now),
        _ => circuits.state(sink.as_str(), now),
    };
    let sight = |sink: Sink| ReceiverSight {
        sink,
        circuit: sink.is_remote().then(|| state(sink)),
        held: circuits.held(sink.as_str(), now),
        calls: circuits.last_calls(sink.as_str()),
        open: line(sink).map_or(0, |line| line.open),
        oldest: line(sink).and_then(|line| line.oldest),
        given_up: line(sink).map_or(0, |line| line.given_up),
    };
    let failing = outbox::failing(db, paging).await?;
    let named: Vec<String> = failing.items.iter().filter_map(|(_, bundle, _)| bundle.clone()).collect();
    let seen = bundles::visible_among(db, caller, &named).await?;
    let owed = failing.map(|(kind, bundle, step)| OwedDelivery {
        kind,
        is_alone: bundle.is_none(),
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
    match sink {
        Sink::Letter => services.outlets.circuits.close(Sink::Email.as_str()),
        _ => services.outlets.circuits.release(sink.as_str()),
    }
    services.nudges.follow_up.notify_one();
    Ok(())
}

/// Has this node leave a receiver in peace for some hours, for a reason; what is owed to it waits.
///
/// # Errors
/// `NotFound` for what is not called from here or shares another's circuit; `Invalid` with everything that is wrong;
/// `Unauthenticated` or `Forbidden` without the right.
pub async fn open_circuit(services: &Services, ctx: &Ctx, sink: Sink, hours: i64, reason: &str) -> Result<()> {
    let by = ctx.caller_with(Permission::SystemOperate)?;
    if !sink.is_remote() || sink == Sink::Letter {
        return Err(Refusal::NotFound.into());
    }
    let mut problems = Vec::new();
    if !(1..=LONGEST_HOLD).contains(&hours) {
        let message = format!("Give a number of hours from 1 to {LONGEST_HOLD}.");
        problems.push(FieldProblem::new("hours", "out_of_range", message));
    }
    check_line(&mut problems, "reason", reason, 500);
    all_valid(problems)?;
    let reason = reason.trim().to_owned();
    let hold =
        ReceiverHold { until: ctx.now + TimeDelta::hours(hours), reason: reason.clone(), by: by.actor.name.clone() };
    let tx = services.db.begin().await?;
    let about = About { resource_type: "system", resource_id: "receivers" };
    let details = serde_json::json!({"receiver": sink, "node": services.settings.node, "until": hold.until});
    Entry::new(ctx, &by.actor, about, "circuit_opened").because(Some(reason)).details(details).write(&tx);
    persistence::db::commit(tx).await?;
    services.outlets.circuits.hold(sink.as_str(), hold);
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
