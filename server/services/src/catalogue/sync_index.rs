//! Bringing this node's index up to the catalogue's revision: idempotent, at any time, from wherever it stands.

use std::collections::HashSet;
use std::sync::{Arc, mpsc};

use domain::catalogue::SearchDocument;
use domain::page::Paging;
use domain::policy::Reach;
use persistence::datasets::DatasetFilter;
use persistence::{Connection, Tx, datasets, revisions};
use search::{Outgoing, SearchError};
use tokio::sync::{OwnedMutexGuard, oneshot};
use tokio::task::{self, JoinHandle};

use super::index_documents::{Makers, Part};
use crate::{Result, ServiceError, Services};

/// How many datasets are read at once.
const BATCH: usize = 500;
/// How many documents wait for the thread that puts them into the index.
const WAITING: usize = 8;
/// Up to how many options the tables of a publication may have for the index to be made ready before it: what takes longer would
/// make it late, and follows after it.
const READY: u64 = 20_000;

/// Takes over what changed since the index's own cursor; the number of datasets looked at.
pub async fn sync_index(services: &Services) -> Result<usize> {
    let _turn = services.indexing.lock().await;
    let cursor = services.index.cursor();
    let (revision, changed) = revisions::changed_since(services.db.pool(), cursor).await?;
    if revision == cursor {
        return Ok(0);
    }
    apply(services, revision, &changed).await?;
    tracing::info!(revision, datasets = changed.len(), "search index brought up to date");
    Ok(changed.len())
}

/// Makes the index anew from the database; the number of datasets in it.
pub async fn rebuild_index(services: &Services) -> Result<usize> {
    let _turn = services.indexing.lock().await;
    let db = services.db.pool();
    let revision = revisions::current(db).await?;
    let makers = Makers::load(db).await?;
    let feeding = Feeding::begin(services, Outgoing::Everything);
    let mut count = 0;
    let mut paging = Paging::WHOLE;
    loop {
        let filter = DatasetFilter { by_title: true, ..DatasetFilter::default() };
        let page = datasets::list_visible_to(db, &Reach::PublishedOnly, &filter, paging).await?;
        let full = page.items.len() == usize::try_from(paging.limit).unwrap_or(usize::MAX);
        let ids: Vec<String> = page.items.into_iter().map(|summary| summary.id).collect();
        count += feeding.read(db, &makers, &ids).await?;
        services.rebuilding.has_read(count);
        if !full {
            break;
        }
        paging.offset += paging.limit;
    }
    feeding.end(revision).await?;
    Ok(count)
}

/// Takes over one dataset as it is now, wherever the index stands; whatever else changed is left to [`sync_index`].
pub(super) async fn read_again(services: &Services, id: &str) -> Result<()> {
    let _turn = services.indexing.lock().await;
    apply(services, services.index.cursor(), &[id.to_owned()]).await
}

/// Takes out what changed, and puts in again what of it is public.
async fn apply(services: &Services, revision: u64, changed: &[String]) -> Result<()> {
    let db = services.db.pool();
    let makers = Makers::load(db).await?;
    let feeding = Feeding::begin(services, Outgoing::Datasets(changed.to_vec()));
    for ids in changed.chunks(BATCH) {
        feeding.read(db, &makers, ids).await?;
    }
    feeding.end(revision).await
}

/// A change of the index that goes on while the catalogue is read, so that few documents are in memory at once; dropped before its
/// end, it never was.
struct Feeding {
    documents: tokio::sync::mpsc::Sender<SearchDocument>,
    verdict: mpsc::Sender<u64>,
    taken: JoinHandle<std::result::Result<bool, SearchError>>,
}

impl Feeding {
    fn begin(services: &Services, outgoing: Outgoing) -> Self {
        let index = services.index.clone();
        let (documents, mut incoming) = tokio::sync::mpsc::channel(WAITING);
        let (verdict, waits) = mpsc::channel();
        let taken = task::spawn_blocking(move || {
            let incoming = std::iter::from_fn(|| incoming.blocking_recv());
            index.take_when(&outgoing, incoming, || waits.recv().ok())
        });
        Self { documents, verdict, taken }
    }

    /// Reads what is public of these datasets into the index; how many that are.
    async fn read(&self, db: &impl Connection, makers: &Makers, ids: &[String]) -> Result<usize> {
        let mut count = 0;
        for part in Part::list(db, ids).await? {
            for document in makers.documents(db, part).await? {
                // Where the thread has stopped, its end tells why.
                if self.documents.send(document).await.is_err() {
                    return Ok(count);
                }
                count += 1;
            }
        }
        Ok(count)
    }

    /// Shows all of it to searches, as of this revision.
    async fn end(self, revision: u64) -> Result<()> {
        drop(self.documents);
        let _ = self.verdict.send(revision);
        joined(self.taken).await.map(drop)
    }
}

async fn joined(taken: JoinHandle<std::result::Result<bool, SearchError>>) -> Result<bool> {
    Ok(taken.await.map_err(|e| ServiceError::Internal(format!("an indexing thread stopped: {e}")))??)
}

/// A change of the index that waits for the commit it belongs to; dropped, it never was.
pub(crate) struct Staged {
    verdict: mpsc::Sender<u64>,
    cursor: u64,
    applied: JoinHandle<std::result::Result<bool, SearchError>>,
    _turn: OwnedMutexGuard<()>,
}

/// Makes this node's index ready for what a transaction is about to make public, so that searches show it with the commit.
///
/// `None` where the index is busy, or not where the catalogue is, or where the tables are large: it then follows after the
/// commit, as always.
pub(crate) async fn stage(services: &Services, tx: &Tx, datasets: Vec<String>) -> Result<Option<Staged>> {
    let Ok(turn) = Arc::clone(&services.indexing).try_lock_owned() else { return Ok(None) };
    let cursor = services.index.cursor();
    if revisions::current(tx).await? != cursor {
        return Ok(None);
    }
    let mut parts = Vec::new();
    for ids in datasets.chunks(BATCH) {
        parts.extend(Part::list(tx, ids).await?);
    }
    if parts.iter().map(Part::options).sum::<u64>() > READY {
        return Ok(None);
    }
    let makers = Makers::load(tx).await?;
    let mut upserts = Vec::with_capacity(datasets.len());
    for part in parts {
        upserts.extend(makers.documents(tx, part).await?);
    }
    let public: HashSet<&str> = upserts.iter().map(|document| document.dataset_id.as_str()).collect();
    let deletes: Vec<String> = datasets.into_iter().filter(|id| !public.contains(id.as_str())).collect();
    let index = services.index.clone();
    let (verdict, waits) = mpsc::channel();
    let (ready, is_ready) = oneshot::channel();
    let applied = task::spawn_blocking(move || {
        index.apply_when(&upserts, &deletes, || {
            // Nobody waits for this any more where the publication was given up.
            let _ = ready.send(());
            waits.recv().ok()
        })
    });
    // Where the thread stops early, `applied` tells why.
    let _ = is_ready.await;
    Ok(Some(Staged { verdict, cursor, applied, _turn: turn }))
}

impl Staged {
    /// Shows the change to searches; `revision` is the one that was committed with it.
    ///
    /// Where another revision came between, the index follows from where it is.
    pub(crate) async fn show(self, revision: u64) -> Result<bool> {
        if revision == self.cursor + 1 {
            let _ = self.verdict.send(revision);
        }
        drop(self.verdict);
        joined(self.applied).await
    }
}
