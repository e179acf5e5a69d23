//! A whole version in one ZIP archive, made while it is sent.

use std::io;

use async_zip::base::write::ZipFileWriter;
use async_zip::{Compression, ZipDateTime, ZipEntryBuilder};
use bytes::Bytes;
use chrono::{DateTime, Utc};
use domain::file::FileState;
use futures::io::AsyncWriteExt;
use futures::{Stream, StreamExt, TryStreamExt};
use persistence::files::{self, StoredFile};
use tokio::io::DuplexStream;
use tokio_util::compat::{Compat, TokioAsyncWriteCompatExt};
use tokio_util::io::ReaderStream;

use crate::{Ctx, Services};

/// What waits between the maker of the archive and a slow reader, in bytes.
const BUFFER: usize = 256 * 1024;

/// What is put beside the files of a version.
#[derive(Clone, Debug)]
pub struct Companion {
    /// Its path in the archive, below the version's folder.
    pub path: String,
    /// What it holds.
    pub bytes: Vec<u8>,
}

/// The archive of these files, each as it was sent, in a folder of this name; no more is read than the reader takes.
///
/// A file that cannot be read ends the stream with an error, so that nobody takes a part for the whole; so does one that was recalled,
/// or hidden from the caller, before it was reached.
pub fn zip(
    services: &Services,
    ctx: &Ctx,
    folder: String,
    files: Vec<StoredFile>,
    companions: Vec<Companion>,
    dated: DateTime<Utc>,
) -> impl Stream<Item = io::Result<Bytes>> + Send + use<> {
    let (reader, writer) = tokio::io::duplex(BUFFER);
    let (services, ctx) = (services.clone(), ctx.clone());
    let making = tokio::spawn(async move { make((&services, &ctx), writer, &folder, &files, companions, dated).await });
    let outcome = futures::stream::once(making).filter_map(async |outcome| match outcome {
        Ok(Ok(())) => None,
        Ok(Err(error)) => {
            tracing::warn!(%error, "an archive could not be made whole");
            Some(Err(error))
        }
        Err(error) => Some(Err(io::Error::other(error))),
    });
    ReaderStream::with_capacity(reader, BUFFER).chain(outcome)
}

async fn make(
    (services, ctx): (&Services, &Ctx),
    writer: DuplexStream,
    folder: &str,
    files: &[StoredFile],
    companions: Vec<Companion>,
    dated: DateTime<Utc>,
) -> io::Result<()> {
    let mut archive = ZipFileWriter::new(writer.compat_write());
    for stored in files {
        must_be_given(services, ctx, stored).await?;
        let entry = entry(&format!("{folder}/{}", stored.file.filename), compression(&stored.file.format), dated);
        let mut place = archive.write_entry_stream(entry).await.map_err(io::Error::other)?;
        let mut bytes = super::bytes(services, stored, None).await.map_err(io::Error::other)?;
        let mut arrived = 0;
        while let Some(chunk) = bytes.try_next().await? {
            arrived += chunk.len() as u64;
            place.write_all(&chunk).await?;
        }
        if arrived != stored.file.size {
            return Err(io::Error::other(format!("the bytes of file {} are not all there", stored.file.id)));
        }
        place.close().await.map_err(io::Error::other)?;
    }
    for companion in companions {
        let entry = entry(&format!("{folder}/{}", companion.path), Compression::Deflate, dated);
        archive.write_entry_whole(entry, &companion.bytes).await.map_err(io::Error::other)?;
    }
    let mut writer: Compat<DuplexStream> = archive.close().await.map_err(io::Error::other)?;
    writer.close().await
}

/// Refuses a file that is not to be given out any more: while the archive is taken, perhaps slowly, it may have been recalled.
async fn must_be_given(services: &Services, ctx: &Ctx, stored: &StoredFile) -> io::Result<()> {
    let id = &stored.file.id;
    let found = files::find_visible_to(services.db.pool(), &ctx.reach(), id).await.map_err(io::Error::other)?;
    let is_given = |now: &StoredFile| !matches!(now.file.state, FileState::Withdrawn | FileState::Failed);
    if found.as_ref().is_some_and(is_given) {
        return Ok(());
    }
    Err(io::Error::other(format!("file {id} is given out no longer")))
}

fn entry(path: &str, compression: Compression, dated: DateTime<Utc>) -> ZipEntryBuilder {
    ZipEntryBuilder::new(path.into(), compression)
        .last_modification_date(ZipDateTime::from_chrono(&dated))
        .unix_permissions(0o644)
}

/// Formats that are compressed already stay as they are.
fn compression(format: &str) -> Compression {
    if matches!(format, "xlsx" | "ods" | "zip" | "pdf") { Compression::Stored } else { Compression::Deflate }
}
