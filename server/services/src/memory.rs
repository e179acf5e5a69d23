//! What a node remembers: the catalogue's revision, and answers that cannot have changed since.
//!
//! The revision goes up with every commit that changes what the public sees. It is asked for again after every commit of
//! this process, so that a node shows what it published at once, and on a timer for what other nodes did.

use std::collections::HashMap;
use std::future::Future;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, PoisonError, RwLock};
use std::time::{Duration, Instant};

use chrono::{DateTime, Utc};
use domain::office::{Office, QueuePause, RateQuotas};
use domain::page::Paging;
use domain::policy::Reach;
use domain::topic::Topic;
use domain::views::{DatasetSummary, HomePage};
use moka::Expiry;
use moka::future::Cache;
use persistence::datasets::DatasetFilter;
use persistence::{Database, PersistenceError, db, office, queue_pause, revisions, topic_redirects, topics};

use crate::{Result, ServiceError};

/// How long a list may be remembered that other nodes could have changed without raising the catalogue's revision.
const LISTS_HOLD: Duration = Duration::from_secs(1);
/// How long a public list is remembered; a new revision makes new ones, and nobody asks for the old ones again.
const PUBLIC_LISTS_HOLD: Duration = Duration::from_secs(60);
/// How long it is remembered what of a topic is taken most after the last reader looked at it, and of how many topics.
const MOST_USED_HOLD: Duration = Duration::from_secs(3600);
const MOST_USED_TOPICS: u64 = 500;
/// The most bytes of all remembered counts together.
const MAX_COUNTS: u64 = 8 << 20;
/// The most bytes of all remembered orders together.
const MAX_ORDERS: u64 = 64 << 20;

/// A list, told apart by what was asked and when.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
struct ListKey {
    revision: u64,
    /// The commits of this process; of what everybody sees nothing but the revision counts.
    commits: u64,
    reach: Reach,
    filter: DatasetFilter,
}

impl ListKey {
    /// How much room the key takes, about: whoever asks chooses it.
    fn size(&self) -> usize {
        let filter = &self.filter;
        let words = filter.topics.iter().chain(&filter.ids).chain(&filter.department).chain(&filter.title);
        let reached: &[&[String]] = match &self.reach {
            Reach::Limited { departments, datasets, .. } => &[departments, datasets],
            Reach::All | Reach::PublishedOnly => &[],
        };
        256 + words.chain(reached.iter().copied().flatten()).map(|word| size_of::<String>() + word.len()).sum::<usize>()
    }
}

/// What of a topic is taken most, told apart by when that can be something else.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
struct MostUsedKey {
    revision: u64,
    /// Where the days end of which it tells.
    until: DateTime<Utc>,
    topic: String,
}

/// Forgets lists after a while: soon where they show more than what is public.
struct Holding;

impl<V> Expiry<ListKey, V> for Holding {
    fn expire_after_create(&self, key: &ListKey, _: &V, _: Instant) -> Option<Duration> {
        Some(if key.reach == Reach::PublishedOnly { PUBLIC_LISTS_HOLD } else { LISTS_HOLD })
    }
}

/// The ids of a whole list, one a line.
#[derive(Debug, Default)]
pub(crate) struct ListOrder {
    ids: String,
    ends: Vec<usize>,
}

impl ListOrder {
    fn of(ids: String) -> Self {
        let ends = ids.match_indices('\n').map(|(end, _)| end).chain((!ids.is_empty()).then_some(ids.len()));
        Self { ends: ends.collect(), ids }
    }

    fn size(&self) -> usize {
        self.ids.len() + self.ends.len() * size_of::<usize>()
    }

    /// How many there are.
    pub(crate) fn len(&self) -> u64 {
        u64::try_from(self.ends.len()).unwrap_or(u64::MAX)
    }

    /// The ids of a part of it.
    pub(crate) fn part(&self, paging: Paging) -> Vec<&str> {
        let from = usize::try_from(paging.offset).unwrap_or(usize::MAX).min(self.ends.len());
        let until = from.saturating_add(usize::try_from(paging.limit).unwrap_or(usize::MAX)).min(self.ends.len());
        let start_of = |place: usize| if place == 0 { 0 } else { self.ends[place - 1] + 1 };
        (from..until).map(|place| &self.ids[start_of(place)..self.ends[place]]).collect()
    }
}

/// What this node remembers; cheap to clone.
#[derive(Clone)]
pub struct Memory {
    known: Arc<Known>,
    counts: Cache<ListKey, u64>,
    orders: Cache<ListKey, Arc<ListOrder>>,
    initials: Cache<ListKey, Arc<Vec<(String, u64)>>>,
    homes: Cache<u64, Arc<HomePage>>,
    most_used: Cache<MostUsedKey, Arc<Vec<DatasetSummary>>>,
    upcoming: Cache<u64, Arc<Vec<Upcoming>>>,
    taxonomies: Cache<u64, Arc<Taxonomy>>,
    offices: Cache<u64, Arc<Office>>,
    rates: Arc<RwLock<KnownRates>>,
    guidances: Cache<u64, Arc<search::Guidance>>,
}

/// How often who may ask, as it was set last, and with the revision that it was read at: what is read late replaces nothing newer.
#[derive(Clone, Copy, Debug, Default)]
struct KnownRates {
    revision: u64,
    set: Option<RateQuotas>,
}

/// All topics, and where old ids lead.
#[derive(Clone, Debug)]
pub(crate) struct Taxonomy {
    pub(crate) topics: Vec<Topic>,
    pub(crate) redirects: HashMap<String, String>,
}

/// A public release to come, as it is offered to who types its title.
#[derive(Clone, Debug)]
pub(crate) struct Upcoming {
    pub(crate) id: String,
    pub(crate) title: String,
    pub(crate) title_cy: Option<String>,
}

/// The newest revision that was read, and how many commits there had been before it was.
#[derive(Debug, Default)]
struct Known {
    revision: AtomicU64,
    commits: AtomicU64,
}

impl std::fmt::Debug for Memory {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Memory").field("known", &self.known).finish_non_exhaustive()
    }
}

impl Default for Memory {
    fn default() -> Self {
        Self {
            known: Arc::default(),
            counts: Cache::builder()
                .max_capacity(MAX_COUNTS)
                .weigher(|key: &ListKey, _| weight(key.size()))
                .expire_after(Holding)
                .build(),
            orders: Cache::builder()
                .max_capacity(MAX_ORDERS)
                .weigher(|key: &ListKey, order: &Arc<ListOrder>| weight(key.size() + order.size()))
                .expire_after(Holding)
                .build(),
            initials: Cache::builder()
                .max_capacity(MAX_COUNTS)
                .weigher(|key: &ListKey, letters: &Arc<Vec<(String, u64)>>| weight(key.size() + letters.len() * 40))
                .expire_after(Holding)
                .build(),
            homes: Cache::new(1),
            most_used: Cache::builder().max_capacity(MOST_USED_TOPICS).time_to_idle(MOST_USED_HOLD).build(),
            upcoming: Cache::new(1),
            taxonomies: Cache::new(1),
            offices: Cache::new(1),
            rates: Arc::default(),
            guidances: Cache::new(1),
        }
    }
}

impl Memory {
    /// The catalogue's revision, never older than the last commit of this process.
    pub async fn revision(&self, database: &Database) -> Result<u64> {
        match self.known_revision() {
            Some(revision) => Ok(revision),
            None => self.look(database).await,
        }
    }

    /// The catalogue's revision, unless this process has committed since it was read.
    #[must_use]
    pub fn known_revision(&self) -> Option<u64> {
        let current = self.known.commits.load(Ordering::SeqCst) == db::commits() + 1;
        current.then(|| self.known.revision.load(Ordering::SeqCst))
    }

    /// Reads the revision anew, for what other nodes committed.
    pub async fn look(&self, database: &Database) -> Result<u64> {
        // Counted before reading, and one higher so that nothing is known at first: a commit in between makes it be read again.
        let commits = db::commits() + 1;
        let revision = revisions::current(database.pool()).await?;
        self.known.revision.fetch_max(revision, Ordering::SeqCst);
        self.known.commits.fetch_max(commits, Ordering::SeqCst);
        Ok(self.known.revision.load(Ordering::SeqCst))
    }

    async fn key(&self, database: &Database, reach: &Reach, filter: &DatasetFilter) -> Result<ListKey> {
        let commits = if *reach == Reach::PublishedOnly { 0 } else { db::commits() };
        let revision = self.revision(database).await?;
        Ok(ListKey { revision, commits, reach: reach.clone(), filter: filter.clone() })
    }

    /// The size of a list of datasets, counted again after each commit that can have changed it.
    pub(crate) async fn count(
        &self,
        database: &Database,
        reach: &Reach,
        filter: &DatasetFilter,
        count: impl Future<Output = Result<u64>>,
    ) -> Result<u64> {
        let key = self.key(database, reach, filter).await?;
        self.counts.try_get_with(key, count).await.map_err(shared)
    }

    /// The order of a whole list of datasets, read again after each commit that can have changed it.
    ///
    /// A database finds the first page of a list at once, but counts its way to the ten-thousandth; from here both are as near.
    pub(crate) async fn order(
        &self,
        database: &Database,
        reach: &Reach,
        filter: &DatasetFilter,
    ) -> Result<Arc<ListOrder>> {
        let key = self.key(database, reach, filter).await?;
        let read = async {
            let ids = persistence::datasets::ids_visible_to(database.pool(), reach, filter).await?;
            Ok::<_, ServiceError>(Arc::new(ListOrder::of(ids)))
        };
        self.orders.try_get_with(key, read).await.map_err(shared)
    }

    /// How many public datasets of a list begin with each letter.
    pub(crate) async fn initials(
        &self,
        database: &Database,
        filter: &DatasetFilter,
    ) -> Result<Arc<Vec<(String, u64)>>> {
        let reach = Reach::PublishedOnly;
        let key = self.key(database, &reach, filter).await?;
        let read = async {
            let found = persistence::registers::initials_visible_to(database.pool(), &reach, filter).await?;
            let counts = found.into_iter().map(|(letter, count)| (letter, u64::try_from(count).unwrap_or_default()));
            Ok::<_, ServiceError>(Arc::new(counts.collect()))
        };
        self.initials.try_get_with(key, read).await.map_err(shared)
    }

    /// The public home page as of the present revision.
    pub(crate) async fn home(
        &self,
        database: &Database,
        make: impl Future<Output = Result<HomePage>>,
    ) -> Result<Arc<HomePage>> {
        let revision = self.revision(database).await?;
        let make = async { make.await.map(Arc::new) };
        self.homes.try_get_with(revision, make).await.map_err(shared)
    }

    /// The datasets of a topic that were taken most on whole days `until` then, as of the present revision: the numbers of days that
    /// are over change no more, and what the public sees no more is not among them either.
    pub(crate) async fn most_used(
        &self,
        database: &Database,
        until: DateTime<Utc>,
        topic: &str,
        make: impl Future<Output = Result<Vec<DatasetSummary>>>,
    ) -> Result<Arc<Vec<DatasetSummary>>> {
        let key = MostUsedKey { revision: self.revision(database).await?, until, topic: topic.to_owned() };
        let make = async { make.await.map(Arc::new) };
        self.most_used.try_get_with(key, make).await.map_err(shared)
    }

    /// The topics as of the present revision, which every change of them raises.
    pub(crate) async fn taxonomy(&self, database: &Database) -> Result<Arc<Taxonomy>> {
        let revision = self.revision(database).await?;
        let make = async {
            let (topics, redirects) =
                tokio::try_join!(topics::list(database.pool()), topic_redirects::list(database.pool()))?;
            Ok::<_, ServiceError>(Arc::new(Taxonomy { topics, redirects }))
        };
        self.taxonomies.try_get_with(revision, make).await.map_err(shared)
    }

    /// What the office has set, as of the revision that was read last: whoever changes it looks at once, other nodes on their timer.
    ///
    /// Every request asks for it, so that it must not cost a statement after each commit.
    pub(crate) async fn office(&self, database: &Database) -> Result<Arc<Office>> {
        let was_read = self.known.commits.load(Ordering::SeqCst) > 0;
        let revision = if was_read { self.known.revision.load(Ordering::SeqCst) } else { self.look(database).await? };
        let make = async {
            let stored = office::list(database.pool()).await?;
            let paused = match queue_pause::find(database.pool()).await {
                Ok(queue) => queue.pause.filter(QueuePause::lasts),
                // Nothing is published then; what else the office has set holds all the same.
                Err(PersistenceError::Inconsistent(what)) => {
                    tracing::warn!(%what, "whether the publish queue is paused cannot be read");
                    None
                }
                Err(error) => return Err(error.into()),
            };
            let set = Office::of(stored.into_iter().filter_map(|setting| setting.value));
            self.learn_rates(KnownRates { revision, set: set.rates });
            Ok::<_, ServiceError>(Arc::new(Office { paused, ..set }))
        };
        self.offices.try_get_with(revision, make).await.map_err(shared)
    }

    /// How often who may ask, as it was set when this node last read what the office has set; asked of every request, and never
    /// of the database, so that nobody waits for that who is to be refused.
    #[must_use]
    pub fn rates(&self) -> Option<RateQuotas> {
        self.rates.read().unwrap_or_else(PoisonError::into_inner).set
    }

    fn learn_rates(&self, read: KnownRates) {
        let mut known = self.rates.write().unwrap_or_else(PoisonError::into_inner);
        if read.revision >= known.revision {
            *known = read;
        }
    }

    /// What searches go by as of the present revision, which every change of it raises.
    pub(crate) async fn guidance(
        &self,
        database: &Database,
        make: impl Future<Output = Result<search::Guidance>>,
    ) -> Result<Arc<search::Guidance>> {
        let revision = self.revision(database).await?;
        let make = async { make.await.map(Arc::new) };
        self.guidances.try_get_with(revision, make).await.map_err(shared)
    }

    /// The public releases to come as of the present revision.
    pub(crate) async fn upcoming(
        &self,
        database: &Database,
        make: impl Future<Output = Result<Vec<Upcoming>>>,
    ) -> Result<Arc<Vec<Upcoming>>> {
        let revision = self.revision(database).await?;
        let make = async { make.await.map(Arc::new) };
        self.upcoming.try_get_with(revision, make).await.map_err(shared)
    }
}

fn weight(bytes: usize) -> u32 {
    u32::try_from(bytes).unwrap_or(u32::MAX)
}

/// A fault that several were waiting for.
fn shared(error: Arc<ServiceError>) -> ServiceError {
    Arc::try_unwrap(error).unwrap_or_else(|error| ServiceError::Internal(error.to_string()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_read_late_replaces_no_newer_limits() {
        let memory = Memory::default();
        assert_eq!(memory.rates(), None);
        let set = RateQuotas { address: 60, caller: 60, sign_in: 5, search: 10 };
        memory.learn_rates(KnownRates { revision: 2, set: Some(set) });
        memory.learn_rates(KnownRates { revision: 1, set: None });
        assert_eq!(memory.rates(), Some(set));
        memory.learn_rates(KnownRates { revision: 3, set: None });
        assert_eq!(memory.rates(), None);
    }
}
