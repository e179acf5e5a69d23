//! Publication of many bundles at once whose instant is past, as after an outage.
//!
//! One by one each costs two commits, and what is due is asked for anew after it. Here all are looked at side by side, and those
//! found fit are made public by one transaction in the order of their instants. What is not fit, not read, or not looked at soon is
//! left to who publishes one by one: its reasons are found and told there, under a lease, and it keeps no other waiting.

use std::collections::{HashMap, HashSet};
use std::time::Duration;

use chrono::{DateTime, TimeDelta, Utc};
use domain::bundle::{Bundle, BundleStage, ContentItem, preflight};
use domain::delivery::Sink;
use futures::{StreamExt, stream};
use persistence::{Tx, bundles, contents, hold, publication_log, queue_pause};

use super::prepare::look_at;
use super::publish_due::{
    Before, LATE, Public, PublishOutcome, datasets_of, held_up, make_public, outcome_of, surely_now,
};
use super::publish_together::last_rows;
use super::receivers;
use crate::{Ctx, Result, Services};

/// The most bundles of one transaction: where there is one writer, the others wait as long as it takes.
pub(super) const MOST: usize = 100;
/// How long one is written to, so that what it says of its time is true and nobody waits for long.
const LONGEST: TimeDelta = TimeDelta::milliseconds(500);
/// The most items of one, but for the first bundle.
const MOST_ITEMS: usize = 500;
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
    /// Those that were fit and had no room or were somebody else's, while others were published: they may be tried again with others.
    pub again: HashSet<String>,
}

/// Publishes those of these bundles that are fit by one transaction; the others are as they were.
pub(super) async fn publish_overdue(services: &Services, ids: &[String]) -> Result<Came> {
    let began = services.clock.now();
    let surely = surely_now(services).await?;
    let fit = fit_among(services, ids).await?;
    if fit.is_empty() {
        return Ok(Came::default());
    }
    // Before the transaction is begun, which waits for nobody outside.
    let up = receivers::up_lately(services).await;
    let tx = services.db.begin().await?;
    hold::wait_shortly(&tx).await?;
    let Some(written) = write(&tx, services, surely, &up, &fit).await? else {
        tx.rollback().await?;
        return Ok(Came::default());
    };
    let Some(outcomes) = end(services, tx, written).await? else { return Ok(Came::default()) };
    outcomes.iter().for_each(|outcome| services.preparations.tell_of_unread(&outcome.bundle_id));
    services.nudges.follow_up.notify_waiters();
    services.nudges.follow_up.notify_one();
    let took_ms = (services.clock.now() - began).num_milliseconds();
    tracing::info!(bundles = outcomes.len(), took_ms, "overdue bundles were published together");
    let again = fit.into_iter().map(|bundle| bundle.id);
    let again = again.filter(|id| !outcomes.iter().any(|outcome| outcome.bundle_id == *id)).collect();
    Ok(Came { outcomes, again })
}

/// Those of these bundles that are found fit soon enough, by a look of now; or of shortly before, where they are just due.
async fn fit_among(services: &Services, ids: &[String]) -> Result<Vec<Bundle>> {
    let now = services.clock.now();
    let ids: Vec<&str> = ids.iter().map(String::as_str).collect();
    let all = bundles::standing_in(services.db.pool(), &ids, &[BundleStage::Scheduled]).await?;
    let is_seen = |bundle: &Bundle| {
        let due = bundle.state.schedule().map(|schedule| schedule.publication_date);
        due.is_some_and(|due| now - due <= LATE && services.preparations.fit_for(bundle, due).is_some())
    };
    let (mut fit, unseen): (Vec<Bundle>, Vec<Bundle>) = all.into_iter().partition(is_seen);
    let number = unseen.len();
    let looks = stream::iter(unseen).map(|bundle| async move {
        let found = look_at(services, &bundle, now).await;
        (bundle, found)
    });
    let mut looks = std::pin::pin!(looks.buffer_unordered(SIDE_BY_SIDE));
    let looking = async {
        while let Some((bundle, found)) = looks.next().await {
            match found {
                Ok(blockers) if blockers.is_empty() => fit.push(bundle),
                Ok(_) => {}
                Err(error) => {
                    let id = &bundle.id;
                    tracing::warn!(bundle.id = %id, error = &error as &dyn std::error::Error, "bundle {id} cannot be looked at with others, it follows by itself");
                }
            }
        }
    };
    let is_late = tokio::select! {
        () = looking => false,
        () = until(services, now + PATIENCE) => true,
    };
    if is_late {
        tracing::info!(bundles = number, "not all overdue bundles could be looked at soon");
    }
    let unread = services.preparations.unread(now);
    fit.retain(|bundle| !unread.contains(&bundle.id));
    Ok(fit)
}

async fn until(services: &Services, when: DateTime<Utc>) {
    while services.clock.now() < when {
        tokio::time::sleep(ASKED).await;
    }
}

/// What one transaction makes public.
#[derive(Default)]
struct Written {
    published: Vec<Public>,
    datasets: Vec<String>,
    log: Vec<publication_log::Entry>,
}

/// Takes those of these bundles that nobody else has and writes everything but the last rows; `None` where there is nothing to
/// commit, or something is not as it was found.
async fn write(
    tx: &Tx,
    services: &Services,
    surely: DateTime<Utc>,
    up: &[Sink],
    fit: &[Bundle],
) -> Result<Option<Written>> {
    let Some(queue) = queue_pause::open(tx).await? else { return Ok(None) };
    let taken = take_free(tx, services, up, fit).await?;
    // Read when they are nobody else's any more.
    let ctx = Ctx::system("scheduler", services.clock.now());
    let mut items = items_of(tx, &taken).await?;
    let mut written = Written::default();
    for (due, bundle) in in_order(services, taken) {
        let items = items.remove(&bundle.id).unwrap_or_default();
        let is_long = || services.clock.now() - ctx.now > LONGEST;
        let is_full = !written.published.is_empty() && (written.datasets.len() + items.len() > MOST_ITEMS || is_long());
        if due > surely || is_full || !preflight(&bundle.id, &items).is_empty() {
            continue;
        }
        let before = held_up(&queue, &bundle).unwrap_or(Before::Nothing);
        let Ok(public) = make_public(tx, services, &ctx, (&bundle, &before), &items).await? else { return Ok(None) };
        written.log.push(publication_log::entry_of(tx, &public.bundle, &items).await?);
        written.datasets.extend(datasets_of(&items));
        written.published.push(public);
    }
    Ok((!written.published.is_empty()).then_some(written))
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

async fn items_of(tx: &Tx, all: &[Bundle]) -> Result<HashMap<String, Vec<ContentItem>>> {
    let ids: Vec<&str> = all.iter().map(|bundle| bundle.id.as_str()).collect();
    Ok(contents::lists_of_bundles(tx, &ids).await?)
}

/// Those that are still as they were found fit, with their instants, earliest first.
fn in_order(services: &Services, taken: Vec<Bundle>) -> Vec<(DateTime<Utc>, Bundle)> {
    let unread: HashSet<String> = services.preparations.unread(services.clock.now());
    let with_instant = |bundle: Bundle| {
        let due = bundle.state.schedule()?.publication_date;
        let is_fit = services.preparations.fit_for(&bundle, due).is_some() && !unread.contains(&bundle.id);
        is_fit.then_some((due, bundle))
    };
    let mut all: Vec<(DateTime<Utc>, Bundle)> = taken.into_iter().filter_map(with_instant).collect();
    all.sort_by(|(due, one), (other_due, other)| due.cmp(other_due).then_with(|| one.id.cmp(&other.id)));
    all
}

/// Writes the last rows and commits; `None` where others were waited for so long that what is written is untrue, and nothing stays.
async fn end(services: &Services, tx: Tx, written: Written) -> Result<Option<Vec<PublishOutcome>>> {
    let Written { published, datasets, log } = written;
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
