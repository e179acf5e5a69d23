//! The copy of published files in the bucket that the public reads from.

use bytes::Bytes;
use domain::file::{File, FileState, disposition};
use domain::policy::Reach;
use domain::text::escaped;
use domain::version::{Version, VersionState};
use integrations::DeliveryError;
use persistence::files::{self, StoredFile};
use persistence::{outbox, revisions, versions};
use storage::{Headers, ObjectInfo, StorageError};

use super::run::Failed;
use crate::{Ctx, ServiceError, Services, ids};

/// The SHA-256 of no bytes at all.
const OF_NOTHING: &str = "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855";

/// Brings the copies of a public version's files in line with their states: each published one is copied once and
/// looked at again, what was recalled or archived is removed.
pub(super) async fn copy_version(services: &Services, version_id: &str) -> Result<(), Failed> {
    let db = services.db.pool();
    let found = versions::find_by_id(db, version_id).await.map_err(ServiceError::from)?;
    let Some(version) = found.filter(Version::is_public) else { return Ok(()) };
    if version.state == VersionState::Archived {
        return take_back(services, &version).await;
    }
    for stored in files::withdrawn_of_version(db, &version).await.map_err(ServiceError::from)? {
        take_away(services, &stored, stored.public_key.as_deref()).await?;
    }
    for stored in files::list_of_version(db, &version).await.map_err(ServiceError::from)? {
        if stored.file.state == FileState::Published {
            let key = key_of(services, &stored).await?;
            copy(services, &stored, &key).await?;
            if note_moved(services, &stored.file.id, &version.dataset_id).await? {
                // Somebody may have removed it between the copy and the note, for a recall that is over.
                if !is_there(services, &key).await? {
                    copy_again(services, &system(services), &stored).await?;
                }
            } else if must_go(services, &stored.file.id).await? {
                // Recalled or archived while it was copied, or copied by somebody else: only what was copied may stay.
                take_away(services, &stored, Some(&key)).await?;
            }
        }
    }
    Ok(())
}

/// Removes the copies of an archived version; readers get its bytes out of the archive.
async fn take_back(services: &Services, version: &Version) -> Result<(), Failed> {
    note_not_moved(services, version).await?;
    let all = files::list_with_withdrawn(services.db.pool(), version).await.map_err(ServiceError::from)?;
    for stored in all {
        if must_go(services, &stored.file.id).await? {
            take_away(services, &stored, stored.public_key.as_deref()).await?;
        }
    }
    Ok(())
}

/// Removes the copy of a file that may have none. Another task may copy it at the same time, as it is given out again meanwhile: what
/// was removed then is copied anew.
async fn take_away(services: &Services, stored: &StoredFile, key: Option<&str>) -> Result<(), Failed> {
    remove(services, key).await?;
    if !must_go(services, &stored.file.id).await? {
        copy_again(services, &system(services), stored).await?;
    }
    Ok(())
}

/// Has a file copied again whose copy is not as it should be; until then readers get the original.
async fn copy_again(services: &Services, ctx: &Ctx, stored: &StoredFile) -> Result<(), ServiceError> {
    let tx = services.db.begin().await?;
    if files::change_state(&tx, &stored.file.id, &[FileState::Moved], FileState::Published).await? {
        outbox::push(&tx, &crate::files::copying(ctx, &stored.version_id), ctx.now).await?;
        revisions::raise(&tx, std::slice::from_ref(&stored.file.dataset_id)).await?;
    }
    persistence::db::commit(tx).await?;
    services.nudges.follow_up.notify_one();
    Ok(())
}

fn system(services: &Services) -> Ctx {
    Ctx::system("deliveries", services.clock.now())
}

async fn is_there(services: &Services, key: &str) -> Result<bool, Failed> {
    let found = bucket(services)?.head(key).await;
    Ok(found.map_err(|error| DeliveryError::unavailable(error_chain(&error)))?.is_some())
}

/// Whether no copy of a file may be in the public bucket now.
async fn must_go(services: &Services, file_id: &str) -> Result<bool, ServiceError> {
    let found = files::find_visible_to(services.db.pool(), &Reach::All, file_id).await?;
    Ok(found.is_none_or(|now| now.is_archived || now.file.state == FileState::Withdrawn))
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

/// Notes that no file of a version is read from the public bucket: one may have been copied just as it was archived.
async fn note_not_moved(services: &Services, version: &Version) -> Result<(), ServiceError> {
    let tx = services.db.begin().await?;
    if files::unmark_moved(&tx, &version.id).await? {
        revisions::raise(&tx, std::slice::from_ref(&version.dataset_id)).await?;
    }
    Ok(persistence::db::commit(tx).await?)
}

fn bucket(services: &Services) -> Result<&storage::Storage, Failed> {
    let public = services.outlets.public_bucket.as_ref();
    let missing = || DeliveryError::refused("no public bucket is configured on this node");
    Ok(&public.ok_or_else(missing)?.storage)
}

async fn copy(services: &Services, stored: &StoredFile, key: &str) -> Result<(), Failed> {
    let public = bucket(services)?;
    let file = &stored.file;
    let bytes = crate::files::bytes(services, stored, None).await?;
    // Readers are led to the copy, which tells them the same as the original would.
    let (media_type, disposition) = (file.content_type(), disposition(&file.filename));
    let headers = Headers { media_type: &media_type, disposition: Some(&disposition), sha256: Some(&file.sha256) };
    let sent = public.put_stream_with(key, headers, bytes, file.size).await;
    let sent = sent.map_err(|error| DeliveryError::unavailable(error_chain(&error)))?;
    // What was read may be damaged, and so may be what was kept of it.
    let kept = public.digest(key).await.map_err(|error| DeliveryError::unavailable(error_chain(&error)))?;
    if sent.sha256 != file.sha256 || kept.is_none_or(|kept| kept.sha256 != file.sha256) {
        remove(services, Some(key)).await?;
        return Err(ServiceError::Internal(format!("the bytes of file {} are damaged", file.id)).into());
    }
    Ok(())
}

/// Removes a copy; what has no key was never copied.
async fn remove(services: &Services, key: Option<&str>) -> Result<(), Failed> {
    let Some(key) = key else { return Ok(()) };
    let removed = bucket(services)?.delete(key).await;
    Ok(removed.map_err(|error| DeliveryError::unavailable(error_chain(&error)))?)
}

/// Looks at some of the copies in the public bucket, those beyond `after` by their files' ids; one that is missing or is not
/// what was published is copied again, and until then readers get the original, as is one of an older release that does not say how
/// it is saved, unless the bucket says that of none. That of an archived version is removed.
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
    let (mut damaged, mut tells) = (0, None);
    let looked_at = files::list_moved(services.db.pool(), after, most).await?;
    for stored in &looked_at {
        if stored.is_archived {
            tracing::info!(file.id = %stored.file.id, "the copy of an archived file is removed from the public bucket");
        } else {
            match look_at(&public.storage, stored).await? {
                Found::Sound => continue,
                Found::Untold => {
                    let does = match tells {
                        Some(does) => does,
                        None => tells_of_any(&public.storage).await,
                    };
                    tells = Some(does);
                    if !does {
                        // Its bytes were read and are what was published; another copy would be found just like it.
                        continue;
                    }
                    tracing::info!(file.id = %stored.file.id, "a copy in the public bucket does not say how it is saved; it is made again");
                }
                Found::Damaged => {
                    tracing::error!(file.id = %stored.file.id, key = stored.public_key.as_deref(), "a copy in the public bucket is missing or damaged; it is made again");
                    damaged += 1;
                }
            }
        }
        copy_again(services, ctx, stored).await?;
    }
    Ok((looked_at.last().map(|stored| stored.file.id.clone()), damaged))
}

/// How a copy is found.
enum Found {
    /// As it was made.
    Sound,
    /// As it was published, but copied without its name.
    Untold,
    /// Missing, or not what was published.
    Damaged,
}

async fn look_at(public: &storage::Storage, stored: &StoredFile) -> Result<Found, ServiceError> {
    let Some(key) = &stored.public_key else { return Ok(Found::Damaged) };
    let kept = public.digest(key).await?;
    if kept.is_none_or(|kept| kept.sha256 != stored.file.sha256) {
        return Ok(Found::Damaged);
    }
    Ok(if public.head(key).await?.as_ref().is_some_and(is_told) { Found::Sound } else { Found::Untold })
}

/// Whether a bucket tells how an object is saved; what this release copied bears both, of which some buckets keep one to themselves.
const fn is_told(found: &ObjectInfo) -> bool {
    found.disposition.is_some() || found.sha256.is_some()
}

/// Whether a bucket tells of any object how it is saved; one that cannot be tried has nothing copied again for that.
async fn tells_of_any(public: &storage::Storage) -> bool {
    match tried(public).await {
        Ok(true) => true,
        Ok(false) => {
            tracing::info!(
                "the public bucket tells of no copy how it is saved; those whose bytes are what was published stay as they are"
            );
            false
        }
        Err(error) => {
            tracing::warn!(
                error = error_chain(&error),
                "it cannot be tried whether the public bucket tells how a copy is saved"
            );
            false
        }
    }
}

/// Puts an object of no bytes into a bucket, and looks whether it is told how that is saved.
async fn tried(public: &storage::Storage) -> Result<bool, StorageError> {
    let key = format!("datasets/{}", ids::unguessable());
    let headers = Headers { media_type: "text/plain", disposition: Some("attachment"), sha256: Some(OF_NOTHING) };
    public.put_stream_with(&key, headers, futures::stream::empty::<std::io::Result<Bytes>>(), 0).await?;
    let found = public.head(&key).await;
    public.delete(&key).await?;
    Ok(found?.as_ref().is_some_and(is_told))
}

fn error_chain(error: &StorageError) -> String {
    let cause = std::error::Error::source(error).map(|cause| format!(": {cause}"));
    format!("{error}{}", cause.unwrap_or_default())
}

/// Where a file is in the public bucket, which is decided and kept before anything is put there.
async fn key_of(services: &Services, stored: &StoredFile) -> Result<String, ServiceError> {
    if let Some(key) = &stored.public_key {
        return Ok(key.clone());
    }
    let kept = files::keep_public_key(services.db.pool(), &stored.file.id, &new_key(&stored.file)).await?;
    kept.ok_or_else(|| ServiceError::Internal(format!("file {} is gone", stored.file.id)))
}

/// A key that nobody can guess who knows all of the file: the bucket tells strangers nothing of what it may hold, or when.
fn new_key(file: &File) -> String {
    let File { dataset_id, edition, version, filename, .. } = file;
    format!("datasets/{dataset_id}/{edition}/{version}/{}/{filename}", ids::unguessable())
}

/// The address in the public bucket that a file is read from, once it has been copied there.
#[must_use]
pub fn public_address(services: &Services, stored: &StoredFile) -> Option<String> {
    let public = services.outlets.public_bucket.as_ref()?;
    let copied = stored.is_public && !stored.is_archived && stored.file.state == FileState::Moved;
    let key = stored.public_key.as_ref().filter(|_| copied)?;
    let path = key.split('/').map(escaped).collect::<Vec<_>>().join("/");
    Some(format!("{}/{path}", public.address))
}
