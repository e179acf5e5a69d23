//! What a node remembers: the catalogue's revision, and answers that cannot have changed since.
//!
//! The revision goes up with every commit that changes what the public sees. It is asked for again after every commit of
//! this process, so that a node shows what it published at once, and on a timer for what other nodes did.

use std::future::Future;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use domain::policy::Reach;
use domain::views::HomePage;
use moka::future::Cache;
use persistence::datasets::DatasetFilter;
use persistence::{Database, db, revisions};

use crate::{Result, ServiceError};

/// How long a count may be remembered that other nodes could have changed.
const COUNTS_HOLD: Duration = Duration::from_secs(1);

/// The size of a list, told apart by what was asked and when.
type CountKey = (u64, u64, Reach, DatasetFilter);

/// What this node remembers; cheap to clone.
#[derive(Clone)]
pub struct Memory {
    known: Arc<Known>,
    counts: Cache<CountKey, u64>,
    homes: Cache<u64, Arc<HomePage>>,
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
            counts: Cache::builder().max_capacity(10_000).time_to_live(COUNTS_HOLD).build(),
            homes: Cache::new(1),
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

    /// The size of a list of datasets, counted again after each commit.
    pub(crate) async fn count(
        &self,
        database: &Database,
        reach: &Reach,
        filter: &DatasetFilter,
        count: impl Future<Output = Result<u64>>,
    ) -> Result<u64> {
        let key = (db::commits(), self.revision(database).await?, reach.clone(), filter.clone());
        self.counts.try_get_with(key, count).await.map_err(shared)
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
}

/// A fault that several were waiting for.
fn shared(error: Arc<ServiceError>) -> ServiceError {
    Arc::try_unwrap(error).unwrap_or_else(|error| ServiceError::Internal(error.to_string()))
}
