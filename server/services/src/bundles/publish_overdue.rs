//! Publication of many bundles at once whose instant is past, as after an outage.
//!
//! One by one each costs two commits, and what is due is asked for anew after it. Here all are looked at side by side, and those
//! found fit are made public by one transaction in the order of their instants, in as many statements for a hundred as for one.
//! What is not fit, not read, or not looked at soon is left to who publishes one by one: its reasons are found and told there,
//! under a lease, and it keeps no other waiting.

use std::collections::{HashSet, VecDeque};
use std::time::Duration;

use chrono::{DateTime, TimeDelta, Utc};
use domain::bundle::{Bundle, BundleStage, preflight};
use domain::delivery::Sink;
use domain::office::QueueSwitch;
use futures::{StreamExt, stream};
use persistence::{Tx, bundles, contents, hold, publication_log, queue_pause};
use tokio::task::JoinError;

use super::prepare::{LAST_LOOK, Round, Sheet, look, sheets_of};
use super::publish_due::{
    Before, Coming, LATE, Public, PublishOutcome, datasets_of, held_up, make_public, outcome_of, surely_now, with_items,
};
use super::publish_together::last_rows;
use super::receivers;
use crate::{Ctx, Result, ServiceError, Services};

/// The most bundles that are published one transaction after the other.
pub(super) const LIST: usize = 2_000;
/// The most bundles of one transaction: where there is one writer, the others wait as long as it takes.
const MOST: usize = 500;
/// The most items of one, but for the first bundle.
const MOST_ITEMS: usize = 1_000;
/// How long one is written to, so that what it says of its time is true and nobody waits for long.
const LONGEST: TimeDelta = TimeDelta::milliseconds(500);
/// How many are written by the same statements, until it is looked how long that took.
const AT_ONCE: usize = 100;
/// How many are looked at at once.
const SIDE_BY_SIDE: usize = 16;
/// How long is waited for looks by the clock, so that a bundle whose storage is slow keeps the others waiting no longer.
const PATIENCE: TimeDelta = TimeDelta::seconds(1);
/// How often the clock is asked meanwhile.
const ASKED: Duration = Duration::from_millis(50);

/// What came of several.
#[derive(Debug, Default)]
pub(super) struct Came {
    pub outcomes: Vec<PublishOutcome>,
    /// Those whose turn did not come, and those that were fit and somebody else's while others were published: they may be tried
    /// again with others.
    pub again: HashSet<String>,
    /// Whether nothing is published any more for now, as the queue was paused or somebody waits to pause it.
    pub is_closed: bool,
}

/// How one transaction ended.
enum Published {
    /// These became public, and those that are left had no time.
    These { outcomes: Vec<PublishOutcome>, left: Vec<Bundle> },
    /// There was nothing to commit, or something was not as it was found; nothing stays.
    Nothing,
    /// Nothing is to be published now.
    Closed,
}

/// Publishes those of these bundles that are fit, by one transaction after the other; the others are as they were.
pub(super) async fn publish_overdue(services: &Services, ids: &[String]) -> Came {
    let mut waiting: VecDeque<String> = ids.iter().cloned().collect();
    let (mut came, mut fit) = (Came::default(), Vec::new());
    while !(fit.is_empty() && waiting.is_empty()) {
        let next: Vec<String> = waiting.drain(..waiting.len().min(MOST)).collect();
        let number = next.len();
        // By a task of its own: while one transaction is written, what comes after it is looked at.
        let looking = tokio::spawn(looked_at(services.clone(), next));
        let published = publish(services, &fit).await;
        let stopped = |error: JoinError| ServiceError::Internal(format!("the task stopped: {error}"));
        let looked = looking.await.map_err(stopped).flatten();
        let is_fault = looked.is_err();
        let next = looked.unwrap_or_else(|error| {
            tell_of_fault(number, &error);
            Looked::default()
        });
        put_first(&mut waiting, next.again);
        let left = came.note(fit, published);
        let is_over = is_fault || left.is_none();
        fit = match left {
            Some(left) if !left.is_empty() => {
                // They are looked at once more, which costs little, and come in their order.
                put_first(&mut waiting, next.fit.into_iter().map(|bundle| bundle.id).collect());
                left
            }
            _ => next.fit,
        };
        if is_over {
            break;
        }
    }
    if !came.is_closed {
        came.again.extend(fit.into_iter().map(|bundle| bundle.id).chain(waiting));
    }
    came
}

impl Came {
    /// Notes how a transaction with these ended; those that are left for the next one, or `None` where none may follow.
    fn note(&mut self, fit: Vec<Bundle>, published: Result<Published>) -> Option<Vec<Bundle>> {
        match published {
            Ok(Published::These { outcomes, left }) => {
                let public = outcomes.iter().map(|outcome| outcome.bundle_id.as_str());
                let settled: HashSet<&str> = public.chain(left.iter().map(|bundle| bundle.id.as_str())).collect();
                let ids = fit.into_iter().map(|bundle| bundle.id);
                self.again.extend(ids.filter(|id| !settled.contains(id.as_str())));
                self.outcomes.extend(outcomes);
                Some(left)
            }
            Ok(Published::Nothing) => Some(Vec::new()),
            Ok(Published::Closed) => {
                self.is_closed = true;
                None
            }
            Err(error) => {
                tell_of_fault(fit.len(), &error);
                None
            }
        }
    }
}

/// Says in the log that so many bundles could not be published together.
pub(super) fn tell_of_fault(bundles: usize, error: &ServiceError) {
    let error = error as &dyn std::error::Error;
    tracing::warn!(bundles, error, "overdue bundles could not be published together, they follow one by one");
}

fn put_first(waiting: &mut VecDeque<String>, ids: Vec<String>) {
    for id in ids.into_iter().rev() {
        waiting.push_front(id);
    }
}

/// Publishes those of these bundles by one transaction that are still fit and nobody else's.
async fn publish(services: &Services, fit: &[Bundle]) -> Result<Published> {
    if fit.is_empty() {
        return Ok(Published::Nothing);
    }
    let began = services.clock.now();
    let surely = surely_now(services).await?;
    // Before the transaction is begun, which waits for nobody outside.
    let up = receivers::up_lately(services).await;
    let tx = services.db.begin().await?;
    hold::wait_shortly(&tx).await?;
    let Some(queue) = queue_pause::open(&tx).await? else {
        tx.rollback().await?;
        return Ok(Published::Closed);
    };
    let taken = take_free(&tx, services, &up, fit).await?;
    let Some((published, left)) = write(&tx, services, &queue, surely, taken).await? else {
        tx.rollback().await?;
        return Ok(Published::Nothing);
    };
    let Some(outcomes) = end(services, tx, &published).await? else { return Ok(Published::Nothing) };
    services.preparations.tell_of_unread(outcomes.iter().map(|outcome| outcome.bundle_id.as_str()));
    services.nudges.follow_up.notify_waiters();
    services.nudges.follow_up.notify_one();
    let took_ms = (services.clock.now() - began).num_milliseconds();
    tracing::info!(bundles = outcomes.len(), took_ms, "overdue bundles were published together");
    Ok(Published::These { outcomes, left })
}

/// What was found of several bundles.
#[derive(Default)]
struct Looked {
    /// Those found fit.
    fit: Vec<Bundle>,
    /// Those that have no room with the others, or whose turn did not come soon enough, in the order of their instants.
    again: Vec<String>,
}

/// Looks at those of these bundles that are published next; what is found not fit or is slow to be looked at is neither fit nor looked at
/// again.
async fn looked_at(services: Services, ids: Vec<String>) -> Result<Looked> {
    let services = &services;
    let now = services.clock.now();
    let ids: Vec<&str> = ids.iter().map(String::as_str).collect();
    let all = bundles::standing_in(services.db.pool(), &ids, &[BundleStage::Scheduled]).await?;
    let (mut looked, unseen) = with_room(services, now, all);
    if !unseen.is_empty() {
        let number = unseen.len();
        let sheets = tokio::select! {
            biased;
            sheets = sheets_of(services, unseen) => Some(sheets?),
            () = until(services, now + PATIENCE) => None,
        };
        match sheets {
            Some(sheets) => look_at(services, now, sheets, &mut looked).await,
            None => tracing::info!(bundles = number, "overdue bundles could not be read soon, they follow one by one"),
        }
    }
    let unread = services.preparations.unread(now);
    looked.fit.retain(|bundle| !unread.contains(&bundle.id));
    Ok(looked)
}

/// Those of these bundles that are published by one transaction: what was found fit as recently as by a last look ahead of an instant,
/// and what is still to be looked at.
fn with_room(services: &Services, now: DateTime<Utc>, all: Vec<Bundle>) -> (Looked, Vec<Bundle>) {
    let (mut looked, mut unseen, mut room) = (Looked::default(), Vec::new(), MOST_ITEMS);
    for (due, bundle) in in_order(all) {
        let items = usize::try_from(bundle.item_count).unwrap_or(usize::MAX);
        let is_first = looked.fit.is_empty() && unseen.is_empty();
        // Nothing goes before what had no room.
        if !looked.again.is_empty() || (items > room && !is_first) {
            looked.again.push(bundle.id);
            continue;
        }
        room = room.saturating_sub(items);
        if services.preparations.fit_for(&bundle, due.max(now - LATE)).is_some() {
            looked.fit.push(bundle);
        } else {
            unseen.push(bundle);
        }
    }
    (looked, unseen)
}

/// Looks at these bundles side by side until it is late.
async fn look_at(services: &Services, began: DateTime<Utc>, sheets: Vec<Sheet>, looked: &mut Looked) {
    let round = Round { began, trusts_from: Some(began - LAST_LOOK) };
    let mut waiting = sheets.into_iter();
    {
        let looks = stream::iter(waiting.by_ref()).map(|sheet| async move {
            let found = look(services, &sheet, round).await;
            (sheet.bundle, found)
        });
        let mut looks = std::pin::pin!(looks.buffer_unordered(SIDE_BY_SIDE));
        let looking = async {
            while let Some((bundle, found)) = looks.next().await {
                match found {
                    Ok(blockers) if blockers.is_empty() => looked.fit.push(bundle),
                    Ok(_) => {}
                    Err(error) => {
                        let id = &bundle.id;
                        tracing::warn!(bundle.id = %id, error = &error as &dyn std::error::Error, "bundle {id} cannot be looked at with others, it follows by itself");
                    }
                }
            }
        };
        tokio::select! {
            biased;
            () = looking => return,
            () = until(services, began + PATIENCE) => {}
        }
    }
    let mut left: Vec<String> = waiting.map(|sheet| sheet.bundle.id).collect();
    tracing::info!(waiting = left.len(), "not all overdue bundles could be looked at soon");
    // Before what had no room in any case.
    left.append(&mut looked.again);
    looked.again = left;
}

async fn until(services: &Services, when: DateTime<Utc>) {
    while services.clock.now() < when {
        tokio::time::sleep(ASKED).await;
    }
}

/// Takes those that can be had without waiting, as they are now, and that no receiver stands in the way of.
///
/// Nobody is waited for, so that two nodes share what is overdue, and whoever takes a step with one of them is left alone.
async fn take_free(tx: &Tx, services: &Services, up: &[Sink], fit: &[Bundle]) -> Result<Vec<Bundle>> {
    let ids: Vec<&str> = fit.iter().map(|bundle| bundle.id.as_str()).collect();
    let free = bundles::lock_free(tx, &ids).await?;
    let free: Vec<&str> = free.iter().map(String::as_str).collect();
    let mut taken = hold::try_take_all(tx, &free).await?;
    let ids: Vec<&str> = taken.iter().map(String::as_str).collect();
    let kept_back = receivers::kept_back(tx, services, up, &ids).await?;
    taken.retain(|id| !kept_back.contains(id));
    let ids: Vec<&str> = taken.iter().map(String::as_str).collect();
    Ok(bundles::standing_in(tx, &ids, &[BundleStage::Scheduled]).await?)
}

/// Writes everything but the last rows for those of these bundles that are still fit, and tells what became of them and what had no time;
/// `None` where there is nothing to commit, or something is not as it was found.
async fn write(
    tx: &Tx,
    services: &Services,
    queue: &QueueSwitch,
    surely: DateTime<Utc>,
    taken: Vec<Bundle>,
) -> Result<Option<(Vec<Public>, Vec<Bundle>)>> {
    // Read when they are nobody else's any more.
    let ctx = Ctx::system("scheduler", services.clock.now());
    let mut coming = still_fit(tx, services, queue, surely, taken).await?;
    let mut published = Vec::with_capacity(coming.len());
    while !coming.is_empty() && (published.is_empty() || services.clock.now() - ctx.now <= LONGEST) {
        let rest = coming.split_off(coming.len().min(AT_ONCE));
        let Ok(public) = make_public(tx, services, &ctx, coming).await? else { return Ok(None) };
        published.extend(public);
        coming = rest;
    }
    let left = coming.into_iter().map(|coming| coming.bundle).collect();
    Ok((!published.is_empty()).then_some((published, left)))
}

/// Those that are still as they were found fit, with what they hold, earliest first.
async fn still_fit(
    tx: &Tx,
    services: &Services,
    queue: &QueueSwitch,
    surely: DateTime<Utc>,
    taken: Vec<Bundle>,
) -> Result<Vec<Coming>> {
    let ids: Vec<&str> = taken.iter().map(|bundle| bundle.id.as_str()).collect();
    let mut items = contents::lists_of_bundles(tx, &ids).await?;
    let unread = services.preparations.unread(services.clock.now());
    let coming = in_order(taken).into_iter().filter_map(|(due, bundle)| {
        let items = items.remove(&bundle.id).unwrap_or_default();
        let is_fit = due <= surely
            && services.preparations.fit_for(&bundle, due).is_some()
            && !unread.contains(&bundle.id)
            && preflight(&bundle.id, &items).is_empty();
        let before = held_up(queue, &bundle).unwrap_or(Before::Nothing);
        is_fit.then_some(Coming { bundle, before, items })
    });
    Ok(coming.collect())
}

/// Those that have an instant, with it, earliest first.
fn in_order(bundles: Vec<Bundle>) -> Vec<(DateTime<Utc>, Bundle)> {
    let with_instant = |bundle: Bundle| Some((bundle.state.schedule()?.publication_date, bundle));
    let mut all: Vec<(DateTime<Utc>, Bundle)> = bundles.into_iter().filter_map(with_instant).collect();
    all.sort_by(|(due, one), (other_due, other)| due.cmp(other_due).then_with(|| one.id.cmp(&other.id)));
    all
}

/// Writes the last rows and commits; `None` where others were waited for so long that what is written is untrue, and nothing stays.
async fn end(services: &Services, tx: Tx, published: &[Public]) -> Result<Option<Vec<PublishOutcome>>> {
    let log = publication_log::entries_of(&tx, &with_items(published)).await?;
    let datasets = datasets_of(published);
    last_rows(&tx, &datasets).await?;
    let now = services.clock.now();
    if published.iter().any(|public| public.is_untrue(now, datasets.len())) {
        tx.rollback().await?;
        tracing::info!(bundles = published.len(), "overdue bundles had to wait and follow one by one");
        return Ok(None);
    }
    publication_log::append_all(&tx, log, now).await?;
    persistence::db::commit(tx).await?;
    let at = services.clock.now();
    let outcome = |public: &Public| PublishOutcome { published_at: Some(at), ..outcome_of(&public.bundle) };
    Ok(Some(published.iter().map(outcome).collect()))
}
