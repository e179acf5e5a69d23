//! Where comparisons are kept: those of neighbours in the storage, all that are open in files without a name.

use std::sync::Arc;

use chrono::TimeDelta;
use persistence::files::StoredFile;
use sha2::{Digest, Sha256};
use tables::{COMPARED_LAYOUT, Comparison, TABLE_LAYOUT, Table, TableError};
use tempfile::NamedTempFile;

use super::queue::Wanted;
use crate::data::rows::refused;
use crate::{Result, ServiceError, Services};

/// What stands before the keys of comparisons.
const COMPARED: &str = "compared/";
/// The media type of comparisons in the storage.
const MEDIA_TYPE: &str = "application/octet-stream";
/// How long comparisons are kept; they are made again where somebody asks for them.
const KEPT: TimeDelta = TimeDelta::days(30);

/// Two tables that are compared, and the key under which what was found is kept: it follows from the bytes of both files, from how they
/// are read, and from the layouts of tables and comparisons.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub(super) struct Pair {
    before: String,
    after: String,
    key: String,
}

impl Pair {
    pub(super) fn of(before: &StoredFile, after: &StoredFile) -> Self {
        let parts = [before, after]
            .into_iter()
            .flat_map(|stored| [stored.file.sha256.as_str(), stored.read_as.as_deref().unwrap_or_default()]);
        let words: Vec<&str> = parts.chain([TABLE_LAYOUT, COMPARED_LAYOUT]).collect();
        let (before, after) = (before.file.id.clone(), after.file.id.clone());
        // Short, as the embedded storage names files of its own after keys.
        let key = format!("{COMPARED}{after}/{}.{}", short(&before), short(&words.join("\n")));
        Self { before, after, key }
    }

    pub(super) fn key(&self) -> &str {
        &self.key
    }

    /// Whether one of the two tables is that of a file.
    pub(super) fn is_of(&self, file_id: &str) -> bool {
        self.before == file_id || self.after == file_id
    }
}

/// The beginning of a digest, enough to tell texts apart that nobody chooses.
fn short(text: &str) -> String {
    let mut digest = hex::encode(Sha256::digest(text));
    digest.truncate(12);
    digest
}

/// Whether what is under a key was found with the table of a file.
fn is_of(key: &str, file_id: &str) -> bool {
    let parts = key.strip_prefix(COMPARED).and_then(|rest| rest.split_once('/'));
    parts.is_some_and(|(after, name)| {
        after == file_id || name.split_once('.').is_some_and(|(before, _)| before == short(file_id))
    })
}

/// Opens a comparison; its file loses its name, and goes with the last who reads it.
pub(super) async fn opened(made: NamedTempFile, old: &Arc<Table>, new: &Arc<Table>) -> Result<Comparison> {
    open(made, old, new).await?.map_err(refused)
}

async fn open(made: NamedTempFile, old: &Arc<Table>, new: &Arc<Table>) -> Result<Result<Comparison, TableError>> {
    let (old, new) = (Arc::clone(old), Arc::clone(new));
    let opened = tokio::task::spawn_blocking(move || Comparison::open(made.into_file(), &old, &new)).await;
    opened.map_err(|error| ServiceError::Internal(format!("a comparison cannot be opened: {error}")))
}

/// What was found before and is in the storage.
pub(super) async fn fetched(
    services: &Services,
    wanted: &Wanted,
    old: &Arc<Table>,
    new: &Arc<Table>,
) -> Result<Option<Comparison>> {
    if !wanted.are_neighbours() {
        return Ok(None);
    }
    let key = wanted.pair().key();
    let place = tempfile::Builder::new().prefix("compared-").tempfile_in(&services.tables.folder);
    let place = place.map_err(|error| ServiceError::Internal(format!("a comparison cannot be fetched: {error}")))?;
    if !services.storage.fetch(key, place.path()).await? {
        return Ok(None);
    }
    match open(place, old, new).await? {
        Ok(kept) => Ok(Some(kept)),
        Err(error) => {
            tracing::warn!(
                key,
                error = &error as &dyn std::error::Error,
                "a comparison cannot be read and is made again"
            );
            Ok(None)
        }
    }
}

/// Keeps what was found in the storage, where it is of neighbours, so that there is one at most for each table; a failure is logged
/// and costs only that it is found again.
pub(super) async fn store(services: &Services, wanted: &Wanted, made: &NamedTempFile) {
    if !wanted.are_neighbours() {
        return;
    }
    let key = wanted.pair().key();
    if let Err(error) = services.storage.put_file(key, MEDIA_TYPE, made.path()).await {
        tracing::warn!(key, error = &error as &dyn std::error::Error, "a comparison cannot be kept");
    }
}

/// Forgets what was found of two tables.
pub(super) async fn forget_pair(services: &Services, pair: &Pair) {
    services.tables.comparisons.open.invalidate(pair).await;
    crate::files::discard(services, pair.key()).await;
}

/// Stops what is compared with the table of a file that is recalled or gone, and removes what was kept of it; a failure is logged, and
/// what stays is read by nobody and goes with its time.
pub(crate) async fn forget(services: &Services, file_id: &str) {
    services.tables.comparisons.forget(file_id).await;
    match services.storage.list(COMPARED).await {
        Ok(keys) => {
            for key in keys.iter().filter(|key| is_of(key, file_id)) {
                crate::files::discard(services, key).await;
            }
        }
        Err(error) => {
            tracing::warn!(file.id = %file_id, %error, "what was compared with a table could not be removed");
        }
    }
}

/// Removes comparisons that were made long ago; how many.
///
/// # Errors
/// Where the storage fails.
pub async fn sweep_compared(services: &Services) -> Result<u64> {
    let before = services.clock.now() - KEPT;
    let old = services.storage.list_older(COMPARED, before.into()).await?;
    for key in &old {
        crate::files::discard(services, key).await;
    }
    Ok(old.len() as u64)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_key_tells_whose_it_is_and_is_short() {
        let id = |last: char| format!("0198f3b0-5c1e-7d3a-9b1e-2f6d0c4a7e5{last}");
        let key = format!("{COMPARED}{}/{}.{}", id('1'), short(&id('2')), short("digests"));
        assert!(is_of(&key, &id('1')) && is_of(&key, &id('2')) && !is_of(&key, &id('3')), "{key}");
        assert!(!is_of("files/x", "x") && !is_of("compared/x", "y"));
        // What the embedded storage takes with the longest name of a bucket.
        assert!(key.len() <= 72, "{}", key.len());
    }
}
