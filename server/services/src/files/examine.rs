//! Looking into a file: the one place that reads tables.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use bytes::BytesMut;
use domain::file::FileSight;
use domain::table::{DimensionOptions, Problem, Profile};
use futures::TryStreamExt;

use crate::{Result, ServiceError, Services};

/// Rows kept for the preview.
const PREVIEW_ROWS: usize = 20;
/// Options kept of one dimension.
pub(crate) const MAX_OPTIONS: usize = 50_000;
/// How much of the work it is to read the bytes, in hundredths.
const READING: u64 = 50;

/// What was found in a file.
#[derive(Debug, Default)]
pub(crate) struct Examined {
    /// How the table was sent and what stands in it, if it is one.
    pub(crate) profile: Option<Profile>,
    /// What pages show of it.
    pub(crate) sight: FileSight,
    /// What it holds in its dimensions.
    pub(crate) dimensions: Vec<DimensionOptions>,
}

/// How far the looking has come, for whoever asks; clones tell the same.
#[derive(Clone, Debug, Default)]
pub(crate) struct Coming(Arc<AtomicU64>);

impl Coming {
    /// From 0 to 1.
    #[expect(clippy::cast_precision_loss, reason = "at most a hundred")]
    pub(crate) fn part(&self) -> f32 {
        self.0.load(Ordering::Relaxed) as f32 / 100.0
    }

    fn read(&self, bytes: u64, of: u64) {
        self.0.store(bytes.saturating_mul(READING) / of.max(1), Ordering::Relaxed);
    }
}

/// Whether there is anything to look into in files of this format; others are kept as they are.
pub(crate) fn is_examined(format: &str) -> bool {
    format == "csv"
}

/// Reads a table's shape once, so that pages need not open the bytes; what makes it no table is told line by line.
pub(crate) async fn examine(
    services: &Services,
    object_key: &str,
    format: &str,
    filename: &str,
    coming: &Coming,
) -> Result<Result<Examined, Vec<Problem>>> {
    if !is_examined(format) {
        return Ok(Ok(Examined::default()));
    }
    let stream = services.storage.get(object_key, None).await?;
    let mut stream = stream.ok_or_else(|| ServiceError::Internal("uploaded bytes vanished".to_owned()))?;
    let (size, mut bytes) = (stream.size, BytesMut::new());
    let broken = |e| ServiceError::Internal(format!("the bytes cannot be read to the end: {e}"));
    while let Some(chunk) = stream.try_next().await.map_err(broken)? {
        bytes.extend_from_slice(&chunk);
        coming.read(bytes.len() as u64, size);
    }
    let (bytes, filename) = (bytes.freeze(), filename.to_owned());
    tokio::task::spawn_blocking(move || {
        let profile = tables::inspect(&bytes, &filename)?;
        let sight = FileSight {
            preview: Some(tables::preview(&bytes, &profile, PREVIEW_ROWS)),
            chart: tables::chart(&bytes, &profile),
        };
        let dimensions = tables::options(&bytes, &profile, MAX_OPTIONS);
        Ok(Examined { profile: Some(profile), sight, dimensions })
    })
    .await
    .map_err(|e| ServiceError::Internal(format!("the table reader stopped: {e}")))
}
