//! Table files: the tables of accepted files in a form that can be read in parts, made once and kept beside the bytes.
//!
//! What a table file holds follows from the file's bytes, which never change, and from the encoding that an editor chose for them,
//! which is part of its name; so it can be lost and is made again.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use domain::table::Problem;
use moka::future::Cache;
use moka::notification::RemovalCause;
use persistence::files::StoredFile;
use tables::{Built, IsStopped, Limits, Refused, Table, TableError};
use tempfile::NamedTempFile;
use tokio::sync::Semaphore;

use super::compared::Comparisons;
use super::stop::Stop;
use crate::{Result, ServiceError, Services};

/// The media type of table files in the storage.
const MEDIA_TYPE: &str = "application/vnd.apache.parquet";
/// What open tables may take of the memory, in bytes.
const MAX_MEMORY: u64 = 96 << 20;
/// Tables up to this size are kept in memory whole, in bytes.
const MAX_LOADED: u64 = 48 << 20;
/// About what an open table takes that is not in memory, in bytes.
const OPEN: u64 = 256 << 10;
/// The most columns of which it is remembered which one holds their codes.
const MAX_CODES: u64 = 1 << 20;
/// Pieces of answers that are made at once, for each processor.
const MAX_READING: usize = 2;
/// Workbooks that are made at once: each is made whole before any of it can be given out, and nobody who reads rows waits for that.
const MAX_WORKBOOKS: usize = 2;
/// Tables that are made at once; each needs a core and some memory.
const MAX_MAKING: usize = 1;

/// The open tables of this node, and where those that come from elsewhere lie.
#[derive(Clone)]
pub struct TableFiles {
    pub(super) folder: Arc<Path>,
    open: Cache<String, Arc<Table>>,
    /// Which columns hold codes, of tables that had to be looked through for it, by their names: nobody waits for that again.
    codes: Cache<String, Arc<[usize]>>,
    pub(super) comparisons: Arc<Comparisons>,
    making: Arc<Semaphore>,
    reading: Arc<Semaphore>,
    workbooks: Arc<Semaphore>,
}

impl std::fmt::Debug for TableFiles {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("TableFiles").field("folder", &self.folder).field("open", &self.open.entry_count()).finish()
    }
}

impl TableFiles {
    /// Keeps table files in this folder, which is emptied: nothing in it is needed again.
    ///
    /// # Errors
    /// Where the folder cannot be made or emptied.
    pub fn open(folder: &Path) -> std::io::Result<Self> {
        match std::fs::remove_dir_all(folder) {
            Err(error) if error.kind() != std::io::ErrorKind::NotFound => Err(error),
            _ => Self::beside(folder),
        }
    }

    /// The same for commands beside a running server, whose files there are left alone.
    ///
    /// # Errors
    /// Where the folder cannot be made.
    pub fn beside(folder: &Path) -> std::io::Result<Self> {
        std::fs::create_dir_all(folder)?;
        let of = folder.to_owned();
        let processors = std::thread::available_parallelism().map_or(1, std::num::NonZero::get);
        let size = |table: &Arc<Table>| if is_loaded(table) { table.loaded_size() } else { OPEN };
        let loaded = move |_: &String, table: &Arc<Table>| u32::try_from(size(table)).unwrap_or(u32::MAX);
        let columns = |_: &String, codes: &Arc<[usize]>| u32::try_from(codes.len()).unwrap_or(u32::MAX);
        // A file that is still read stays until it is closed.
        let forget = move |id: Arc<String>, _: Arc<Table>, _: RemovalCause| {
            let _ = std::fs::remove_file(local_path(&of, &id));
        };
        Ok(Self {
            folder: folder.into(),
            open: Cache::builder().max_capacity(MAX_MEMORY).weigher(loaded).eviction_listener(forget).build(),
            codes: Cache::builder().max_capacity(MAX_CODES).weigher(columns).build(),
            comparisons: Arc::default(),
            making: Arc::new(Semaphore::new(MAX_MAKING)),
            reading: Arc::new(Semaphore::new(MAX_READING * processors)),
            workbooks: Arc::new(Semaphore::new(MAX_WORKBOOKS)),
        })
    }

    /// Waits for the turn to make a piece of an answer, so that no crowd of readers takes all memory.
    ///
    /// The thread that does the work holds the turn: whoever asked may have gone long before it ends.
    pub(super) async fn in_turn<T: Send + 'static>(&self, work: impl FnOnce() -> T + Send + 'static) -> Result<T> {
        in_turn_of(&self.reading, work).await
    }

    /// The same for workbooks, which wait for each other alone. They are long in the making, so the work asks between its steps whether
    /// nobody waits for it any longer.
    pub(super) async fn in_turn_of_workbooks<T: Send + 'static>(
        &self,
        work: impl FnOnce(IsStopped<'_>) -> T + Send + 'static,
    ) -> Result<T> {
        let stop = Stop::default();
        let stopped = stop.asked();
        in_turn_of(&self.workbooks, move || work(&stopped)).await
    }

    /// Closes a table that is not wanted any longer, by its name.
    async fn forget(&self, name: &str) {
        self.open.invalidate(name).await;
        self.codes.invalidate(name).await;
    }
}

/// Works on a thread that holds one of these turns until it is done.
async fn in_turn_of<T: Send + 'static>(turns: &Arc<Semaphore>, work: impl FnOnce() -> T + Send + 'static) -> Result<T> {
    let turn = Arc::clone(turns).acquire_owned().await;
    let turn = turn.map_err(|error| ServiceError::Internal(error.to_string()))?;
    let done = tokio::task::spawn_blocking(move || {
        let _turn = turn;
        work()
    });
    done.await.map_err(|error| ServiceError::Internal(format!("the table reader stopped: {error}")))
}

/// Whether a table is small enough to be kept in memory whole.
fn is_loaded(table: &Table) -> bool {
    table.loaded_size() <= MAX_LOADED
}

/// The name of the table of a file, by the file's id and the encoding that was chosen for it.
fn name_of(file_id: &str, read_as: Option<&str>) -> String {
    read_as.map_or_else(|| file_id.to_owned(), |encoding| format!("{file_id}.{}", encoding.to_ascii_lowercase()))
}

/// The name of the table of a file as it is now.
fn name_of_table(stored: &StoredFile) -> String {
    name_of(&stored.file.id, stored.read_as.as_deref())
}

/// The key under which the table of a file is kept, by the file's id and the encoding that was chosen for it.
pub(crate) fn table_key(file_id: &str, read_as: Option<&str>) -> String {
    key_of(&name_of(file_id, read_as))
}

/// The key under which a table of this name is kept.
fn key_of(name: &str) -> String {
    format!("tables/{name}.{}.parquet", tables::TABLE_LAYOUT)
}

fn local_path(folder: &Path, name: &str) -> PathBuf {
    folder.join(format!("{name}.parquet"))
}

/// The table of a file, opened; made first where that was never done.
///
/// # Errors
/// Where the bytes are missing or are no table, or storage or disk fail.
pub async fn open(services: &Services, stored: &StoredFile) -> Result<Arc<Table>> {
    let found = services.tables.open.try_get_with(name_of_table(stored), load(services, stored)).await;
    found.map_err(|error| ServiceError::Internal(format!("the table of file {}: {error}", stored.file.id)))
}

async fn load(services: &Services, stored: &StoredFile) -> Result<Arc<Table>> {
    let name = name_of_table(stored);
    if let Some(table) = opened(services, &name).await? {
        return Ok(table);
    }
    // Many tables that are asked for at once are made one after another.
    let _turn = services.tables.making.acquire().await.map_err(|error| ServiceError::Internal(error.to_string()))?;
    make(services, stored).await?;
    let made = opened(services, &name).await?;
    made.ok_or_else(|| ServiceError::Internal("a table file vanished".to_owned()))
}

async fn opened(services: &Services, name: &str) -> Result<Option<Arc<Table>>> {
    let key = key_of(name);
    let path = match services.storage.local_file(&key)? {
        Some(path) if path.exists() => path,
        Some(_) => return Ok(None),
        None => {
            let path = local_path(&services.tables.folder, name);
            if !services.storage.fetch(&key, &path).await? {
                return Ok(None);
            }
            path
        }
    };
    let known = services.tables.codes.get(name).await;
    let opened = tokio::task::spawn_blocking(move || {
        let table = Table::open_known(&path, known.as_deref())?;
        if is_loaded(&table) {
            table.load()?;
        }
        Ok::<_, TableError>(table)
    })
    .await;
    match opened.map_err(|error| ServiceError::Internal(error.to_string()))? {
        Ok(table) => {
            if let Some(found) = table.found_codes() {
                services.tables.codes.insert(name.to_owned(), found.into()).await;
            }
            Ok(Some(Arc::new(table)))
        }
        Err(error) => {
            tracing::warn!(table = %name, error = &error as &dyn std::error::Error, "a table file cannot be read and is made again");
            Ok(None)
        }
    }
}

/// Looks into the bytes of a file, which are under a key, and keeps their table beside them; what makes them no table is told line
/// by line. The encoding that an editor chose comes with the file's name.
///
/// # Errors
/// Where storage or disk fail, or the bytes are missing.
pub(crate) async fn build(
    services: &Services,
    (file_id, object_key): (&str, &str),
    (filename, read_as): (&str, Option<&str>),
    limits: Limits,
) -> Result<std::result::Result<Built, Vec<Problem>>> {
    let folder = Arc::clone(&services.tables.folder);
    let failed = |error: std::io::Error| ServiceError::Internal(format!("a table cannot be made: {error}"));
    let (source, _fetched) = on_disk(services, object_key).await?;
    let made = tempfile::Builder::new().prefix("made-").tempfile_in(&folder).map_err(failed)?;
    let name = name_of(file_id, read_as);
    let (filename, read_as) = (filename.to_owned(), read_as.map(str::to_owned));
    let built = tokio::task::spawn_blocking(move || {
        let out = std::io::BufWriter::with_capacity(1 << 20, made.as_file());
        let built = tables::build_as(&source, &filename, read_as.as_deref(), limits, out);
        built.map(|built| (built, made))
    });
    let built = built.await.map_err(|error| ServiceError::Internal(format!("the table reader stopped: {error}")))?;
    match built {
        Ok((built, made)) => {
            services.storage.put_file(&key_of(&name), MEDIA_TYPE, made.path()).await?;
            Ok(Ok(built))
        }
        Err(Refused::Table(problems)) => Ok(Err(problems)),
        Err(Refused::Io(error)) => Err(failed(error)),
        Err(Refused::Written(why)) => Err(ServiceError::Internal(format!("a table cannot be kept: {why}"))),
    }
}

/// The bytes under a key as a file of this machine; one that was fetched for it goes when what comes beside it is dropped.
///
/// # Errors
/// Where storage or disk fail, or the bytes are missing.
pub(crate) async fn on_disk(services: &Services, object_key: &str) -> Result<(PathBuf, Option<NamedTempFile>)> {
    if let Some(path) = services.storage.local_file(object_key)? {
        return Ok((path, None));
    }
    let place = tempfile::Builder::new().prefix("sent-").tempfile_in(&services.tables.folder);
    let place = place.map_err(|error| ServiceError::Internal(format!("bytes cannot be looked into: {error}")))?;
    if !services.storage.fetch(object_key, place.path()).await? {
        return Err(ServiceError::Internal("uploaded bytes vanished".to_owned()));
    }
    Ok((place.path().to_owned(), Some(place)))
}

/// Makes the table of a file that was taken in before tables were kept.
async fn make(services: &Services, stored: &StoredFile) -> Result<()> {
    let object_key = crate::files::key_now(services, &stored.file.id).await?;
    let object_key = object_key.unwrap_or_else(|| stored.object_key.clone());
    let limits = Limits { preview_rows: 0, options: 0 };
    let named = (stored.file.filename.as_str(), stored.read_as.as_deref());
    match build(services, (&stored.file.id, &object_key), named, limits).await? {
        Ok(_) => Ok(()),
        Err(problems) => {
            let first = problems.first().map_or("", |problem| problem.message.as_str());
            Err(ServiceError::Internal(format!("an accepted file is no table: {first}")))
        }
    }
}

/// Forgets the table of a file that is gone, and what was compared with it; a failure costs only space.
pub(crate) async fn discard(services: &Services, file_id: &str, read_as: Option<&str>) {
    discard_new(services, file_id, read_as).await;
    super::forget_compared(services, file_id).await;
}

/// The same of bytes that nobody could have asked about.
pub(crate) async fn discard_new(services: &Services, file_id: &str, read_as: Option<&str>) {
    let name = name_of(file_id, read_as);
    services.tables.forget(&name).await;
    crate::files::discard(services, &key_of(&name)).await;
}

#[cfg(test)]
mod tests {
    use tokio::sync::oneshot;

    use super::*;

    #[tokio::test]
    async fn a_workbook_takes_no_turn_of_those_who_read_rows() {
        let folder = tempfile::tempdir().unwrap();
        let tables = TableFiles::beside(folder.path()).unwrap();
        let readers = tables.reading.available_permits();
        let (begun, is_begun) = oneshot::channel();
        let (end, is_ended) = std::sync::mpsc::channel::<()>();
        let of_workbook = tables.clone();
        let making = tokio::spawn(async move {
            let work = move |_: IsStopped<'_>| {
                begun.send(()).unwrap();
                is_ended.recv().unwrap_err();
            };
            of_workbook.in_turn_of_workbooks(work).await.unwrap();
        });
        is_begun.await.unwrap();
        assert_eq!(tables.reading.available_permits(), readers);
        assert_eq!(tables.workbooks.available_permits(), MAX_WORKBOOKS - 1);
        assert_eq!(tables.in_turn(|| 1).await.unwrap(), 1);
        drop(end);
        making.await.unwrap();
        assert_eq!(tables.workbooks.available_permits(), MAX_WORKBOOKS);
    }

    #[tokio::test]
    async fn a_workbook_that_nobody_waits_for_any_longer_is_told_to_stop() {
        let folder = tempfile::tempdir().unwrap();
        let tables = TableFiles::beside(folder.path()).unwrap();
        let (begun, is_begun) = oneshot::channel();
        let (seen, is_seen) = oneshot::channel();
        let asked = tokio::spawn(async move {
            let work = move |stopped: IsStopped<'_>| {
                begun.send(stopped()).unwrap();
                while !stopped() {
                    std::thread::yield_now();
                }
                seen.send(()).unwrap();
            };
            tables.in_turn_of_workbooks(work).await.unwrap();
        });
        assert!(!is_begun.await.unwrap(), "somebody waits for it");
        // As a request is that took too long, or whose reader went.
        asked.abort();
        assert!(asked.await.unwrap_err().is_cancelled());
        is_seen.await.unwrap();
    }
}
