//! Publication on the instant itself: everything is written ahead into one transaction, and committed when the instant comes.
//!
//! Nobody sees any of it before the commit, which is all that is left to do at the instant. Whoever wants to take a step with
//! one of the bundles until then gets it: the transaction is given up, and the others are published as if it had never been.
//! Why, and what it costs: `docs/adr/0020-publications-are-held-ready.md`.

use std::collections::HashSet;
use std::time::Duration;

use chrono::{DateTime, TimeDelta, Utc};
use domain::bundle::{Bundle, preflight};
use domain::delivery::Sink;
use persistence::{Tx, bundles, contents, hold, publication_log, queue_pause, revisions};

use super::held::Holding;
use super::publish_due::{Before, Coming, LATE, Public, datasets_of, make_public, outcome_of, surely_now, with_items};
use super::{PublishOutcome, prepare, receivers};
use crate::catalogue::Staged;
use crate::{Ctx, Result, Services, catalogue};

/// How long a transaction is begun before its instant where nobody else may write meanwhile; about twice what is measured.
const ALONE: Lead = Lead {
    always: TimeDelta::milliseconds(500),
    bundle: TimeDelta::milliseconds(5),
    dataset: TimeDelta::microseconds(900),
};
/// The same on a database that others write to as well; about one and a half times what is measured.
const SHARED: Lead = Lead {
    always: TimeDelta::milliseconds(1_500),
    bundle: TimeDelta::milliseconds(6),
    dataset: TimeDelta::microseconds(1_100),
};
/// How long before its instant the rows are written there that every other writer wants; about twice what is measured.
const LAST_ROWS: Lead = Lead {
    always: TimeDelta::milliseconds(80),
    bundle: TimeDelta::milliseconds(1),
    dataset: TimeDelta::microseconds(250),
};
/// The longest time before an instant at which its transaction is begun, as other writers of SQLite wait as long; what takes
/// longer is published one by one.
const LONGEST: TimeDelta = TimeDelta::seconds(6);
/// The same where others write meanwhile; within what was looked at last.
const LONGEST_SHARED: TimeDelta = TimeDelta::seconds(9);
/// How long a transaction is held past the time it was begun for, should the clock have stopped or gone back.
const GRACE: Duration = Duration::from_secs(2);
/// How often a holder shows that it is alive, and looks whether another node wants a bundle back.
const LOOK: Duration = Duration::from_millis(50);

/// What is allowed for in any case, for each bundle, and for each dataset.
struct Lead {
    always: TimeDelta,
    bundle: TimeDelta,
    dataset: TimeDelta,
}

impl Lead {
    /// What is allowed for so many bundles with so many datasets in all.
    fn of(&self, bundles: usize, datasets: usize) -> TimeDelta {
        let times = |each: TimeDelta, number: usize| each * i32::try_from(number).unwrap_or(i32::MAX);
        self.always + times(self.bundle, bundles) + times(self.dataset, datasets)
    }
}

/// What is allowed for on this database, and at most.
fn lead(services: &Services) -> (&'static Lead, TimeDelta) {
    if services.db.is_shared() { (&SHARED, LONGEST_SHARED) } else { (&ALONE, LONGEST) }
}

/// How long the publication of a bundle of so many items is expected to take, reckoned as it is begun ahead of its instant.
pub(super) fn expected(items: usize) -> TimeDelta {
    ALONE.of(1, items)
}

/// Bundles that share an instant, and when their transaction should be begun; the same while nothing of them changes.
#[derive(Clone, Debug, PartialEq)]
pub struct Together {
    /// When they are due.
    pub instant: DateTime<Utc>,
    /// When to begin.
    pub begin: DateTime<Utc>,
    bundles: Vec<Bundle>,
}

/// The bundles of the next instant that were found fit and can be held ready for it; `None` where there are none soon, and
/// while the queue is paused.
pub async fn next_together(services: &Services) -> Result<Option<Together>> {
    let now = services.clock.now();
    let soon = bundles::scheduled_between(services.db.pool(), now, now + prepare::LAST_LOOK).await?;
    let due = |bundle: &Bundle| bundle.state.schedule().map(|schedule| schedule.publication_date);
    let Some(instant) = soon.iter().find_map(due) else { return Ok(None) };
    let unread = services.preparations.unread(now);
    let mut all: Vec<Bundle> = soon.into_iter().filter(|bundle| due(bundle) == Some(instant)).collect();
    all.retain(|bundle| !unread.contains(&bundle.id));
    let Some(together) = fit_among(services, instant, all) else { return Ok(None) };
    if queue_pause::find(services.db.pool()).await?.paused().is_some() {
        return Ok(None);
    }
    if now < together.asks_at() {
        return Ok(Some(together));
    }
    let kept_back = kept_back(services, &together).await?;
    if kept_back.is_empty() {
        return Ok(Some(together));
    }
    let others = together.bundles.into_iter().filter(|bundle| !kept_back.contains(&bundle.id));
    Ok(fit_among(services, instant, others.collect()))
}

/// Those of these bundles that can be held ready for an instant.
fn fit_among(services: &Services, instant: DateTime<Utc>, bundles: Vec<Bundle>) -> Option<Together> {
    let (allowed, longest) = lead(services);
    let mut datasets = 0;
    let mut fit = Vec::new();
    for bundle in bundles {
        let Some(items) = services.preparations.fit_for(&bundle, instant) else { continue };
        if allowed.of(fit.len() + 1, datasets + items) <= longest {
            datasets += items;
            fit.push(bundle);
        }
    }
    let begin = instant - allowed.of(fit.len(), datasets);
    (!fit.is_empty()).then_some(Together { instant, begin, bundles: fit })
}

impl Together {
    /// When the receivers are asked that publications wait for.
    fn asks_at(&self) -> DateTime<Utc> {
        self.begin - receivers::AHEAD
    }

    /// From when on it counts what they say: as a last look does, so that whoever falls out makes nobody ask again.
    fn heeds_from(&self) -> DateTime<Utc> {
        self.asks_at().min(self.instant - prepare::LAST_LOOK)
    }

    fn ids(&self) -> Vec<&str> {
        self.bundles.iter().map(|bundle| bundle.id.as_str()).collect()
    }
}

/// Those that a receiver stands in the way of, which is asked unless it was asked for this instant.
async fn kept_back(services: &Services, together: &Together) -> Result<HashSet<String>> {
    let up = receivers::up_since(services, together.heeds_from()).await;
    receivers::kept_back(services.db.pool(), services, &up, &together.ids()).await
}

/// How it came out.
#[derive(Debug)]
pub enum Kept {
    /// The bundles are public.
    Published(Vec<PublishOutcome>),
    /// Nothing happened: what is due is published one by one, as always.
    GivenUp(GivenUp),
}

/// Why publications that were to be held ready were given up.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum GivenUp {
    /// Another node holds them.
    AnotherNode,
    /// A bundle is no longer as it was found fit.
    Changed,
    /// The queue was paused.
    Paused,
    /// A receiver that publications wait for is down.
    Receiver,
    /// Not everything was written when the instant came, as something was locked or took long.
    Unready,
    /// Somebody wants to take a step with one of the bundles or to pause the queue, or the process stops.
    Wanted,
    /// The instant was long past when it was seen to have come.
    Late,
    /// The clock does not get to the instant.
    ClockStands,
}

/// Writes everything that makes these bundles public, waits for their instant, and commits.
pub async fn publish_together(services: &Services, together: Together) -> Result<Kept> {
    // Before they are held, so that a receiver which says nothing keeps nobody from publishing them. As a rule they have said it.
    let up = receivers::up_since(services, together.heeds_from()).await;
    let instant = together.instant;
    let holding = services.held.hold(&together.ids());
    // A lock that somebody else keeps must not keep the others of this instant waiting.
    let left = (instant + LATE - services.clock.now()).to_std().unwrap_or_default();
    let ready = match tokio::time::timeout(left, make_ready(services, &together, &up)).await {
        Ok(ready) => ready?,
        Err(_) => return Ok(Kept::GivenUp(GivenUp::Unready)),
    };
    let ready = match ready {
        Ok(ready) => ready,
        Err(why) => return Ok(Kept::GivenUp(why)),
    };
    holding.is_ready();
    let (_, longest) = lead(services);
    let longest = longest.to_std().unwrap_or_default() + GRACE;
    let waited = tokio::time::timeout(longest, until_due(services, &ready, &holding, instant)).await;
    match waited.unwrap_or(Ok(Err(GivenUp::ClockStands)))? {
        Ok(revision) => Ok(Kept::Published(commit(services, ready, revision, instant).await?)),
        Err(why) => {
            ready.tx.rollback().await?;
            Ok(Kept::GivenUp(why))
        }
    }
}

/// Everything that is written before the instant.
struct Ready {
    tx: Tx,
    written: Written,
    staged: Option<Staged>,
    /// The catalogue's revision, where it is raised already.
    revision: Option<u64>,
    at: DateTime<Utc>,
}

async fn make_ready(
    services: &Services,
    together: &Together,
    up: &[Sink],
) -> Result<std::result::Result<Ready, GivenUp>> {
    let ids = together.ids();
    let Some(tx) = hold::begin(&services.db, &ids).await? else { return Ok(Err(GivenUp::AnotherNode)) };
    if queue_pause::open(&tx).await?.is_none() {
        tx.rollback().await?;
        return Ok(Err(GivenUp::Paused));
    }
    // Whoever wants a receiver left out, or not any more, waits from here on.
    if !receivers::kept_back(&tx, services, up, &ids).await?.is_empty() {
        tx.rollback().await?;
        return Ok(Err(GivenUp::Receiver));
    }
    let ctx = Ctx::system("scheduler", together.instant);
    let Some(written) = write(&tx, services, &ctx, together).await? else {
        tx.rollback().await?;
        return Ok(Err(GivenUp::Changed));
    };
    let staged = catalogue::stage(services, &tx, written.datasets.clone()).await?;
    // Where nobody else can write meanwhile, nobody waits for the last rows either.
    let revision = if services.db.is_shared() { None } else { Some(last_rows(&tx, &written.datasets).await?) };
    hold::settle(&services.db).await;
    Ok(Ok(Ready { tx, written, staged, revision, at: services.clock.now() }))
}

/// Waits for the instant, and shortly before it writes what every other writer waits for then; the catalogue's revision, or why it
/// was given up.
async fn until_due(
    services: &Services,
    ready: &Ready,
    holding: &Holding,
    instant: DateTime<Utc>,
) -> Result<std::result::Result<u64, GivenUp>> {
    let revision = match ready.revision {
        Some(revision) => revision,
        None => {
            let Written { published, datasets, .. } = &ready.written;
            let begin = instant - LAST_ROWS.of(published.len(), datasets.len());
            match until(services, &ready.tx, holding, begin).await? {
                Err(why) => return Ok(Err(why)),
                Ok(now) if now >= instant + LATE => return Ok(Err(GivenUp::Late)),
                Ok(_) => {}
            }
            // Whoever keeps one of these rows must not keep the others of this instant waiting.
            let left = (instant + LATE - services.clock.now()).to_std().unwrap_or_default();
            match tokio::time::timeout(left, last_rows(&ready.tx, datasets)).await {
                Ok(revision) => revision?,
                Err(_) => return Ok(Err(GivenUp::Unready)),
            }
        }
    };
    Ok(match until(services, &ready.tx, holding, instant).await? {
        Err(why) => Err(why),
        Ok(now) if now >= instant + LATE => Err(GivenUp::Late),
        Ok(_) => Ok(revision),
    })
}

/// Raises the revision and writes the audit records, in the order in which all publications take the rows that are locked by it.
pub(super) async fn last_rows(tx: &Tx, datasets: &[String]) -> Result<u64> {
    publication_log::keep_end(tx).await?;
    let revision = revisions::raise(tx, datasets).await?;
    tx.write_records().await?;
    Ok(revision)
}

async fn commit(
    services: &Services,
    ready: Ready,
    revision: u64,
    instant: DateTime<Utc>,
) -> Result<Vec<PublishOutcome>> {
    let Ready { tx, written: Written { published, datasets, log }, staged, at: was_ready, .. } = ready;
    let began = services.clock.now();
    publication_log::append_all(&tx, log, began).await?;
    persistence::db::commit(tx).await?;
    let at = services.clock.now();
    let is_found = match staged {
        Some(staged) => staged.show(revision).await.unwrap_or_else(|error| {
            tracing::warn!(
                error = &error as &dyn std::error::Error,
                "the search index could not be shown with a publication, it follows"
            );
            false
        }),
        None => false,
    };
    services.nudges.follow_up.notify_waiters();
    services.nudges.follow_up.notify_one();
    let ms = |from: DateTime<Utc>, to: DateTime<Utc>| (to - from).num_milliseconds();
    let (spare_ms, commit_ms, search_ms) = (ms(was_ready, instant), ms(began, at), ms(at, services.clock.now()));
    let (bundles, datasets) = (published.len(), datasets.len());
    let message = "publications held ready were committed at their instant";
    tracing::info!(bundles, datasets, spare_ms, commit_ms, search_ms, is_found, "{message}");
    services.preparations.tell_of_unread(published.iter().map(|public| public.bundle.id.as_str()));
    let outcome = |public: &Public| PublishOutcome { published_at: Some(at), ..outcome_of(&public.bundle) };
    Ok(published.iter().map(outcome).collect())
}

/// What was written ahead.
struct Written {
    /// The bundles as they then are.
    published: Vec<Public>,
    /// What the public sees anew.
    datasets: Vec<String>,
    /// What the public log says when the time is known.
    log: Vec<publication_log::Entry>,
}

/// Everything but the public log and the revision; `None` where a bundle is no longer as it was.
async fn write(tx: &Tx, services: &Services, ctx: &Ctx, together: &Together) -> Result<Option<Written>> {
    let mut items = contents::lists_of_bundles(tx, &together.ids()).await?;
    let mut all = Vec::with_capacity(together.bundles.len());
    for bundle in together.bundles.iter().cloned() {
        let items = items.remove(&bundle.id).unwrap_or_default();
        if !preflight(&bundle.id, &items).is_empty() {
            return Ok(None);
        }
        all.push(Coming { bundle, before: Before::Nothing, items });
    }
    let Ok(published) = make_public(tx, services, ctx, all).await? else { return Ok(None) };
    let log = publication_log::entries_of(tx, &with_items(&published)).await?;
    Ok(Some(Written { datasets: datasets_of(&published), published, log }))
}

/// Waits until a time has surely come, and says what time it is then; why it was given up, where it was.
async fn until(
    services: &Services,
    tx: &Tx,
    holding: &Holding,
    when: DateTime<Utc>,
) -> Result<std::result::Result<DateTime<Utc>, GivenUp>> {
    let mut now = services.clock.now();
    loop {
        let left = (when - now).to_std().unwrap_or_default();
        tokio::select! {
            biased;
            () = holding.wanted() => return Ok(Err(GivenUp::Wanted)),
            () = tokio::time::sleep(left.min(LOOK)) => {}
        }
        now = surely_now(services).await?;
        // Looked for after the clock, so that whoever came before the instant is found.
        if holding.is_wanted() || hold::is_asked_back(&services.db).await? {
            return Ok(Err(GivenUp::Wanted));
        }
        if now >= when {
            return Ok(Ok(now));
        }
        hold::keep(tx).await?;
    }
}
