//! The copy of published files in the bucket that the public reads from.

use domain::file::FileState;
use domain::text::escaped;
use integrations::DeliveryError;
use persistence::files::{self, StoredFile};
use persistence::{outbox, revisions, versions};

use super::run::Failed;
use crate::{Ctx, ServiceError, Services};

/// Brings the copies of a public version's files in line with their states: each published one is copied once and
/// looked at again, what was recalled is removed.
pub(super) async fn copy_version(services: &Services, version_id: &str) -> Result<(), Failed> {
    let db = services.db.pool();
    let found = versions::find_by_id(db, version_id).await.map_err(ServiceError::from)?;
    let Some(version) = found.filter(|version| version.is_public()) else { return Ok(()) };
    for stored in files::withdrawn_of_version(db, &version).await.map_err(ServiceError::from)? {
        remove(services, &stored).await?;
    }
    for stored in files::list_of_version(db, &version).await.map_err(ServiceError::from)? {
        if stored.file.state == FileState::Published {
            copy(services, &stored).await?;
            if !note_moved(services, &stored.file.id, &version.dataset_id).await? {
                // Recalled while it was copied, or copied by somebody else: only the former may not stay.
                let now = files::withdrawn_of_version(db, &version).await.map_err(ServiceError::from)?;
                if now.iter().any(|withdrawn| withdrawn.file.id == stored.file.id) {
                    remove(services, &stored).await?;
                }
            }
        }
    }
    Ok(())
}

/// Notes at once that a file was copied, so that a try that ends later need not begin with it again.
async fn note_moved(services: &Services, file_id: &str, dataset_id: &String) -> Result<bool, ServiceError> {
    let tx = services.db.begin().await?;
    let noted = files::mark_moved(&tx, file_id).await?;
    if noted {
        // The state is part of what the public reads.
        revisions::raise(&tx, std::slice::from_ref(dataset_id)).await?;
    }
    persistence::db::commit(tx).await?;
    Ok(noted)
}

fn bucket(services: &Services) -> Result<&storage::Storage, Failed> {
    let public = services.outlets.public_bucket.as_ref();
    let missing = || DeliveryError::refused("no public bucket is configured on this node");
    Ok(&public.ok_or_else(missing)?.storage)
}

async fn copy(services: &Services, stored: &StoredFile) -> Result<(), Failed> {
    let public = bucket(services)?;
    let file = &stored.file;
    let key = key_of(stored);
    let bytes = crate::files::bytes(services, stored, None).await?;
    let sent = public.put_stream(&key, &file.media_type, bytes, file.size).await;
    let sent = sent.map_err(|error| DeliveryError::unavailable(error_chain(&error)))?;
    // What was read may be damaged, and so may be what was kept of it.
    let kept = public.digest(&key).await.map_err(|error| DeliveryError::unavailable(error_chain(&error)))?;
    if sent.sha256 != file.sha256 || kept.is_none_or(|kept| kept.sha256 != file.sha256) {
        remove(services, stored).await?;
        return Err(ServiceError::Internal(format!("the bytes of file {} are damaged", file.id)).into());
    }
    Ok(())
}

async fn remove(services: &Services, stored: &StoredFile) -> Result<(), Failed> {
    let removed = bucket(services)?.delete(&key_of(stored)).await;
    Ok(removed.map_err(|error| DeliveryError::unavailable(error_chain(&error)))?)
}

/// Looks at some of the copies in the public bucket, those beyond `after` by their files' ids; one that is missing or is not
/// what was published is copied again, and until then readers get the original.
///
/// Answers where to go on, or `None` at the end, and how many were not as they should be.
///
/// # Errors
/// Where database or bucket cannot be asked; nothing is taken for damaged then.
pub async fn verify_copies(
    services: &Services,
    ctx: &Ctx,
    after: &str,
    most: u64,
) -> Result<(Option<String>, u64), ServiceError> {
    let Some(public) = &services.outlets.public_bucket else { return Ok((None, 0)) };
    let mut damaged = 0;
    let looked_at = files::list_moved(services.db.pool(), after, most).await?;
    for stored in &looked_at {
        let kept = public.storage.digest(&key_of(stored)).await?;
        if kept.is_some_and(|kept| kept.sha256 == stored.file.sha256) {
            continue;
        }
        tracing::error!(file.id = %stored.file.id, key = %key_of(stored), "a copy in the public bucket is missing or damaged; it is made again");
        damaged += 1;
        let tx = services.db.begin().await?;
        if files::change_state(&tx, &stored.file.id, &[FileState::Moved], FileState::Published).await? {
            outbox::push(&tx, &crate::files::copying(ctx, &stored.version_id), ctx.now).await?;
            revisions::raise(&tx, std::slice::from_ref(&stored.file.dataset_id)).await?;
        }
        persistence::db::commit(tx).await?;
        services.nudges.follow_up.notify_one();
    }
    Ok((looked_at.last().map(|stored| stored.file.id.clone()), damaged))
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
