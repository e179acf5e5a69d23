//! What an operator does where something is owed: leave a step out for a bundle, or have it tried again.

use domain::bundle::{Bundle, BundleStage};
use domain::delivery::Sink;
use domain::policy::Permission;
use domain::refusal::Refusal;
use domain::views::Step;
use persistence::hold;
use persistence::outbox::{self, Task};

use crate::bundles::{find_to_change, want};
use crate::{Ctx, Result, Services, ids, records};

/// Refuses a step that a bundle neither has nor could have, before anything else is looked at.
///
/// The caller has to see the bundle. `named` is a step's id or name, or the name of a receiver of publications.
pub async fn must_know_step(services: &Services, bundle_id: &str, named: &str) -> Result<()> {
    let mut receivers = Sink::ALL.iter().filter(|sink| sink.is_of_publications() && services.delivers_to(**sink));
    if receivers.any(|sink| sink.as_str() == named)
        || outbox::step_named(services.db.pool(), bundle_id, named).await?.is_some()
    {
        return Ok(());
    }
    Err(Refusal::NotFound.into())
}

/// Leaves a step of a bundle out, for a reason: one that is owed, or, before the bundle is public, one that would follow.
///
/// `named` is a step's id or name. Once the bundle is public only what is owed can be left out. Answers with the step's name.
pub async fn skip(services: &Services, ctx: &Ctx, bundle_id: &str, named: &str, reason: &str) -> Result<String> {
    let _wanting = want(services, ctx, Permission::BundlesPublish, bundle_id)?;
    let tx = services.db.begin().await?;
    // Whoever may not do it makes no holder give anything up.
    find_to_change(&tx, ctx, Permission::BundlesPublish, bundle_id).await?;
    // What is held ready has been written without what is said now.
    hold::wait_for_holder(&tx, bundle_id).await?;
    let (bundle, _, caller) = find_to_change(&tx, ctx, Permission::BundlesPublish, bundle_id).await?;
    if reason.trim().is_empty() {
        return Err(Refusal::field("reason", "required", "Say why. The reason is kept in the history.").into());
    }
    let name = match outbox::step_named(&tx, bundle_id, named).await? {
        Some((_, step)) if step.is_owed() => {
            if !outbox::skip(&tx, &step.id, reason, ctx.now).await? {
                return Err(Refusal::Stale.into());
            }
            step.name
        }
        Some((_, step)) => return Err(not_from(&step, "leave the step out", &["pending", "running", "failed"]).into()),
        None => skip_ahead(&tx, services, ctx, &bundle, named, reason).await?,
    };
    let entry = records::Entry::new(ctx, &caller.actor, records::bundle(bundle_id), "step_skipped");
    entry.because(Some(reason.to_owned())).details(serde_json::json!({"step": &name})).write(&tx);
    persistence::db::commit(tx).await?;
    services.nudges.follow_up.notify_one();
    Ok(name)
}

/// Notes that a whole receiver is left out of a publication that is still to come.
async fn skip_ahead(
    tx: &persistence::Tx,
    services: &Services,
    ctx: &Ctx,
    bundle: &Bundle,
    named: &str,
    reason: &str,
) -> Result<String> {
    let sink = Sink::ALL.iter().find(|sink| sink.as_str() == named);
    let sink = sink.filter(|sink| sink.is_of_publications() && services.delivers_to(**sink));
    let ahead = !matches!(bundle.stage(), BundleStage::Published);
    let Some(sink) = sink.filter(|_| ahead) else { return Err(Refusal::NotFound.into()) };
    let task = Task {
        bundle_id: Some(bundle.id.clone()),
        blocking: services.outlets.manner(*sink).blocking,
        ..Task::new(ids::new_id(ctx.now), sink.as_str(), &bundle.id, serde_json::json!({}))
    };
    outbox::note_skipped(tx, &task, reason, ctx.now).await?;
    Ok(task.name)
}

/// Has a step that failed or was given up tried again at once, with all its tries before it; one that was left out is done
/// after all. Not while an operator has its receiver left in peace.
///
/// Answers whether it waits for the publication, as what was left out ahead of it does.
pub async fn replay(
    services: &Services,
    ctx: &Ctx,
    bundle_id: &str,
    named: &str,
    reason: Option<String>,
) -> Result<bool> {
    let _wanting = want(services, ctx, Permission::BundlesPublish, bundle_id)?;
    let tx = services.db.begin().await?;
    // Whoever may not do it makes no holder give anything up.
    find_to_change(&tx, ctx, Permission::BundlesPublish, bundle_id).await?;
    // What is held ready has been written without what is said now.
    hold::wait_for_holder(&tx, bundle_id).await?;
    let (bundle, _, caller) = find_to_change(&tx, ctx, Permission::BundlesPublish, bundle_id).await?;
    let (task, step) = outbox::step_named(&tx, bundle_id, named).await?.ok_or(Refusal::NotFound)?;
    // What was left out ahead of the publication holds nothing that could be told.
    let noted_ahead = task.lane.is_none();
    if task.kind == Sink::Email.as_str() && task.subject.is_empty() {
        return Err(Refusal::blocked("forgotten", "This letter ended long ago, and its address is forgotten.").into());
    }
    let sink = Sink::parse(&task.kind);
    must_not_be_held(services, ctx, sink, &task)?;
    let taken = match step.state.as_str() {
        "failed" => outbox::replay(&tx, &step.id, ctx.now).await?,
        "skipped" if !noted_ahead => outbox::reopen(&tx, &step.id, ctx.now).await?,
        "skipped" if bundle.stage() != BundleStage::Published => outbox::forget_skipped(&tx, &step.id).await?,
        _ => return Err(not_from(&step, "try the step again", &["failed", "skipped"]).into()),
    };
    if !taken {
        return Err(Refusal::Stale.into());
    }
    let details = serde_json::json!({"step": step.name, "attempts": step.attempts, "error": step.last_error});
    let entry = records::Entry::new(ctx, &caller.actor, records::bundle(bundle_id), "step_replayed");
    entry.because(reason).details(details).write(&tx);
    persistence::db::commit(tx).await?;
    try_at_once(services, sink, &task);
    Ok(noted_ahead && step.state == "skipped")
}

/// Has a delivery that follows from no bundle, such as a letter or the alert of an incident, tried again at once with all its
/// tries before it. Not while an operator has its receiver left in peace.
///
/// # Errors
/// `NotFound` for what follows from a bundle, as for what is unknown; `Unauthenticated` or `Forbidden` without the right.
pub async fn replay_alone(services: &Services, ctx: &Ctx, id: &str) -> Result<()> {
    let by = ctx.caller_with(Permission::SystemOperate)?;
    let tx = services.db.begin().await?;
    let (task, step) = outbox::of_no_bundle(&tx, id).await?.ok_or(Refusal::NotFound)?;
    let sink = Sink::parse(&task.kind);
    must_not_be_held(services, ctx, sink, &task)?;
    if step.state != "failed" {
        return Err(not_from(&step, "try the delivery again", &["failed"]).into());
    }
    if !outbox::replay(&tx, &step.id, ctx.now).await? {
        return Err(Refusal::Stale.into());
    }
    records::Entry::new(ctx, &by.actor, RECEIVERS, "delivery_replayed").details(told_of(&step)).write(&tx);
    persistence::db::commit(tx).await?;
    try_at_once(services, sink, &task);
    Ok(())
}

/// Leaves a delivery out that follows from no bundle and is still owed, for a reason.
///
/// # Errors
/// As for [`replay_alone`]; `Invalid` without a reason.
pub async fn skip_alone(services: &Services, ctx: &Ctx, id: &str, reason: &str) -> Result<()> {
    let by = ctx.caller_with(Permission::SystemOperate)?;
    let tx = services.db.begin().await?;
    let (_, step) = outbox::of_no_bundle(&tx, id).await?.ok_or(Refusal::NotFound)?;
    if reason.trim().is_empty() {
        return Err(Refusal::field("reason", "required", "Say why. The reason is kept in the audit trail.").into());
    }
    if !step.is_owed() {
        return Err(not_from(&step, "leave the delivery out", &["pending", "running", "failed"]).into());
    }
    if !outbox::skip(&tx, &step.id, reason, ctx.now).await? {
        return Err(Refusal::Stale.into());
    }
    let entry = records::Entry::new(ctx, &by.actor, RECEIVERS, "delivery_skipped");
    entry.because(Some(reason.to_owned())).details(told_of(&step)).write(&tx);
    persistence::db::commit(tx).await?;
    services.nudges.follow_up.notify_one();
    Ok(())
}

/// What records about deliveries of no bundle are about.
const RECEIVERS: records::About<'static> = records::About { resource_type: "system", resource_id: "receivers" };

/// A delivery as the audit trail tells it: not to whom, as that may be somebody's address.
fn told_of(step: &Step) -> serde_json::Value {
    serde_json::json!({"delivery": step.id, "step": step.name, "attempts": step.attempts, "error": step.last_error})
}

/// Refuses what would only be put off until the hold of its receiver is over.
fn must_not_be_held(services: &Services, ctx: &Ctx, sink: Option<Sink>, task: &Task) -> Result<(), Refusal> {
    let hold = sink.and_then(|sink| services.outlets.circuits.held(&super::run::receiver_of(sink, task), ctx.now));
    let (Some(sink), Some(hold)) = (sink, hold) else { return Ok(()) };
    let message = format!(
        "{} is left in peace by {} until {}. Have it called again first, among the integrations.",
        sink.title(),
        hold.by,
        domain::uk_time::date_time(hold.until)
    );
    Err(Refusal::blocked("held", message))
}

/// An operator who asks for it wants it tried, whatever this node has seen of the receiver.
fn try_at_once(services: &Services, sink: Option<Sink>, task: &Task) {
    if let Some(sink) = sink {
        services.outlets.circuits.close(&super::run::receiver_of(sink, task));
    }
    services.nudges.follow_up.notify_one();
}

fn not_from(step: &Step, action: &str, allowed: &[&str]) -> Refusal {
    Refusal::InvalidTransition {
        action: action.to_owned(),
        from: step.state.clone(),
        allowed: allowed.iter().map(|state| (*state).to_owned()).collect(),
    }
}
