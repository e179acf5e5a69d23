//! Giving files out: the database decides who sees what, the storage gives the bytes.

use std::ops::RangeInclusive;

use domain::actor::Caller;
use domain::file::{File, FileState};
use domain::policy::Permission;
use domain::refusal::Refusal;
use persistence::datasets;
use persistence::files::{self, StoredFile};
use storage::ObjectStream;

use crate::versions::VersionKey;
use crate::{Ctx, Result, ServiceError, Services};

/// Which file is asked for.
#[derive(Clone, Debug)]
pub struct Wanted {
    /// The dataset's slug.
    pub dataset_id: String,
    /// The file's name.
    pub filename: String,
    /// Another edition than that of the newest release.
    pub edition: Option<String>,
    /// Another version than the newest.
    pub version: Option<u32>,
}

/// The file with this id, if the caller may see its version.
pub async fn find(services: &Services, ctx: &Ctx, id: &str) -> Result<File> {
    Ok(find_stored(services, ctx, id).await?.file)
}

/// The same for somebody who wants its bytes.
///
/// # Errors
/// `Blocked` where the file was found to be unsound, so that its bytes are for nobody.
pub async fn find_content(services: &Services, ctx: &Ctx, id: &str) -> Result<StoredFile> {
    given_out(find_stored(services, ctx, id).await?)
}

/// What failed is given out to nobody: it may be anything.
fn given_out(stored: StoredFile) -> Result<StoredFile> {
    if stored.file.state == FileState::Failed {
        let message = "The file failed when it was looked into, so it is not given out. Its status tells why.";
        return Err(Refusal::blocked("file_failed", message).into());
    }
    Ok(stored)
}

/// The same with where its bytes are, and whether its version is public.
///
/// What was recalled is for those alone who may read the dataset before it is public.
pub async fn find_stored(services: &Services, ctx: &Ctx, id: &str) -> Result<StoredFile> {
    let found = files::find_visible_to(services.db.pool(), &ctx.reach(), id).await?;
    let stored = found.ok_or(Refusal::NotFound)?;
    if stored.file.state == FileState::Withdrawn {
        must_read(services, ctx, &stored.file.dataset_id).await?;
    }
    Ok(stored)
}

/// What was recalled is for those alone who may read the dataset before it is public; for all others it is missing.
pub(crate) async fn must_read(services: &Services, ctx: &Ctx, dataset_id: &str) -> Result<()> {
    let dataset = datasets::find_visible_to(services.db.pool(), &ctx.reach(), dataset_id).await?;
    let dataset = dataset.ok_or(Refusal::NotFound)?;
    let reads = |caller: &Caller| caller.may_for(Permission::DatasetsRead, &dataset.department, &dataset.id);
    if ctx.caller.as_ref().is_some_and(reads) { Ok(()) } else { Err(Refusal::NotFound.into()) }
}

/// The files of a version that are given out, in their order, if the caller may see it.
pub async fn list_of(services: &Services, ctx: &Ctx, key: &VersionKey) -> Result<Vec<StoredFile>> {
    let version = crate::versions::find(services, ctx, key).await?;
    let mut listed = files::list_of_version(services.db.pool(), &version).await?;
    listed.retain(|stored| stored.file.state != FileState::Failed);
    Ok(listed)
}

/// The file to download, if the caller may see its version.
pub async fn find_download(services: &Services, ctx: &Ctx, wanted: &Wanted) -> Result<StoredFile> {
    let found = files::find_download(
        services.db.pool(),
        &ctx.reach(),
        &wanted.dataset_id,
        &wanted.filename,
        wanted.edition.as_deref(),
        wanted.version,
    )
    .await?;
    given_out(found.ok_or(Refusal::NotFound)?)
}

/// The bytes of a file, or a part of them.
pub async fn bytes(services: &Services, file: &StoredFile, range: Option<RangeInclusive<u64>>) -> Result<ObjectStream> {
    let mut found = services.storage.get(&file.object_key, range.clone()).await?;
    if found.is_none()
        && let Some(key) = super::place::key_now(services, &file.file.id).await?
    {
        found = services.storage.get(&key, range).await?;
    }
    found.ok_or_else(|| ServiceError::Internal(format!("the bytes of file {} are missing", file.file.id)))
}
