//! The index itself: opening, following the catalogue, and the state that searches read.

use std::borrow::Borrow;
use std::collections::HashMap;
use std::fs;
use std::panic::catch_unwind;
use std::path::Path;
use std::sync::{Arc, Mutex, PoisonError, RwLock};

use domain::catalogue::SearchDocument;
use tantivy::collector::Count;
use tantivy::directory::MmapDirectory;
use tantivy::index::SegmentId;
use tantivy::indexer::IndexWriterOptions;
use tantivy::query::TermQuery;
use tantivy::schema::IndexRecordOption;
use tantivy::{Index, IndexReader, IndexWriter, ReloadPolicy, Searcher, SegmentReader, TantivyError, Term};

use crate::SearchError;
use crate::facets::SegmentFacets;
use crate::fields::{Fields, schema};
use crate::labels::{Labels, read_labels};
use crate::recent::Recent;
use crate::words::analysers;

/// What the writer may hold in memory before it writes a segment, in bytes.
const WRITER_MEMORY: usize = 16_000_000;
/// How many blocks of stored documents (16 KiB each) stay in memory.
const STORE_BLOCKS: usize = 16;

/// The public search index of one node.
///
/// Cheap to clone; clones share one index. Every method blocks on the disk or on computation, so asynchronous callers
/// go through `spawn_blocking`. Searches see one consistent state and are not held up by a writer.
#[derive(Clone)]
pub struct SearchIndex {
    inner: Arc<Inner>,
}

/// What a change takes out of the index before it puts documents in.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Outgoing {
    /// All that is there.
    Everything,
    /// The datasets of these ids.
    Datasets(Vec<String>),
}

struct Inner {
    index: Index,
    reader: IndexReader,
    fields: Fields,
    writing: Mutex<()>,
    state: RwLock<Arc<State>>,
}

/// What one search works on from beginning to end.
pub struct State {
    pub searcher: Searcher,
    pub labels: Labels,
    pub fields: Fields,
    /// Of each segment, in the searcher's order.
    pub facets: Vec<Arc<SegmentFacets>>,
    /// What was found out about words in this state.
    pub recent: Recent,
    cursor: u64,
}

impl SearchIndex {
    /// Opens the index in `folder`, which belongs to the index alone, and creates both if need be.
    ///
    /// An index that is damaged or of another layout is thrown away: the result is then empty with cursor 0, and the
    /// caller rebuilds it from the catalogue. Fails only if the folder cannot be used.
    pub fn open(folder: &Path) -> Result<Self, SearchError> {
        let unusable = |source| SearchError::Folder { path: folder.to_owned(), source };
        fs::create_dir_all(folder).map_err(unusable)?;
        match Self::open_guarded(folder) {
            Ok(index) => Ok(index),
            Err(error) => {
                tracing::warn!(folder = %folder.display(), %error, "the search index is unreadable and starts empty");
                for entry in fs::read_dir(folder).map_err(unusable)? {
                    let entry = entry.map_err(unusable)?;
                    if entry.file_type().map_err(unusable)?.is_file() {
                        fs::remove_file(entry.path()).map_err(unusable)?;
                    }
                }
                Self::open_existing(folder)
            }
        }
    }

    /// An index that lives in memory and ends with the last clone, for tests.
    pub fn in_memory() -> Result<Self, SearchError> {
        let (schema, fields) = schema();
        Self::over(Index::create_in_ram(schema), fields)
    }

    /// Takes a panic over damaged files, such as some that were cut short, for the damage that it is.
    fn open_guarded(folder: &Path) -> Result<Self, SearchError> {
        catch_unwind(|| Self::open_existing(folder))
            .unwrap_or_else(|_| Err(SearchError::Index("its files are damaged".into())))
    }

    fn open_existing(folder: &Path) -> Result<Self, SearchError> {
        let (schema, fields) = schema();
        let directory = MmapDirectory::open(folder).map_err(TantivyError::from)?;
        let index = Index::open_or_create(directory, schema)?;
        let damaged = index.validate_checksum()?;
        if let Some(file) = damaged.into_iter().next() {
            return Err(SearchError::Index(format!("the file {} is damaged", file.display()).into()));
        }
        Self::over(index, fields)
    }

    fn over(mut index: Index, fields: Fields) -> Result<Self, SearchError> {
        index.set_tokenizers(analysers());
        let reader: IndexReader = index
            .reader_builder()
            .reload_policy(ReloadPolicy::Manual)
            .doc_store_cache_num_blocks(STORE_BLOCKS)
            .try_into()?;
        let state = Arc::new(State::read(&index, &reader, fields, None)?);
        let inner = Inner { index, reader, fields, writing: Mutex::new(()), state: RwLock::new(state) };
        Ok(Self { inner: Arc::new(inner) })
    }

    /// The catalogue revision that this index has reached; 0 for a new one.
    #[must_use]
    pub fn cursor(&self) -> u64 {
        self.state().cursor
    }

    /// How many datasets the index holds.
    #[must_use]
    pub fn count(&self) -> u64 {
        self.state().searcher.num_docs()
    }

    /// Whether the index holds a dataset of this id.
    pub fn holds(&self, dataset_id: &str) -> Result<bool, SearchError> {
        let state = self.state();
        let wanted = Term::from_field_text(state.fields.id, dataset_id);
        let query = TermQuery::new(wanted, IndexRecordOption::Basic);
        Ok(state.searcher.search(&query, &Count)? > 0)
    }

    /// What the index takes, in bytes.
    pub fn bytes(&self) -> Result<u64, SearchError> {
        let usage = self.state().searcher.space_usage().map_err(TantivyError::from)?;
        Ok(usage.total().get_bytes())
    }

    /// Takes datasets out and puts their new state in, all at once, and moves the cursor to `revision`.
    ///
    /// Blocks until the change is on disk; searches that begin after it returns see it. May be repeated. The cursor
    /// never moves back here: use [`Self::rebuild`] after the catalogue itself went back.
    pub fn apply(&self, revision: u64, upserts: &[SearchDocument], deletes: &[String]) -> Result<(), SearchError> {
        self.apply_when(upserts, deletes, || Some(revision)).map(drop)
    }

    /// Makes everything ready for [`Self::apply`], and does it once `verdict`, which is asked when all is ready and may
    /// block, gives the revision; on `None` nothing happens. Whether it was done.
    ///
    /// Until the verdict no search sees anything of it, and nothing of it outlives the process. Other writers wait.
    pub fn apply_when(
        &self,
        upserts: &[SearchDocument],
        deletes: &[String],
        verdict: impl FnOnce() -> Option<u64>,
    ) -> Result<bool, SearchError> {
        // A dataset named twice counts as its last mention.
        let last: HashMap<_, _> = upserts.iter().map(|dataset| (&dataset.dataset_id, dataset)).collect();
        let outgoing = deletes.iter().chain(last.keys().copied()).cloned().collect();
        self.take_when(&Outgoing::Datasets(outgoing), last.into_values(), verdict)
    }

    /// Replaces everything by `documents`, all at once, and sets the cursor to `revision`.
    ///
    /// Blocks like [`Self::apply`]; until it returns, searches answer from the old content.
    pub fn rebuild<I>(&self, revision: u64, documents: I) -> Result<(), SearchError>
    where
        I: IntoIterator<Item = SearchDocument>,
    {
        self.take_when(&Outgoing::Everything, documents, || Some(revision)).map(drop)
    }

    /// Takes what is `outgoing` out, puts documents in as they come, each dataset once, and shows all of it at once when
    /// `verdict`, which is asked after the last of them, gives the revision; on `None` nothing happens. Whether it was done.
    ///
    /// Documents are needed one at a time only, and may keep it waiting; other writers wait meanwhile. Where not everything
    /// goes out, the cursor does not move back.
    pub fn take_when<I>(
        &self,
        outgoing: &Outgoing,
        incoming: I,
        verdict: impl FnOnce() -> Option<u64>,
    ) -> Result<bool, SearchError>
    where
        I: IntoIterator,
        I::Item: Borrow<SearchDocument>,
    {
        let fields = self.inner.fields;
        let change = |writer: &IndexWriter| {
            match outgoing {
                Outgoing::Everything => {
                    writer.delete_all_documents()?;
                }
                Outgoing::Datasets(ids) => {
                    for id in ids {
                        writer.delete_term(Term::from_field_text(fields.id, id));
                    }
                }
            }
            for dataset in incoming {
                writer.add_document(fields.document(dataset.borrow())?)?;
            }
            Ok(())
        };
        let settle = |cursor: u64| {
            verdict().map(|revision| match outgoing {
                Outgoing::Everything => revision,
                Outgoing::Datasets(_) => revision.max(cursor),
            })
        };
        self.write(change, settle)
    }

    /// Runs one change with a writer that lives no longer than that, so that an idle index costs no writer memory.
    /// `settle` is given the present cursor when all is ready to be committed, and returns the new one, or none to undo it.
    fn write(
        &self,
        change: impl FnOnce(&IndexWriter) -> Result<(), SearchError>,
        settle: impl FnOnce(u64) -> Option<u64>,
    ) -> Result<bool, SearchError> {
        let _turn = self.inner.writing.lock().unwrap_or_else(PoisonError::into_inner);
        let options = IndexWriterOptions::builder()
            .num_worker_threads(1)
            .num_merge_threads(1)
            .memory_budget_per_thread(WRITER_MEMORY)
            .build();
        let mut writer: IndexWriter = self.inner.index.writer_with_options(options)?;
        change(&writer)?;
        let mut commit = writer.prepare_commit()?;
        let Some(cursor) = settle(self.cursor()) else {
            commit.abort()?;
            return Ok(false);
        };
        commit.set_payload(&cursor.to_string());
        commit.commit()?;
        self.reload()?;
        writer.wait_merging_threads()?;
        // Merging may have replaced segments: let go of the old ones.
        self.reload()?;
        Ok(true)
    }

    fn reload(&self) -> Result<(), SearchError> {
        self.inner.reader.reload()?;
        let before = self.state();
        let state = State::read(&self.inner.index, &self.inner.reader, self.inner.fields, Some(&before))?;
        *self.inner.state.write().unwrap_or_else(PoisonError::into_inner) = Arc::new(state);
        Ok(())
    }

    pub(crate) fn state(&self) -> Arc<State> {
        Arc::clone(&self.inner.state.read().unwrap_or_else(PoisonError::into_inner))
    }
}

impl State {
    /// Reads the index as it is now; what is known of segments that were there `before` is kept.
    fn read(index: &Index, reader: &IndexReader, fields: Fields, before: Option<&Self>) -> Result<Self, SearchError> {
        let payload = index.load_metas()?.payload;
        let cursor = payload.and_then(|payload| payload.parse().ok()).unwrap_or(0);
        let searcher = reader.searcher();
        let labels = read_labels(&searcher)?;
        let known: HashMap<_, _> = before.into_iter().flat_map(Self::facets_by_segment).collect();
        let facets = searcher.segment_readers().iter().map(|segment| match known.get(&segment.segment_id()) {
            Some(facets) => Ok(Arc::clone(facets)),
            None => SegmentFacets::read(segment).map(Arc::new),
        });
        let facets = facets.collect::<Result<_, _>>()?;
        Ok(Self { searcher, labels, fields, facets, recent: Recent::default(), cursor })
    }

    fn facets_by_segment(&self) -> impl Iterator<Item = (SegmentId, &Arc<SegmentFacets>)> {
        self.searcher.segment_readers().iter().map(SegmentReader::segment_id).zip(&self.facets)
    }
}

#[cfg(test)]
mod tests {
    use tantivy::Index;
    use tantivy::schema::{FieldEntry, STORED, Schema, TEXT};

    use super::SearchIndex;

    /// As the index is laid out, but for the name of the field of whole documents.
    fn with_source(name: &str) -> Schema {
        let mut other = Schema::builder();
        for (field, entry) in super::schema().0.fields() {
            let kept = if entry.name().starts_with("source_") { name } else { entry.name() };
            let same = other.add_field(FieldEntry::new(kept.to_owned(), entry.field_type().clone()));
            assert_eq!(same, field);
        }
        other.build()
    }

    #[test]
    fn an_index_with_documents_of_before_starts_empty() {
        // Such as those that were dated by what editors said alone.
        for before in ["source_1", "source_2", "source_3", "source_4", "source_5"] {
            let folder = tempfile::tempdir().unwrap();
            Index::create_in_dir(folder.path(), with_source(before)).unwrap();
            assert!(SearchIndex::open_existing(folder.path()).is_err(), "{before}");
            assert_eq!(SearchIndex::open(folder.path()).unwrap().cursor(), 0, "{before}");
        }
    }

    #[test]
    fn an_index_of_another_layout_starts_empty() {
        let folder = tempfile::tempdir().unwrap();
        let mut other = Schema::builder();
        other.add_text_field("source_0", TEXT | STORED);
        Index::create_in_dir(folder.path(), other.build()).unwrap();
        let index = SearchIndex::open(folder.path()).unwrap();
        assert_eq!((index.cursor(), index.count()), (0, 0));
        index.apply(5, &[], &[]).unwrap();
        assert_eq!(SearchIndex::open(folder.path()).unwrap().cursor(), 5);
    }
}
