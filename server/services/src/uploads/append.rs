//! Taking the bytes of one request.

use std::io;
use std::pin::pin;

use bytes::Bytes;
use futures::{Stream, StreamExt};
use persistence::uploads;
use tracing::Instrument;

use super::checksum::Checksum;
use super::hold::Held;
use super::writer::Writer;
use super::{Progress, Upload, UploadError};
use crate::{Ctx, ServiceError, Services};

/// What one request brings.
#[derive(Debug)]
pub struct Incoming<S> {
    /// Where the sender thinks the upload stands.
    pub offset: u64,
    /// How many bytes it announces, if it does.
    pub announced: Option<u64>,
    /// What they must add up to.
    pub checksum: Option<Checksum>,
    /// The bytes.
    pub bytes: S,
}

/// Adds bytes to an upload; with the last of them it becomes a file.
///
/// The work goes on for itself, so that what has arrived is kept when the sender hangs up.
pub async fn append<S>(services: &Services, ctx: &Ctx, id: &str, incoming: Incoming<S>) -> Result<Progress, UploadError>
where
    S: Stream<Item = io::Result<Bytes>> + Send + 'static,
{
    super::look::find(services, ctx, id).await?;
    let held = Held::take(services, id).await?;
    let (services, ctx, id) = (services.clone(), ctx.clone(), id.to_owned());
    let work = async move {
        let outcome = write(&services, &ctx, &id, &held, incoming).await;
        held.release().await;
        outcome
    };
    tokio::spawn(work.in_current_span())
        .await
        .map_err(|e| ServiceError::Internal(format!("the writing of an upload stopped: {e}")))?
}

async fn write<S>(
    services: &Services,
    ctx: &Ctx,
    id: &str,
    held: &Held,
    incoming: Incoming<S>,
) -> Result<Progress, UploadError>
where
    S: Stream<Item = io::Result<Bytes>> + Send,
{
    // Read again, now that nobody else writes.
    let owner = &ctx.caller()?.actor.id;
    let upload = uploads::find_of(services.db.pool(), owner, id).await?.ok_or(domain::refusal::Refusal::NotFound)?;
    if upload.received != incoming.offset {
        return Err(UploadError::Offset { offset: upload.received });
    }
    let upload =
        if upload.received < upload.length { receive(services, held, upload, incoming).await? } else { upload };
    if upload.received < upload.length {
        return Ok(Progress { upload, file: None });
    }
    super::finish::finish(services, ctx, held, upload).await
}

async fn receive<S>(
    services: &Services,
    held: &Held,
    upload: Upload,
    incoming: Incoming<S>,
) -> Result<Upload, UploadError>
where
    S: Stream<Item = io::Result<Bytes>> + Send,
{
    let checked = incoming.checksum.is_some();
    let mut writer = Writer::take_up(services, &held.holder, upload, incoming.checksum).await?;
    let mut bytes = pin!(incoming.bytes);
    let (mut arrived, mut cut) = (0, false);
    while let Some(next) = bytes.next().await {
        let Ok(next) = next else {
            cut = true;
            break;
        };
        arrived += next.len() as u64;
        writer.write(&next).await?;
    }
    cut |= incoming.announced.is_some_and(|announced| arrived < announced);
    if cut && checked {
        return Err(UploadError::Cut);
    }
    writer.check()?;
    writer.keep_rest().await?;
    let upload = writer.upload;
    if cut && upload.received < upload.length {
        tracing::info!(upload.id = %upload.id, offset = upload.received, "an upload was cut and can go on");
        return Err(UploadError::Cut);
    }
    Ok(upload)
}
