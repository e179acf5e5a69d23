//! Publication at the instant: a lease, a preflight, and one transaction that makes everything public.

use chrono::{DateTime, Utc};
use domain::bundle::{Bundle, BundleCommand, BundleStage, BundleState, ContentItem, Failure, preflight};
use domain::event::Happened;
use domain::refusal::Blocker;
use persistence::bundles::Lease;
use persistence::outbox::Task;
use persistence::{Tx, bundles, contents, files, outbox, publication, revisions};

use crate::{Ctx, Result, Services, ids, records, releases};

/// How one publication came out.
#[derive(Clone, Debug)]
pub struct PublishOutcome {
    /// The bundle.
    pub bundle_id: String,
    /// When it was meant to be public.
    pub due: Option<DateTime<Utc>>,
    /// When it became public; `None` where it was refused.
    pub published_at: Option<DateTime<Utc>>,
    /// Why it was refused.
    pub failure: Option<Failure>,
}

impl PublishOutcome {
    /// How long after its instant the bundle became public, in milliseconds.
    #[must_use]
    pub fn lateness_ms(&self) -> Option<i64> {
        Some((self.published_at? - self.due?).num_milliseconds())
    }
}

/// Takes up again at once what this node was publishing when it stopped, instead of waiting for its own old lease.
///
/// Call once, at the start of the process, before anything is published; the bundles' revisions still let only one conclude.
pub async fn take_up_again(services: &Services) -> Result<u64> {
    let now = services.clock.now();
    Ok(bundles::release_leases(services.db.pool(), &services.settings.node, now).await?)
}

/// Publishes every bundle that is due, side by side; faults of one do not stop the others.
pub async fn publish_due(services: &Services) -> Result<Vec<PublishOutcome>> {
    let due = bundles::due(services.db.pool(), services.clock.now()).await?;
    let mut running = tokio::task::JoinSet::new();
    for id in due {
        let services = services.clone();
        running.spawn(async move {
            let outcome = publish_one(&services, &id).await;
            (id, outcome)
        });
    }
    let mut outcomes = Vec::new();
    while let Some(joined) = running.join_next().await {
        match joined {
            Ok((_, Ok(Some(outcome)))) => outcomes.push(outcome),
            Ok((_, Ok(None))) => {}
            Ok((id, Err(error))) => {
                tracing::error!(bundle.id = %id, error = &error as &dyn std::error::Error, "bundle {id} publication interrupted, will be tried again");
            }
            Err(error) => tracing::error!(%error, "a bundle publication task stopped"),
        }
    }
    Ok(outcomes)
}

/// Publishes one bundle if it is due; `None` where another node was faster or it is not due any more.
pub async fn publish_one(services: &Services, id: &str) -> Result<Option<PublishOutcome>> {
    let ctx = Ctx::system("scheduler", services.clock.now());
    let Some(bundle) = claim(services, &ctx, id).await? else {
        return Ok(None);
    };
    tracing::info!(bundle.id = %id, "bundle {id} publication started");
    let missing = missing_bytes(services, id).await?;
    let outcome = conclude(services, bundle, missing).await?;
    services.nudges.follow_up.notify_waiters();
    services.nudges.follow_up.notify_one();
    Ok(outcome)
}

/// Takes the lease by a conditional write; the loser of a race gets `None`.
async fn claim(services: &Services, ctx: &Ctx, id: &str) -> Result<Option<Bundle>> {
    let caller = ctx.caller()?;
    let tx = services.db.begin().await?;
    let Some(bundle) = bundles::find_visible_to(&tx, caller, id).await? else {
        return Ok(None);
    };
    let lease = Lease { node: services.settings.node.clone(), expires_at: ctx.now + services.settings.lease };
    let claimed = match bundle.stage() {
        BundleStage::Scheduled if bundle.state.schedule().is_some_and(|s| s.publication_date <= ctx.now) => {
            let before = bundle.state.clone();
            let (bundle, happened) = bundle.apply(BundleCommand::Begin, &[], caller, ctx.now)?;
            record_step(&tx, ctx, &before, &bundle, &happened)?;
            bundle
        }
        BundleStage::Publishing if bundles::lease_of(&tx, id).await?.is_none_or(|l| l.expires_at <= ctx.now) => bundle,
        _ => return Ok(None),
    };
    if !bundles::save(&tx, &claimed, Some(&lease)).await? {
        return Ok(None);
    }
    persistence::db::commit(tx).await?;
    Ok(Some(Bundle { revision: claimed.revision + 1, ..claimed }))
}

/// The files whose bytes are missing or of another size, as blockers.
async fn missing_bytes(services: &Services, bundle_id: &str) -> Result<Vec<Blocker>> {
    let mut blockers = Vec::new();
    for item in contents::list_of_bundle(services.db.pool(), bundle_id).await? {
        for (stored, _) in files::list_of_version(services.db.pool(), &item.version_id).await? {
            let found = services.storage.head(&stored.object_key).await?;
            if found.is_none_or(|object| object.size != stored.file.size) {
                let message =
                    format!("The bytes of {} in {} are missing or damaged.", stored.file.filename, item.reference());
                blockers.push(Blocker::new("bytes_missing", message).about(item.reference(), None));
            }
        }
    }
    Ok(blockers)
}

/// Makes the bundle public, or failed with every reason; `None` where the lease was lost.
async fn conclude(services: &Services, bundle: Bundle, mut blockers: Vec<Blocker>) -> Result<Option<PublishOutcome>> {
    let tx = services.db.begin().await?;
    let ctx = Ctx::system("scheduler", services.clock.now());
    let caller = ctx.caller()?;
    let items = contents::list_of_bundle(&tx, &bundle.id).await?;
    blockers.extend(preflight(&bundle.id, &items));
    if blockers.is_empty() {
        let (published, happened) = bundle.clone().apply(BundleCommand::Complete, &items, caller, ctx.now)?;
        if !bundles::save(&tx, &published, None).await? {
            return Ok(None);
        }
        if publication::publish_contents(&tx, &items, ctx.now).await? {
            record_step(&tx, &ctx, &bundle.state, &published, &happened)?;
            record_publication(&tx, &ctx, &published, &items).await?;
            persistence::db::commit(tx).await?;
            return Ok(Some(outcome_of(&published)));
        }
        blockers.push(Blocker::new(
            "changed",
            "A version of the bundle or its dataset was changed while it was being published.",
        ));
    }
    drop(tx);
    fail(services, bundle, blockers).await
}

/// Refuses the publication as a whole: nothing becomes public, every reason is kept, and an alarm is queued.
async fn fail(services: &Services, bundle: Bundle, blockers: Vec<Blocker>) -> Result<Option<PublishOutcome>> {
    let tx = services.db.begin().await?;
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
    let before = bundle.state.clone();
    let (failed, happened) = bundle.apply(BundleCommand::Fail(failure.clone()), &[], caller, ctx.now)?;
    if !bundles::save(&tx, &failed, None).await? {
        return Ok(None);
    }
    record_step(&tx, &ctx, &before, &failed, &happened)?;
    let payload = serde_json::json!({"message": failure.message});
    outbox::push(&tx, &task(&ctx, &failed, "alert", &failed.id, payload, false), ctx.now).await?;
    persistence::db::commit(tx).await?;
    Ok(Some(outcome_of(&failed)))
}

fn record_step(tx: &Tx, ctx: &Ctx, before: &BundleState, bundle: &Bundle, happened: &Happened) -> Result<()> {
    let actor = &ctx.caller()?.actor;
    let entry = records::Entry::new(ctx, actor, records::bundle(&bundle.id), happened.event_type).step(happened);
    entry.change(&records::standing(before)?, &records::standing(&bundle.state)?)?.write(tx);
    Ok(())
}

async fn record_publication(tx: &Tx, ctx: &Ctx, bundle: &Bundle, items: &[ContentItem]) -> Result<()> {
    let step = Happened { event_type: "published", from_state: "approved", to_state: "published", reason: None };
    for item in items {
        let reference = item.reference();
        let about = records::version(&reference);
        let entry = records::Entry::new(ctx, &ctx.caller()?.actor, about, step.event_type).step(&step);
        let entry = entry.in_bundle(Some(bundle.id.clone()));
        entry.change(&serde_json::json!({"state": "approved"}), &serde_json::json!({"state": "published"}))?.write(tx);
    }
    releases::publish_with(tx, ctx, ctx.caller()?, &bundle.id).await?;
    let datasets: Vec<String> = items.iter().map(|item| item.dataset_id.clone()).collect();
    revisions::raise(tx, &datasets).await?;
    let payload = serde_json::json!({});
    outbox::push(tx, &task(ctx, bundle, "search_index", &bundle.id, payload, true), ctx.now).await?;
    Ok(())
}

fn task(ctx: &Ctx, bundle: &Bundle, kind: &str, subject: &str, payload: serde_json::Value, blocking: bool) -> Task {
    Task {
        id: ids::new_id(ctx.now),
        bundle_id: Some(bundle.id.clone()),
        kind: kind.to_owned(),
        subject: subject.to_owned(),
        payload,
        blocking,
        attempts: 0,
    }
}

fn outcome_of(bundle: &Bundle) -> PublishOutcome {
    PublishOutcome {
        bundle_id: bundle.id.clone(),
        due: bundle.state.schedule().map(|s| s.publication_date),
        published_at: bundle.state.published_at(),
        failure: bundle.state.failure().cloned(),
    }
}
