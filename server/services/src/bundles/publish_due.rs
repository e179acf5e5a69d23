//! Publication at the instant: a lease, a preflight, and one transaction that makes everything public.

use std::collections::{HashMap, HashSet};
use std::mem;

use chrono::{DateTime, TimeDelta, Utc};
use domain::bundle::{Bundle, BundleCommand, BundleStage, BundleState, ContentItem, Failure, preflight};
use domain::event::Happened;
use domain::office::QueueSwitch;
use domain::refusal::Blocker;
use domain::release::PublicReason;
use persistence::bundles::Lease;
use persistence::{Tx, bundles, contents, publication, publication_log, queue_pause, revisions};
use tokio::task::{self, JoinSet};

use super::prepare::missing_bytes;
use crate::{Ctx, Result, ServiceError, Services, deliveries, records, releases};

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

/// The time that has surely come: that of the slower of this node's clock and the clock of a database that nodes share.
///
/// So a node whose clock is fast publishes nothing early.
pub async fn surely_now(services: &Services) -> Result<DateTime<Utc>> {
    let ours = services.clock.now();
    Ok(if services.db.is_shared() { ours.min(services.db.time().await?) } else { ours })
}

/// From how long after its instant a publication counts as late and says why: what is held says that it came with the instant.
pub(super) const LATE: TimeDelta = TimeDelta::seconds(1);
/// How many publications are under way at once.
const MOST: usize = 32;

/// Publishes every bundle that is due, side by side, each tried once; faults of one do not stop the others.
pub async fn publish_due(services: &Services) -> Result<Vec<PublishOutcome>> {
    let mut outcomes = Vec::new();
    let mut running = Running::default();
    running.begin_due(services).await?;
    while let Some(outcome) = running.next().await {
        outcomes.extend(outcome);
        running.begin_due(services).await?;
    }
    Ok(outcomes)
}

/// Publications under way in this process: each on its own, so that a slow one holds up no other.
#[derive(Debug, Default)]
pub struct Running {
    tasks: JoinSet<(String, Result<Option<PublishOutcome>>)>,
    under_way: HashMap<task::Id, String>,
    /// Those that came to nothing: a fault, or another node was faster. They are left alone until [`Running::try_again`].
    resting: HashSet<String>,
    /// Whether some came to nothing before they were let be tried again, and nobody has asked yet why.
    asks_why: bool,
}

impl Running {
    /// Begins with what is due and neither under way nor resting, as far as there is room.
    pub async fn begin_due(&mut self, services: &Services) -> Result<()> {
        let limit = MOST + self.under_way.len() + self.resting.len() + services.held.count();
        let now = surely_now(services).await?;
        let due = bundles::due(services.db.pool(), now, u64::try_from(limit).unwrap_or(u64::MAX)).await?;
        // What decides is what each transaction is told; here nothing is tried in vain over and over.
        if due.is_empty() || queue_pause::find(services.db.pool()).await?.paused().is_some() {
            return Ok(());
        }
        if mem::take(&mut self.asks_why) {
            tell_of_pausing(services, due.len()).await;
        }
        for id in due {
            if self.under_way.len() >= MOST {
                break;
            }
            if self.resting.contains(&id)
                || services.held.contains(&id)
                || self.under_way.values().any(|other| *other == id)
            {
                continue;
            }
            let (services, own) = (services.clone(), id.clone());
            let handle = self.tasks.spawn(async move {
                let outcome = publish_one(&services, &own).await;
                (own, outcome)
            });
            self.under_way.insert(handle.id(), id);
        }
        Ok(())
    }

    /// Waits for one of them and tells how it came out, if it came to anything; `None` where none is under way.
    pub async fn next(&mut self) -> Option<Option<PublishOutcome>> {
        let (task, finished) = match self.tasks.join_next_with_id().await? {
            Ok((task, (_, outcome))) => (task, outcome),
            Err(stopped) => (stopped.id(), Err(ServiceError::Internal(format!("the task stopped: {stopped}")))),
        };
        let id = self.under_way.remove(&task).unwrap_or_default();
        match finished {
            Ok(Some(outcome)) => return Some(Some(outcome)),
            Ok(None) => {}
            Err(error) => {
                tracing::error!(bundle.id = %id, error = &error as &dyn std::error::Error, "bundle {id} publication interrupted, will be tried again");
            }
        }
        self.resting.insert(id);
        Some(None)
    }

    /// Lets those be tried again that came to nothing.
    pub fn try_again(&mut self) {
        self.asks_why = !self.resting.is_empty();
        self.resting.clear();
    }

    /// Whether any is under way.
    #[must_use]
    pub fn is_idle(&self) -> bool {
        self.under_way.is_empty()
    }
}

/// Says in the log that nothing is published because somebody waits to pause the queue: usually that takes a moment, unless a
/// publication hangs that is waited for.
async fn tell_of_pausing(services: &Services, due: usize) {
    match queue_pause::is_wanted(services.db.pool()).await {
        Ok(true) => tracing::warn!(due, "nothing is published while somebody waits to pause the publish queue"),
        Ok(false) => {}
        Err(error) => {
            tracing::warn!(
                error = &error as &dyn std::error::Error,
                "it cannot be told whether somebody waits to pause the publish queue"
            );
        }
    }
}

/// Publishes one bundle if it is due; `None` where another node was faster or it is not due any more.
pub async fn publish_one(services: &Services, id: &str) -> Result<Option<PublishOutcome>> {
    let ctx = Ctx::system("scheduler", surely_now(services).await?);
    let outcome = match at_once(services, &ctx, id).await? {
        Some(outcome) => Some(outcome),
        None => under_a_lease(services, &ctx, id).await?,
    };
    if outcome.is_some() {
        services.nudges.follow_up.notify_waiters();
        services.nudges.follow_up.notify_one();
    }
    Ok(outcome)
}

/// Publishes a bundle that was found fit shortly before: one transaction takes it and makes it public.
///
/// `None` where there is more to do or somebody else did it. Of two nodes one has the revision, and the other waits for its
/// commit and then finds it gone, so that no lease is needed.
async fn at_once(services: &Services, ctx: &Ctx, id: &str) -> Result<Option<PublishOutcome>> {
    let caller = ctx.caller()?;
    let tx = services.db.begin().await?;
    let Some(queue) = queue_pause::open(&tx).await? else { return Ok(None) };
    let Some(bundle) = bundles::find_visible_to(&tx, caller, id).await? else { return Ok(None) };
    let due = bundle.state.schedule().map(|schedule| schedule.publication_date);
    let Some(due) = due.filter(|due| bundle.stage() == BundleStage::Scheduled && *due <= ctx.now) else {
        return Ok(None);
    };
    // Whether a receiver that is waited for is up can only be asked at the instant.
    if services.preparations.fit_for(&bundle, due).is_none() || !deliveries::waited_for(services).is_empty() {
        return Ok(None);
    }
    let ctx = &Ctx::system("scheduler", services.clock.now());
    let items = contents::list_of_bundle(&tx, id).await?;
    if !preflight(id, &items).is_empty() {
        return Ok(None);
    }
    let before = held_up(&queue, &bundle).unwrap_or(Before::Nothing);
    let Some(published) = make_public(&tx, services, ctx, (&bundle, &before), &items).await? else { return Ok(None) };
    publication_log::append(&tx, &published, &items).await?;
    revisions::raise(&tx, &datasets_of(&items)).await?;
    persistence::db::commit(tx).await?;
    Ok(Some(outcome_of(&published)))
}

/// Everything that makes a scheduled bundle public but the public log, the catalogue's revision and the commit; `None` where somebody was faster.
pub(super) async fn make_public(
    tx: &Tx,
    services: &Services,
    ctx: &Ctx,
    (bundle, before): (&Bundle, &Before),
    items: &[ContentItem],
) -> Result<Option<Bundle>> {
    let caller = ctx.caller()?;
    let (begun, began) = bundle.clone().apply(BundleCommand::Begin, &[], caller, ctx.now)?;
    let (published, happened) = begun.clone().apply(BundleCommand::Complete, items, caller, ctx.now)?;
    let happened = Happened { reason: why_late(services, bundle, before, ctx.now), ..happened };
    if !bundles::save(tx, &published, None).await? || !publication::publish_contents(tx, items, ctx.now).await? {
        return Ok(None);
    }
    record_step(tx, ctx, &bundle.state, &begun, &began)?;
    record_step(tx, ctx, &begun.state, &published, &happened)?;
    record_publication(tx, ctx, &published, items, begun.state.told()).await?;
    deliveries::queue_published(tx, services, ctx, &published, items).await?;
    Ok(Some(published))
}

/// Publishes a bundle that has to be looked at first: a lease keeps it from others meanwhile.
async fn under_a_lease(services: &Services, ctx: &Ctx, id: &str) -> Result<Option<PublishOutcome>> {
    let Some((bundle, before)) = claim(services, ctx, id).await? else { return Ok(None) };
    tracing::info!(bundle.id = %id, "bundle {id} publication started");
    let items = contents::list_of_bundle(services.db.pool(), id).await?;
    let mut blockers = missing_bytes(services, id, &items).await?;
    blockers.extend(deliveries::in_the_way(services, id).await?);
    conclude(services, bundle, before, blockers).await
}

/// What was done about a publication before it was taken.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Before {
    Nothing,
    /// The queue was paused over its instant, as this says.
    Paused(String),
    /// Somebody said that it was to be published at once.
    Asked,
    /// It was begun and broke off, here or on another node.
    Begun,
}

/// That the queue was paused over the instant of a bundle, with which nothing else was done since.
fn held_up(queue: &QueueSwitch, bundle: &Bundle) -> Option<Before> {
    let due = bundle.state.schedule()?.publication_date;
    let pause = queue.pause.as_ref().filter(|pause| pause.held_up(due, bundle.last_modified))?;
    Some(Before::Paused(pause.made_late()))
}

/// Why a bundle that becomes public now is late, if it is.
fn why_late(services: &Services, bundle: &Bundle, before: &Before, now: DateTime<Utc>) -> Option<String> {
    let due = bundle.state.schedule()?.publication_date;
    if now - due <= LATE {
        return None;
    }
    let because = match before {
        Before::Paused(because) => because.as_str(),
        Before::Begun => "its publication was begun before, and broke off",
        Before::Asked => "somebody published it by hand after its instant",
        Before::Nothing if services.settings.started_at > due => {
            "this node was started after its instant, and no other had published it"
        }
        Before::Nothing => "it had to wait for the database, the storage, a receiver, or others that were due before",
    };
    Some(format!("Late: {because}."))
}

/// Takes the lease by a conditional write; the loser of a race gets `None`, and so does everybody while the queue is paused.
async fn claim(services: &Services, ctx: &Ctx, id: &str) -> Result<Option<(Bundle, Before)>> {
    let caller = ctx.caller()?;
    let tx = services.db.begin().await?;
    let Some(queue) = queue_pause::open(&tx).await? else { return Ok(None) };
    let Some(bundle) = bundles::find_visible_to(&tx, caller, id).await? else {
        return Ok(None);
    };
    let paused = held_up(&queue, &bundle);
    let lease = Lease { node: services.settings.node.clone(), expires_at: ctx.now + services.settings.lease };
    let (claimed, done) = match bundle.stage() {
        BundleStage::Scheduled if bundle.state.schedule().is_some_and(|s| s.publication_date <= ctx.now) => {
            let before = bundle.state.clone();
            let (bundle, happened) = bundle.apply(BundleCommand::Begin, &[], caller, ctx.now)?;
            record_step(&tx, ctx, &before, &bundle, &happened)?;
            (bundle, Before::Nothing)
        }
        BundleStage::Publishing => match bundles::lease_of(&tx, id).await? {
            Some(lease) if lease.expires_at > ctx.now => return Ok(None),
            Some(lease) if lease.is_unclaimed() => (bundle, Before::Asked),
            _ => (bundle, Before::Begun),
        },
        _ => return Ok(None),
    };
    if !bundles::save(&tx, &claimed, Some(&lease)).await? {
        return Ok(None);
    }
    persistence::db::commit(tx).await?;
    Ok(Some((Bundle { revision: claimed.revision + 1, ..claimed }, paused.unwrap_or(done))))
}

/// Makes the bundle public, or failed with every reason; `None` where the lease was lost, or the queue was paused meanwhile.
async fn conclude(
    services: &Services,
    bundle: Bundle,
    before: Before,
    mut blockers: Vec<Blocker>,
) -> Result<Option<PublishOutcome>> {
    let tx = services.db.begin().await?;
    let ctx = Ctx::system("scheduler", services.clock.now());
    let caller = ctx.caller()?;
    if queue_pause::open(&tx).await?.is_none() {
        let_go(tx, services, &bundle, ctx.now).await?;
        return Ok(None);
    }
    let items = contents::list_of_bundle(&tx, &bundle.id).await?;
    blockers.extend(preflight(&bundle.id, &items));
    if blockers.is_empty() {
        let (published, happened) = bundle.clone().apply(BundleCommand::Complete, &items, caller, ctx.now)?;
        let happened = Happened { reason: why_late(services, &bundle, &before, ctx.now), ..happened };
        if !bundles::save(&tx, &published, None).await? {
            return Ok(None);
        }
        if publication::publish_contents(&tx, &items, ctx.now).await? {
            record_step(&tx, &ctx, &bundle.state, &published, &happened)?;
            record_publication(&tx, &ctx, &published, &items, bundle.state.told()).await?;
            deliveries::queue_published(&tx, services, &ctx, &published, &items).await?;
            publication_log::append(&tx, &published, &items).await?;
            revisions::raise(&tx, &datasets_of(&items)).await?;
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

/// Ends the lease on a bundle of which nothing became public, so that any node takes it once the queue is resumed.
async fn let_go(tx: Tx, services: &Services, bundle: &Bundle, now: DateTime<Utc>) -> Result<()> {
    let over = Lease { node: services.settings.node.clone(), expires_at: now };
    if bundles::save(&tx, bundle, Some(&over)).await? {
        persistence::db::commit(tx).await?;
        tracing::info!(bundle.id = %bundle.id, "bundle {} publication waits until the queue is resumed", bundle.id);
    }
    Ok(())
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
    deliveries::queue_failed(&tx, services, &ctx, &failed, &failure).await?;
    persistence::db::commit(tx).await?;
    Ok(Some(outcome_of(&failed)))
}

fn record_step(tx: &Tx, ctx: &Ctx, before: &BundleState, bundle: &Bundle, happened: &Happened) -> Result<()> {
    let actor = &ctx.caller()?.actor;
    let entry = records::Entry::new(ctx, actor, records::bundle(&bundle.id), happened.event_type).step(happened);
    entry.change(&records::standing(before)?, &records::standing(&bundle.state)?)?.write(tx);
    Ok(())
}

async fn record_publication(
    tx: &Tx,
    ctx: &Ctx,
    bundle: &Bundle,
    items: &[ContentItem],
    told: Option<&PublicReason>,
) -> Result<()> {
    let step = Happened { event_type: "published", from_state: "approved", to_state: "published", reason: None };
    for item in items {
        let reference = item.reference();
        let about = records::version(&reference);
        let entry = records::Entry::new(ctx, &ctx.caller()?.actor, about, step.event_type).step(&step);
        let entry = entry.in_bundle(Some(bundle.id.clone()));
        entry.change(&serde_json::json!({"state": "approved"}), &serde_json::json!({"state": "published"}))?.write(tx);
    }
    releases::publish_with(tx, ctx, ctx.caller()?, &bundle.id, told).await
}

/// The datasets that a publication shows the public anew.
pub(super) fn datasets_of(items: &[ContentItem]) -> Vec<String> {
    items.iter().map(|item| item.dataset_id.clone()).collect()
}

pub(super) fn outcome_of(bundle: &Bundle) -> PublishOutcome {
    PublishOutcome {
        bundle_id: bundle.id.clone(),
        due: bundle.state.schedule().map(|s| s.publication_date),
        published_at: bundle.state.published_at(),
        failure: bundle.state.failure().cloned(),
    }
}
