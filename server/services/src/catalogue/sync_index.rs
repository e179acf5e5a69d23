//! Bringing this node's index up to the catalogue's revision: idempotent, at any time, from wherever it stands.

use std::collections::{HashMap, HashSet};
use std::sync::{Arc, mpsc};

use chrono::{DateTime, Utc};
use domain::catalogue::{DepartmentRef, FormatSize, SearchDocument, TopicRef};
use domain::dataset::Edition;
use domain::page::Paging;
use domain::policy::Reach;
use domain::table::DimensionOptions;
use domain::topic::{Department, Topic};
use domain::version::{AlertKind, Version};
use domain::views::DatasetSummary;
use persistence::datasets::DatasetFilter;
use persistence::files::StoredFile;
use persistence::{Connection, Tx, datasets, dimensions, editions, files, revisions, topics, versions};
use tokio::sync::{OwnedMutexGuard, oneshot};
use tokio::task::{self, JoinHandle};

use crate::{Result, ServiceError, Services};

/// How many datasets are read at once.
const BATCH: usize = 500;
/// How many columns of a dataset can be found by their names.
const COLUMNS: usize = 200;
/// How many codes and labels of a dataset's tables can be found, and how many one dimension may have for that.
const VALUES: usize = 5_000;

/// Takes over what changed since the index's own cursor; the number of datasets looked at.
pub async fn sync_index(services: &Services) -> Result<usize> {
    let _turn = services.indexing.lock().await;
    let cursor = services.index.cursor();
    let (revision, changed) = revisions::changed_since(services.db.pool(), cursor).await?;
    if revision == cursor {
        return Ok(0);
    }
    let count = changed.len();
    apply(services, revision, changed).await?;
    tracing::info!(revision, datasets = count, "search index brought up to date");
    Ok(count)
}

/// Makes the index anew from the database; the number of datasets in it.
pub async fn rebuild_index(services: &Services) -> Result<usize> {
    let _turn = services.indexing.lock().await;
    let db = services.db.pool();
    let revision = revisions::current(db).await?;
    let makers = Makers::load(db).await?;
    let mut documents = Vec::new();
    let mut paging = Paging::WHOLE;
    loop {
        let filter = DatasetFilter { by_title: true, ..DatasetFilter::default() };
        let page = datasets::list_visible_to(db, &Reach::PublishedOnly, &filter, paging).await?;
        let full = page.items.len() == usize::try_from(paging.limit).unwrap_or(usize::MAX);
        let ids: Vec<String> = page.items.into_iter().map(|summary| summary.id).collect();
        documents.extend(makers.documents(db, &ids).await?);
        services.rebuilding.has_read(documents.len());
        if !full {
            break;
        }
        paging.offset += paging.limit;
    }
    let count = documents.len();
    let index = services.index.clone();
    run(move || index.rebuild(revision, documents)).await?;
    Ok(count)
}

/// Takes over one dataset as it is now, wherever the index stands; whatever else changed is left to [`sync_index`].
pub(super) async fn read_again(services: &Services, id: &str) -> Result<()> {
    let _turn = services.indexing.lock().await;
    apply(services, services.index.cursor(), vec![id.to_owned()]).await
}

async fn apply(services: &Services, revision: u64, changed: Vec<String>) -> Result<()> {
    let change = Change::made_of(services.db.pool(), changed).await?;
    let index = services.index.clone();
    run(move || index.apply(revision, &change.upserts, &change.deletes)).await
}

/// What the index takes over.
struct Change {
    upserts: Vec<SearchDocument>,
    deletes: Vec<String>,
}

impl Change {
    /// These datasets as `db` shows them to the public.
    async fn made_of(db: &impl Connection, datasets: Vec<String>) -> Result<Self> {
        let makers = Makers::load(db).await?;
        let mut upserts = Vec::with_capacity(datasets.len());
        for ids in datasets.chunks(BATCH) {
            upserts.extend(makers.documents(db, ids).await?);
        }
        let public: HashSet<&str> = upserts.iter().map(|document| document.dataset_id.as_str()).collect();
        let deletes = datasets.into_iter().filter(|id| !public.contains(id.as_str())).collect();
        Ok(Self { upserts, deletes })
    }
}

/// A change of the index that waits for the commit it belongs to; dropped, it never was.
pub(crate) struct Staged {
    verdict: mpsc::Sender<u64>,
    cursor: u64,
    applied: JoinHandle<std::result::Result<bool, search::SearchError>>,
    _turn: OwnedMutexGuard<()>,
}

/// Makes this node's index ready for what a transaction is about to make public, so that searches show it with the commit.
///
/// `None` where the index is busy, or not where the catalogue is: it then follows after the commit, as always.
pub(crate) async fn stage(services: &Services, tx: &Tx, datasets: Vec<String>) -> Result<Option<Staged>> {
    let Ok(turn) = Arc::clone(&services.indexing).try_lock_owned() else { return Ok(None) };
    let cursor = services.index.cursor();
    if revisions::current(tx).await? != cursor {
        return Ok(None);
    }
    let change = Change::made_of(tx, datasets).await?;
    let index = services.index.clone();
    let (verdict, waits) = mpsc::channel();
    let (ready, is_ready) = oneshot::channel();
    let applied = task::spawn_blocking(move || {
        index.apply_when(&change.upserts, &change.deletes, || {
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
        let joined = self.applied.await;
        Ok(joined.map_err(|e| ServiceError::Internal(format!("an indexing thread stopped: {e}")))??)
    }
}

async fn run(work: impl FnOnce() -> std::result::Result<(), search::SearchError> + Send + 'static) -> Result<()> {
    let joined = tokio::task::spawn_blocking(work).await;
    Ok(joined.map_err(|e| ServiceError::Internal(format!("an indexing thread stopped: {e}")))??)
}

/// What is to be found of the files of a version.
struct Tables {
    formats: Vec<String>,
    sizes: Vec<FormatSize>,
    has_chart: bool,
    columns: Vec<String>,
    values: Vec<String>,
}

impl Tables {
    fn of(stored: &[StoredFile], options: &HashMap<String, Vec<DimensionOptions>>, drawn: &HashSet<String>) -> Self {
        let mut formats: Vec<String> = stored.iter().map(|s| s.file.format.clone()).collect();
        formats.sort_unstable();
        formats.dedup();
        let sizes = formats.iter().map(|format| FormatSize {
            format: format.clone(),
            bytes: stored.iter().filter(|s| s.file.format == *format).map(|s| s.file.size).sum(),
        });
        let sizes = sizes.collect();
        let has_chart = stored.iter().any(|s| drawn.contains(&s.file.id));
        let columns = stored.iter().filter_map(|s| s.file.profile.as_ref()).flat_map(|p| &p.columns);
        let labels = columns.map(|column| column.label.trim()).filter(|label| !label.is_empty());
        let dimensions = stored.iter().filter_map(|s| options.get(&s.file.id)).flatten();
        let values = dimensions.flat_map(|d| &d.options).flat_map(|option| [&option.code, &option.label]);
        Self {
            formats,
            sizes,
            has_chart,
            columns: different(labels, COLUMNS),
            values: different(values.map(String::as_str), VALUES),
        }
    }
}

/// The first different texts.
fn different<'a>(texts: impl Iterator<Item = &'a str>, most: usize) -> Vec<String> {
    let mut known = HashSet::new();
    texts.filter(|text| known.insert(*text)).take(most).map(str::to_owned).collect()
}

/// When a version was last corrected.
fn corrected_at(version: &Version) -> Option<DateTime<Utc>> {
    let corrections = version.metadata.alerts.iter().filter(|alert| alert.kind == AlertKind::Correction);
    corrections.filter_map(|alert| alert.date).max()
}

/// What documents are made with.
struct Makers {
    topics: Vec<Topic>,
    departments: Vec<Department>,
}

impl Makers {
    async fn load(db: &impl Connection) -> Result<Self> {
        Ok(Self { topics: topics::list(db).await?, departments: topics::departments(db).await? })
    }

    /// The documents of those of these datasets that are public; in a number of statements that does not grow with them.
    async fn documents(&self, db: &impl Connection, ids: &[String]) -> Result<Vec<SearchDocument>> {
        let reach = Reach::PublishedOnly;
        let ids: Vec<&str> = ids.iter().map(String::as_str).collect();
        let found = datasets::list_of_visible_to(db, &reach, &ids).await?;
        let mut listed = editions::list_of_datasets_visible_to(db, &reach, &ids).await?;
        let newest: Vec<(&str, &str)> = listed
            .values()
            .filter_map(|editions| editions.first().map(|e| (e.dataset_id.as_str(), e.edition.as_str())))
            .collect();
        let latest = versions::latest_public(db, &newest).await?;
        let mut stored = files::list_of_versions(db, &latest).await?;
        let ids: Vec<&str> = stored.values().flatten().map(|s| s.file.id.as_str()).collect();
        let options = dimensions::options_of_files(db, &ids, VALUES as u64).await?;
        let drawn = files::drawn_among(db, &ids).await?;
        let mut latest: HashMap<String, Version> =
            latest.into_iter().map(|version| (version.dataset_id.clone(), version)).collect();
        let with_version = found.into_iter().filter_map(|dataset| {
            let version = latest.remove(&dataset.id)?;
            let editions = listed.remove(&dataset.id)?;
            let files = stored.remove(&version.id).unwrap_or_default();
            Some(self.document(dataset, editions, &version, Tables::of(&files, &options, &drawn)))
        });
        Ok(with_version.collect())
    }

    fn document(
        &self,
        dataset: DatasetSummary,
        editions: Vec<Edition>,
        version: &Version,
        tables: Tables,
    ) -> SearchDocument {
        let shown = dataset.metadata;
        let chosen: Vec<&Topic> =
            shown.topics.iter().filter_map(|id| self.topics.iter().find(|t| t.id == *id)).collect();
        let (edition, edition_cy) =
            editions.first().map(|edition| (edition.title.clone(), edition.title_cy.clone())).unwrap_or_default();
        SearchDocument {
            edition,
            edition_cy,
            corrected_at: corrected_at(version),
            topic_ancestors: self.with_ancestors(&chosen),
            topics: chosen
                .into_iter()
                .map(|t| TopicRef { id: t.id.clone(), title: t.title.clone(), title_cy: t.title_cy.clone() })
                .collect(),
            department: self.department(&dataset.department),
            frequency: Some(shown.release_frequency).filter(|text| !text.is_empty()),
            designation: Some(
                version.metadata.quality_designation.unwrap_or(shown.quality_designation).as_str().to_owned(),
            ),
            release_date: version.metadata.release_date.unwrap_or(dataset.last_updated),
            editions: editions.into_iter().map(|e| e.title).collect(),
            dataset_id: dataset.id,
            title: shown.title,
            title_cy: shown.title_cy,
            description: shown.description,
            description_cy: shown.description_cy,
            keywords: shown.keywords,
            publisher: shown.publisher,
            unit: shown.unit_of_measure,
            geography: shown.spatial_coverage.filter(|text| !text.trim().is_empty()),
            formats: tables.formats,
            sizes: tables.sizes,
            has_chart: tables.has_chart,
            columns: tables.columns,
            values: tables.values,
        }
    }

    fn department(&self, id: &str) -> DepartmentRef {
        let known = self.departments.iter().find(|d| d.id == id);
        DepartmentRef { id: id.to_owned(), title: known.map_or_else(|| id.to_owned(), |d| d.title.clone()) }
    }

    fn with_ancestors(&self, chosen: &[&Topic]) -> Vec<String> {
        let mut ids: Vec<String> = Vec::new();
        for topic in chosen {
            let mut at = Some(topic.id.clone());
            while let Some(id) = at {
                at = self.topics.iter().find(|t| t.id == id).and_then(|t| t.parent_id.clone());
                if ids.contains(&id) {
                    break;
                }
                ids.push(id);
            }
        }
        ids
    }
}
