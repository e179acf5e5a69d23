//! Clearing away what nobody went on with, and taking up again after a stop.

use std::collections::HashSet;

use chrono::TimeDelta;
use domain::upload::UploadState;
use persistence::uploads;

use super::hold::Held;
use super::{Upload, UploadError};
use crate::{Result, Services};

/// How many are cleared at a time.
const AT_ONCE: u64 = 50;
/// How long it is remembered how an upload ended.
const REMEMBERED: TimeDelta = TimeDelta::days(7);

/// Ends uploads whose time is over and forgets their bytes; how many that were.
pub async fn tidy(services: &Services) -> Result<u64, UploadError> {
    let (db, now) = (services.db.pool(), services.clock.now());
    let mut ended = 0;
    for upload in uploads::list_over(db, now, AT_ONCE).await? {
        let held = match Held::take(services, &upload.id).await {
            Ok(held) => held,
            Err(UploadError::Held) => continue,
            Err(error) => return Err(error),
        };
        if let Err(error) = forget_bytes(services, &upload).await {
            tracing::warn!(upload.id = %upload.id, error = &error as &dyn std::error::Error, "the bytes of an upload cannot be removed yet");
            held.release().await;
            continue;
        }
        if uploads::end(db, &upload.id, &held.holder, UploadState::Expired, None).await? {
            tracing::info!(upload.id = %upload.id, received = upload.received, length = upload.length, "an upload expired");
            ended += 1;
        }
    }
    uploads::forget(db, now - REMEMBERED).await?;
    Ok(ended)
}

/// Removes all that is kept of an upload that became no file.
pub(super) async fn forget_bytes(services: &Services, upload: &Upload) -> Result<(), UploadError> {
    if let Some(id) = &upload.multipart_id {
        services.storage.abort_parts(&upload.object_key, id).await?;
    }
    services.storage.delete(&upload.object_key).await?;
    forget_rests(services, &upload.id).await
}

/// Removes what was kept between requests, and what a stop between two writes left of it.
pub(super) async fn forget_rests(services: &Services, id: &str) -> Result<(), UploadError> {
    for key in services.storage.list(&format!("uploads/{id}-")).await? {
        services.storage.delete(&key).await?;
    }
    Ok(())
}

/// Lets go of the uploads that this node was writing when it stopped. Call once, at its start.
pub async fn take_up_again(services: &Services) -> Result<u64> {
    Ok(uploads::release_held(services.db.pool(), &services.settings.node).await?)
}

/// Clears what a crash left in the embedded storage, but for uploads that can go on. Call before anything is uploaded.
pub async fn clear_unfinished(services: &Services) -> Result<()> {
    let kept: HashSet<String> = uploads::open_multipart_ids(services.db.pool()).await?.into_iter().collect();
    Ok(services.storage.clear_unfinished(&kept)?)
}
