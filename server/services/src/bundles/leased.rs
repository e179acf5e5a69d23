//! Publication of a bundle that has to be looked at first: a lease keeps it from other nodes meanwhile.

use std::time::Duration;

use chrono::{DateTime, TimeDelta, Utc};
use domain::bundle::{Bundle, BundleCommand, BundleStage, Failure, preflight};
use domain::refusal::Blocker;
use persistence::bundles::Lease;
use persistence::{Tx, bundles, contents, queue_pause};

use super::prepare::missing_bytes_read;
use super::publish_due::{
    ANEW, Before, Coming, Hindered, PublishOutcome, end, held_up, make_public_alone, outcome_of, record_step, take,
};
use super::running::Place;
use crate::{Ctx, Result, ServiceError, Services, deliveries};

/// How long a bundle rests whose publication broke off by a fault, until any node takes it again: long enough that a storage which
/// is away is not asked all the time, short against what the fault itself makes it late.
const REST: TimeDelta = TimeDelta::seconds(2);
/// How long a look may take at most, so that a node which is never answered does not keep a bundle from one that would be.
const LONGEST_LOOK: Duration = Duration::from_secs(600);

/// Publishes a bundle under a lease; `None` where another node has it, or it is left for later.
pub(super) async fn publish(
    services: &Services,
    place: &mut Place,
    ctx: &Ctx,
    id: &str,
) -> Result<Option<PublishOutcome>> {
    let Some((bundle, before)) = claim(services, ctx, id).await? else { return Ok(None) };
    tracing::info!(bundle.id = %id, "bundle {id} publication started");
    let looked = tokio::select! {
        looked = tokio::time::timeout(LONGEST_LOOK, look(services, place, id)) => looked,
        () = keep(services, &bundle) => {
            tracing::warn!(bundle.id = %id, "bundle {id} publication was taken from this node while it looked at it");
            return Ok(None);
        }
    };
    let looked = looked.unwrap_or_else(|_| Err(ServiceError::Internal("its look took too long".to_owned())));
    let came = match looked {
        Ok(Some(blockers)) => conclude(services, &bundle, &before, blockers).await,
        Ok(None) => {
            let_go(services, &bundle, services.clock.now()).await;
            return Ok(None);
        }
        Err(error) => Err(error),
    };
    if came.is_err() {
        let_go(services, &bundle, services.clock.now() + REST.min(services.settings.lease)).await;
    }
    came
}

/// Takes the lease by a conditional write; the loser of a race gets `None`, and so does everybody while the queue is paused or
/// somebody takes a step with the bundle.
async fn claim(services: &Services, ctx: &Ctx, id: &str) -> Result<Option<(Bundle, Before)>> {
    let began = services.clock.now();
    let tx = services.db.begin().await?;
    let claimed = write_claim(&tx, services, ctx, (id, began)).await?;
    if claimed.is_some() {
        persistence::db::commit(tx).await?;
    } else {
        // At once, so that whoever takes the bundle next waits for none of its locks.
        tx.rollback().await?;
    }
    Ok(claimed)
}

async fn write_claim(
    tx: &Tx,
    services: &Services,
    ctx: &Ctx,
    (id, began): (&str, DateTime<Utc>),
) -> Result<Option<(Bundle, Before)>> {
    let (caller, surely) = (ctx.caller()?, ctx.now);
    let Some(queue) = queue_pause::open(tx).await? else { return Ok(None) };
    if !take(tx, id).await? {
        return Ok(None);
    }
    let Some(bundle) = bundles::find_visible_to(tx, caller, id).await? else { return Ok(None) };
    // The lease lasts from when it was nobody else's any more; what is due is what had surely come before.
    let waited = (services.clock.now() - began).max(TimeDelta::zero());
    let ctx = &Ctx::system("scheduler", surely + waited);
    let paused = held_up(&queue, &bundle);
    let (claimed, done) = match bundle.stage() {
        BundleStage::Scheduled if bundle.state.schedule().is_some_and(|s| s.publication_date <= surely) => {
            let before = bundle.state.clone();
            let (bundle, happened) = bundle.apply(BundleCommand::Begin, &[], caller, ctx.now)?;
            record_step(tx, ctx, &before, &bundle, &happened)?;
            (bundle, Before::Nothing)
        }
        BundleStage::Publishing => match bundles::lease_of(tx, id).await? {
            Some(lease) if lease.expires_at > ctx.now => return Ok(None),
            Some(lease) if lease.is_unclaimed() => (bundle, Before::Asked),
            _ => (bundle, Before::Begun),
        },
        _ => return Ok(None),
    };
    if !bundles::save(tx, &claimed, Some(&lease(services, ctx.now + services.settings.lease))).await? {
        return Ok(None);
    }
    Ok(Some((Bundle { revision: claimed.revision + 1, ..claimed }, paused.unwrap_or(done))))
}

/// A lease of this node.
fn lease(services: &Services, expires_at: DateTime<Utc>) -> Lease {
    Lease { node: services.settings.node.clone(), expires_at }
}

/// Everything that stands in the way of a bundle outside of the database; `None` where the process stops before it is known.
async fn look(services: &Services, place: &mut Place, id: &str) -> Result<Option<Vec<Blocker>>> {
    let items = contents::list_of_bundle(services.db.pool(), id).await?;
    let Some(mut blockers) = missing_bytes_read(services, place, id, &items).await? else { return Ok(None) };
    blockers.extend(deliveries::in_the_way(services, id).await?);
    Ok(Some(blockers))
}

/// Holds the lease for as long as the bundle is this node's; ends where it is not any more.
async fn keep(services: &Services, bundle: &Bundle) {
    let pause = (services.settings.lease / 3).to_std().unwrap_or_default();
    let pause = pause.clamp(Duration::from_millis(10), Duration::from_secs(5));
    loop {
        tokio::time::sleep(pause).await;
        let longer = lease(services, services.clock.now() + services.settings.lease);
        match hold_until(services, bundle, &longer).await {
            Ok(true) => {}
            Ok(false) => return,
            Err(error) => {
                tracing::warn!(bundle.id = %bundle.id, error = &error as &dyn std::error::Error, "the lease on a publication cannot be held longer");
            }
        }
    }
}

/// Writes until when the bundle is this node's. As a transaction, so that on SQLite it waits for the writers' turn before it has a
/// connection, which others would wait for.
async fn hold_until(services: &Services, bundle: &Bundle, lease: &Lease) -> Result<bool> {
    let tx = services.db.begin().await?;
    let held = bundles::hold_until(&tx, bundle, lease).await?;
    persistence::db::commit(tx).await?;
    Ok(held)
}

/// Has any node take the bundle from this time on, of which nothing became public.
async fn let_go(services: &Services, bundle: &Bundle, from: DateTime<Utc>) {
    if let Err(error) = hold_until(services, bundle, &lease(services, from)).await {
        tracing::warn!(bundle.id = %bundle.id, error = &error as &dyn std::error::Error, "the lease on a publication runs out by itself");
    }
}

/// Makes the bundle public, or failed with every reason; `None` where the lease was lost, or the queue was paused meanwhile.
async fn conclude(
    services: &Services,
    bundle: &Bundle,
    before: &Before,
    mut blockers: Vec<Blocker>,
) -> Result<Option<PublishOutcome>> {
    for tries in 0..=ANEW {
        let tx = services.db.begin().await?;
        if queue_pause::open(&tx).await?.is_none() {
            tx.rollback().await?;
            let_go(services, bundle, services.clock.now()).await;
            tracing::info!(bundle.id = %bundle.id, "bundle {} publication waits until the queue is resumed", bundle.id);
            return Ok(None);
        }
        // Before the time is read, as it may be waited for.
        bundles::lock(&tx, &bundle.id).await?;
        let ctx = Ctx::system("scheduler", services.clock.now());
        let items = contents::list_of_bundle(&tx, &bundle.id).await?;
        blockers.extend(preflight(&bundle.id, &items));
        if blockers.is_empty() {
            let coming = Coming { bundle: bundle.clone(), before: before.clone(), items };
            match make_public_alone(&tx, services, &ctx, coming).await? {
                Ok(public) => match end(services, tx, &public, tries < ANEW).await? {
                    Some(outcome) => return Ok(Some(outcome)),
                    None => continue,
                },
                Err(Hindered::Lost) => return Ok(None),
                Err(Hindered::Changed) => blockers.push(Blocker::new(
                    "changed",
                    "A version of the bundle or its dataset was changed while it was being published.",
                )),
            }
        }
        tx.rollback().await?;
        return fail(services, bundle, blockers).await;
    }
    Ok(None)
}

/// Refuses the publication as a whole: nothing becomes public, every reason is kept, and an alarm is queued.
async fn fail(services: &Services, bundle: &Bundle, blockers: Vec<Blocker>) -> Result<Option<PublishOutcome>> {
    let tx = services.db.begin().await?;
    bundles::lock(&tx, &bundle.id).await?;
    let ctx = Ctx::system("scheduler", services.clock.now());
    let caller = ctx.caller()?;
    let reasons: Vec<&str> = blockers.iter().map(|b| b.message.trim_end_matches('.')).collect();
    let reason = if blockers.iter().any(|b| b.code == "no_content") {
        "bundle has no content items".to_owned()
    } else {
        reasons.join("; ")
    };
    let failure = Failure {
        code: "VALIDATION_ERROR".to_owned(),
        message: format!("Bundle publication failed: {reason}"),
        blockers,
        at: ctx.now,
    };
    let (failed, happened) = bundle.clone().apply(BundleCommand::Fail(failure.clone()), &[], caller, ctx.now)?;
    if !bundles::save(&tx, &failed, None).await? {
        return Ok(None);
    }
    record_step(&tx, &ctx, &bundle.state, &failed, &happened)?;
    deliveries::queue_failed(&tx, services, &ctx, &failed, &failure).await?;
    persistence::db::commit(tx).await?;
    Ok(Some(outcome_of(&failed)))
}
