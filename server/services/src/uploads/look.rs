//! How an upload stands, for whoever began it; nobody else learns that it is there.

use domain::refusal::Refusal;
use domain::upload::UploadState;
use persistence::uploads;

use super::hold::Held;
use super::{Upload, UploadError};
use crate::{Ctx, Services};

/// The upload, if the caller began it and it takes bytes or became a file.
pub(super) async fn find(services: &Services, ctx: &Ctx, id: &str) -> Result<Upload, UploadError> {
    let upload = stored(services, ctx, id).await?;
    match upload.state {
        UploadState::Open if upload.expires_at > ctx.now => Ok(upload),
        _ => Err(UploadError::Gone),
    }
}

async fn stored(services: &Services, ctx: &Ctx, id: &str) -> Result<Upload, UploadError> {
    let owner = &ctx.caller()?.actor.id;
    Ok(uploads::find_of(services.db.pool(), owner, id).await?.ok_or(Refusal::NotFound)?)
}

/// How it stands. One whose end was cut off, perhaps with the whole process, is brought to it first.
pub async fn look(services: &Services, ctx: &Ctx, id: &str) -> Result<Upload, UploadError> {
    let upload = stored(services, ctx, id).await?;
    match upload.state {
        UploadState::Ended | UploadState::Expired => return Err(UploadError::Gone),
        UploadState::Finished | UploadState::Refused => return Ok(upload),
        UploadState::Open if upload.expires_at <= ctx.now => return Err(UploadError::Gone),
        UploadState::Open if upload.received < upload.length => return Ok(upload),
        UploadState::Open => {}
    }
    let held = match Held::take(services, id).await {
        Ok(held) => held,
        Err(UploadError::Held) => return Ok(upload),
        Err(error) => return Err(error),
    };
    let outcome = super::finish::finish(services, ctx, &held, upload).await;
    held.release().await;
    match outcome {
        Ok(progress) => Ok(progress.upload),
        Err(UploadError::Service(crate::ServiceError::Refused(_))) => stored(services, ctx, id).await,
        Err(error) => Err(error),
    }
}

/// Ends an upload and forgets its bytes.
pub async fn end(services: &Services, ctx: &Ctx, id: &str) -> Result<(), UploadError> {
    find(services, ctx, id).await?;
    let held = Held::take(services, id).await?;
    let upload = stored(services, ctx, id).await?;
    super::tidy::forget_bytes(services, &upload).await?;
    uploads::end(services.db.pool(), id, &held.holder, UploadState::Ended, None).await?;
    tracing::info!(upload.id = %id, "an upload was ended");
    Ok(())
}
