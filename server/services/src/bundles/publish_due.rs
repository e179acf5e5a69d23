//! Publication at the instant: whoever takes the bundle, and the one transaction that makes everything public.

use chrono::{DateTime, TimeDelta, Utc};
use domain::bundle::{Bundle, BundleCommand, BundleStage, BundleState, ContentItem, Failure, preflight};
use domain::delivery::Sink;
use domain::event::Happened;
use domain::office::QueueSwitch;
use domain::operations::RunFacts;
use persistence::{Tx, bundles, contents, hold, publication, publication_log, queue_pause};

use super::publish_together::{expected, last_rows};
use super::running::Place;
use super::{leased, receivers};
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
/// How often a publication is written anew because the locks of others made its time untrue. After that it is committed all the same:
/// late and with its reason is better than never.
pub(super) const ANEW: usize = 2;

/// Publishes one bundle if it is due; `None` where another node was faster, somebody takes a step with it, or it is not due any more.
pub async fn publish_one(services: &Services, id: &str) -> Result<Option<PublishOutcome>> {
    publish_in(services, Place::alone(), id).await
}

/// The same in a place among those that are under way.
pub(super) async fn publish_in(services: &Services, mut place: Place, id: &str) -> Result<Option<PublishOutcome>> {
    let ctx = Ctx::system("scheduler", surely_now(services).await?);
    let outcome = match at_once(services, &ctx, id).await? {
        AtOnce::Public(outcome) => {
            services.preparations.tell_of_unread([id]);
            Some(outcome)
        }
        AtOnce::LeftAlone => None,
        AtOnce::Unseen => leased::publish(services, &mut place, &ctx, id).await?,
    };
    if outcome.is_some() {
        services.nudges.follow_up.notify_waiters();
        services.nudges.follow_up.notify_one();
    }
    Ok(outcome)
}

/// What came of publishing a bundle by one transaction.
enum AtOnce {
    /// It is public.
    Public(PublishOutcome),
    /// Somebody else did it or is about to do something with it, or the queue is paused.
    LeftAlone,
    /// There is more to do: it has to be looked at.
    Unseen,
}

/// Publishes a bundle that was found fit shortly before: one transaction takes it and makes it public.
///
/// Of two nodes one has the revision, and the other waits for its commit and then finds it gone, so that no lease is needed.
async fn at_once(services: &Services, ctx: &Ctx, id: &str) -> Result<AtOnce> {
    for tries in 0..=ANEW {
        // Before the transaction is begun, which waits for nobody outside.
        let up = if services.preparations.may_be_fit(id) { receivers::up_lately(services).await } else { Vec::new() };
        let tx = services.db.begin().await?;
        let public = match write_at_once(&tx, services, ctx, (id, up.as_slice())).await? {
            Ok(written) => written,
            Err(came) => {
                // At once, so that whoever looks at it next waits for none of its locks.
                tx.rollback().await?;
                return Ok(came);
            }
        };
        if let Some(outcome) = end(services, tx, &public, tries < ANEW).await? {
            return Ok(AtOnce::Public(outcome));
        }
    }
    Ok(AtOnce::LeftAlone)
}

/// Everything but the last rows and the commit, for a bundle that was found fit; what came of it where that cannot be.
async fn write_at_once(
    tx: &Tx,
    services: &Services,
    ctx: &Ctx,
    (id, up): (&str, &[Sink]),
) -> Result<std::result::Result<Public, AtOnce>> {
    let Some(queue) = queue_pause::open(tx).await? else { return Ok(Err(AtOnce::LeftAlone)) };
    let Some(bundle) = bundles::find_visible_to(tx, ctx.caller()?, id).await? else {
        return Ok(Err(AtOnce::LeftAlone));
    };
    let due = bundle.state.schedule().map(|schedule| schedule.publication_date);
    let Some(due) = due.filter(|due| bundle.stage() == BundleStage::Scheduled && *due <= ctx.now) else {
        return Ok(Err(AtOnce::Unseen));
    };
    if services.preparations.fit_for(&bundle, due).is_none()
        || services.preparations.unread(services.clock.now()).contains(id)
    {
        return Ok(Err(AtOnce::Unseen));
    }
    if !take(tx, id).await? {
        return Ok(Err(AtOnce::LeftAlone));
    }
    // Only now, as who wanted a receiver left out, or not any more, may have been waited for.
    if !receivers::kept_back(tx, services, up, &[id]).await?.is_empty() {
        return Ok(Err(AtOnce::Unseen));
    }
    // Read when the bundle is nobody else's any more, however long that was waited for.
    let ctx = &Ctx::system("scheduler", services.clock.now());
    let items = contents::list_of_bundle(tx, id).await?;
    if !preflight(id, &items).is_empty() {
        return Ok(Err(AtOnce::Unseen));
    }
    let before = held_up(&queue, &bundle).unwrap_or(Before::Nothing);
    Ok(match make_public_alone(tx, services, ctx, Coming { bundle, before, items }).await? {
        Ok(public) => Ok(public),
        Err(Hindered::Lost) => Err(AtOnce::LeftAlone),
        // Its reasons are found, and told, under a lease.
        Err(Hindered::Changed) => Err(AtOnce::Unseen),
    })
}

/// Takes a bundle for its publication until the transaction ends; false where somebody takes a step with it, or waits to.
///
/// Its row comes first: whoever asked for the bundle while that was waited for has it, and who waited behind a holder is not faster
/// than who made the holder give it up.
pub(super) async fn take(tx: &Tx, id: &str) -> Result<bool> {
    bundles::lock(tx, id).await?;
    Ok(hold::try_take(tx, id).await?)
}

/// A bundle that is to be made public, scheduled or begun, and what it holds.
pub(super) struct Coming {
    pub bundle: Bundle,
    pub before: Before,
    pub items: Vec<ContentItem>,
}

/// A bundle that is public once its transaction is committed.
pub(super) struct Public {
    pub bundle: Bundle,
    pub items: Vec<ContentItem>,
    /// Whether it says why it is late.
    is_told_late: bool,
}

impl Public {
    /// Whether it would be untrue when it is committed now: its time of publication lies longer ago than the writing takes, or it is
    /// late and does not say so.
    pub(super) fn is_untrue(&self, now: DateTime<Utc>, items: usize) -> bool {
        let due = self.bundle.state.schedule().map(|schedule| schedule.publication_date);
        let is_untold = !self.is_told_late && due.is_some_and(|due| now - due > LATE);
        let lies_back = |at: DateTime<Utc>| now - at > LATE + expected(items);
        is_untold || self.bundle.state.published_at().is_some_and(lies_back)
    }
}

/// Writes the rows that all publications want, and commits. `None` where others were waited for so long that what is written is
/// untrue; then nothing of it stays, if it may be written anew.
pub(super) async fn end(
    services: &Services,
    tx: Tx,
    public: &Public,
    may_be_anew: bool,
) -> Result<Option<PublishOutcome>> {
    let published = std::slice::from_ref(public);
    let entries = publication_log::entries_of(&tx, &with_items(published)).await?;
    last_rows(&tx, &datasets_of(published)).await?;
    // From here on nothing is waited for any more. Where there is one writer, nothing was.
    let now = services.clock.now();
    if may_be_anew && services.db.is_shared() && public.is_untrue(now, public.items.len()) {
        tx.rollback().await?;
        tracing::info!(bundle.id = %public.bundle.id, "bundle {} publication had to wait and is written anew", public.bundle.id);
        return Ok(None);
    }
    publication_log::append_all(&tx, entries, now).await?;
    persistence::db::commit(tx).await?;
    Ok(Some(PublishOutcome { published_at: Some(services.clock.now()), ..outcome_of(&public.bundle) }))
}

/// Everything that makes these bundles public but the public log, the catalogue's revision and the commit, in as many statements
/// however many they are. What is written is what publishing them one after the other would write; what is recorded of each is
/// recorded in their order.
///
/// To be rolled back where one of them is hindered, as others may be written then.
pub(super) async fn make_public(
    tx: &Tx,
    services: &Services,
    ctx: &Ctx,
    all: Vec<Coming>,
) -> Result<std::result::Result<Vec<Public>, Hindered>> {
    let steps: Vec<Steps> = all.iter().map(|coming| Steps::of(ctx, coming)).collect::<Result<_>>()?;
    let published: Vec<&Bundle> = steps.iter().map(|steps| &steps.published).collect();
    if !bundles::save_all(tx, &published, None).await? {
        return Ok(Err(Hindered::Lost));
    }
    let items: Vec<&ContentItem> = all.iter().flat_map(|coming| &coming.items).collect();
    if !publication::publish_contents(tx, &items, ctx.now).await? {
        return Ok(Err(Hindered::Changed));
    }
    let ids: Vec<&str> = all.iter().map(|coming| coming.bundle.id.as_str()).collect();
    let mut promised = releases::to_publish_with(tx, &ids).await?;
    // By now, as rows may have been waited for.
    let now = services.clock.now();
    let mut public = Vec::with_capacity(all.len());
    for (coming, steps) in all.into_iter().zip(steps) {
        let reason = why_late(services, &steps.begun, &coming.before, now);
        let is_told_late = reason.is_some();
        record_steps(tx, ctx, &coming, &steps, reason)?;
        if let Some(release) = promised.remove(&coming.bundle.id) {
            releases::publish(tx, ctx, ctx.caller()?, &release, steps.begun.state.told()).await?;
        }
        public.push(Public { bundle: steps.published, items: coming.items, is_told_late });
    }
    deliveries::queue_published(tx, services, ctx, &with_items(&public)).await?;
    Ok(Ok(public))
}

/// The same for one bundle.
pub(super) async fn make_public_alone(
    tx: &Tx,
    services: &Services,
    ctx: &Ctx,
    coming: Coming,
) -> Result<std::result::Result<Public, Hindered>> {
    let public = make_public(tx, services, ctx, vec![coming]).await?;
    Ok(public.and_then(|mut public| public.pop().ok_or(Hindered::Lost)))
}

/// Why bundles could not be made public.
pub(super) enum Hindered {
    /// Somebody else has one of them.
    Lost,
    /// Something that they hold is not as it was.
    Changed,
}

/// The steps that make a bundle public.
struct Steps {
    begun: Bundle,
    /// How it was begun, unless that was done before.
    began: Option<Happened>,
    published: Bundle,
    happened: Happened,
}

impl Steps {
    fn of(ctx: &Ctx, coming: &Coming) -> Result<Self> {
        let (caller, bundle) = (ctx.caller()?, coming.bundle.clone());
        let (begun, began) = if bundle.stage() == BundleStage::Publishing {
            (bundle, None)
        } else {
            let (begun, began) = bundle.apply(BundleCommand::Begin, &[], caller, ctx.now)?;
            (begun, Some(began))
        };
        let (published, happened) = begun.clone().apply(BundleCommand::Complete, &coming.items, caller, ctx.now)?;
        Ok(Self { begun, began, published, happened })
    }
}

/// Bundles with what they hold.
pub(super) fn with_items(published: &[Public]) -> Vec<(&Bundle, &[ContentItem])> {
    published.iter().map(|public| (&public.bundle, public.items.as_slice())).collect()
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
pub(super) fn held_up(queue: &QueueSwitch, bundle: &Bundle) -> Option<Before> {
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

pub(super) fn record_step(
    tx: &Tx,
    ctx: &Ctx,
    before: &BundleState,
    bundle: &Bundle,
    happened: &Happened,
) -> Result<()> {
    let actor = &ctx.caller()?.actor;
    let mut entry = records::Entry::new(ctx, actor, records::bundle(&bundle.id), happened.event_type).step(happened);
    if matches!(bundle.stage(), BundleStage::Published | BundleStage::Failed) {
        // The bundle itself forgets a run that failed once it is tried again.
        let facts = serde_json::to_value(RunFacts::of(bundle, before.started_at()));
        let unwritable = |e: serde_json::Error| ServiceError::Internal(format!("a record that cannot be written: {e}"));
        entry = entry.details(facts.map_err(unwritable)?);
    }
    entry.change(&records::standing(before)?, &records::standing(&bundle.state)?)?.write(tx);
    Ok(())
}

/// Records what was done with a bundle, and that its items are published.
fn record_steps(tx: &Tx, ctx: &Ctx, coming: &Coming, steps: &Steps, reason: Option<String>) -> Result<()> {
    let Steps { begun, began, published, happened } = steps;
    if let Some(began) = began {
        record_step(tx, ctx, &coming.bundle.state, begun, began)?;
    }
    record_step(tx, ctx, &begun.state, published, &Happened { reason, ..happened.clone() })?;
    let step = Happened { event_type: "published", from_state: "approved", to_state: "published", reason: None };
    for item in &coming.items {
        let reference = item.reference();
        let about = records::version(&reference);
        let entry = records::Entry::new(ctx, &ctx.caller()?.actor, about, step.event_type).step(&step);
        let entry = entry.in_bundle(Some(published.id.clone()));
        entry.change(&serde_json::json!({"state": "approved"}), &serde_json::json!({"state": "published"}))?.write(tx);
    }
    Ok(())
}

/// The datasets that publications show the public anew.
pub(super) fn datasets_of(published: &[Public]) -> Vec<String> {
    published.iter().flat_map(|public| &public.items).map(|item| item.dataset_id.clone()).collect()
}

pub(super) fn outcome_of(bundle: &Bundle) -> PublishOutcome {
    PublishOutcome {
        bundle_id: bundle.id.clone(),
        due: bundle.state.schedule().map(|s| s.publication_date),
        published_at: bundle.state.published_at(),
        failure: bundle.state.failure().cloned(),
    }
}
