//! The copy of published files in the bucket that the public reads from.

use domain::file::FileState;
use domain::text::escaped;
use integrations::DeliveryError;
use persistence::files::{self, StoredFile};
use persistence::{revisions, versions};

use super::run::Failed;
use crate::{ServiceError, Services};

/// Copies the files of a published version, each once; what was copied before is left alone.
pub(super) async fn copy_version(services: &Services, version_id: &str) -> Result<(), Failed> {
    let db = services.db.pool();
    let found = versions::find_by_id(db, version_id).await.map_err(ServiceError::from)?;
    let Some(version) = found.filter(|version| version.is_public()) else { return Ok(()) };
    for stored in files::list_of_version(db, &version).await.map_err(ServiceError::from)? {
        if stored.file.state == FileState::Published {
            copy(services, &stored).await?;
            note_moved(services, &stored.file.id, &version.dataset_id).await?;
        }
    }
    Ok(())
}

/// Notes at once that a file was copied, so that a try that ends later need not begin with it again.
async fn note_moved(services: &Services, file_id: &str, dataset_id: &String) -> Result<(), ServiceError> {
    let tx = services.db.begin().await?;
    if files::mark_moved(&tx, file_id).await? {
        // The state is part of what the public reads.
        revisions::raise(&tx, std::slice::from_ref(dataset_id)).await?;
    }
    Ok(persistence::db::commit(tx).await?)
}

async fn copy(services: &Services, stored: &StoredFile) -> Result<(), Failed> {
    let Some(public) = &services.outlets.public_bucket else {
        return Err(DeliveryError::refused("no public bucket is configured on this node").into());
    };
    let file = &stored.file;
    let key = key_of(stored);
    let bytes = crate::files::bytes(services, stored, None).await?;
    let kept = public.storage.put_stream(&key, &file.media_type, bytes, file.size).await;
    let kept = kept.map_err(|error| DeliveryError::unavailable(error_chain(&error)))?;
    if kept.sha256 != file.sha256 {
        let removed = public.storage.delete(&key).await;
        removed.map_err(|error| DeliveryError::unavailable(error_chain(&error)))?;
        return Err(ServiceError::Internal(format!("the bytes of file {} are damaged", file.id)).into());
    }
    Ok(())
}

fn error_chain(error: &storage::StorageError) -> String {
    let cause = std::error::Error::source(error).map(|cause| format!(": {cause}"));
    format!("{error}{}", cause.unwrap_or_default())
}

/// Where a file is in the public bucket.
fn key_of(stored: &StoredFile) -> String {
    let file = &stored.file;
    format!("datasets/{}/{}/{}/{}", file.dataset_id, file.edition, file.version, file.filename)
}

/// The address in the public bucket that a file is read from, once it has been copied there.
#[must_use]
pub fn public_address(services: &Services, stored: &StoredFile) -> Option<String> {
    let public = services.outlets.public_bucket.as_ref()?;
    let copied = stored.is_public && stored.file.state == FileState::Moved;
    let path = key_of(stored).split('/').map(escaped).collect::<Vec<_>>().join("/");
    copied.then(|| format!("{}/{path}", public.address))
}
