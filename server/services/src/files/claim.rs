//! Whether a file that is no table is what its name says.

use std::ops::RangeInclusive;

use domain::table::Problem;
use futures::TryStreamExt;
use tables::{ENDS, Refused};

use crate::{Result, ServiceError, Services, data};

/// Looks at the two ends of a file; why it is not what it says. A program is told under any name.
///
/// # Errors
/// Where the storage fails, or the bytes are missing.
pub(super) async fn check_ends(
    services: &Services,
    object_key: &str,
    size: u64,
    format: &str,
    filename: &str,
) -> Result<std::result::Result<(), Vec<Problem>>> {
    let (ends, last) = (ENDS as u64, size.saturating_sub(1));
    let start = part(services, object_key, 0..=last.min(ends - 1)).await?;
    let end = part(services, object_key, size.saturating_sub(ends).min(last)..=last).await?;
    Ok(tables::check_ends(format, filename, &start, &end).map_err(|problem| vec![problem]))
}

/// Looks at the two ends of a file, and at all of it where only that tells; why it is not what it says.
///
/// # Errors
/// Where storage or disk fail, or the bytes are missing.
pub(super) async fn check(
    services: &Services,
    object_key: &str,
    size: u64,
    format: &'static str,
    filename: &str,
) -> Result<std::result::Result<(), Vec<Problem>>> {
    if let Err(problems) = check_ends(services, object_key, size, format, filename).await? {
        return Ok(Err(problems));
    }
    if !tables::is_read_whole(format) {
        return Ok(Ok(()));
    }
    let (path, _fetched) = data::on_disk(services, object_key).await?;
    let filename = filename.to_owned();
    let checked = tokio::task::spawn_blocking(move || tables::check_whole(format, &filename, &path)).await;
    match checked.map_err(|error| ServiceError::Internal(format!("looking into a file stopped: {error}")))? {
        Ok(()) => Ok(Ok(())),
        Err(Refused::Table(problems)) => Ok(Err(problems)),
        Err(error) => Err(ServiceError::Internal(format!("a file cannot be looked into: {error}"))),
    }
}

async fn part(services: &Services, object_key: &str, range: RangeInclusive<u64>) -> Result<Vec<u8>> {
    let found = services.storage.get(object_key, Some(range)).await?;
    let mut found = found.ok_or_else(|| ServiceError::Internal("uploaded bytes vanished".to_owned()))?;
    let mut bytes = Vec::new();
    while let Some(chunk) =
        found.try_next().await.map_err(|error| ServiceError::Internal(format!("bytes cannot be read: {error}")))?
    {
        bytes.extend_from_slice(&chunk);
    }
    Ok(bytes)
}
