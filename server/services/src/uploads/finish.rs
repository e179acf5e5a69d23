//! The end: the parts become one object, and that a file of its version, or it is refused.

use domain::refusal::Refusal;
use domain::upload::UploadState;
use persistence::uploads;
use storage::RunningHash;

use super::hold::Held;
use super::{Progress, Upload, UploadError};
use crate::files::Received;
use crate::{Ctx, ServiceError, Services};

/// Makes a file of an upload whose bytes have all arrived; doing it again after a crash does no harm.
pub(super) async fn finish(
    services: &Services,
    ctx: &Ctx,
    held: &Held,
    upload: Upload,
) -> Result<Progress, UploadError> {
    join(services, &upload).await?;
    let damaged = || ServiceError::Internal(format!("the hash of upload {} is damaged", upload.id));
    let sha256 = RunningHash::take_up(&upload.hash).ok_or_else(damaged)?.finish();
    let received =
        Received { id: upload.id.clone(), object_key: upload.object_key.clone(), size: upload.length, sha256 };
    let new = crate::files::new_file(&upload.meant);
    if let Err(error) = super::tidy::forget_rests(services, &upload.id).await {
        tracing::warn!(upload.id = %upload.id, error = &error as &dyn std::error::Error, "what was kept of an upload between requests could not be removed");
    }
    match crate::files::attach_held(services, ctx, received, new, Some(&held.holder)).await {
        Ok(file) => {
            tracing::info!(upload.id = %upload.id, file.id = %file.id, bytes = file.size, "an upload became a file");
            Ok(Progress { upload: Upload { state: UploadState::Finished, ..upload }, file: Some(file) })
        }
        // Somebody changed the version in the same moment: asked again, it may be taken.
        Err(ServiceError::Refused(refusal)) if refusal != Refusal::Stale => {
            let db = services.db.pool();
            if uploads::end(db, &upload.id, &held.holder, UploadState::Refused, Some(&refusal)).await? {
                crate::files::discard_sent(services, &upload.object_key).await;
            }
            tracing::info!(upload.id = %upload.id, reason = %refusal, "an upload was refused");
            Err(refusal.into())
        }
        Err(error) => Err(error.into()),
    }
}

async fn join(services: &Services, upload: &Upload) -> Result<(), UploadError> {
    let there = services.storage.head(&upload.object_key).await?;
    if there.is_some_and(|object| object.size == upload.length) {
        return Ok(());
    }
    let Some(id) = &upload.multipart_id else {
        return Err(ServiceError::Internal(format!("the bytes of upload {} are missing", upload.id)).into());
    };
    services.storage.join_parts(&upload.object_key, id, &upload.parts).await?;
    let there = services.storage.head(&upload.object_key).await?;
    if there.is_some_and(|object| object.size == upload.length) {
        return Ok(());
    }
    Err(ServiceError::Internal(format!("the parts of upload {} are not as large as they were", upload.id)).into())
}
