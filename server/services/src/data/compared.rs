//! Comparisons of two tables: each is made once, whoever asks, and every page is read from what was found.
//!
//! Small tables are compared while their reader waits, large ones one after another by `compare_due`; until then whoever asks is told
//! to come back, and what nobody came back for is compared no further. What was found of a version and the one before it is kept in
//! the storage, beside the tables and sealed as they are, so that neither another node nor a new start has to find it again.

mod hold;
mod keep;
mod queue;

use std::sync::Arc;

use domain::changes::Changes;
use domain::file::File;
use domain::page::Paging;
use domain::policy::Reach;
use moka::future::Cache;
use moka::policy::EvictionPolicy;
use persistence::files::{self, StoredFile};
use tables::{Comparison, Table, TableError, Work};
use tempfile::NamedTempFile;

use self::hold::Turn;
use self::keep::Pair;
use self::queue::{Queue, Wanted};
use super::changes::weight;
use super::rows::refused;
use super::stop::Stop;
use crate::{Result, ServiceError, Services};

pub(crate) use keep::forget;
pub use keep::sweep_compared;

/// What pages of comparisons that were asked for may take of the memory, in bytes.
const MAX_ANSWERS: u64 = 16 << 20;
/// What open comparisons may take of the disk, in KiB: they hold places of cells, and no figures but those that moved most.
const MAX_KEPT: u32 = 4 << 20;
/// What each of them counts for at least, in KiB, so that no more are open than files may be.
const LEAST: u32 = 16 << 10;

/// A page of a comparison: whose, how many revised cells, and how many before them.
type PageKey = (Pair, u32, u32);

/// How the comparison of two large tables ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Ended {
    /// It was made.
    Compared,
    /// It was made before, by another node or before this one was started.
    Fetched,
    /// Another node makes it.
    Left,
    /// Nobody waited for it any longer.
    Stopped,
    /// It could not be made, by a fault of ours.
    Failed,
}

impl Ended {
    /// Every way.
    pub const ALL: [Self; 5] = [Self::Compared, Self::Fetched, Self::Left, Self::Stopped, Self::Failed];

    /// The word in metrics.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Compared => "compared",
            Self::Fetched => "fetched",
            Self::Left => "left",
            Self::Stopped => "stopped",
            Self::Failed => "failed",
        }
    }
}

/// What this node has of comparisons: those that are open, pages of them, and those that are asked for.
pub(super) struct Comparisons {
    open: Cache<Pair, Arc<Comparison>>,
    pages: Cache<PageKey, Arc<Changes>>,
    queue: Queue,
}

impl Default for Comparisons {
    fn default() -> Self {
        let size = |kept: &Comparison| u32::try_from(kept.size() >> 10).unwrap_or(u32::MAX).clamp(LEAST, MAX_KEPT);
        Self {
            open: Cache::builder()
                .max_capacity(u64::from(MAX_KEPT))
                // The newest is always taken in, or it would be made again for each page.
                .eviction_policy(EvictionPolicy::lru())
                .weigher(move |_: &Pair, kept: &Arc<Comparison>| size(kept))
                .build(),
            pages: Cache::builder()
                .max_capacity(MAX_ANSWERS)
                .weigher(|_: &PageKey, changes: &Arc<Changes>| weight(changes))
                .build(),
            queue: Queue::default(),
        }
    }
}

impl Comparisons {
    /// Stops and forgets what is compared with a file.
    async fn forget(&self, file_id: &str) {
        self.queue.forget(file_id);
        let open: Vec<Arc<Pair>> = self.open.iter().map(|(pair, _)| pair).filter(|pair| pair.is_of(file_id)).collect();
        for pair in open {
            self.open.invalidate(&*pair).await;
        }
        let is_of = |key: &Arc<PageKey>| key.0.is_of(file_id);
        let pages: Vec<Arc<PageKey>> = self.pages.iter().map(|(key, _)| key).filter(is_of).collect();
        for page in pages {
            self.pages.invalidate(&*page).await;
        }
    }
}

/// Whether two tables are too large to be compared while somebody waits.
pub(super) fn is_long(services: &Services, before: &StoredFile, after: &StoredFile) -> bool {
    cells_of(&before.file).saturating_add(cells_of(&after.file)) > services.settings.compare_at_once_cells
}

fn cells_of(file: &File) -> u64 {
    file.profile.as_ref().map_or(0, |profile| profile.rows.saturating_mul(profile.columns.len() as u64))
}

/// What changed from one table to another, both of which were found for the caller, with a page of the cells that were revised;
/// nothing while they are still being compared.
///
/// # Errors
/// `TooMany` where many comparisons wait; where the tables cannot be read.
pub(super) async fn compared(
    services: &Services,
    (before, after): (&StoredFile, &StoredFile),
    paging: Paging,
) -> Result<Option<Arc<Changes>>> {
    let pair = Pair::of(before, after);
    let pages = &services.tables.comparisons.pages;
    let key: PageKey = (pair.clone(), paging.limit, paging.offset);
    if let Some(page) = pages.get(&key).await {
        return Ok(Some(page));
    }
    let Some(kept) = open(services, pair, before, after).await? else { return Ok(None) };
    let read = async {
        let (old, new) = both(services, before, after).await?;
        let (limit, offset) = (paging.limit as usize, u64::from(paging.offset));
        let page = services.tables.in_turn(move || kept.page(&old, &new, limit, offset)).await?;
        Ok::<_, ServiceError>(Arc::new(page.map_err(refused)?))
    };
    pages.try_get_with(key, read).await.map(Some).map_err(unshared)
}

/// The comparison of two tables; nothing while it is being made.
async fn open(
    services: &Services,
    pair: Pair,
    before: &StoredFile,
    after: &StoredFile,
) -> Result<Option<Arc<Comparison>>> {
    let comparisons = &services.tables.comparisons;
    if let Some(kept) = comparisons.open.get(&pair).await {
        return Ok(Some(kept));
    }
    if is_long(services, before, after) {
        if comparisons.queue.ask(pair, before, after, services.clock.now())? {
            services.nudges.comparisons.notify_one();
        }
        return Ok(None);
    }
    let make = async {
        let (old, new) = both(services, before, after).await?;
        let (work, _stop) = comparing(services, &old, &new, || false);
        let made = services.tables.in_turn(work).await?.map_err(refused)?;
        Ok::<_, ServiceError>(Arc::new(keep::opened(made, &old, &new).await?))
    };
    comparisons.open.try_get_with(pair, make).await.map(Some).map_err(unshared)
}

async fn both(services: &Services, before: &StoredFile, after: &StoredFile) -> Result<(Arc<Table>, Arc<Table>)> {
    Ok((super::open(services, before).await?, super::open(services, after).await?))
}

/// An error that came to several who asked for the same.
fn unshared(error: Arc<ServiceError>) -> ServiceError {
    Arc::try_unwrap(error).unwrap_or_else(|error| ServiceError::Internal(error.to_string()))
}

/// The work of a comparison, for a thread of its own; it stops at the next batch of rows once what comes with it is dropped, or
/// nobody wants its outcome.
fn comparing<F: Fn() -> bool + Send + 'static>(
    services: &Services,
    old: &Arc<Table>,
    new: &Arc<Table>,
    is_over: F,
) -> (impl FnOnce() -> Result<NamedTempFile, TableError> + Send + 'static + use<F>, Stop) {
    let (old, new, folder) = (Arc::clone(old), Arc::clone(new), Arc::clone(&services.tables.folder));
    let stop = Stop::default();
    let is_dropped = stop.asked();
    let work = move || -> Result<NamedTempFile, TableError> {
        let made = tempfile::Builder::new().prefix("compared-").tempfile_in(&folder)?;
        let stopped = || is_dropped() || is_over();
        tables::compare(&old, &new, &Work::new(&folder, &stopped), made.as_file())?;
        Ok(made)
    };
    (work, stop)
}

/// Has the table of a file compared with that of the version before, if both are large, before anybody asks for it; a failure is
/// logged, since whoever asks has it made.
pub(crate) async fn compare_ahead(services: &Services, file_id: &str) {
    match super::side_by_side::earlier_table_of(services, file_id).await {
        Ok(Some((before, after))) if is_long(services, &before, &after) => {
            let (queue, now) = (&services.tables.comparisons.queue, services.clock.now());
            if queue.expect(Pair::of(&before, &after), &before, &after, now) {
                services.nudges.comparisons.notify_one();
            }
        }
        Ok(_) => {}
        Err(error) => {
            let error = &error as &dyn std::error::Error;
            tracing::warn!(file.id = %file_id, error, "a table is not compared before somebody asks for it");
        }
    }
}

/// Compares the large tables that somebody waits for, one pair after another.
pub async fn compare_due(services: &Services) -> Vec<Ended> {
    let queue = &services.tables.comparisons.queue;
    let _turn = queue.turn().await;
    let mut all = Vec::new();
    while let Some(wanted) = queue.next(services.clock.now()) {
        all.push(compare_wanted(services, &wanted).await);
    }
    all
}

async fn compare_wanted(services: &Services, wanted: &Arc<Wanted>) -> Ended {
    let comparisons = &services.tables.comparisons;
    if comparisons.open.contains_key(wanted.pair()) {
        comparisons.queue.done(wanted);
        return Ended::Fetched;
    }
    match hold::take(services, wanted).await {
        Ok(Turn::Ours(held)) => {
            let ended = compare_here(services, wanted).await;
            hold::let_go(services, held).await;
            ended
        }
        Ok(Turn::Elsewhere) => {
            comparisons.queue.leave(wanted, services.clock.now());
            Ended::Left
        }
        Err(error) => failed(services, wanted, &error.to_string()),
    }
}

async fn compare_here(services: &Services, wanted: &Arc<Wanted>) -> Ended {
    let comparisons = &services.tables.comparisons;
    let pair = wanted.pair();
    match found(services, wanted).await {
        Ok(Ok((kept, ended))) => {
            comparisons.open.insert(pair.clone(), Arc::new(kept)).await;
            comparisons.queue.done(wanted);
            // Where a file was recalled meanwhile, here or through another node, nothing of it stays.
            if wanted.is_stopped() || !are_given(services, wanted).await {
                keep::forget_pair(services, pair).await;
            }
            ended
        }
        Ok(Err(TableError::Stopped)) => {
            comparisons.queue.done(wanted);
            tracing::info!(key = pair.key(), "a comparison was stopped, as nobody waits for it");
            Ended::Stopped
        }
        Ok(Err(error)) => failed(services, wanted, &error.to_string()),
        Err(error) => failed(services, wanted, &error.to_string()),
    }
}

/// Whether both tables are still given out.
async fn are_given(services: &Services, wanted: &Wanted) -> bool {
    let (before, after) = wanted.files();
    for stored in [before, after] {
        let now = files::find_visible_to(services.db.pool(), &Reach::All, &stored.file.id).await;
        if !matches!(now, Ok(Some(now)) if super::is_given(&now)) {
            return false;
        }
    }
    true
}

fn failed(services: &Services, wanted: &Arc<Wanted>, error: &str) -> Ended {
    if wanted.is_stopped() {
        // Its bytes went with the file.
        return Ended::Stopped;
    }
    tracing::error!(key = wanted.pair().key(), error, "two tables cannot be compared");
    services.tables.comparisons.queue.fail(wanted, services.clock.now(), error);
    Ended::Failed
}

/// The comparison of two large tables, from the storage or made.
async fn found(services: &Services, wanted: &Arc<Wanted>) -> Result<Result<(Comparison, Ended), TableError>> {
    let (before, after) = wanted.files();
    let (old, new) = both(services, before, after).await?;
    if let Some(kept) = keep::fetched(services, wanted, &old, &new).await? {
        return Ok(Ok((kept, Ended::Fetched)));
    }
    let (clock, asked) = (services.clock.clone(), Arc::clone(wanted));
    let (work, _stop) = comparing(services, &old, &new, move || asked.is_over(clock.now()));
    // Not in the turns of readers, who would wait for it.
    let made = tokio::task::spawn_blocking(work).await;
    match made.map_err(|error| ServiceError::Internal(format!("comparing stopped: {error}")))? {
        Ok(made) => {
            keep::store(services, wanted, &made).await;
            Ok(Ok((keep::opened(made, &old, &new).await?, Ended::Compared)))
        }
        Err(error) => Ok(Err(error)),
    }
}
